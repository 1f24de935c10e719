"""What people see when something is refused, missing or broken; nothing typed is lost."""

from typing import Any
from urllib.parse import urlsplit

import flask
from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException

from accounts import resume
from core import links, logs
from core.files import DiskFull
from core.tokens import TokenError
from core.verdict import Refused
from web import accounting

# What SQLite and PostgreSQL say then.
DISK_FULL = ("disk is full", "No space left on device", "disk I/O error")
log = logs.get(__name__)


def page(status: int, title: str, sentence: str, **values: Any) -> ResponseReturnValue:
    """An error page: what happened and what to do next. JSON for scripts that ask for it."""
    if _wants_json():
        return {"error": sentence}, status
    return _render("errors/error.html", title=title, sentence=sentence, **values), status


def sign_in_first() -> ResponseReturnValue:
    """Whoever is signed out is asked to sign in and comes back to the page, with what they had typed."""
    if request.method in ("GET", "HEAD") and not _wants_json():
        return redirect(url_for("accounts.sign_in", next=links.local(request.full_path.rstrip("?")) or None))
    sentence = "You are signed out, so nothing was saved yet. Sign in, and what you typed goes on from here."
    return interrupted(sentence, 401, may_sign_in=True)


def interrupted(sentence: str, status: int, *, may_sign_in: bool = False) -> ResponseReturnValue:
    """A form that could not be taken as it came: everything typed is on this page, to be sent again.

    `may_sign_in`: the page asks for e-mail and password, too.
    """
    if _is_from_elsewhere():
        return page(400, "Not done", "Another site sent this form, so nothing was done.")
    if _wants_json():
        return {"error": sentence}, status
    values = {"typed": resume.of_this_request(), "sentence": sentence, "may_sign_in": may_sign_in}
    return _render("errors/interrupted.html", **values), status


def add(app: Flask) -> None:
    """Install the handlers."""

    @app.errorhandler(Refused)
    def _refused(error: Refused) -> ResponseReturnValue:
        if error.verdict.hidden:
            return _missing(error)
        return page(403, "Not possible", error.verdict.reason)

    @app.errorhandler(404)
    def _missing(_error: Exception) -> ResponseReturnValue:
        sentence = "There is nothing here, or it is not for you to see."
        return page(404, "Not found", sentence, may_sign_in=not current_user.is_authenticated)

    @app.errorhandler(405)
    def _wrong_method(_error: Exception) -> ResponseReturnValue:
        return page(405, "Not possible", "This address does not take what was sent. Go back and try again.")

    @app.errorhandler(TokenError)
    def _dead_link(error: TokenError) -> ResponseReturnValue:
        return page(410, "This link does not work", str(error))

    @app.errorhandler(413)
    def _too_large(_error: Exception) -> ResponseReturnValue:
        most = app.config["DATELINE"].max_upload >> 20
        return page(
            413,
            "Too large",
            f"That is too large: a file may have at most {most} MB. Nothing was saved.",
        )

    @app.errorhandler(RateLimitExceeded)
    def _too_often(error: RateLimitExceeded) -> ResponseReturnValue:
        sentence = "That was tried too often. Wait a few minutes, then try again."
        return page(429, "Too many tries", str(error.limit.error_message or sentence))

    @app.errorhandler(CSRFError)
    def _no_token(_error: CSRFError) -> ResponseReturnValue:
        if request.endpoint == "accounts.sign_out" and not current_user.is_authenticated:
            return redirect(url_for("home.index"), 303)  # that is what they wanted
        if current_user.is_authenticated:
            return interrupted(
                "This page was older than your sign-in, so nothing was saved yet. Send it again.", 400
            )
        is_door = request.blueprint in ("accounts", "second_factor") and not request.path.startswith(
            "/account"
        )
        if not is_door:
            return sign_in_first()
        sentence = "This page was open for too long, so nothing was done yet. Send it again."
        if not request.cookies:
            sentence += " If it fails once more: Dateline needs cookies, and your browser sends none."
        return interrupted(sentence, 400)

    @app.errorhandler(DiskFull)
    def _disk_full(error: DiskFull) -> ResponseReturnValue:
        log.error("a file could not be stored", endpoint=request.endpoint, error=logs.describe(error))
        return interrupted(
            "The server could not store the file: its disk refused it. Nothing was saved.", 507
        )

    @app.errorhandler(OperationalError)
    def _database(error: OperationalError) -> ResponseReturnValue:
        log.error("the database did not answer", endpoint=request.endpoint, error=logs.describe(error))
        if any(words in str(error.orig) for words in DISK_FULL):
            return interrupted("The server's disk is full. Nothing was saved; send it again later.", 507)
        if request.method in ("GET", "HEAD"):
            return page(503, "Try again", "The database did not answer in time. Try again in a minute.")
        return interrupted("The database did not answer in time. Nothing was saved; send it again.", 503)

    @app.errorhandler(HTTPException)
    def _other(error: HTTPException) -> ResponseReturnValue:
        return page(error.code or 500, error.name, error.description or error.name)

    @app.errorhandler(500)
    def _broken(_error: Exception) -> ResponseReturnValue:
        sentence = "Something broke on our side; it was noted. What you sent may not be saved: look before you go on."
        return page(500, "Something broke", sentence, code=accounting.request_id(request))


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _is_from_elsewhere() -> bool:
    """Whether the browser says that a page of another site made it send this.

    What another site filled in is never offered for sending again. Our pages send no referrer: their Origin is "null".
    """
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in ("same-origin", "none")
    ours = urlsplit(flask.current_app.config["DATELINE"].url)
    return request.headers.get("Origin", "null") not in ("null", f"{ours.scheme}://{ours.netloc}")


def _render(template: str, **values: Any) -> str:
    """The page; without its frame when the database that the frame asks is the trouble."""
    try:
        return flask.render_template(template, **values)
    except DBAPIError:
        return flask.current_app.jinja_env.get_template(template).render(shell={}, **values)
