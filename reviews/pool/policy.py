"""Who may invite, and how long an answer may be given or changed."""

from datetime import datetime

from sqlalchemy.orm import Session

from accounts.models import Person
from core.verdict import ALLOWED, Verdict
from reviews.pool.models import Invitation, InvitationState
from venues import policy, queries
from venues.deadlines import Phase, State
from venues.models import Venue


def may_invite(session: Session, person: Person | None, venue: Venue, at: datetime) -> Verdict:
    """Invite reviewers, remind the silent ones, see who answered what."""
    return policy.may_organize(session, person, venue)


def may_withdraw(session: Session, person: Person | None, invitation: Invitation, at: datetime) -> Verdict:
    """Take an invitation back that was not accepted."""
    venue = session.get_one(Venue, invitation.venue_id)
    if not (verdict := policy.may_organize(session, person, venue)):
        return verdict
    if invitation.state == InvitationState.ACCEPTED:
        return Verdict(f"{invitation.name} has accepted; an accepted invitation cannot be withdrawn.")
    return ALLOWED


def may_accept(session: Session, person: Person | None, invitation: Invitation, at: datetime) -> Verdict:
    """Accept, until reviewing is over. Whoever holds the link is asked for nothing else."""
    venue = session.get_one(Venue, invitation.venue_id)
    if invitation.state == InvitationState.WITHDRAWN:
        return Verdict(f"The organizers took this invitation back. Write to {venue.contact} about it.")
    window = queries.calendar_of(session, venue.id).window(Phase.REVIEW)
    if window.state(at) is State.CLOSED and invitation.state != InvitationState.ACCEPTED:
        return Verdict(window.sentence(at))
    return ALLOWED


def may_decline(session: Session, person: Person | None, invitation: Invitation, at: datetime) -> Verdict:
    """Decline; having accepted, only until submission closes, when the papers are handed out."""
    venue = session.get_one(Venue, invitation.venue_id)
    if invitation.state == InvitationState.WITHDRAWN:
        return Verdict(f"The organizers took this invitation back. Write to {venue.contact} about it.")
    window = queries.calendar_of(session, venue.id).window(Phase.SUBMISSION)
    if invitation.state == InvitationState.ACCEPTED and window.state(at) is State.CLOSED:
        return Verdict(
            "You have accepted, and the papers are being handed out since submission closed. "
            f"Write to {venue.contact} if you cannot review after all."
        )
    return ALLOWED
