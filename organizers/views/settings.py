"""The venue's dates with grace and extensions, and its people with their roles."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import queries as accounts
from accounts.actions import person_for_verified_email
from accounts.models import Person
from core import request
from core.db import transaction
from core.verdict import Verdict
from organizers import actions, presenters, queries
from organizers.forms import KINDS, ROLES, RoleForm, TimeForm
from organizers.views import blueprint
from submissions.models import Submission
from venues import actions as venue_actions
from venues import announcing, current, deadlines, policy
from venues.deadlines import DateKind
from venues.models import Extension, Role

pages = blueprint("organizers_settings", __name__)


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


@pages.get("/people")
def people(form: RoleForm | None = None) -> str:
    """Everybody with a role."""
    session, venue, viewer = request.session(), current.venue(), current.signed_in()
    rows = session.execute(queries.members_with_roles(venue.id)).all()
    organizers = sum(row.role is Role.ORGANIZER for row in rows)
    last = Verdict("This is the last organizer: give somebody else the role first.")
    return render_template(
        "organizers/people.html",
        rows=[
            (row, ROLES[row.role], last if row.role is Role.ORGANIZER and organizers == 1 else Verdict())
            for row in rows
        ],
        viewer_id=viewer.id,
        form=form or RoleForm(),
    )


@pages.post("/people")
def grant() -> ResponseReturnValue:
    """Give a role."""
    session, venue, viewer, form = request.session(), current.venue(), current.signed_in(), RoleForm()
    if not form.validate():
        return people(form), 422
    email, at = form.email.data or "", request.at()
    with transaction(session):
        policy.may_grant(session, viewer, venue).enforce()
        whose = person_for_verified_email(session, email, form.name.data or email.partition("@")[0], at=at)
        is_new = venue_actions.grant(session, venue, whose, Role(form.role.data), by=viewer, at=at)
        name = whose.name
    role = ROLES[Role(form.role.data)].lower()
    flash(f"{name} is now {role}." if is_new else f"{name} was {role} already.", "success")
    return redirect(url_for(".people"), 303)


@pages.post("/people/<int(max=9000000000000000000):person_id>/<role>/revoke")
def revoke(person_id: int, role: str) -> ResponseReturnValue:
    """Take a role away."""
    if role not in [one.value for one in Role]:
        abort(404)
    session, venue, viewer = request.session(), current.venue(), current.signed_in()
    with transaction(session):
        whose = session.get(Person, person_id) or abort(404)
        venue_actions.revoke(session, venue, whose, Role(role), by=viewer, at=request.at())
        name, is_self = whose.name, whose.id == viewer.id
    flash(f"{name} is no longer {ROLES[Role(role)].lower()}.", "success")
    has_left = is_self and role == Role.ORGANIZER
    return redirect(url_for("program.home") if has_left else url_for(".people"), 303)
