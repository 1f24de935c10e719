"""Invitations that wait for an answer."""

from collections.abc import Collection
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from accounts.models import Person
from core import tokens
from core.duty import Duty
from reviews.pool import queries
from venues.deadlines import Phase, State
from venues.queries import Place


def due(session: Session, person: Person, places: Collection[Place], at: datetime) -> list[Duty]:
    """One duty for each invitation to one of the person's addresses, until reviewing is over."""
    here = {place.id: place for place in places}
    duties = []
    for venue_id, invitation_id in session.execute(queries.unanswered(person.id, list(here))):
        place = here[venue_id]
        window = place.calendar.window(Phase.REVIEW)
        if window.state(at) is State.CLOSED:
            continue
        url = url_for("pool.invitation", slug=place.slug, token=tokens.issue("invitation", invitation_id))
        what = f"Say whether you will review for {place.short_name}"
        shown = f"reviews are due {window.closing}" if window.closing else ""
        duties.append(Duty(what, url, None, False, shown, place.short_name))
    return duties
