"""A reviewer's own reviews; what was handed in, for organizers; how far reviewing is."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    update,
)

from accounts.models import Person
from core.db import built_once
from reviews.assignment import queries as assignments
from reviews.assignment.models import Assignment
from reviews.papers.queries import VISIBLE, VISIBLE_EVERYWHERE
from reviews.reviewing.models import Review
from submissions import conflicts
from submissions.models import State, Submission
from venues.models import Membership, Role

# (number, title, draft_saved_at, submitted_at, changed_at) of the reviewer's papers, by number: for a `reader(…)`.
OWN = (
    VISIBLE.join(Review, Review.assignment_id == Assignment.id, isouter=True)
    .with_only_columns(
        Submission.number,
        Submission.title,
        Review.draft_saved_at,
        Review.submitted_at,
        Review.changed_at,
    )
    .order_by(Submission.number)
)
# (venue_id, number, title, submitted_at) of the reviewer's papers in some venues: for a `reader_everywhere(…)`.
OWN_EVERYWHERE = (
    VISIBLE_EVERYWHERE.join(Review, Review.assignment_id == Assignment.id, isouter=True)
    .with_only_columns(Submission.venue_id, Submission.number, Submission.title, Review.submitted_at)
    .order_by(Submission.venue_id, Submission.number)
)
# The reviewer's assignment of one paper, if they can read it: for a `reader(…)` and the paper's number. One that
# locks it, and one with the review begun: what is joined to a locked row may be older than the lock.
_OWN_ASSIGNMENT = VISIBLE.where(Submission.number == bindparam("number")).with_only_columns(
    *Assignment.__table__.c
)
TO_WRITE = _OWN_ASSIGNMENT.with_for_update(of=Assignment)
TO_READ = _OWN_ASSIGNMENT.join(Review, Review.assignment_id == Assignment.id, isouter=True).add_columns(
    *Review.__table__.c
)


# Keeps the draft of a review that was begun, if nobody else did meanwhile.
SAVE = (
    update(Review)
    .where(Review.assignment_id == bindparam("of_assignment"), Review.revision == bindparam("now"))
    .values(draft=bindparam("answers"), draft_saved_at=bindparam("at"), revision=Review.revision + 1)
    .returning(Review.revision)
)


@built_once
def draft(assignment_id: int) -> Select[Any]:
    """(draft, draft_saved_at, revision) of the review begun for an assignment."""
    return select(Review.draft, Review.draft_saved_at, Review.revision).where(
        Review.assignment_id == assignment_id
    )


def of_assignment(assignment_id: int) -> Select[Review]:
    """The review begun for an assignment."""
    return select(Review).where(Review.assignment_id == assignment_id)


@built_once
def handed_in(submission_id: int) -> Select[Any]:
    """(pseudonym, changed_at, answers, answers_html) of what was handed in for a submission.

    Pseudonyms are random, so their order is too, and stays. Whether the authors may see it is for who asks to know.
    """
    return (
        assignments.live()
        .join(Review, Review.assignment_id == Assignment.id)
        .where(Assignment.submission_id == submission_id, Review.submitted_at.is_not(None))
        .with_only_columns(Assignment.pseudonym, Review.changed_at, Review.answers, Review.answers_html)
        .order_by(Assignment.pseudonym)
    )


@built_once
def for_organizer(viewer_id: int, venue_id: int, submission_id: int) -> Select[Any]:
    """Every live assignment of a submission with its reviewer and review; nothing to a viewer in conflict."""
    return (
        assignments.known_to(viewer_id, venue_id)
        .join(Person, Person.id == Assignment.person_id)
        .join(Review, Review.assignment_id == Assignment.id, isouter=True)
        .where(Assignment.submission_id == submission_id)
        .with_only_columns(
            Person.name,
            Assignment.pseudonym,
            Review.id.label("review_id"),
            Review.overall,
            Review.confidence,
            Review.answers,
            Review.answers_html,
            Review.submitted_at,
            Review.changed_at,
        )
        .order_by(Person.name, Person.id)
    )


def progress(venue_id: int, viewer_id: int) -> Select[Any]:
    """(submission_id, number, title, assigned, done, overall, confidence) of each submission under review, by number.

    `overall` and `confidence` are means of what was handed in. What the viewer is in conflict with is left out.
    """
    return (
        select(
            Submission.id.label("submission_id"),
            Submission.number,
            Submission.title,
            _of_assigned(func.count(Assignment.id)).label("assigned"),
            _of_assigned(func.count(Review.submitted_at)).label("done"),
            _of_assigned(func.avg(Review.overall)).label("overall"),
            _of_assigned(func.avg(Review.confidence)).label("confidence"),
        )
        .where(*_under_review(venue_id, viewer_id))
        .order_by(Submission.number)
    )


def _under_review(venue_id: int, viewer_id: int) -> tuple[ColumnElement[bool], ...]:
    """The conditions of the submissions whose reviewing the viewer may know of."""
    return (
        Submission.venue_id == venue_id,
        Submission.state == State.SUBMITTED,
        Submission.id.not_in(conflicts.of(viewer_id)),
    )


def _of_assigned(value: ColumnElement[Any]) -> ScalarSelect[Any]:
    """Of each submission's assignments and reviews: a list of fifty asks only for its fifty, and a count for none."""
    return (
        select(value)
        .select_from(Assignment)
        .join(Review, Review.assignment_id == Assignment.id, isouter=True)
        .where(Assignment.submission_id == Submission.id, Assignment.removed_at.is_(None))
        .scalar_subquery()
    )


