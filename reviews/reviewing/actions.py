"""Writing a review: drafts, and handing it in."""

from datetime import datetime

from sqlalchemy.orm import Session

from accounts.models import Person
from core import audit
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
) -> Review:
    """Keep what was typed since the draft's `revision` (0: nothing was saved yet). Raises Stale.

    The assignment was loaded with a lock. Saving what is there already changes nothing: an answer may have been lost.
    """
    policy.may_write(session, by, assignment, at, calendar).enforce()
    review: Review | None = session.scalar(*queries.of_assignment(assignment.id))
    if review is None:
        review = Review(assignment_id=assignment.id, form=form.NAME, revision=0, draft={}, answers={})
        session.add(review)
    elif review.draft == answers:
        return review
    if review.revision != revision:
        raise Stale(review.draft, review.revision)
    review.draft, review.draft_saved_at, review.revision = answers, at, revision + 1
    return review


def submit(
    session: Session,
    assignment: Assignment,
    answers: Answers,
    revision: int,
    *,
    calendar: Calendar,
    by: Person,
    at: datetime,
) -> Review:
    """Hand the review in, with a receipt, or hand in its changes. Raises Stale; an incomplete one is refused."""
    review = save_draft(session, assignment, answers, revision, calendar=calendar, by=by, at=at)
    Verdict(" ".join(form.missing(answers))).enforce()
    if review.answers == answers:
        review.draft_saved_at = review.changed_at or at  # typed and taken back: nothing is left to hand in
        return review
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
    return review


def html_of(answers: Answers) -> dict[str, str]:
    """The texts' safe HTML, made once so that pages need not."""
    return {name: to_html(answers[name]) for name in form.TEXTS if answers.get(name)}
