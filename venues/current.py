"""The venue that a request is about, its calendar and the roles of whoever asks: loaded once per request."""

from typing import Any, cast

from flask import Blueprint, abort, g
from flask import request as asked

from accounts import queries as accounts
from accounts.current import person as person
from accounts.current import signed_in as signed_in
from accounts.current import with_emails as with_emails
from accounts.models import Person
from core import request
from core.db import detached, rows
from venues import queries
from venues.deadlines import Calendar
from venues.models import Role, Venue


def blueprint(name: str, import_name: str, *, prefix: str = "") -> Blueprint:
    """A blueprint for pages at /<slug><prefix>/…; its views take no slug, links to them need none."""
    made = Blueprint(name, import_name, url_prefix="/<venue:slug>" + prefix)

    @made.url_value_preprocessor
    def _take_slug(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.slug = (values or {}).pop("slug")

    @made.url_defaults
    def _give_slug(_endpoint: str, values: dict[str, Any]) -> None:
        if "slug" not in values and "slug" in g:
            values["slug"] = g.slug

    return made


def visitor(person_id: int, session_key: str) -> Person | None:
    """Who holds this session, if it still counts.

    Where a venue is only read, the same statement finds the venue and the person's roles there.
    """
    session = request.session()
    if "slug" not in g or not _is_read():
        return cast("Person | None", session.scalar(*accounts.signed_in(person_id, session_key)))
    seen = rows(session, *queries.visit(person_id, session_key, g.slug))
    if not seen:
        return None
    (row,) = seen
    someone, found = detached(row, Person, Venue)
    if found:
        g.venue = found
        g.roles = frozenset(map(Role, row[-1].split(","))) if row[-1] else frozenset()
    return cast(Person, someone)


def _is_read() -> bool:
    """Whether this request changes neither venue nor person, so that no session needs to watch them.

    What is PUT is a piece of the person's own work: a draft, a file.
    """
    return asked.method in ("GET", "HEAD", "PUT")


def venue() -> Venue:
    """The venue of this request's address; 404 when there is none."""
    if "venue" not in g and _is_read():
        person()  # whom the same statement finds
    if "venue" not in g:
        session = request.session()
        if _is_read():
            (row,) = rows(session, *queries.columns_by_slug(g.slug)) or abort(404)
            (g.venue,) = detached(row, Venue)
        else:
            g.venue = session.scalar(*queries.by_slug(g.slug)) or abort(404)
    return cast(Venue, g.venue)


def calendar() -> Calendar:
    """Its dates and extensions."""
    if "calendar" not in g:
        g.calendar = queries.calendar_of(request.session(), venue().id)
    return cast(Calendar, g.calendar)


def roles() -> frozenset[Role]:
    """The roles that whoever asks holds here."""
    if "roles" not in g:
        someone = person()
        g.roles = queries.roles_of(request.session(), someone.id, venue().id) if someone else frozenset()
    return cast(frozenset[Role], g.roles)
