"""Sign-up, sign-in, forgotten passwords, and one's own account."""

import hashlib

import flask
from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from werkzeug.wrappers import Response

from accounts import actions, current, passwords, policy, queries, resume, second_factor, signed_links
from accounts.forms import (
    AddressForm,
    AnotherAddressForm,
    PasswordForm,
    ProfileForm,
    ResetForm,
    SignInForm,
    WelcomeForm,
)
from core import links, request
from core.addresses import AddressError, canonical
from core.db import transaction
from core.limits import limiter
from core.tokens import TokenError

pages = Blueprint("accounts", __name__)
TOO_MANY_LETTERS = (
    "Too many letters were asked for. Wait an hour, then try again; look into your spam folder meanwhile."
)
TOO_MANY_TRIES = "Too many tries with a wrong e-mail or password. Wait ten minutes, then try again."


def _typed_address() -> str:
    """The e-mail in the form, as a key of a fixed length."""
    text = flask.request.form.get("email", "")
    try:
        text = canonical(text)
    except AddressError:
        text = text.strip().lower()
    return hashlib.sha256(text.encode()).hexdigest()


def _person_key() -> str:
    person = current.person()
    return f"person {person.id}" if person else "nobody"


def _has_failed(response: Response) -> bool:
    return response.status_code == 422


@pages.route("/sign-up", methods=["GET", "POST"])
@limiter.limit("5/hour", key_func=_typed_address, methods=["POST"], error_message=TOO_MANY_LETTERS)
@limiter.limit("100/hour", methods=["POST"], error_message=TOO_MANY_LETTERS)
def sign_up() -> ResponseReturnValue:
    """Ask for an e-mail and send it a letter: the answer is the same whether it has an account or not."""
    form = AddressForm(next=_after())
    if not form.validate_on_submit():
        return _form("sign_up", form)
    session = request.session()
    with transaction(session):
        actions.ask_for_account(session, form.email.address, _after(), at=request.at())
    flask.session["letter_to"] = form.email.address
    return redirect(url_for(".letter_sent", why="sign-up"), 303)


@pages.route("/forgot", methods=["GET", "POST"])
@limiter.limit("5/hour", key_func=_typed_address, methods=["POST"], error_message=TOO_MANY_LETTERS)
@limiter.limit("100/hour", methods=["POST"], error_message=TOO_MANY_LETTERS)
def forgot() -> ResponseReturnValue:
    """Send a link to a new password: the answer is the same whether the e-mail has an account or not."""
    form = AddressForm()
    if not form.validate_on_submit():
        return _form("forgot", form)
    session = request.session()
    with transaction(session):
        actions.ask_for_link(session, form.email.address, at=request.at())
    flask.session["letter_to"] = form.email.address
    return redirect(url_for(".letter_sent", why="forgot"), 303)


@pages.get("/<any('sign-up', forgot):why>/sent")
def letter_sent(why: str) -> ResponseReturnValue:
    """Says where the letter went."""
    address = flask.session.get("letter_to")
    if not address:
        return redirect(url_for(".sign_up" if why == "sign-up" else ".forgot"))
    return render_template("accounts/letter_sent.html", address=address, why=why)


@pages.route("/welcome/<token>", methods=["GET", "POST"])
def welcome(token: str) -> ResponseReturnValue:
    """Make the account that the letter's link allows. Looking at the page uses nothing up: mail scanners look too."""
    session = request.session()
    found = signed_links.read_welcome(session, token)
    form = WelcomeForm(found.address)
    if not form.validate_on_submit():
        return _form("welcome", form, welcome=found)
    with transaction(session):
        person = actions.sign_up(
            session,
            token,
            address=found.address or form.email.address,
            name=form.name.data,
            affiliation=form.affiliation.data,
            password=form.new_password.data,
            at=request.at(),
        )
    flash(f"Welcome, {person.name}. Your account is ready.", "success")
    return second_factor.enter(person, links.local(found.after))


@pages.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(
    "10 per 10 minutes",
    key_func=_typed_address,
    methods=["POST"],
    deduct_when=_has_failed,
    error_message=TOO_MANY_TRIES,
)
@limiter.limit("100 per 10 minutes", methods=["POST"], deduct_when=_has_failed, error_message=TOO_MANY_TRIES)
def sign_in() -> ResponseReturnValue:
    """Sign in with any of one's e-mails, and go on: to the page asked for, or with the form that was interrupted."""
    if flask.request.method == "GET" and current.person():
        return redirect(_after() or _home())
    form, typed = SignInForm(next=_after()), resume.carried()
    if not form.validate_on_submit():
        return _form("sign_in", form, typed=typed)
    person = request.session().scalar(queries.by_address(form.email.address))
    if not passwords.fits(person, form.password.data) or person is None:
        form.password.errors = ["This e-mail and this password don't belong together."]
        return _form("sign_in", form, typed=typed)
    return second_factor.enter(person, _after(), typed)


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this session."""
    current.sign_out()
    return redirect(_home(), 303)


@pages.route("/reset/<token>", methods=["GET", "POST"])
def reset(token: str) -> ResponseReturnValue:
    """Choose a new password by link; who has none may go on without."""
    session = request.session()
    person = signed_links.read_reset(session, token)
    if "without" in flask.request.form:
        with transaction(session):
            person = actions.open_by_link(session, token, at=request.at())
        return second_factor.enter(person)
    form = ResetForm()
    form.addresses = [email.address for email in person.emails]
    if not form.validate_on_submit():
        return _form("reset", form, person=person)
    with transaction(session):
        person = actions.reset_password(session, token, form.new_password.data, at=request.at())
    flash("Your new password counts from now on.", "success")
    return second_factor.enter(person)


@pages.get("/account")
@login_required
def account() -> ResponseReturnValue:
    """One's own name, e-mails, password and sessions."""
    return _account()