def in_want(venue_id: int, viewer_id: int, enough: int, *, of_reviews: bool) -> Select[int, int, int]:
    """(number, assigned, done) of the submissions with fewer than `enough` reviewers, by number, as `progress` counts.

    `of_reviews`: of those, too, that lack a review of one of them; else `done` is 0.
    """
    assigned, done = func.count(Assignment.id), func.count(Review.submitted_at)
    here = and_(Assignment.submission_id == Submission.id, Assignment.removed_at.is_(None))
    under_review = (
        select(Submission.number)
        .outerjoin(Assignment, here)
        .where(*_under_review(venue_id, viewer_id))
        .group_by(Submission.id, Submission.number)
        .order_by(Submission.number)
    )
    if not of_reviews:
        return under_review.add_columns(assigned, literal(0)).having(assigned < enough)
    both = under_review.outerjoin(Review, Review.assignment_id == Assignment.id).add_columns(assigned, done)
    return both.having(or_(assigned < enough, done < assigned))


def idle(venue_id: int, viewer_id: int) -> Select[str]:
    """The names of the venue's reviewers without any paper that the viewer may know of, by name."""
    theirs = assignments.known_to(viewer_id, venue_id).where(Assignment.person_id == Person.id)
    return _reviewers(venue_id).with_only_columns(Person.name).where(~theirs.exists())


def owing(venue_id: int, viewer_id: int) -> Select[str, int]:
    """(name, how many) of the venue's reviewers who owe reviews that the viewer may know of, by name."""
    owed = (
        assignments.known_to(viewer_id, venue_id)
        .join(Review, Review.assignment_id == Assignment.id, isouter=True)
        .where(Review.submitted_at.is_(None))
        .with_only_columns(Assignment.person_id, func.count().label("reviews"))
        .group_by(Assignment.person_id)
        .subquery()
    )
    return (
        _reviewers(venue_id)
        .join(owed, owed.c.person_id == Person.id)
        .with_only_columns(Person.name, owed.c.reviews)
    )


def _reviewers(venue_id: int) -> Select[Person]:
    return (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.venue_id == venue_id, Membership.role == Role.REVIEWER)
        .order_by(Person.name, Person.id)
    )
