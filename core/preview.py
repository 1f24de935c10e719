"""What a text looks like before it is saved: a form sent by the button Preview of one of its fields shows it there.

The button is drawn by the macro `area`, and works without scripts; with them, web/preview.py answers as one types.
"""

from flask import request
from flask_wtf import FlaskForm
from markupsafe import Markup

from core import markdown

MOST = 20_000  # characters
TOO_LONG = f"This is longer than a preview can show, {MOST:,} characters. It can be saved all the same."
EMPTY = "Nothing was typed yet."


def is_asked_for() -> bool:
    """Whether the form was sent to be looked at, and not to be saved."""
    return "preview" in request.form


def of(form: FlaskForm, *names: str) -> dict[str, str]:
    """For each of these fields its preview, as safe HTML; empty but for the one that was asked for."""
    found = dict.fromkeys(names, "")
    name = request.form.get("preview", "")
    if name in found:
        text = form[name].data or ""
        made = Markup(markdown.to_html(text)) if len(text) <= MOST else TOO_LONG  # noqa: S704 (made safe)
        found[name] = made or EMPTY
    return found
