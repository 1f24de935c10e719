"""The front page of a deployment: its venues, or its only one."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core import request
from venues import current, policy
from venues.models import Venue

pages = Blueprint("home", __name__)


@pages.get("/")
def index() -> ResponseReturnValue:
    """All venues, newest first; the only one is opened at once (but for administrators, who make more)."""
    query = select(Venue.slug, Venue.name, Venue.short_name, Venue.place).order_by(Venue.created_at.desc())
    venues = request.session().execute(query).all()
    may_make = bool(current.person()) and bool(policy.may_make_venue(request.session(), current.person()))
    if len(venues) == 1 and not may_make:
        return redirect(f"/{venues[0].slug}/")
    return render_template("home/index.html", venues=venues, may_make_venue=may_make)
