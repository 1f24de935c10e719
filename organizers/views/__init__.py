"""The organizers' pages: whoever is no organizer of the venue finds nothing here."""

from typing import Any

from flask import Blueprint, abort, current_app

from venues import current
from venues.models import Role


def blueprint(name: str, import_name: str) -> Blueprint:
    """A blueprint for pages at /<slug>/organize/… that only the venue's organizers reach."""
    made = current.blueprint(name, import_name, prefix="/organize")

    @made.before_request
    def _organizers_only() -> Any:
        current.venue()
        if current.person() is None:
            return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        if Role.ORGANIZER not in current.roles():
            abort(404)
        return None

    return made
