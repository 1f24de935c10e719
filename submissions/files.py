"""Serving stored files: to whoever asks now, never from a cache, and never run by a browser."""

from flask import Response, abort, send_file

from core import request


def serve(sha256: str | None, name: str, mimetype: str, *, as_attachment: bool = True) -> Response:
    """A stored file under this name; ranges and conditions work. 404 when there is none."""
    if sha256 is None or not request.store().has(sha256):
        abort(404)
    path = request.store().path(sha256)
    return _guarded(send_file(path, mimetype, as_attachment=as_attachment, download_name=name, etag=sha256))


def serve_text(text: str, name: str) -> Response:
    """A text as a file to keep, under this plain name."""
    disposition = f"attachment; filename={name}"
    return _guarded(
        Response(text + "\n", mimetype="text/plain", headers={"Content-Disposition": disposition})
    )


def _guarded(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
