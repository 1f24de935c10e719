"""The public site of a venue: the same for everybody."""

from flask import Response, abort, render_template, send_file

from core import request
from core.db import rows
from program import presenters, queries
from program.kept import kept_whole
from venues import current
from venues.models import Section

pages = current.blueprint("program", __name__)


@pages.get("/")
@kept_whole
def home() -> str:
    """The face of the venue."""
    session, at, venue, calendar = request.session(), request.at(), current.venue(), current.calendar()
    people = presenters.named(session, venue.id)
    dates = presenters.key_dates(calendar, at)
    return render_template(
        "program/home.html",
        venue=venue,
        dates=dates,
        axis=presenters.axis(dates, at),
        upcoming=next((date for date in dates if date.state == "now"), None),
        door=presenters.submission_door(calendar, at),
        day_and_place=presenters.day_and_place(venue, calendar),
        topics=[name for (name,) in rows(session, *queries.topics(venue.id))],
        speakers=people[Section.SPEAKER],
        panelists=people[Section.PANELIST],
        organizers=people[Section.ORGANIZER],
        sponsors=people[queries.SPONSOR],
        schedule=presenters.schedule(session, venue),
        papers=presenters.accepted_papers(session, venue.id, at),
    )


@pages.get("/call")
@kept_whole
def call() -> str:
    """The call for papers, to be read and printed."""
    session, at, venue, calendar = request.session(), request.at(), current.venue(), current.calendar()
    return render_template(
        "program/call.html",
        venue=venue,
        dates=presenters.key_dates(calendar, at),
        door=presenters.submission_door(calendar, at),
        topics=[name for (name,) in rows(session, *queries.topics(venue.id))],
    )


@pages.get("/people/<string(length=64):sha256>.jpg")
def portrait(sha256: str) -> Response:
    """The picture of somebody on the home page. Its address is new with it; once removed it is gone within the hour."""
    store = request.store()
    if request.session().scalar(*queries.portrait(current.venue().id, sha256)) is None or not store.has(
        sha256
    ):
        abort(404)
    answer = send_file(store.path(sha256), "image/jpeg", etag=sha256, max_age=3600)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
