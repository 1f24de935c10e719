"""The venue's dates, and who gets more time."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import queries as accounts
from accounts.models import Person
from core import request
from core.db import transaction
from organizers import actions, presenters, queries
from organizers.forms import KINDS, TimeForm
from organizers.views import blueprint
from submissions.models import Submission
from venues import announcing, current, deadlines
from venues.deadlines import DateKind
from venues.models import Extension

pages = blueprint("organizers_time", __name__)


@pages.get("/dates")
def dates(form: TimeForm | None = None) -> str:
    """The announced dates, and who got more time."""
    session, venue, viewer, calendar = (
        request.session(),
        current.venue(),
        current.signed_in(),
        current.calendar(),
    )
    hidden = queries.hidden_from(session, viewer.id, venue.id)
    return render_template(
        "organizers/dates.html",
        season=presenters.season(calendar, request.at()),
        warnings=announcing.check_dates(calendar.dates.values()),
        given=[
            (
                row,
                KINDS.get(row.kind, row.kind),
                deadlines.closed_from(row.until),
                deadlines.utc(row.granted_at),
            )
            for row in session.execute(queries.extensions_given(venue.id, hidden))
        ],
        form=form or TimeForm(),
    )


@pages.post("/dates")
def give_time() -> ResponseReturnValue:
    """Give grace or an extension."""
    session, viewer, form = request.session(), current.signed_in(), TimeForm()
    if not form.validate():
        return dates(form), 422
    assert form.announced is not None
    kind, until, scope = DateKind(form.kind.data), form.announced.at, form.scope.data
    with transaction(session):
        submission, whose = _scope(session, form)
        faults = _faults(form, submission, whose)
        if not faults:
            actions.give_time(
                session,
                current.venue(),
                kind,
                until,
                form.reason.data or "",
                is_grace=scope == "grace",
                submission=submission,
                whose=whose,
                by=viewer,
                at=request.at(),
            )
    if faults:
        return dates(form), 422
    flash(f"More time was given until {deadlines.shown(form.announced)}.", "success")
    return redirect(url_for(".dates"), 303)


def _scope(session: Session, form: TimeForm) -> tuple[Submission | None, Person | None]:
    """The submission or the person that the form names."""
    if form.scope.data == "submission":
        number = Submission.number == int(form.who.data or 0)
        return session.scalar(
            select(Submission).where(Submission.venue_id == current.venue().id, number)
        ), None
    if form.scope.data == "person":
        return None, session.scalar(accounts.by_address(form.who.data or ""))
    return None, None


def _faults(form: TimeForm, submission: Submission | None, whose: Person | None) -> bool:
    """Note beside the fields what does not fit the venue."""
    assert form.announced is not None
    date = current.calendar().dates.get(DateKind(form.kind.data))
    if form.scope.data == "submission" and submission is None:
        form.who.errors = [f"There is no submission {form.who.data} here."]
    elif form.scope.data == "person" and whose is None:
        form.who.errors = [f"Nobody here has the e-mail {form.who.data}."]
    if date is not None and form.announced.at <= date.at:
        form.until.errors = [f"That is no later than the deadline itself, {deadlines.shown(date)}."]
    return bool(form.errors)


@pages.post("/dates/<int(max=9000000000000000000):extension_id>/take-back")
def take_time_back(extension_id: int) -> ResponseReturnValue:
    """End grace or an extension."""
    session, venue, viewer = request.session(), current.venue(), current.signed_in()
    with transaction(session):
        hidden = queries.hidden_from(session, viewer.id, venue.id)
        known = queries.extensions_given(venue.id, hidden).with_only_columns(Extension.id)
        given = session.scalar(
            select(Extension).where(Extension.id == extension_id, Extension.id.in_(known.order_by(None)))
        )
        actions.take_time_back(session, venue, given or abort(404), by=viewer, at=request.at())
    flash("The time given was taken back.", "success")
    return redirect(url_for(".dates"), 303)
