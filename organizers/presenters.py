"""The organizers' pages as plain values. Of a submission that the viewer is in conflict with, only its row shows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from camera_ready import queries as camera_ready
from decisions.models import Outcome
from organizers import queries
from reviews.pool import queries as pool
from submissions.models import State, Submission
from venues import deadlines
from venues.deadlines import Calendar, DateKind

LABELS = {
    DateKind.CALL_OPENS: "Call opens",
    DateKind.SUBMISSION: "Submission",
    DateKind.REVIEW: "Reviews",
    DateKind.NOTIFICATION: "Notification",
    DateKind.CAMERA_READY: "Camera-ready",
    DateKind.EVENT_STARTS: "Workshop",
}
CLOSING = {DateKind.SUBMISSION, DateKind.REVIEW, DateKind.CAMERA_READY}  # the notification is a promise
TONES = {"submitted": "accent", "oral": "success", "poster": "success"}  # as elements.html has them


@dataclass(frozen=True)
class Numbers:
    """The season in numbers; `hidden` says how many submissions are left out of those about reviews and decisions."""

    states: dict[State, int]
    hidden: int
    assigned: int
    done: int
    outcomes: dict[Outcome, int]
    to_decide: int
    invitations: dict[str, int]
    finals: int
    accepted: int  # 0 before the release


def late_changes(state: State, texts: Sequence[Any]) -> dict[int, list[tuple[str, str]]]:
    """By its number, what accepting each version that waits changes: (what, as it would be); from WAITING_TEXTS.

    A submission of which all came too late has a current version that waits, too: accepted, it is submitted.
    """
    current = next(text for text in texts if text.is_current)

    def shown(text: Any) -> list[tuple[str, str]]:
        return [
            ("Title", text.title),
            ("Authors", "; ".join(", ".join(part for part in author if part) for author in text.authors)),
            ("Topics", "; ".join(text.topics) or "none"),
            ("Abstract", text.abstract),
            ("Paper", _file(text.paper_sha256, current.paper_sha256)),
            ("Supplement", _file(text.supplement_sha256, current.supplement_sha256)),
        ]

    def changes(text: Any) -> list[tuple[str, str]]:
        is_handed_in = state is State.DRAFT and text.paper_sha256 is not None
        moved = [("State", State.SUBMITTED.value)] if is_handed_in else []
        return moved + [new for new, old in zip(shown(text), shown(current), strict=True) if new != old]

    return {text.number: changes(text) for text in texts if text.is_waiting}


def _file(sha256: str | None, current: str | None) -> str:
    if sha256 is None:
        return "none"
    if current is None:
        return "a file"
    return "as it is" if sha256 == current else "another file"


def numbers(session: Session, venue_id: int, viewer_id: int, at: datetime) -> Numbers:
    """Where the season stands, as far as the viewer may know."""
    hidden = queries.hidden_from(session, viewer_id, venue_id)
    states = _by_kind(session, queries.submission_counts(venue_id))
    outcomes = _by_kind(session, queries.outcome_counts(venue_id, hidden))
    assigned, done = session.execute(queries.review_totals(venue_id, hidden)).one()
    submitted = select(func.count()).where(
        Submission.venue_id == venue_id,
        Submission.state == State.SUBMITTED,
        queries.not_hidden(Submission.id, hidden),
    )
    desk = camera_ready.desk(venue_id, at).subquery()
    accepted, finals = session.execute(select(func.count(), func.count(desk.c.final)).select_from(desk)).one()
    return Numbers(
        states={state: states.get(state, 0) for state in State},
        hidden=len(hidden),
        assigned=assigned,
        done=done,
        outcomes={outcome: outcomes.get(outcome, 0) for outcome in Outcome},
        to_decide=session.scalar(submitted) or 0,
        invitations=pool.counts(session, venue_id),
        finals=finals,
        accepted=accepted,
    )


def _by_kind(session: Session, query: Select[Any, int]) -> dict[Any, int]:
    return {kind: count for kind, count in session.execute(query)}  # noqa: C416 (a row is no pair to dict)


def season(calendar: Calendar, at: datetime) -> list[dict[str, Any]]:
    """The dates for the timeline, in the order of the season."""
    dates = [(kind, label, calendar.dates[kind]) for kind, label in LABELS.items() if kind in calendar.dates]
    upcoming = min((date.at for *_, date in dates if date.at > at), default=None)
    return [
        {
            "label": label,
            "shown": deadlines.shown(date),
            "closes_at": date.at,
            "closed": deadlines.closed_from(date.at) if kind in CLOSING else "",
            "state": "done" if date.at <= at else "now" if date.at == upcoming else "next",
        }
        for kind, label, date in dates
    ]


def submission_table(session: Session, rows: Sequence[Any], hidden: Collection[int], base_url: str) -> Markup:
    """The rows of the list of submissions, written in one go: a template's loop would cost most of the page's time."""
    ids = [row.id for row in rows]
    authors, reviewed = queries.authors_of(session, ids), queries.reviews_of(session, ids, hidden)
    lines = []
    for id_, number, title, state, outcome, pages in rows:
        names = escape(", ".join(authors.get(id_, ())))
        pill = f'<span class="pill pill-{TONES.get(state, "neutral")}">{state}</span>'
        plain = f'<td class="number">{number}</td><td class="main">'
        if id_ in hidden:
            lines.append(
                f'<tr>{plain}{escape(title)}<small>{names}</small></td><td>{pill}</td><td class="number minor"></td>'
                '<td class="quiet" colspan="3">in conflict</td></tr>'
            )
            continue
        assigned, done, average = reviewed.get(id_, (0, 0, None))
        reviews = f"{done}\u2009/\u2009{assigned}"
        mean = "" if average is None else f"{average:.1f}"
        decision = (
            f'<span class="pill pill-{TONES.get(outcome, "neutral")}">{outcome}</span>' if outcome else ""
        )
        lines.append(
            f'<tr>{plain}<a href="{base_url}{number}/">{escape(title)}</a><small>{names}</small></td><td>{pill}</td>'
            f'<td class="number minor">{pages or ""}</td><td class="number" data-label="reviews">{reviews}</td>'
            f'<td class="number" data-label="mean">{mean}</td><td>{decision}</td></tr>'
        )
    return Markup("".join(lines))  # noqa: S704 (title and names are escaped above; the rest is ours)
