"""Who may decide and release."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Person
from core.verdict import ALLOWED, HIDDEN, Verdict
from decisions import queries
from decisions.models import Release
from submissions import conflicts
from submissions.models import State, Submission
from venues.models import Venue
from venues.policy import may_organize


def may_decide(session: Session, person: Person | None, submission: Submission, at: datetime) -> Verdict:
    """Decide on a submission, or change the decision, until the release."""
    verdict = may_organize(session, person, submission.venue)
    if not verdict or person is None:
        return verdict
    if conflicts.has(session, person.id, submission.id):
        return HIDDEN
    if submission.state != State.SUBMITTED:
        return Verdict(
            f"Paper {submission.number} is {submission.state}: only submitted papers are decided on."
        )
    if _is_released(session, submission.venue_id, at):
        return Verdict("The decisions are released: authors have read them, so they no longer change here.")
    return ALLOWED


def may_prepare(session: Session, person: Person | None, venue: Venue, at: datetime) -> Verdict:
    """Have the decision letters written, to be looked at."""
    verdict = may_organize(session, person, venue)
    if not verdict:
        return verdict
    if _is_released(session, venue.id, at):
        return Verdict("The decisions are released.")
    left = session.scalar(queries.undecided_count(venue.id)) or 0
    if left:
        return Verdict(f"{left} submitted paper{'s have' if left > 1 else ' has'} no decision yet.")
    return ALLOWED


def may_release(session: Session, person: Person | None, venue: Venue, at: datetime) -> Verdict:
    """Release all decisions with their letters, now or at a moment."""
    verdict = may_prepare(session, person, venue, at)
    if not verdict:
        return verdict
    if session.get(Release, venue.id) is None:
        return Verdict("The letters are not written yet: prepare them, and look at them, first.")
    if session.scalar(queries.without_letter(venue.id).limit(1)) is not None:
        return Verdict("The letters are still being written; this page shows how far.")
    return ALLOWED


def _is_released(session: Session, venue_id: int, at: datetime) -> bool:
    return bool(session.scalar(select(queries.is_released(venue_id, at))))
