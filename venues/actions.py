"""Make a venue, give and take roles."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from accounts.models import Person
from core import audit
from venues import policy
from venues.models import Membership, Role, Venue


def make(
    session: Session,
    slug: str,
    name: str,
    short_name: str,
    event_zone: str,
    *,
    by: Person | None,
    at: datetime,
) -> Venue:
    """A new venue at /<slug>/; whoever makes it in the browser organizes it."""
    policy.may_make_venue(session, by).enforce()
    venue = Venue(slug=slug, name=name, short_name=short_name, event_zone=event_zone, created_at=at)
    session.add(venue)
    session.flush()
    audit.record(
        session, "venue.made", f"venue:{venue.id}", by=by.id if by else None, at=at, venue_id=venue.id
    )
    if by is not None:
        _add_member(session, venue, by, Role.ORGANIZER, by=by, at=at)
    return venue


def grant(
    session: Session, venue: Venue, person: Person, role: Role, *, by: Person | None, at: datetime
) -> bool:
    """Give a role; False when the person has it already."""
    policy.may_grant(session, by, venue).enforce()
    return _add_member(session, venue, person, role, by=by, at=at)


def revoke(session: Session, venue: Venue, person: Person, role: Role, *, by: Person, at: datetime) -> None:
    """Take a role away; what the person did in it stays."""
    # Two organizers who take each other's role at the same time wait for each other here.
    session.execute(select(Venue.id).where(Venue.id == venue.id).with_for_update())
    policy.may_revoke(session, by, venue, person, role).enforce()
    held = session.scalar(_membership(venue, person, role))
    if held is not None:
        session.delete(held)
        _note(session, "role.revoked", venue, by=by, at=at, person_id=person.id, role=role)


def _membership(venue: Venue, person: Person, role: Role) -> Select[Membership]:
    return select(Membership).where(
        Membership.venue_id == venue.id, Membership.person_id == person.id, Membership.role == role
    )


def _add_member(
    session: Session, venue: Venue, person: Person, role: Role, *, by: Person | None, at: datetime
) -> bool:
    if session.scalar(_membership(venue, person, role)) is not None:
        return False
    by_id = by.id if by else None
    session.add(
        Membership(venue_id=venue.id, person_id=person.id, role=role, granted_at=at, granted_by_id=by_id)
    )
    session.flush()
    _note(session, "role.granted", venue, by=by, at=at, person_id=person.id, role=role)
    return True


def _note(
    session: Session, act: str, venue: Venue, *, by: Person | None, at: datetime, **data: object
) -> None:
    audit.record(
        session, act, f"venue:{venue.id}", by=by.id if by else None, at=at, venue_id=venue.id, **data
    )
