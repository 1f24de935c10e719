"""The verbs of deciding: decide, prepare the letters, release."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, selectinload

from accounts.models import Person
from core import audit, jobs
from decisions import letters, policy, queries
from decisions.models import Decision, Outcome, Release
from mail import outbox
from mail.models import Batch, Message, MessageState
from mail.queries import own_letters
from submissions.models import State, Submission
from venues.deadlines import DateKind
from venues.models import Venue, VenueDate

_waiting = (Message.occasion == queries.OCCASION, Message.state == MessageState.HELD)
ROUND = 100  # papers whose letters are written in one transaction


def decide(
    session: Session, submission: Submission, outcome: Outcome | None, *, by: Person, at: datetime
) -> None:
    """Note the decision on a paper (None takes it back). A letter that was already written is written anew."""
    release = locked_release(session, submission.venue_id)
    policy.may_decide(session, by, submission, at).enforce()
    decision = session.get(Decision, submission.id)
    if (decision.outcome if decision else None) == outcome:
        return
    if outcome is None:
        session.delete(decision)
    elif decision is None:
        session.add(
            Decision(submission_id=submission.id, outcome=outcome, decided_by_id=by.id, decided_at=at)
        )
    else:
        decision.outcome, decision.decided_by_id, decision.decided_at = outcome, by.id, at
    what = str(outcome) if outcome else None
    about = f"submission:{submission.id}"
    audit.record(session, "decision.set", about, by=by.id, at=at, venue_id=submission.venue_id, outcome=what)
    if release is not None:
        drop_letters(session, submission.id, by=by, at=at)
        session.flush()
        write_some(
            session, release, by=by, at=at
        )  # at once: a scheduled release must not come before its letter
        if outcome is None:
            _unschedule(session, release)  # a scheduled release needs every decision


def prepare(session: Session, venue: Venue, *, by: Person, at: datetime) -> None:
    """Have all decision letters written as held rows; what is written already stays."""
    release = locked_release(session, venue.id)
    policy.may_prepare(session, by, venue, at).enforce()
    if release is None:
        batch = Batch(venue_id=venue.id, occasion=queries.OCCASION)
        session.add(batch)
        session.flush()
        session.add(Release(venue_id=venue.id, batch_id=batch.id, prepared_by_id=by.id, prepared_at=at))
        audit.record(session, "release.prepared", f"venue:{venue.id}", by=by.id, at=at, venue_id=venue.id)
    jobs.enqueue(session, "write_decision_letters", venue_id=venue.id)


def release(
    session: Session, venue: Venue, *, by: Person, at: datetime, effective_at: datetime | None = None
) -> None:
    """Make all decisions visible and let their letters go, both from the same instant: now, or a later moment."""
    row = locked_release(session, venue.id)
    policy.may_release(session, by, venue, at).enforce()
    assert row is not None
    gone = select(queries.THING).where(Submission.venue_id == venue.id, Submission.state != State.SUBMITTED)
    session.execute(delete(Message).where(*_waiting, Message.thing.in_(gone)))
    when = effective_at if effective_at and effective_at > at else at
    row.effective_at, row.scheduled_by_id = when, by.id
    if when == at:
        row.first_used_at = at
    session.execute(update(Batch).where(Batch.id == row.batch_id).values(not_before=when))
    audit.record(
        session,
        "release.set",
        f"venue:{venue.id}",
        by=by.id,
        at=at,
        venue_id=venue.id,
        effective_at=when.timestamp(),
    )


def unschedule(session: Session, venue: Venue, *, by: Person, at: datetime) -> None:
    """Take back a release whose moment has not come."""
    row = locked_release(session, venue.id)
    policy.may_prepare(session, by, venue, at).enforce()
    if row is not None and row.effective_at is not None:
        _unschedule(session, row)
        audit.record(session, "release.unscheduled", f"venue:{venue.id}", by=by.id, at=at, venue_id=venue.id)


def drop_letters(session: Session, submission_id: int, *, by: Person | None, at: datetime) -> None:
    """Remove the letters about a paper that still wait: its decision changed, or it was withdrawn."""
    session.execute(delete(Message).where(*_waiting, Message.thing == f"submission:{submission_id}"))


def locked_release(session: Session, venue_id: int) -> Release | None:
    """The venue's release, locked: deciding and releasing wait for each other."""
    session.execute(select(Venue.id).where(Venue.id == venue_id).with_for_update())
    return session.scalar(select(Release).where(Release.venue_id == venue_id).with_for_update())


def write_some(session: Session, row: Release, *, by: Person | None, at: datetime) -> bool:
    """Queue, held, the letters of some papers that lack them; False when there was nothing to write."""
    papers = session.execute(
        select(Submission, Decision.outcome)
        .join(Decision, Decision.submission_id == Submission.id)
        .where(Submission.id.in_(queries.without_letter(row.venue_id).limit(ROUND)))
        .options(selectinload(Submission.authors), selectinload(Submission.venue))
    ).all()
    due = session.scalar(
        select(VenueDate).where(VenueDate.venue_id == row.venue_id, VenueDate.kind == DateKind.CAMERA_READY)
    )
    own = own_letters(session, row.venue_id, "accepted_oral", "accepted_poster", "rejected")
    found = [
        letters.decision_released(p, author, outcome, due, own)
        for p, outcome in papers
        for author in p.authors
    ]
    outbox.enqueue_all(session, found, at=at, batch=session.get_one(Batch, row.batch_id))
    return bool(papers)


def _unschedule(session: Session, row: Release) -> None:
    row.effective_at = row.scheduled_by_id = None
    session.execute(update(Batch).where(Batch.id == row.batch_id).values(not_before=None))
