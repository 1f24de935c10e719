"""The venue that a request is about, its calendar and the roles of whoever asks: loaded once per request."""

from typing import Any, cast

from flask import Blueprint, abort, g

from accounts.current import person as person
from accounts.current import signed_in as signed_in
from core import request
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


def venue() -> Venue:
    """The venue of this request's address; 404 when there is none."""
    if "venue" not in g:
        g.venue = request.session().scalar(queries.by_slug(g.slug)) or abort(404)
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
