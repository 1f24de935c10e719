"""What organizers do across the season: give more time, and see to the letters."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from accounts.models import Person
from core import audit, clock
from mail.models import Message, MessageState
from organizers import policy
from submissions.models import Submission
from venues.deadlines import DateKind, iso
from venues.models import Extension, Venue


def give_time(
    session: Session,
    venue: Venue,
    kind: DateKind,
    until: datetime,
    reason: str,
    *,
    is_grace: bool = False,
    submission: Submission | None = None,
    whose: Person | None = None,
    by: Person,
    at: datetime,
) -> None:
    """More time for a deadline, up to (not including) `until`: for a submission, a person or, with neither, for all."""
    policy.may_give_time(session, by, venue, submission, whose).enforce()
    given = Extension(
        venue_id=venue.id,
        kind=kind,
        submission_id=submission.id if submission else None,
        person_id=whose.id if whose else None,
        until=until,
        is_grace=is_grace,
        reason=reason,
        by_id=by.id,
        granted_at=at,
    )
    session.add(given)
    _note(session, "extension.given", given, by=by, at=at)


def take_time_back(session: Session, venue: Venue, given: Extension, *, by: Person, at: datetime) -> None:
    """End grace or an extension that was given."""
    submission = session.get(Submission, given.submission_id) if given.submission_id else None
    whose = session.get(Person, given.person_id) if given.person_id else None
    policy.may_give_time(session, by, venue, submission, whose).enforce()
    _note(session, "extension.taken_back", given, by=by, at=at)
    session.delete(given)


def send_again(
    session: Session, venue: Venue, message_ids: Collection[int], *, by: Person, at: datetime
) -> int:
    """Queue failed letters once more; how many of these there were."""
    return _move_letters(
        session,
        venue,
        message_ids,
        "letters.sent_again",
        {MessageState.FAILED},
        {"state": MessageState.QUEUED, "attempts": 0, "retry_at": clock.real()},
        by=by,
        at=at,
    )


def cancel_letters(
    session: Session, venue: Venue, message_ids: Collection[int], *, by: Person, at: datetime
) -> int:
    """Stop letters that are held or queued; how many of these there were."""
    waiting = {MessageState.HELD, MessageState.QUEUED}
    values = {"state": MessageState.CANCELLED}
    return _move_letters(session, venue, message_ids, "letters.cancelled", waiting, values, by=by, at=at)


def _move_letters(
    session: Session,
    venue: Venue,
    message_ids: Collection[int],
    act: str,
    states: set[MessageState],
    values: Mapping[str, object],
    *,
    by: Person,
    at: datetime,
) -> int:
    policy.may_handle_letters(session, by, venue).enforce()
    # In one statement: the worker may be taking the same letter.
    ours = Message.venue_id == venue.id, Message.id.in_(message_ids), Message.state.in_(states)
    moved = session.scalars(update(Message).where(*ours).values(**values).returning(Message.id)).all()
    if moved:
        audit.record(
            session, act, f"venue:{venue.id}", by=by.id, at=at, venue_id=venue.id, messages=sorted(moved)
        )
    return len(moved)


def _note(session: Session, act: str, given: Extension, *, by: Person, at: datetime) -> None:
    about = f"submission:{given.submission_id}" if given.submission_id else f"venue:{given.venue_id}"
    audit.record(
        session,
        act,
        about,
        by=by.id,
        at=at,
        venue_id=given.venue_id,
        kind=given.kind,
        until=iso(given.until),
        person_id=given.person_id,
        is_grace=given.is_grace,
        reason=given.reason,
    )
