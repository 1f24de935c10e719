"""Reviews as others may see them: authors without names, organizers with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session

from core.db import rows
from reviews.reviewing import queries
from reviews.reviewing.form import QUESTIONS, Answers, Audience, Kind, in_words
from venues import deadlines


@dataclass(frozen=True)
class Answer:
    """One answer with its question. `text` is safe HTML or plain words."""

    label: str
    text: Markup | str
    is_long: bool


@dataclass(frozen=True)
class AuthorReview:
    """A review as the authors get it: no name, no more of its time than the day."""

    pseudonym: str
    day: str
    answers: list[Answer]


@dataclass(frozen=True)
class OrganizerReview:
    """A reviewer's task on a submission and, once handed in, the review. `state` is assigned, draft or done."""

    name: str
    pseudonym: str
    state: str
    overall: int | None
    confidence: int | None
    submitted: str
    changed: str
    answers: list[Answer]


@dataclass(frozen=True)
class OwnPaper:
    """A line of a reviewer's list. `state` is assigned, draft, done, changed (not handed in anew) or overdue."""

    number: int
    title: str
    state: str


def for_authors(session: Session, submission_id: int) -> list[AuthorReview]:
    """What was handed in for a submission, in an order that is random and stays. Ask only after the release."""
    return [
        AuthorReview(
            row.pseudonym,
            deadlines.day(row.changed_at),
            _answers(row.answers, row.answers_html, {Audience.AUTHORS}),
        )
        for row in rows(session, *queries.handed_in(submission_id))
    ]


def for_organizer(
    session: Session, viewer_id: int, venue_id: int, submission_id: int
) -> list[OrganizerReview]:
    """Who reviews a submission and what they handed in; nothing to a viewer in conflict with it."""
    return [
        OrganizerReview(
            name=row.name,
            pseudonym=row.pseudonym,
            state="done" if row.submitted_at else "draft" if row.review_id else "assigned",
            overall=row.overall,
            confidence=row.confidence,
            submitted=deadlines.utc(row.submitted_at) if row.submitted_at else "",
            changed=deadlines.utc(row.changed_at)
            if row.changed_at and row.changed_at != row.submitted_at
            else "",
            answers=_answers(row.answers, row.answers_html, set(Audience)) if row.submitted_at else [],
        )
        for row in rows(session, *queries.for_organizer(viewer_id, venue_id, submission_id))
    ]


def own_papers(rows: Sequence[Any], is_over: bool) -> list[OwnPaper]:
    """The lines of `queries.own`."""
    return [
        OwnPaper(
            row.number,
            row.title,
            state(row.draft_saved_at, row.submitted_at, row.changed_at, is_over=is_over),
        )
        for row in rows
    ]


def state(
    draft_saved_at: datetime | None,
    submitted_at: datetime | None,
    changed_at: datetime | None,
    *,
    is_over: bool,
) -> str:
    """Where a reviewer's own review is (see OwnPaper)."""
    if submitted_at and changed_at and draft_saved_at:
        return "changed" if draft_saved_at > changed_at and not is_over else "done"
    if is_over:
        return "overdue"
    return "draft" if draft_saved_at else "assigned"


def _answers(answers: Answers, html: dict[str, str], audiences: set[Audience]) -> list[Answer]:
    return [
        Answer(
            question.label,
            Markup(html.get(question.name, ""))  # noqa: S704 (made safe when it was handed in)
            if question.kind is Kind.TEXT
            else in_words(question, answers.get(question.name)),
            question.kind is Kind.TEXT,
        )
        for question in QUESTIONS
        if question.audience in audiences
    ]
