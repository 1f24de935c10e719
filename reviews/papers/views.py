"""Reviewers read their papers, without names."""

from flask import Response, abort, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_login import login_required
from markupsafe import Markup

from core import request
from reviews.papers import presenters
from reviews.papers.presenters import AnonymousPaper
from venues import current

pages = current.blueprint("papers", __name__, prefix="/papers")


def _paper(number: int) -> AnonymousPaper:
    """The paper of this number, if whoever asks reviews it."""
    found = presenters.paper(
        request.session(),
        current.signed_in().id,
        current.venue(),
        current.calendar(),
        request.at(),
        number,
    )
    return found or abort(404)


@pages.get("/<int(max=1000000000):number>/")
@login_required
def paper(number: int) -> ResponseReturnValue:
    """The paper: title, abstract, topics, file."""
    found = _paper(number)
    return render_template("papers/paper.html", paper=found, abstract=Markup(found.abstract_html))  # noqa: S704 (made safe when it was saved)


@pages.get("/<int(max=1000000000):number>/paper.pdf")
@login_required
def file(number: int) -> ResponseReturnValue:
    """The reviewers' copy. Never the file as it came: without a copy there is nothing to read yet."""
    found = _paper(number)
    if not found.copy or not request.store().has(found.copy):
        return render_template("papers/no_copy.html", number=number, sentence=presenters.PREPARING), 404
    return _send(found.copy, f"{current.venue().slug}-paper{number}.pdf", "application/pdf")


@pages.get("/<int(max=1000000000):number>/supplement")
@login_required
def supplement(number: int) -> ResponseReturnValue:
    """The supplement, where it can be shown without naming the authors."""
    found = _paper(number)
    if not found.supplement or not request.store().has(found.supplement):
        abort(404)
    kind = {"pdf": "application/pdf", "zip": "application/zip"}.get(
        found.supplement_suffix, "application/octet-stream"
    )
    name = f"{current.venue().slug}-paper{number}-supplement.{found.supplement_suffix}"
    return _send(found.supplement, name, kind)


def _send(sha256: str, name: str, kind: str) -> Response:
    """A file under a neutral name, without a word of when it was made or what its content's name is."""
    answer = send_file(
        request.store().path(sha256),
        mimetype=kind,
        download_name=name,
        as_attachment=kind != "application/pdf",
        conditional=False,
        etag=False,
    )
    del answer.headers["Last-Modified"]
    answer.headers["Cache-Control"] = (
        "no-store"  # Flask's own no-cache would leave it on a shared machine's disk
    )
    return answer
