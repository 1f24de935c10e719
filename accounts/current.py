"""Who is signed in."""

from typing import cast

import flask
from flask import g
from flask_login import current_user, login_user, logout_user

from accounts.models import Person
from core import request


def person() -> Person | None:
    """Who is signed in."""
    if "person" not in g:  # Flask-Login's proxy costs ten times as much, and a page asks several times
        someone = current_user._get_current_object()
        g.person = someone if isinstance(someone, Person) else None
    return cast("Person | None", g.person)


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
    g.person = someone
    flask.session.permanent = True


def sign_out() -> None:
    """This browser is nobody's; what its session held is gone."""
    logout_user()
    g.person = None
    flask.session.clear()
