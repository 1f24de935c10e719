"""Who may know which decision, and when."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, exists, false, func, literal, or_, select
from sqlalchemy.orm import Session

from decisions.models import Decision, Outcome, Release
from mail.models import Message
from reviews.reviewing.queries import progress
from submissions import conflicts
from submissions import queries as submissions
from submissions.models import State, Submission

OCCASION = "decision_released"
THING = literal("submission:") + cast(Submission.id, String)  # how a letter names its submission


def is_released(venue_id: Any, at: datetime) -> ColumnElement[bool]:
    """Whether the venue's decisions are visible at this instant: the one place that says so."""
    return exists().where(Release.venue_id == venue_id, _is_visible(at))


def _is_visible(at: datetime) -> ColumnElement[bool]:
    return or_(Release.first_used_at.is_not(None), Release.effective_at <= at)


def releases(venue_ids: list[int], at: datetime) -> Select[int, datetime | None, bool]:
    """(venue_id, when it is planned or was, whether it is visible) of these venues' releases, for organizers."""
    is_out = func.coalesce(_is_visible(at), false())
    return select(Release.venue_id, Release.effective_at, is_out).where(Release.venue_id.in_(venue_ids))


def visible_to(person_id: int, at: datetime) -> Select[Submission, Outcome]:
    """Submissions of the person as an author, with their decisions: released ones only."""
    return (
        select(Submission, Decision.outcome)
        .join(Decision, Decision.submission_id == Submission.id)
        .where(Submission.id.in_(submissions.visible_to(person_id).with_only_columns(Submission.id)))
        .where(Submission.state == State.SUBMITTED, is_released(Submission.venue_id, at))
    )


def accepted(venue_id: int, at: datetime) -> Select[int, Outcome]:
    """(submission id, outcome) of the accepted papers: public once released, nobody's before."""
    # The release is joined, not asked for by each paper: before it, nothing is gone through.
    return (
        select(Decision.submission_id, Decision.outcome)
        .join(Submission, Submission.id == Decision.submission_id)
        .join(Release, Release.venue_id == Submission.venue_id)
        .where(Release.venue_id == venue_id, _is_visible(at))
        .where(Submission.state == State.SUBMITTED, Decision.outcome != Outcome.REJECT)
    )


def to_decide(venue_id: int, organizer_id: int) -> Select[Any]:
    """What an organizer may decide on: the rows of reviewing's `progress` with the `outcome` so far."""
    return (
        progress(venue_id, organizer_id)
        .outerjoin(Decision, Decision.submission_id == Submission.id)
        .add_columns(Decision.outcome)
    )


def undecided_count(venue_id: int) -> Select[int]:
    """How many submitted papers have no decision yet, over the whole venue."""
    return (
        select(func.count())
        .select_from(Submission)
        .outerjoin(Decision, Decision.submission_id == Submission.id)
        .where(
            Submission.venue_id == venue_id, Submission.state == State.SUBMITTED, Decision.outcome.is_(None)
        )
    )


def without_letter(venue_id: int) -> Select[int]:
    """Ids of decided papers whose authors' letters are not written yet."""
    written = exists().where(Message.occasion == OCCASION, Message.thing == THING)
    return (
        select(Submission.id)
        .join(Decision, Decision.submission_id == Submission.id)
        .where(Submission.venue_id == venue_id, Submission.state == State.SUBMITTED, ~written)
        .order_by(Submission.id)
    )


def letters_of(venue_id: int, organizer_id: int) -> Select[Message]:
    """The decision letters that an organizer may preview: none about papers they are in conflict with."""
    hidden = select(THING).where(Submission.id.in_(conflicts.of(organizer_id)))
    return (
        select(Message)
        .where(Message.venue_id == venue_id, Message.occasion == OCCASION, Message.thing.not_in(hidden))
        .order_by(Message.id)
    )


def letter_counts(session: Session, venue_id: int) -> tuple[int, int]:
    """(letters written, papers whose letters are still to be written)."""
    written = (
        select(func.count())
        .select_from(Message)
        .where(Message.venue_id == venue_id, Message.occasion == OCCASION)
    )
    left = select(func.count()).select_from(without_letter(venue_id).subquery())
    return session.scalar(written) or 0, session.scalar(left) or 0
