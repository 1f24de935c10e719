"""Inviting reviewers, and their answers."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from accounts.actions import person_for_verified_email
from accounts.models import Person
from core import audit
from mail import outbox
from mail.queries import own_letters
from reviews.pool import letters, policy, queries
from reviews.pool.lifecycle import move
from reviews.pool.models import Invitation, InvitationState
from venues.models import Membership, Role, Venue
from venues.queries import calendar_of


def invite(
    session: Session, venue: Venue, people: Sequence[tuple[str, str]], *, by: Person, at: datetime
) -> int:
    """Ask these people, as (canonical e-mail, name), to review; returns how many were asked.

    Who was asked before or is a reviewer already is left as they are.
    """
    policy.may_invite(session, by, venue, at).enforce()
    session.execute(select(Venue.id).where(Venue.id == venue.id).with_for_update())
    known = queries.standings(session, venue.id, [email for email, _ in people])
    names = {email: name for email, name in reversed(people) if email not in known}
    withdrawn = select(Invitation).where(
        Invitation.venue_id == venue.id,
        Invitation.email.in_(names),
        Invitation.state == InvitationState.WITHDRAWN,
    )
    asked = list(session.scalars(withdrawn))
    for invitation in asked:
        move(session, invitation, InvitationState.INVITED, by=by.id, at=at)
        invitation.invited_at, invitation.answered_at, invitation.reason = at, None, ""
        invitation.letters, invitation.last_letter_at = invitation.letters + 1, at
        names.pop(invitation.email)
    new = [
        Invitation(
            venue_id=venue.id,
            email=email,
            name=name,
            role=Role.REVIEWER,
            invited_by_id=by.id,
            invited_at=at,
            letters=1,
            last_letter_at=at,
        )
        for email, name in names.items()
    ]
    session.add_all(new)
    session.flush()
    asked += new
    audit.record(
        session,
        "reviewers.invited",
        f"venue:{venue.id}",
        by=by.id,
        at=at,
        venue_id=venue.id,
        invitations=[invitation.id for invitation in asked],
    )
    _send(session, venue, asked, at)
    return len(asked)


def remind(session: Session, venue: Venue, *, by: Person, at: datetime) -> int:
    """Write again to whoever has not answered and had no letter for a day; returns to how many."""
    policy.may_invite(session, by, venue, at).enforce()
    since = at - timedelta(hours=queries.QUIET_HOURS)
    silent = list(session.scalars(queries.silent(venue.id, since=since).with_for_update()))
    for invitation in silent:
        invitation.letters, invitation.last_letter_at = invitation.letters + 1, at
    audit.record(
        session,
        "reviewers.reminded",
        f"venue:{venue.id}",
        by=by.id,
        at=at,
        venue_id=venue.id,
        invitations=[invitation.id for invitation in silent],
    )
    _send(session, venue, silent, at)
    return len(silent)


def _send(session: Session, venue: Venue, invitations: list[Invitation], at: datetime) -> None:
    calendar, own = calendar_of(session, venue.id), own_letters(session, venue.id, "reviewer_invited")
    outbox.enqueue_all(
        session, [letters.reviewer_invited(one, venue, calendar, own) for one in invitations], at=at
    )


def withdraw(session: Session, invitation: Invitation, *, by: Person, at: datetime) -> None:
    """Take an invitation back."""
    session.refresh(invitation, with_for_update=True)
    policy.may_withdraw(session, by, invitation, at).enforce()
    if invitation.state != InvitationState.WITHDRAWN:
        move(session, invitation, InvitationState.WITHDRAWN, by=by.id, at=at)


def accept(session: Session, invitation: Invitation, *, by: Person | None, at: datetime) -> Person:
    """Make the invited person a reviewer (and a person, if the address was nobody's); returns them.

    Whoever holds the link has shown that the address is theirs. A second time changes nothing.
    """
    session.refresh(invitation, with_for_update=True)
    policy.may_accept(session, by, invitation, at).enforce()
    if invitation.state == InvitationState.ACCEPTED:
        return session.get_one(Person, invitation.person_id)
    person = person_for_verified_email(session, invitation.email, name=invitation.name, at=at)
    session.flush()
    membership = {"venue_id": invitation.venue_id, "person_id": person.id, "role": invitation.role}
    if session.scalar(select(Membership.id).filter_by(**membership)) is None:
        session.add(Membership(**membership, granted_at=at, granted_by_id=invitation.invited_by_id))
    invitation.person_id, invitation.answered_at, invitation.reason = person.id, at, ""
    move(session, invitation, InvitationState.ACCEPTED, by=person.id, at=at)
    return person


def decline(
    session: Session, invitation: Invitation, reason: str, *, by: Person | None, at: datetime
) -> None:
    """Note that the invited person will not review, and why if they say so."""
    session.refresh(invitation, with_for_update=True)
    policy.may_decline(session, by, invitation, at).enforce()
    if invitation.state == InvitationState.ACCEPTED:
        session.execute(
            delete(Membership).filter_by(
                venue_id=invitation.venue_id, person_id=invitation.person_id, role=invitation.role
            )
        )
    invitation.reason, invitation.answered_at = reason, at
    if invitation.state != InvitationState.DECLINED:
        move(session, invitation, InvitationState.DECLINED, by=invitation.person_id, at=at)
