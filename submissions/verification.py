"""The public page that says whether a receipt is valid, and nothing else: it asks the keys and no table."""

import hashlib
from typing import Any

from flask import Blueprint, Response, current_app, render_template
from flask import request as http
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from core import signing
from core.limits import limiter
from submissions import receipts
from submissions.forms import ReceiptForm

pages = Blueprint("receipts", __name__)
TOO_OFTEN = "Too many receipts were checked from your network. Wait ten minutes, then try again."


@pages.url_value_preprocessor
def _limit_body(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """One paper and one receipt, whoever asks: set before anything reads the form."""
    http.max_content_length = int(current_app.config["DATELINE"].max_upload) + 4 * receipts.MOST


@pages.route("/receipts", methods=["GET", "POST"])
@limiter.limit("60 per 10 minutes", methods=["POST"], error_message=TOO_OFTEN)
def check() -> ResponseReturnValue:
    """Take a receipt, pasted or as a file, and maybe the PDF that it should name."""
    form = ReceiptForm()
    if not form.validate_on_submit():
        return render_template(
            "submissions/check_receipt.html", form=form
        ), 422 if form.is_submitted() else 200
    pasted, file, paper = form.receipt.data or "", form.file.data, form.paper.data
    found = receipts.check(pasted + "\n" + (_text(file) if file else ""))
    sha256 = _sha256(paper) if paper else ""
    is_same = found is not None and sha256 == found.paper_sha256
    return render_template(
        "submissions/check_receipt.html", form=form, is_valid=found is not None, paper=paper, is_same=is_same
    )


@pages.get("/receipts/keys")
def keys() -> ResponseReturnValue:
    """Every public key, the oldest first."""
    found = signing.keys().public().items()
    text = "\n".join(f"Key: {name}\n{signing.pem(key)}" for name, key in found)
    return Response(text, mimetype="text/plain")


def _text(file: FileStorage) -> str:
    """What a file says; more than a receipt can have makes it none."""
    with file.stream:
        content = file.stream.read(4 * receipts.MOST + 1)
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))  # as some editors on Windows save
    return content.decode("utf-16" if is_wide else "utf-8-sig", errors="replace")


def _sha256(file: FileStorage) -> str:
    with file.stream:
        return hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]
