"""The second step of a sign-in: turning it on and off, and the code that is asked for after the password."""

from datetime import timedelta

import flask
from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from werkzeug.wrappers import Response

from accounts import actions, codes, current, passwords, queries, resume
from accounts.forms import CodeForm, TurnOffForm, TurnOnForm
from accounts.models import Person
from accounts.resume import Typed
from core import clock, links, request, tokens
from core.db import transaction
from core.limits import limiter
from core.tokens import TokenError

pages = Blueprint("second_factor", __name__)
WITHIN = timedelta(minutes=10)  # from the password to the code, and from the picture to its first code
TOO_MANY = "Too many tries with a wrong code. Wait ten minutes, then try again."
TRIES = "10 per 10 minutes; 60 per day"
WRONG = "This is no code of your app for this minute. Each works once; look whether your telephone's clock is right."


def _half() -> str:
    """Who has shown a password (or a link) in this browser and owes the code."""
    half = flask.session.get("half", ["", 0])
    is_fresh = clock.real().timestamp() - half[1] < WITHIN.total_seconds()
    return str(half[0]) if is_fresh else ""


def _key() -> str:
    """Whose code is tried: wherever from, and however often the sign-in is begun anew."""
    person = current.person()
    return f"code {person.id if person else _half().partition('.')[0]}"


def _has_failed(response: Response) -> bool:
    return response.status_code == 422


def enter(person: Person, after: str = "", typed: Typed | None = None) -> ResponseReturnValue:
    """Sign somebody in who has shown a password or a link, or ask for the code first. The only way in."""
    if request.session().scalar(queries.has_second_factor(person.id)) is None:
        return _inside(person, after, typed)
    flask.session["half"] = [person.get_id(), clock.real().timestamp()]
    return _step(CodeForm(formdata=None, next=after), typed)


def _inside(person: Person, after: str, typed: Typed | None) -> ResponseReturnValue:
    flask.session.pop("half", None)
    current.sign_in(person)
    if typed:
        return render_template("accounts/signed_in_again.html", typed=typed)
    return redirect(after or url_for("home.index"), 303)


def _step(form: CodeForm, typed: Typed | None, status: int = 200) -> ResponseReturnValue:
    return render_template("accounts/second_step.html", form=form, typed=typed), status


@pages.post("/sign-in/code")
@limiter.limit(TRIES, key_func=_key, deduct_when=_has_failed, error_message=TOO_MANY)
def second_step() -> ResponseReturnValue:
    """Take the code, and let them in."""
    person_id, _, session_key = _half().partition(".")
    session, form, typed = request.session(), CodeForm(), resume.carried()
    person = session.scalar(*queries.signed_in(int(person_id or 0), session_key))
    if person is None:
        flash("That took too long. Type your password again.", "warning")
        return redirect(url_for("accounts.sign_in", next=links.local(form.next.data or "") or None), 303)
    is_valid = form.validate_on_submit()
    if is_valid:
        with transaction(session):
            is_valid = actions.use_code(session, form.code.data, by=person, at=request.at())
        if not is_valid:
            form.code.errors = [WRONG]
    if not is_valid:
        return _step(form, typed, 422)
    return _inside(person, links.local(form.next.data or ""), typed)


@pages.route("/account/second-factor", methods=["GET", "POST"])
@login_required
@limiter.limit(TRIES, key_func=_key, methods=["POST"], deduct_when=_has_failed, error_message=TOO_MANY)
def setting() -> ResponseReturnValue:
    """Turn it on: the picture for the app, its first code, and then the recovery codes, once."""
    session, person = request.session(), current.signed_in()
    if session.scalar(queries.has_second_factor(person.id)) is not None:
        return _is_on(TurnOffForm(formdata=None))
    form = TurnOnForm()
    try:
        owner, secret = tokens.read("second-factor", form.carried.data or "", max_age=WITHIN)
    except TokenError:
        owner, secret = 0, ""
    if owner != person.id:
        secret = codes.new_secret()
        form.carried.data = tokens.issue("second-factor", [person.id, secret])
        if form.is_submitted():
            form.code.errors = ["That took too long: take the new picture."]
        return _is_off(form, secret)
    is_valid = form.validate_on_submit()
    if person.password_hash and not passwords.fits(person, form.current_password.data or ""):
        form.current_password.errors = ["This is not your current password."]
        is_valid = False
    if not is_valid:
        return _is_off(form, secret)
    with transaction(session):
        made = actions.turn_on_second_factor(session, secret, form.code.data, by=person, at=request.at())
    if made is None:
        form.code.errors = [WRONG]
        return _is_off(form, secret)
    return render_template("accounts/recovery_codes.html", codes=made)


@pages.post("/account/second-factor/off")
@login_required
@limiter.limit(TRIES, key_func=_key, deduct_when=_has_failed, error_message=TOO_MANY)
def turn_off() -> ResponseReturnValue:
    """Turn it off, with a code of the app, or with a recovery code and the password."""
    session, person, form = request.session(), current.signed_in(), TurnOffForm()
    if session.scalar(queries.has_second_factor(person.id)) is None:
        return redirect(url_for(".setting"), 303)
    if not form.validate_on_submit():
        return _is_on(form)
    needs_password = len("".join(form.code.data.split())) > 6 and person.password_hash is not None
    if needs_password and not passwords.fits(person, form.current_password.data or ""):
        form.current_password.errors = ["With a recovery code, your password is needed as well."]
        return _is_on(form)
    with transaction(session):
        is_right = actions.use_code(session, form.code.data, by=person, at=request.at())
        if is_right:
            actions.turn_off_second_factor(session, person, by=person, at=request.at())
    if not is_right:
        form.code.errors = [WRONG]
        return _is_on(form)
    flash("Signing in asks for no code any more.", "success")
    return redirect(url_for("accounts.account"), 303)


def _is_off(form: TurnOnForm, secret: str) -> ResponseReturnValue:
    person, config = current.signed_in(), current_app.config["DATELINE"]
    status = 422 if form.errors else 200
    return render_template(
        "accounts/second_factor_on.html",
        form=form,
        secret=secret,
        picture=codes.qr(secret, person.primary_email, config.url.partition("://")[2]),
        person=person,
        is_needed=config.second_factor,
    ), status


def _is_on(form: TurnOffForm) -> ResponseReturnValue:
    person = current.signed_in()
    left = len(request.session().scalars(queries.recovery_codes(person.id)).all())
    page = render_template("accounts/second_factor_off.html", form=form, person=person, left=left)
    return page, 422 if form.errors else 200
