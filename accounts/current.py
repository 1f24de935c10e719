"""Who is signed in."""

import flask
from flask_login import current_user, login_user, logout_user

from accounts.models import Person
from core import request


def person() -> Person | None:
    """Who is signed in."""
    someone = current_user._get_current_object()  # once: each look through the proxy costs
    return someone if isinstance(someone, Person) else None


def signed_in() -> Person:
    """Who is signed in, in views that need somebody to be."""
    found = person()
    assert found is not None, "the view lacks @login_required"
    return found


def with_emails() -> Person:
    """Who is signed in, for views that name their e-mails: where a venue is only read, no session holds its reader."""
    return request.session().merge(signed_in(), load=False)


def sign_in(someone: Person) -> None:
    """From now on this browser is this person's. Pages that it has open stay good: their CSRF token lives on."""
    login_user(someone)
    flask.session.permanent = True


def sign_out() -> None:
    """This browser is nobody's; what its session held is gone."""
    logout_user()
    flask.session.clear()
