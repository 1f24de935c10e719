"""The reviews that somebody owes."""

from collections.abc import Collection
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from accounts.models import Person
from core.duty import Duty
from reviews.papers.queries import reader_everywhere
from reviews.reviewing import queries
from venues.deadlines import Phase, Window
from venues.queries import Place


def due(session: Session, person: Person, places: Collection[Place], at: datetime) -> list[Duty]:
    """One duty for each paper that the person reviews and can read."""
    here = {place.id: place for place in places}
    calendars = {place.id: place.calendar for place in places}
    found = session.execute(queries.OWN_EVERYWHERE, reader_everywhere(person.id, calendars, at))
    windows = {id_: calendar.window(Phase.REVIEW, person_id=person.id) for id_, calendar in calendars.items()}
    return [
        of_paper(here[venue_id], windows[venue_id], number, title, submitted_at)
        for venue_id, number, title, submitted_at in found
    ]


def of_paper(place: Place, window: Window, number: int, title: str, submitted_at: datetime | None) -> Duty:
    """The duty to review this paper of a venue whose reviews can be written in this window."""
    url = url_for("reviewing.review", slug=place.slug, number=number)
    what, is_done = f"Review paper {number}: {title}", submitted_at is not None
    return Duty(what, url, window.closes_at, is_done, window.closing, place.short_name)
