"""The reviews that somebody owes."""

from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from accounts.models import Person
from core.duty import Duty
from reviews.papers.queries import reader
from reviews.reviewing import queries
from venues.deadlines import Calendar, Phase
from venues.models import Venue


def due(session: Session, person: Person, venue: Venue, calendar: Calendar, at: datetime) -> list[Duty]:
    """One duty for each paper that the person reviews and can read."""
    window = calendar.window(Phase.REVIEW, person_id=person.id)
    return [
        Duty(
            what=f"Review paper {row.number}: {row.title}",
            url=url_for("reviewing.review", slug=venue.slug, number=row.number),
            due_at=window.closes_at,
            done=row.submitted_at is not None,
            shown_due=window.closing,
        )
        for row in session.execute(queries.OWN, reader(person.id, venue.id, calendar, at))
    ]
