"""Who has which role; before one is given or taken, what that means for whom."""

from flask import abort, flash, redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from accounts import queries as accounts
from accounts.actions import person_for_verified_email
from accounts.models import Person
from core import request
from core.db import transaction
from core.verdict import Verdict
from organizers import effects, queries
from organizers.forms import ROLES, RoleForm
from organizers.views import blueprint
from venues import actions, current, policy
from venues.models import Role

pages = blueprint("organizers_roles", __name__)
ONE = "/settings/roles/<int(max=9000000000000000000):person_id>/<role>/revoke"


@pages.get("/settings/roles")
def roles(form: RoleForm | None = None) -> str:
    """Everybody with a role."""
    session, venue = request.session(), current.venue()
    rows = session.execute(queries.members_with_roles(venue.id)).all()
    organizers = sum(row.role is Role.ORGANIZER for row in rows)
    last = Verdict("This is the last organizer: give somebody else the role first.")
    return render_template(
        "organizers/roles.html",
        rows=[
            (row, ROLES[row.role], last if row.role is Role.ORGANIZER and organizers == 1 else Verdict())
            for row in rows
        ],
        form=form or RoleForm(),
    )


@pages.post("/settings/roles")
def grant() -> ResponseReturnValue:
    """Give a role, once its meaning was read."""
    session, venue, viewer, form = request.session(), current.venue(), current.signed_in(), RoleForm()
    if not form.validate():
        return roles(form), 422
    if "edit" in http.form:
        return roles(form)
    email, role, at = form.email.data or "", Role(form.role.data), request.at()
    if "confirmed" not in http.form:
        whose = session.scalar(accounts.by_address(email))
        return render_template(
            "organizers/grant.html",
            form=form,
            who=whose.name if whose else email,
            role=ROLES[role].lower(),
            effects=effects.of_granting(session, venue, email, whose, role),
        )
    with transaction(session):
        policy.may_grant(session, viewer, venue).enforce()
        whose = person_for_verified_email(session, email, form.name.data or email.partition("@")[0], at=at)
        is_new = actions.grant(session, venue, whose, role, by=viewer, at=at)
        name = whose.name
    word = ROLES[role].lower()
    flash(f"{name} is now {word}." if is_new else f"{name} was {word} already.", "success")
    return redirect(url_for(".roles"), 303)


def _held(person_id: int, role: str) -> tuple[Person, Role]:
    """The person and the role of the address; 404 when there is no such thing."""
    if role not in [one.value for one in Role]:
        abort(404)
    return request.session().get(Person, person_id) or abort(404), Role(role)


@pages.get(ONE)
def ask_to_revoke(person_id: int, role: str) -> ResponseReturnValue:
    """Ask before a role is taken away."""
    session, venue, viewer = request.session(), current.venue(), current.signed_in()
    whose, what = _held(person_id, role)
    if session.scalar(queries.membership(venue.id, person_id, what)) is None:
        abort(404)
    return render_template(
        "organizers/revoke.html",
        form=FlaskForm(),
        whose=whose,
        is_self=whose.id == viewer.id,
        role=ROLES[what].lower(),
        verdict=policy.may_revoke(session, viewer, venue, whose, what),
        effects=effects.of_revoking(session, venue, whose, what, viewer),
    )


@pages.post(ONE)
def revoke(person_id: int, role: str) -> ResponseReturnValue:
    """Take a role away."""
    session, venue, viewer = request.session(), current.venue(), current.signed_in()
    with transaction(session):
        whose, what = _held(person_id, role)
        actions.revoke(session, venue, whose, what, by=viewer, at=request.at())
        name, is_self = whose.name, whose.id == viewer.id
    flash(f"{name} is no longer {ROLES[what].lower()}.", "success")
    has_left = is_self and what is Role.ORGANIZER
    return redirect(url_for("program.home") if has_left else url_for(".roles"), 303)
