"""The reviews that somebody owes."""

from collections.abc import Collection
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from accounts.models import Person
from core.duty import Duty
from reviews.papers.queries import reader_everywhere
from reviews.reviewing import queries
from venues.deadlines import Phase
from venues.queries import Place


def due(session: Session, person: Person, places: Collection[Place], at: datetime) -> list[Duty]:
    """One duty for each paper that the person reviews and can read."""
    here = {place.id: place for place in places}
    calendars = {place.id: place.calendar for place in places}
    found = session.execute(queries.OWN_EVERYWHERE, reader_everywhere(person.id, calendars, at))
    duties = []
    for venue_id, number, title, submitted_at in found:
        window = here[venue_id].calendar.window(Phase.REVIEW, person_id=person.id)
        url = url_for("reviewing.review", slug=here[venue_id].slug, number=number)
        what, is_done = f"Review paper {number}: {title}", submitted_at is not None
        duties.append(Duty(what, url, window.closes_at, is_done, window.closing, here[venue_id].short_name))
    return duties