@pages.post("/account/profile")
@login_required
def change_profile() -> ResponseReturnValue:
    """Change name and affiliation."""
    form = ProfileForm()
    if not form.validate_on_submit():
        return _account(profile=form)
    session = request.session()
    with transaction(session):
        by = current.signed_in()
        actions.change_profile(session, form.name.data, form.affiliation.data, by=by, at=request.at())
    return _done("Saved.")


@pages.post("/account/password")
@login_required
@limiter.limit(
    "10 per 10 minutes", key_func=_person_key, deduct_when=_has_failed, error_message=TOO_MANY_TRIES
)
def change_password() -> ResponseReturnValue:
    """Change the password; this session goes on, all others end."""
    form, person, session = PasswordForm(), current.signed_in(), request.session()
    form.addresses = [email.address for email in person.emails]
    is_valid = form.validate_on_submit()
    if person.password_hash and not passwords.fits(person, form.current_password.data or ""):
        form.current_password.errors = ["This is not your current password."]
        is_valid = False
    if not is_valid:
        return _account(password=form)
    with transaction(session):
        actions.change_password(session, form.new_password.data, by=person, at=request.at())
    current.sign_in(person)
    return _done("Your password was changed. You are signed out everywhere else.")


@pages.post("/account/sign-out-everywhere")
@login_required
def sign_out_everywhere() -> ResponseReturnValue:
    """End all sessions, also this one."""
    session = request.session()
    with transaction(session):
        actions.end_sessions(session, by=current.signed_in(), at=request.at())
    current.sign_out()
    flash("You are signed out on all devices.", "success")
    return redirect(url_for(".sign_in"), 303)


@pages.post("/account/emails")
@login_required
@limiter.limit("10/hour", key_func=_person_key, error_message=TOO_MANY_LETTERS)
def add_email() -> ResponseReturnValue:
    """Send the letter that shows that an e-mail is theirs; the answer doesn't tell whether somebody has it."""
    form, session, person = AnotherAddressForm(), request.session(), current.signed_in()
    is_valid = form.validate_on_submit()
    if form.email.address in {email.address for email in person.emails}:
        form.email.errors = ["You have this e-mail already."]
        is_valid = False
    if not is_valid:
        return _account(address=form)
    with transaction(session):
        actions.ask_to_add_email(session, form.email.address, by=person, at=request.at())
    return _done(f"We sent a letter to {form.email.address}. Open its link to add the e-mail.")


@pages.route("/account/emails/verify/<token>", methods=["GET", "POST"])
@login_required
def verify_email(token: str) -> ResponseReturnValue:
    """Add the e-mail of the letter's link."""
    session, person = request.session(), current.signed_in()
    address = signed_links.read_add_email(session, token, person)
    if flask.request.method == "GET":
        return render_template("accounts/verify_email.html", address=address)
    with transaction(session):
        actions.add_email(session, token, by=person, at=request.at())
    return _done(f"{address} is yours now.")


@pages.post("/account/emails/<int:email_id>/<any(remove, primary):verb>")
@login_required
def change_email(email_id: int, verb: str) -> ResponseReturnValue:
    """Remove an e-mail, or send letters to it."""
    session = request.session()
    action = actions.remove_email if verb == "remove" else actions.make_primary
    with transaction(session):
        address = action(session, email_id, by=current.signed_in(), at=request.at())
    return _done(f"{address} was removed." if verb == "remove" else f"Letters go to {address} from now on.")


@pages.errorhandler(TokenError)
def _dead_link(error: TokenError) -> ResponseReturnValue:
    return render_template("accounts/dead_link.html", sentence=str(error)), 410


def _after() -> str:
    """The page to go on to, if it is ours; our own doors are no place to come back to."""
    path = links.local(flask.request.values.get("next", ""))
    return "" if path.startswith(("/sign-", "/forgot", "/reset/", "/welcome/")) else path


def _home() -> str:
    return url_for("home.index")


def _form(template: str, form: object, **values: object) -> ResponseReturnValue:
    """A form's page; 422 when it was sent and cannot be taken."""
    status = 422 if flask.request.method == "POST" else 200
    return render_template(f"accounts/{template}.html", form=form, **values), status


def _done(sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(url_for(".account"), 303)


def _account(
    *,
    profile: ProfileForm | None = None,
    password: PasswordForm | None = None,
    address: AnotherAddressForm | None = None,
) -> ResponseReturnValue:
    """The account's page, with the form that was sent and cannot be taken."""
    session, person, at = request.session(), current.signed_in(), request.at()
    emails = [
        (
            email,
            policy.may_make_primary(session, person, email, at),
            policy.may_remove_email(session, person, email, at),
        )
        for email in person.emails
    ]
    values = {
        "person": person,
        "has_second_factor": session.scalar(queries.has_second_factor(person.id)) is not None,
        "emails": emails,
        "profile": profile or ProfileForm(formdata=None, obj=person),
        "password": password or PasswordForm(formdata=None),
        "address": address or AnotherAddressForm(formdata=None),
    }
    return render_template("accounts/account.html", **values), 200 if flask.request.method == "GET" else 422
