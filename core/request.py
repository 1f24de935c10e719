"""What a view needs from its request: the database session, the instant, the arrival."""

from datetime import datetime
from typing import cast

from flask import current_app, g, request
from sqlalchemy.orm import Session

from core import clock
from core.files import DiskStore


def session() -> Session:
    """This request's database session; closed when the request ends."""
    if "session" not in g:
        g.session = current_app.extensions["sessions"]()
    return cast(Session, g.session)


def at() -> datetime:
    """The season's clock, read once per request."""
    if "at" not in g:
        g.at = clock.now()
    return cast(datetime, g.at)


def began_at() -> datetime:
    """When the head of this request arrived, on the season's clock: before its body, however long that took."""
    arrived = request.environ.get("dateline.arrived_at")
    return at() if arrived is None else min(at(), cast(datetime, arrived) + clock.offset())


def store() -> DiskStore:
    """Where the files are."""
    return cast(DiskStore, current_app.extensions["store"])
