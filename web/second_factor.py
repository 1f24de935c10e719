"""Where organizers must have a second factor, those without one are led to where they turn it on."""

from flask import Flask, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from accounts import queries
from core import request as here
from venues import current
from venues.models import Role


def add(app: Flask) -> None:
    """Stand before the pages of organizers (/<slug>/organize/…) and administrators (/venue/…), if it is asked for."""
    if not app.config["DATELINE"].second_factor:
        return

    @app.before_request
    def _ask() -> ResponseReturnValue | None:
        if request.endpoint is None:  # nothing is at this address
            return None
        first, _, rest = request.path[1:].partition("/")
        is_venues = (rest + "/").startswith("organize/")
        person = current.person() if is_venues or first == "venue" else None
        if person is None or not (person.is_site_admin or (is_venues and Role.ORGANIZER in current.roles())):
            return None
        if here.session().scalar(queries.has_second_factor(person.id)) is not None:
            return None
        flash("Organizers here sign in with a second factor. Turn it on first.", "warning")
        return redirect(url_for("second_factor.setting"), 303)
