"""Everything that wants an organizer's eye, of all packages."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.models import Person
from core import clock, jobs
from core.config import Config
from core.problem import Problem
from decisions.queries import is_released
from mail.models import Message, MessageState
from organizers import queries
from reviews.papers.problems import problems as paper_problems
from reviews.reviewing.problems import problems as reviewing_problems
from submissions.problems import problems as submission_problems
from venues.deadlines import Calendar, DateKind
from venues.models import Venue


def of_the_house(session: Session, config: Config) -> list[str]:
    """What is wrong with the installation itself, in sentences."""
    found = []
    reported = jobs.last_report(session)
    if reported is None or clock.real() - reported > jobs.SILENT_AFTER:
        found.append(
            "No worker has reported for two minutes: letters are not sent and files not checked. Start one with "
            "./dateline work."
        )
    if not config.smtp:
        found.append("DATELINE_SMTP is not set: all letters wait in the outbox.")
    return found


def problems(
    session: Session, venue: Venue, calendar: Calendar, at: datetime, viewer: Person
) -> list[Problem]:
    """All problems that the viewer may know of."""
    hidden = queries.hidden_from(session, viewer.id, venue.id)
    return [
        *_dates(session, venue, calendar, at),
        *submission_problems(session, venue, viewer.id),
        *paper_problems(session, venue, viewer.id),
        *reviewing_problems(session, venue, viewer.id, calendar, at),
        *_conflicts(session, venue, hidden),
        *_letters(session, venue, hidden),
    ]


def _dates(session: Session, venue: Venue, calendar: Calendar, at: datetime) -> list[Problem]:
    dates = "organizers_settings.page", {"slug": venue.slug, "name": "dates"}
    found = []
    if DateKind.SUBMISSION not in calendar.dates:
        found.append(Problem("There is no submission deadline, so nobody can submit.", *dates))
    if DateKind.CAMERA_READY not in calendar.dates:
        found.append(
            Problem("There is no camera-ready deadline, so nobody can upload a final version.", *dates)
        )
    is_out = session.scalar(select(is_released(venue.id, at)))
    if sentence := calendar.overdue(at, released_at=at if is_out else None):
        found.append(Problem(sentence, "decisions.decide_list", {"slug": venue.slug}))
    return found


def _conflicts(session: Session, venue: Venue, hidden: Sequence[int]) -> list[Problem]:
    return [
        Problem(
            f"{name} reviews paper {number} and is in conflict with it: take the paper back.",
            "assignment.paper",
            {"slug": venue.slug, "number": number},
        )
        for number, name in session.execute(queries.assigned_in_conflict(venue.id, hidden))
    ]


def _letters(session: Session, venue: Venue, hidden: Sequence[int]) -> list[Problem]:
    ours = session.scalars(queries.hidden_assignments(hidden)).all() if hidden else []
    failed = queries.letters(venue.id, hidden, ours).where(Message.state == MessageState.FAILED)
    count = session.scalar(select(func.count()).select_from(failed.order_by(None).subquery())) or 0
    if not count:
        return []
    words = "1 letter could" if count == 1 else f"{count} letters could"
    values = {"slug": venue.slug, "state": "failed"}
    return [Problem(f"{words} not be delivered.", "organizers_outbox.index", values)]
