"""The setup guide."""

from flask import current_app, render_template

from core import request
from organizers import setup
from organizers.views import blueprint
from venues import current

pages = blueprint("organizers_setup", __name__)


@pages.get("/setup")
def guide() -> str:
    """What is missing before the call can open."""
    venue, calendar, at = current.venue(), current.calendar(), request.at()
    steps = setup.guide(request.session(), venue, calendar, current_app.config["DATELINE"], at)
    return render_template(
        "organizers/setup.html",
        needed=[step for step in steps if step.is_needed],
        others=[step for step in steps if not step.is_needed],
        missing=setup.missing(steps),
        is_preparing=setup.is_preparing(calendar, at),
    )
