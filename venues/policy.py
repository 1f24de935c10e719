"""Who may run a venue."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.models import Person
from core.verdict import ALLOWED, HIDDEN, Verdict
from venues import queries
from venues.models import Membership, Role, Venue


def may_organize(session: Session, person: Person | None, venue: Venue) -> Verdict:
    """See the organizers' pages of a venue and act there."""
    if person is None:
        return HIDDEN
    return ALLOWED if Role.ORGANIZER in queries.roles_of(session, person.id, venue.id) else HIDDEN


def may_make_venue(session: Session, person: Person | None) -> Verdict:
    """Make a new venue: whoever runs the commands (None), and in the browser the site's administrators."""
    return ALLOWED if person is None or person.is_site_admin else HIDDEN


def may_grant(session: Session, person: Person | None, venue: Venue) -> Verdict:
    """Give somebody a role: organizers, and whoever runs the commands or administers the site."""
    return ALLOWED if person is None or person.is_site_admin else may_organize(session, person, venue)


def may_revoke(session: Session, person: Person, venue: Venue, whose: Person, role: Role) -> Verdict:
    """Take a role away from somebody; a venue keeps at least one organizer."""
    verdict = may_organize(session, person, venue)
    if verdict and role is Role.ORGANIZER:
        held = Membership.venue_id == venue.id, Membership.role == role, Membership.person_id != whose.id
        if not session.scalar(select(func.count()).select_from(Membership).where(*held)):
            return Verdict("This is the last organizer: give somebody else the role first.")
    return verdict
