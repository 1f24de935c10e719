"""Where the season stands, and what wants an eye."""

from flask import current_app, render_template
from sqlalchemy import select

from core import request
from core.duty import agenda
from core.paging import page_of
from decisions.queries import is_released
from organizers import duties, presenters, problems, setup
from organizers.views import blueprint
from venues import current
from venues.queries import Place

pages = blueprint("organizers", __name__)


@pages.get("/")
def overview() -> str:
    """What is due and overdue, and the season in numbers."""
    session, at, venue, viewer = request.session(), request.at(), current.venue(), current.signed_in()
    calendar = current.calendar()
    place = Place(venue.id, venue.slug, venue.short_name, calendar)
    config = current_app.config["DATELINE"]
    missing = []
    if setup.is_preparing(calendar, at):
        missing = setup.missing(setup.guide(session, venue, calendar, config, at))
    is_out = bool(session.scalar(select(is_released(venue.id, at))))
    return render_template(
        "organizers/overview.html",
        warnings=problems.of_the_house(session, config),
        missing=[step.label for step in missing],
        overdue=calendar.overdue(at, released_at=at if is_out else None),
        agenda=agenda(duties.due(session, viewer, [place], at), at),
        problem_count=len(problems.problems(session, venue, calendar, at, viewer)),
        season=presenters.season(calendar, at),
        numbers=presenters.numbers(session, venue.id, viewer.id, at),
        is_released=is_out,
    )


@pages.get("/problems")
def problem_list() -> str:
    """All that the packages found."""
    session, venue = request.session(), current.venue()
    found = problems.problems(session, venue, current.calendar(), request.at(), current.signed_in())
    house = problems.of_the_house(session, current_app.config["DATELINE"])
    return render_template("organizers/problems.html", page=page_of(found), house=house)
