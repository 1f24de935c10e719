"""Until when a review may be written."""

from datetime import datetime

from sqlalchemy.orm import Session

from accounts.models import Person
from core.verdict import ALLOWED, HIDDEN, Verdict
from reviews.assignment.models import Assignment
from venues.deadlines import Calendar, Phase


def may_write(
    session: Session, person: Person | None, assignment: Assignment, at: datetime, calendar: Calendar
) -> Verdict:
    """Save and hand in one's own review, while reviewing is open for this person."""
    if person is None or assignment.person_id != person.id or assignment.removed_at is not None:
        return HIDDEN
    window = calendar.window(Phase.REVIEW, person_id=person.id)
    return ALLOWED if window.is_open(at) else Verdict(window.sentence(at))
