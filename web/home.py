"""The front page of a deployment: what is due from whoever is signed in; else its venues, or its only one."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import Row, select

from accounts.models import Person
from core import request
from program.presenters import KeyDate, key_dates
from venues import current, policy, queries
from venues.deadlines import Phase
from venues.models import Venue
from web import due

pages = Blueprint("home", __name__)


@pages.get("/")
def index() -> ResponseReturnValue:
    """All venues, newest first; the only one is opened at once for a visitor."""
    query = select(Venue.id, Venue.slug, Venue.name, Venue.place).order_by(Venue.created_at.desc())
    venues = request.session().execute(query).all()
    person = current.person()
    if person is not None:
        return _own(person, venues)
    if len(venues) == 1:
        return redirect(f"/{venues[0].slug}/")
    return render_template("home/index.html", venues=venues)


def _own(person: Person, venues: Sequence[Row[int, str, str, str]]) -> str:
    """What is due from a person, and the ways into the venues they have a part in."""
    session, at = request.session(), request.at()
    places = {place.id: place for place in queries.places(session, [venue.id for venue in venues])}
    kinds = due.kinds(session, person)
    submitting = {id_: place.calendar.window(Phase.SUBMISSION) for id_, place in places.items()}
    return render_template(
        "home/own.html",
        agenda=due.due(session, person, places.values(), kinds, at),
        own=[(venue, kinds[venue.id], _next(places[venue.id], at)) for venue in venues if venue.id in kinds],
        calls=[(venue, submitting[venue.id]) for venue in venues if submitting[venue.id].is_open(at)],
        others=[venue for venue in venues if venue.id not in kinds],
        may_make_venue=bool(policy.may_make_venue(session, person)),
    )


def _next(place: queries.Place, at: datetime) -> KeyDate | None:
    """The venue's next public date."""
    return next((date for date in key_dates(place.calendar, at) if date.state == "now"), None)
