"""What is due from authors."""

from collections.abc import Collection
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from accounts.models import Person
from core.duty import Duty
from submissions import queries
from submissions.models import State
from venues.deadlines import Phase
from venues.queries import Place


def due(session: Session, person: Person, places: Collection[Place], at: datetime) -> list[Duty]:
    """Each of the person's drafts while it can be completed, and what they submitted, as done."""
    here = {place.id: place for place in places}
    duties = []
    for venue_id, submission_id, number, title, state in session.execute(
        queries.everywhere(person.id, list(here))
    ):
        place = here[venue_id]
        window = place.calendar.window(Phase.SUBMISSION, submission_id=submission_id, person_id=person.id)
        edit = url_for("submissions.edit", slug=place.slug, number=number) if window.is_open(at) else ""
        if state is State.DRAFT and edit:
            what = f"Upload the PDF of #{number} “{title}”: it is not submitted yet"
            duties.append(Duty(what, edit, window.closes_at, False, window.closing, place.short_name))
        elif state is State.SUBMITTED:
            url = url_for("submissions.show", slug=place.slug, number=number)
            what = f"#{number} “{title}” is submitted"
            duties.append(Duty(what, url, window.closes_at, True, window.closing, place.short_name, edit))
    return duties
