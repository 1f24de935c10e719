"""Invitations, for organizers only, and the one that a signed link names."""

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from accounts.models import Email
from reviews.pool.models import Invitation, InvitationState
from venues import deadlines
from venues.models import Membership, Role

QUIET_HOURS = 24  # between two letters of invitation to the same person


def invitations(
    venue_id: int,
) -> Select[int, str, str, InvitationState, str, datetime, int, datetime, datetime | None]:
    """Everybody who was ever invited to review for the venue, by name."""
    return (
        select(
            Invitation.id,
            Invitation.name,
            Invitation.email,
            Invitation.state,
            Invitation.reason,
            Invitation.invited_at,
            Invitation.letters,
            Invitation.last_letter_at,
            Invitation.answered_at,
        )
        .where(Invitation.venue_id == venue_id)
        .order_by(func.lower(Invitation.name), Invitation.email)
    )


def counts(session: Session, venue_id: int) -> dict[str, int]:
    """How many invitations there are in each state."""
    query = (
        select(Invitation.state, func.count())
        .where(Invitation.venue_id == venue_id)
        .group_by(Invitation.state)
    )
    return {state: count for state, count in session.execute(query)}  # noqa: C416 (a row is no pair to dict)


def pool_size(session: Session, venue_id: int) -> int:
    """How many reviewers the venue has."""
    query = select(func.count()).select_from(Membership)
    return session.scalar(query.where(Membership.venue_id == venue_id, Membership.role == Role.REVIEWER)) or 0


def unanswered(person_id: int, venue_ids: list[int]) -> Select[int, int]:
    """(venue_id, id) of the invitations to one of the person's addresses that wait for an answer."""
    return (
        select(Invitation.venue_id, Invitation.id)
        .join(Email, Email.address == Invitation.email)
        .where(
            Email.person_id == person_id,
            Invitation.state == InvitationState.INVITED,
            Invitation.venue_id.in_(venue_ids),
        )
        .order_by(Invitation.id)
    )


def silent(venue_id: int, *, since: datetime) -> Select[Invitation]:
    """Invitations without an answer whose last letter is older than `since`."""
    return (
        select(Invitation)
        .where(
            Invitation.venue_id == venue_id,
            Invitation.state == InvitationState.INVITED,
            Invitation.last_letter_at <= since,
        )
        .order_by(Invitation.id)
    )


def standings(session: Session, venue_id: int, emails: list[str]) -> dict[str, str]:
    """Which of these addresses need no invitation, and why. Withdrawn invitations may be sent again."""
    members = (
        select(Email.address)
        .join(Membership, Membership.person_id == Email.person_id)
        .where(Membership.venue_id == venue_id, Membership.role == Role.REVIEWER, Email.address.in_(emails))
    )
    found = dict.fromkeys(session.scalars(members), "is a reviewer already")
    query = select(Invitation.email, Invitation.state, Invitation.invited_at, Invitation.answered_at).where(
        Invitation.venue_id == venue_id,
        Invitation.email.in_(emails),
        Invitation.state != InvitationState.WITHDRAWN,
    )
    for email, state, invited_at, answered_at in session.execute(query):
        found[email] = f"{state} on {deadlines.utc(answered_at or invited_at)}"
    return found
