"""The site's administrators make a venue, by a short form or from a file."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy.exc import IntegrityError

from core import request
from core.db import transaction
from organizers import venue_loading
from organizers.forms import VenueFileForm, VenueForm
from organizers.venue_file import MAX_BYTES, VenueFileError
from venues import actions, current, policy, queries

pages = Blueprint("new_venue", __name__)


@pages.get("/venue/new")
@login_required
def form() -> str:
    """The two forms."""
    policy.may_make_venue(request.session(), current.signed_in()).enforce()
    return _page(VenueForm(), VenueFileForm())


@pages.post("/venue/new")
@login_required
def make() -> ResponseReturnValue:
    """Make a venue whose organizer is whoever asks."""
    session, person, form = request.session(), current.signed_in(), VenueForm()
    policy.may_make_venue(session, person).enforce()
    if not form.validate():
        return _page(form, VenueFileForm()), 422
    slug = (form.slug.data or "").strip()
    try:
        with transaction(session):
            actions.make(
                session,
                slug,
                form.name.data or "",
                form.short_name.data or "",
                form.event_zone.data or "",
                by=person,
                at=request.at(),
            )
    except IntegrityError:
        if session.scalar(*queries.by_slug(slug)) is None:
            raise
        form.slug.errors = [f"There is a venue at /{slug} already."]
        return _page(form, VenueFileForm()), 422
    flash("The venue is made, and you organize it. Next: its dates and its call.", "success")
    return redirect(f"/{slug}/organize/", 303)


@pages.post("/venue/load")
@login_required
def load() -> ResponseReturnValue:
    """Make or update a venue from a file."""
    session, person, form = request.session(), current.signed_in(), VenueFileForm()
    policy.may_make_venue(session, person).enforce()
    if not form.validate():
        return _page(VenueForm(formdata=None), form), 422
    try:
        with transaction(session):
            data = form.file.data.stream.read(MAX_BYTES + 1)
            report = venue_loading.load(session, data, by=person, at=request.at())
            slug = report.venue.slug
    except VenueFileError as error:
        form.file.errors = error.sentences
        return _page(VenueForm(formdata=None), form), 422
    return render_template("venues/loaded.html", slug=slug, report=report)


def _page(form: VenueForm, file_form: VenueFileForm) -> str:
    return render_template("venues/new.html", form=form, file_form=file_form)
