"""What people see when something is refused, missing or broken; nothing typed is lost."""

import logging
from typing import Any

from flask import Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from core.files import DiskFull
from core.verdict import Refused

log = logging.getLogger(__name__)
NEVER_KEPT = {"csrf_token", "password", "new_password", "current_password"}


def page(status: int, title: str, sentence: str, **values: Any) -> ResponseReturnValue:
    """An error page: what happened and what to do next. JSON for scripts that ask for it."""
    if request.accept_mimetypes.best == "application/json":
        return {"error": sentence}, status
    return render_template("errors/error.html", title=title, sentence=sentence, **values), status


def sign_in_first() -> ResponseReturnValue:
    """Whoever is signed out is asked to sign in and comes back to the page, with what they had typed."""
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    return interrupted(
        "You are signed out, so nothing was saved yet. Sign in, and it will be sent again.", 401
    )


def interrupted(sentence: str, status: int) -> ResponseReturnValue:
    """A form that could not be taken as it came: everything typed is on this page, to be sent again."""
    if request.accept_mimetypes.best == "application/json":
        return {"error": sentence}, status
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER_KEPT]
    files = [file.filename for file in request.files.values() if file.filename]
    values = {"typed": typed, "files": files, "back": request.full_path.rstrip("?"), "sentence": sentence}
    return render_template("errors/interrupted.html", **values), status


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

    @app.errorhandler(413)
    def _too_large(_error: Exception) -> ResponseReturnValue:
        most = app.config["DATELINE"].max_upload >> 20
        return page(
            413,
            "Too large",
            f"That is too large: a file may have at most {most} MB. Nothing was saved.",
        )

    @app.errorhandler(429)
    def _too_often(_error: Exception) -> ResponseReturnValue:
        return page(429, "Too many tries", "That was tried too often. Wait a few minutes, then try again.")

    @app.errorhandler(CSRFError)
    def _no_token(_error: CSRFError) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            return sign_in_first()
        return interrupted(
            "This page was older than your sign-in, so nothing was saved yet. Send it again.", 400
        )

    @app.errorhandler(DiskFull)
    def _disk_full(error: DiskFull) -> ResponseReturnValue:
        log.error("a file could not be stored: %s", error)
        return interrupted(
            "The server could not store the file: its disk refused it. Nothing was saved.", 507
        )

    @app.errorhandler(OperationalError)
    def _database(error: OperationalError) -> ResponseReturnValue:
        log.error("database: %s", error)
        return interrupted("The database did not answer in time. Nothing was saved; send it again.", 503)

    @app.errorhandler(HTTPException)
    def _other(error: HTTPException) -> ResponseReturnValue:
        return page(error.code or 500, error.name, error.description or error.name)

    @app.errorhandler(500)
    def _broken(_error: Exception) -> ResponseReturnValue:
        sentence = "Something broke on our side; it was noted. What you sent may not be saved: look before you go on."
        return page(500, "Something broke", sentence)
