"""Sessions in a signed cookie, and the token that forms and scripts bring against requests forged by other sites."""

from copy import deepcopy
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import Flask, Request, Response, current_app, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from flask_wtf.csrf import validate_csrf
from itsdangerous import BadSignature, URLSafeTimedSerializer
from wtforms import ValidationError

from core import clock

# Signatures are decoded leniently, so one cookie has any number of spellings: longer ones than this are not remembered.
LONGEST = 4096  # browsers keep no longer cookie
PLAIN = frozenset(
    (str, int, bool)
)  # nobody changes these in place; to copy them all would cost as much as a query


class Sessions(SecureCookieSessionInterface):
    """A cookie's signature is checked once and remembered; a clock set back does not end sessions."""

    def __init__(self) -> None:
        """For one app."""
        self._signer: URLSafeTimedSerializer | None = None
        self._said = lru_cache(maxsize=2000)(self._read)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs the app's cookies, made once."""
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        """What the cookie says, if it is ours and young enough; else an empty session."""
        cookie = request.cookies.get(self.get_cookie_name(app))
        if not cookie or len(cookie) > LONGEST:
            return self.session_class()
        try:
            said, signed_at = self._said(app, cookie)
        except BadSignature:
            return self.session_class()
        if clock.real() - signed_at > app.permanent_session_lifetime:
            return self.session_class()
        return self.session_class(
            {key: value if type(value) in PLAIN else deepcopy(value) for key, value in said.items()}
        )

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie if there is something new in it. Flask would first look up all that is to know of it."""
        if session.modified:
            super().save_session(app, session, response)

    def _read(self, app: Flask, cookie: str) -> tuple[dict[str, Any], datetime]:
        """What is in the cookie, and when it was signed. Raises BadSignature, which is not remembered."""
        signer = self.get_signing_serializer(app)
        assert signer is not None, "an app has a secret key"
        said, signed_at = signer.loads(cookie, return_timestamp=True)
        return said, signed_at


class SignIns(LoginManager):
    """Flask-Login's, without its guess at whether a session was stolen, which costs each request a hash.

    People change networks and browsers are updated; a changed password ends sessions by their key.
    """

    def _session_protection_failed(self) -> bool:
        return False


class Protection(CSRFProtect):
    """Flask-WTF's; what a script sends is checked once for each token and session, and no form is parsed to find it.

    A token that was good stays so: tokens have no age (WTF_CSRF_TIME_LIMIT) and need no referrer (WTF_CSRF_SSL_STRICT).
    """

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse a request that changes something and does not bring the token of its session."""
        if request.method not in current_app.config["WTF_CSRF_METHODS"]:
            return
        token, raw = request.headers.get("X-CSRFToken"), session.get("csrf_token")
        if token and raw and len(token) <= LONGEST:
            try:
                _check(current_app.secret_key, raw, token)
            except ValidationError:
                pass  # below, as it is refused to everybody
            else:
                g.csrf_valid = True
                return
        super().protect(apply_exemptions)


@lru_cache(maxsize=2000)
def _check(_key: object, _raw: str, token: str) -> None:
    """Raise ValidationError, which is not remembered, unless the token is the present session's.

    That session has the given raw token, and the app the given key.
    """
    validate_csrf(token)
