"""Who has which role where."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, Select, bindparam, func, null, select, union_all
from sqlalchemy.orm import Session

from accounts.models import Email, Person
from core.db import built_once, detached, remembered, rows
from venues.deadlines import Calendar
from venues.models import Extension, Membership, Role, Topic, Venue, VenueDate


@built_once
def by_slug(slug: str) -> Select[Venue]:
    """The venue at this address."""
    return select(Venue).where(Venue.slug == slug)


_PEOPLE, _VENUES, _MEMBERSHIPS = Person.__table__.c, Venue.__table__.c, Membership.__table__.c


@built_once
def visit(person_id: int, session_key: str, slug: str) -> Select[Any]:
    """Who is signed in, the venue at this address if there is one, and the roles there, joined by commas.

    Columns: all of a person, all of a venue, the roles. No row when the person's session key was changed since.
    """
    roles = (
        select(func.aggregate_strings(_MEMBERSHIPS.role, ","))
        .where(_MEMBERSHIPS.person_id == _PEOPLE.id, _MEMBERSHIPS.venue_id == _VENUES.id)
        .scalar_subquery()
    )
    return (
        select(*_PEOPLE, *_VENUES, roles)
        .select_from(Person.__table__.outerjoin(Venue.__table__, _VENUES.slug == slug))
        .where(_PEOPLE.id == person_id, _PEOPLE.session_key == session_key)
    )


@built_once
def columns_by_slug(slug: str) -> Select[Any]:
    """All columns of the venue at this address."""
    return select(*_VENUES).where(_VENUES.slug == slug)


@built_once
def topics_of(venue_id: int) -> Select[int, str]:
    """(id, name) of the venue's topics in its order."""
    return select(Topic.id, Topic.name).where(Topic.venue_id == venue_id).order_by(Topic.position, Topic.id)


def dates_of(venue_id: int) -> Select[VenueDate]:
    """A venue's announced dates in order of time."""
    return select(VenueDate).where(VenueDate.venue_id == venue_id).order_by(VenueDate.at, VenueDate.id)


def extensions_of(venue_id: int) -> Select[Extension]:
    """All grace and extensions of a venue."""
    return select(Extension).where(Extension.venue_id == venue_id)


# Asked on almost every page, so built once and answered with rows: entities would cost five times as much.
_VENUE_ID: BindParameter[int] = bindparam("venue_id")


def _dates_and_extensions() -> CompoundSelect[Any]:
    """Both kinds of rows in one answer: each has the columns of its own table and NULL in the other's."""
    dates, extensions = VenueDate.__table__.c, Extension.__table__.c
    no_date = [null().cast(column.type).label(f"date_{column.key}") for column in dates]
    no_extension = [null().cast(column.type).label(f"extension_{column.key}") for column in extensions]
    return union_all(
        select(*dates, *no_extension).where(dates.venue_id == _VENUE_ID),
        select(*no_date, *extensions).where(extensions.venue_id == _VENUE_ID),
    )


_CALENDAR = _dates_and_extensions()
_ROLES = select(Membership.__table__.c.role).where(
    Membership.__table__.c.venue_id == _VENUE_ID, Membership.__table__.c.person_id == bindparam("person_id")
)


def calendar_of(session: Session, venue_id: int) -> Calendar:
    """A venue's dates and extensions, for who has no request (see current.calendar); not to be changed."""
    return remembered(session, _CALENDAR, {"venue_id": venue_id}, _calendar)


def _calendar(found: list[Any]) -> Calendar:
    of_date = len(VenueDate.__table__.c)
    extensions = [detached(row[of_date:], Extension)[0] for row in found if row.id is None]
    return Calendar([row for row in found if row.id is not None], extensions)


@dataclass(frozen=True)
class Place:
    """A venue as far as it takes to say what is due there."""

    id: int
    slug: str
    short_name: str
    calendar: Calendar


def places(session: Session, venue_ids: Collection[int]) -> list[Place]:
    """These venues with their calendars, the newest first, in three statements however many there are."""
    asked = list(venue_ids)
    venues = select(Venue.id, Venue.slug, Venue.short_name).where(Venue.id.in_(asked))
    dates: dict[int, list[Any]] = {}
    for date in session.execute(select(*VenueDate.__table__.c).where(VenueDate.venue_id.in_(asked))):
        dates.setdefault(date.venue_id, []).append(date)
    extensions: dict[int, list[Any]] = {}
    for row in session.execute(select(*Extension.__table__.c).where(Extension.venue_id.in_(asked))):
        extensions.setdefault(row.venue_id, []).append(row)
    return [
        Place(id_, slug, name, Calendar(dates.get(id_, []), extensions.get(id_, [])))
        for id_, slug, name in session.execute(venues.order_by(Venue.created_at.desc(), Venue.id.desc()))
    ]


def roles_of(session: Session, person_id: int, venue_id: int) -> frozenset[Role]:
    """The roles of a person in a venue."""
    return frozenset(
        role for (role,) in rows(session, _ROLES, {"person_id": person_id, "venue_id": venue_id})
    )


def members(venue_id: int, role: Role) -> Select[Person]:
    """The people who hold a role, by name."""
    return (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.venue_id == venue_id, Membership.role == role)
        .order_by(Person.name, Person.id)
    )


def member_rows(venue_id: int, role: Role) -> Select[int, str, str, str]:
    """(id, name, affiliation, primary e-mail) of the people who hold a role, by name."""
    return (
        select(Person.id, Person.name, Person.affiliation, Email.address)
        .join(Membership, Membership.person_id == Person.id)
        .join(Email, (Email.person_id == Person.id) & Email.is_primary)
        .where(Membership.venue_id == venue_id, Membership.role == role)
        .order_by(Person.name, Person.id)
    )
