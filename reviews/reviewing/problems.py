"""What threatens the reviewing of a venue."""

from datetime import datetime

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
    for number, assigned, done in session.execute(
        queries.in_want(venue.id, viewer_id, ENOUGH, of_reviews=is_over)
    ):
        place = {"slug": venue.slug, "number": number}
        if assigned < ENOUGH:
            sentence = f"Paper {number} has {_count(assigned, 'reviewer')}."
            found.append(Problem(sentence, "assignment.paper", place))
        if is_over and done < assigned:
            sentence = (
                f"Paper {number} lacks {_count(assigned - done, 'review')} of {assigned}; reviewing is over."
            )
            found.append(Problem(sentence, "assignment.paper", place))
    place = {"slug": venue.slug}
    if not is_over:
        for name in session.scalars(queries.idle(venue.id, viewer_id)):
            sentence = f"{name} is a reviewer and has no paper."
            found.append(Problem(sentence, "assignment.loads", place))
        return found
    for name, owed in session.execute(queries.owing(venue.id, viewer_id)):
        sentence = f"{name} owes {_count(owed, 'review')}; more time needs an extension."
        found.append(Problem(sentence, "assignment.loads", place))
    return found


def _count(number: int, word: str) -> str:
    return f"{number or 'no'} {word}{'' if number == 1 else 's'}"
