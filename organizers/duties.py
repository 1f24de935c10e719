"""What organizers owe their authors and reviewers."""

from collections.abc import Collection
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from accounts.models import Person
from core.duty import Duty
from decisions.queries import releases
from organizers import queries
from venues import deadlines
from venues.deadlines import DateKind, Phase, State
from venues.queries import Place


def due(session: Session, person: Person, places: Collection[Place], at: datetime) -> list[Duty]:
    """The acts of the venues' organizers from the close of submission on: assigning, deciding, releasing."""
    closed = [place for place in places if place.calendar.window(Phase.SUBMISSION).state(at) is State.CLOSED]
    if not closed:
        return []
    ids = [place.id for place in closed]
    without = dict(session.execute(queries.without_reviewers(person.id, ids)).all())
    undecided = dict(session.execute(queries.undecided(person.id, ids)).all())
    released = {
        venue_id: (planned, is_out) for venue_id, planned, is_out in session.execute(releases(ids, at))
    }
    found = []
    for place in closed:
        name, calendar = place.short_name, place.calendar
        reviewing = calendar.window(Phase.REVIEW)
        if (count := without.get(place.id)) and reviewing.is_open(at):
            url = url_for("assignment.papers", slug=place.slug)
            what = f"Find reviewers for {_papers(count)} of {name}"
            found.append(Duty(what, url, reviewing.closes_at, False, reviewing.closing, name))
        promised = calendar.dates.get(DateKind.NOTIFICATION)
        if promised is None:
            continue
        url = url_for("decisions.decide_list", slug=place.slug)
        shown = deadlines.shown(promised)
        planned, is_out = released.get(place.id, (None, False))
        if not is_out and reviewing.state(at) is State.CLOSED and (count := undecided.get(place.id)):
            found.append(Duty(f"Decide on {_papers(count)} of {name}", url, promised.at, False, shown, name))
        what = f"Release the decisions of {name}"
        if is_out:
            what = f"The decisions of {name} are released"
        elif planned:
            what = f"The decisions of {name} go out at {deadlines.utc(planned)}"
        found.append(Duty(what, url, promised.at, is_out or planned is not None, shown, name))
    return found


def _papers(count: int) -> str:
    return f"{count} paper{'' if count == 1 else 's'}"
