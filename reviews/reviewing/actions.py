"""Writing a review: drafts, and handing it in."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from accounts.models import Person
from core import audit
from core.db import rows
from core.markdown import to_html
from core.verdict import Verdict
from mail import outbox
from mail.queries import own_letters
from reviews.assignment.models import Assignment
from reviews.reviewing import form, letters, policy, queries
from reviews.reviewing.form import Answers
from reviews.reviewing.models import Review
from submissions.models import Submission
from venues.deadlines import Calendar


class Saved(NamedTuple):
    """What is kept of a draft: its revision, and since when."""

    revision: int
    at: datetime


class Stale(Exception):
    """The draft was saved elsewhere meanwhile: what it says now, and its revision."""

    def __init__(self, theirs: Answers, revision: int) -> None:
        super().__init__("the draft was saved elsewhere meanwhile")
        self.theirs, self.revision = theirs, revision


def save_draft(
    session: Session,
    assignment: Assignment,
    answers: Answers,
    revision: int,
    *,
    calendar: Calendar,
    by: Person,
    at: datetime,
) -> Saved:
    """Keep what was typed since the draft's `revision` (0: nothing was saved yet). Raises Stale.

    The assignment was loaded with a lock. Saving what is there already changes nothing: an answer may have been lost.
    """
    policy.may_write(session, by, assignment, at, calendar).enforce()
    found = rows(session, *queries.draft(assignment.id))
    theirs, saved_at, now = found[0] if found else ({}, None, 0)
    if found and theirs == answers:
        return Saved(now, saved_at)
    if now != revision:
        raise Stale(theirs, now)
    if not found:
        begun = Review(assignment_id=assignment.id, form=form.NAME, answers={})
        begun.draft, begun.draft_saved_at, begun.revision = answers, at, 1
        session.add(begun)
        return Saved(1, at)
    # Browsers ask for this all day, and a statement of our own costs a sixth of a watched entity.
    changed = {"of_assignment": assignment.id, "answers": answers, "at": at, "now": now}
    ((kept,),) = rows(session, queries.SAVE, changed)
    return Saved(kept, at)


def submit(
    session: Session,
    assignment: Assignment,
    answers: Answers,
    revision: int,
    *,
    calendar: Calendar,
    by: Person,
    at: datetime,
) -> Saved:
    """Hand the review in, with a receipt, or hand in its changes. Raises Stale; an incomplete one is refused."""
    saved = save_draft(session, assignment, answers, revision, calendar=calendar, by=by, at=at)
    Verdict(" ".join(form.missing(answers))).enforce()
    # Read anew: what was saved just now went past the session.
    query = queries.of_assignment(assignment.id).execution_options(populate_existing=True)
    review = session.scalars(query).one()
    if review.answers == answers:
        review.draft_saved_at = review.changed_at or at  # typed and taken back: nothing is left to hand in
        return saved
    is_first = review.submitted_at is None
    review.answers = answers
    review.answers_html = html_of(answers)
    review.overall, review.confidence = answers["overall"], answers["confidence"]
    review.submitted_at = review.submitted_at or at
    review.changed_at = review.draft_saved_at = at
    session.flush()
    act = "review.submitted" if is_first else "review.changed"
    audit.record(session, act, f"review:{review.id}", by=by.id, at=at, assignment=assignment.id)
    if is_first:
        submission = session.get_one(Submission, assignment.submission_id)
        own = own_letters(session, submission.venue_id, "review_received")
        receipt = letters.review_received(assignment, submission, by, calendar, own, at)
        outbox.enqueue(session, receipt, at=at)
    return saved


def html_of(answers: Answers) -> dict[str, str]:
    """The texts' safe HTML, made once so that pages need not."""
    return {name: to_html(answers[name]) for name in form.TEXTS if answers.get(name)}
