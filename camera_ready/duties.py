"""The final versions that authors owe."""

from collections.abc import Collection
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from accounts.models import Person
from camera_ready import queries
from core.duty import Duty
from venues.deadlines import Phase
from venues.queries import Place


def due(session: Session, person: Person, places: Collection[Place], at: datetime) -> list[Duty]:
    """One duty for each accepted paper of the person's, once its decision is released."""
    here = {place.id: place for place in places}
    duties = []
    for venue_id, submission_id, number, title, final in session.execute(
        queries.accepted_of(person.id, list(here), at)
    ):
        place = here[venue_id]
        window = place.calendar.window(
            Phase.CAMERA_READY, submission_id=submission_id, person_id=person.id, released_at=at
        )
        url = url_for("camera_ready.final", slug=place.slug, number=number)
        is_done = final is not None
        what = f"The final version of #{number} “{title}” " + ("is there" if is_done else "is to be uploaded")
        duties.append(Duty(what, url, window.closes_at, is_done, window.closing, place.short_name))
    return duties
