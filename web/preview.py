"""Markdown as it is typed, for the script of the button Preview; and the font of formulas."""

from flask import Blueprint, Response, request, send_file
from flask.typing import ResponseReturnValue
from flask_login import login_required

from core import markdown, maths, preview
from core.limits import limiter
from venues import current

pages = Blueprint("preview", __name__)


@pages.get("/static/stix-two-math.ttf")
def font() -> Response:
    """The font of formulas, out of its package."""
    return send_file(maths.font(), mimetype="font/ttf")


@pages.post("/preview")
@login_required
@limiter.limit("40/minute", key_func=lambda: f"person {current.signed_in().id}")
def show() -> ResponseReturnValue:
    """The `text` as safe HTML: {"html"}, or {"error"} with a sentence. Nothing is kept."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    if len(text) > preview.MOST:
        return {"error": preview.TOO_LONG}, 422
    return {"html": markdown.to_html(text)}
