"""Absolute addresses for letters and feeds."""

from typing import Any

from flask import current_app, url_for


def absolute(endpoint: str, **values: Any) -> str:
    """The full address of a page, built from the configured address and never from the host that a request claims."""
    return str(current_app.config["DATELINE"].url) + url_for(endpoint, _external=False, **values)


def local(path: str) -> str:
    """The path when it leads to a page of ours, else "": no other host, nothing that a browser would read as one."""
    is_ours = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if is_ours and len(path) <= 2000 else ""
