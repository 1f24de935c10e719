"""What threatens the reviewing of a venue."""

from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from core.problem import Problem
from reviews.reviewing import queries
from venues.deadlines import Calendar, Phase, State
from venues.models import Venue

ENOUGH = 3  # reviewers for a paper


def problems(
    session: Session, venue: Venue, viewer_id: int, calendar: Calendar, at: datetime
) -> list[Problem]:
    """Once submission has closed: papers with too few reviewers, idle reviewers; later, reviews that are overdue."""
    if calendar.window(Phase.SUBMISSION).state(at) is not State.CLOSED:
        return []
    is_over = calendar.window(Phase.REVIEW).state(at) is State.CLOSED
    found = []
    for row in session.execute(queries.progress(venue.id, viewer_id)):
        sentences = []
        if row.assigned < ENOUGH:
            sentences.append(f"Paper {row.number} has {_count(row.assigned, 'reviewer')}.")
        if is_over and row.done < row.assigned:
            missing = _count(row.assigned - row.done, "review")
            sentences.append(f"Paper {row.number} lacks {missing} of {row.assigned}; reviewing is over.")
        if sentences:  # an address takes longer to make than a row to read
            url = url_for("assignment.paper", slug=venue.slug, number=row.number)
            found += [Problem(sentence, url) for sentence in sentences]
    loads = url_for("assignment.loads", slug=venue.slug)
    for row in session.execute(queries.progress_by_reviewer(venue.id, viewer_id)):
        if not row.assigned and not is_over:
            found.append(Problem(f"{row.name} is a reviewer and has no paper.", loads))
        if is_over and row.done < row.assigned:
            overdue = _count(row.assigned - row.done, "review")
            found.append(Problem(f"{row.name} owes {overdue}; more time needs an extension.", loads))
    return found


def _count(number: int, word: str) -> str:
    return f"{number or 'no'} {word}{'' if number == 1 else 's'}"
