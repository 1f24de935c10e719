"""Who may run a venue."""

from sqlalchemy.orm import Session

from accounts.models import Person
from core.verdict import ALLOWED, HIDDEN, Verdict
from venues import queries
from venues.models import Role, Venue


def may_organize(session: Session, person: Person | None, venue: Venue) -> Verdict:
    """See the organizers' pages of a venue and act there."""
    if person is None:
        return HIDDEN
    roles = session.scalars(queries.roles_of(person.id, venue.id)).all()
    return ALLOWED if Role.ORGANIZER in roles else HIDDEN


def may_make_venue(session: Session, person: Person | None) -> Verdict:
    """Make a new venue in the browser."""
    if person is None or not person.is_site_admin:
        return HIDDEN
    return ALLOWED
