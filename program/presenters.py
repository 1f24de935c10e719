"""The public pages' parts as plain values."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from core import db
from decisions.models import Outcome
from program import queries
from venues import deadlines
from venues.deadlines import Calendar, DateKind, Meaning, Phase, State
from venues.models import Section, Venue

# The review deadline is the committee's own matter.
LABELS = {
    DateKind.CALL_OPENS: "Call opens",
    DateKind.SUBMISSION: "Submission deadline",
    DateKind.NOTIFICATION: "Notification",
    DateKind.CAMERA_READY: "Camera-ready version",
    DateKind.EVENT_STARTS: "Workshop",
}


class KeyDate(NamedTuple):
    """A date as the home page shows it; `was` is what an extension replaced, `grace` what is given to all beyond it."""

    label: str
    shown: str
    was: str
    grace: str
    closed: str
    at: datetime
    state: str  # done, now (the next one to come), next


@dataclass(frozen=True)
class Paper:
    """An accepted paper."""

    title: str
    authors: str
    is_oral: bool


_known: WeakKeyDictionary[Calendar, list[KeyDate]] = WeakKeyDictionary()  # a calendar is not changed


def key_dates(calendar: Calendar, at: datetime) -> list[KeyDate]:
    """The public dates in the order of the season, from the records that are enforced."""
    dates = _known.get(calendar)
    if dates is None:
        dates = _known[calendar] = _key_dates(calendar)
    upcoming = min((date.at for date in dates if date.at > at), default=None)
    return [
        date._replace(state="done" if date.at <= at else "now" if date.at == upcoming else "next")
        for date in dates
    ]


def _key_dates(calendar: Calendar) -> list[KeyDate]:
    """Without their state, which the clock decides."""
    found = []
    for kind, label in LABELS.items():
        date = calendar.dates.get(kind)
        if date is None:
            continue
        for_all = [
            row for row in calendar.extensions if row.kind == kind and row.submission_id == row.person_id
        ]
        longer = [row.until for row in for_all if not row.is_grace and row.until > date.at]
        closes_at = max(longer, default=date.at)
        grace_until = max(
            (row.until for row in for_all if row.is_grace and row.until > closes_at), default=None
        )
        shown = deadlines.shown(date)
        is_deadline = date.meaning is Meaning.DEADLINE and kind is not DateKind.NOTIFICATION
        found.append(
            KeyDate(
                label=label,
                shown=deadlines.shown_end(closes_at, date.zone) if longer else shown,
                was=shown if longer else "",
                grace=f"grace for all until {deadlines.shown_end(grace_until, date.zone)}"
                if grace_until
                else "",
                closed=deadlines.closed_from(grace_until or closes_at) if is_deadline else "",
                at=grace_until or closes_at,
                state="",
            )
        )
    return found


@dataclass(frozen=True)
class Mark:
    """A date on the drawn season: where it lies in time and where its card stands, in per cent of the width."""

    x: float
    card: float
    state: str


@dataclass(frozen=True)
class Axis:
    """The season drawn to scale."""

    marks: list[Mark]
    today: float
    is_running: bool
    sentence: str


def axis(dates: list[KeyDate], at: datetime) -> Axis | None:
    """The dates where they lie in time; nothing when fewer than two differ."""
    first, last = min((date.at for date in dates), default=at), max((date.at for date in dates), default=at)
    if first == last:
        return None
    half = 50 / len(dates)  # of a card: the line reaches from the middle of the first to that of the last

    def x(instant: datetime) -> float:
        share = (min(max(instant, first), last) - first) / (last - first)
        return round(half + share * (100 - 2 * half), 2)

    marks = [Mark(x(date.at), round((2 * n + 1) * half, 2), date.state) for n, date in enumerate(dates)]
    upcoming = next((date for date in dates if date.state == "now"), None)
    over = [date.label for date in dates if date.state == "done"]
    so_far = f"Over: {', '.join(over)}. " if over else ""
    sentence = f"The season as a line. {so_far}{f'Next: {upcoming.label}.' if upcoming else 'It is over.'}"
    return Axis(marks, x(at), first <= at < last, sentence)


def submission_door(calendar: Calendar, at: datetime) -> tuple[bool, str]:
    """Whether anybody can submit now, and the sentence about it."""
    window = calendar.window(Phase.SUBMISSION)
    return window.state(at) is State.OPEN, window.sentence(at)


def day_and_place(venue: Venue, calendar: Calendar) -> list[str]:
    """When and where: "Dec 2, 2022, 08:50" to "17:00 America/Chicago", "New Orleans"."""
    starts, ends = calendar.dates.get(DateKind.EVENT_STARTS), calendar.dates.get(DateKind.EVENT_ENDS)
    lines = []
    if starts and ends:
        first, last = deadlines.shown(starts), deadlines.shown(ends)
        day, _, rest = first.rpartition(", ")
        is_same_day = last.startswith(day) and starts.zone == ends.zone
        if is_same_day:
            opens, _, zone = rest.partition(" ")
            closes = last.rpartition(", ")[2].partition(" ")[0]
            first = f"{day}, {opens}\N{EN DASH}{closes} {zone}"
        lines.append(first if is_same_day else f"{first} \N{EN DASH} {last}")
    elif starts:
        lines.append(deadlines.shown(starts))
    return [*lines, venue.place] if venue.place else lines


Named = tuple[str, str, str, str, str | None]


def named(session: Session, venue_id: int) -> dict[str, list[Named]]:
    """(initials, name, affiliation or gift, url, picture) by section, and of the sponsors; not to be changed."""
    return db.remembered(session, *queries.named(venue_id), _named)


def _named(rows: list[Any]) -> dict[str, list[Named]]:
    found: dict[str, list[Named]] = {name: [] for name in [*Section, queries.SPONSOR]}
    for section, name, *rest in rows:
        found[section].append((initials(name), name, *rest))
    return found


def initials(name: str) -> str:
    """The first letters of the first and the last word."""
    words = name.split()
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")) if words else ""


def schedule(session: Session, venue: Venue) -> list[tuple[str, list[tuple[str, str]]]]:
    """(day, [(time of the day, title)]) in the event's zone."""
    rows = db.rows(session, *queries.schedule(venue.id))
    lines = [(deadlines.in_zone(starts_at, venue.event_zone), title) for starts_at, title in rows]
    days = groupby(((local[:10], local[11:16], title) for local, title in lines), key=itemgetter(0))
    return [(day, [(time, title) for _, time, title in entries]) for day, entries in days]


def accepted_papers(session: Session, venue_id: int, at: datetime) -> list[Paper]:
    """The accepted papers, talks first; none before the release."""
    rows = db.rows(session, *queries.accepted_papers(venue_id, at))
    if not rows:
        return []
    authors: dict[int, list[str]] = {}
    for submission_id, name in db.rows(session, *queries.authors_of_accepted(venue_id, at)):
        authors.setdefault(submission_id, []).append(name)
    return [Paper(title, ", ".join(authors[id_]), outcome is Outcome.ORAL) for id_, title, outcome in rows]
