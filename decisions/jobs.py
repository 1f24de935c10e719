"""Background work of a release. Each function opens its own transactions."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import clock
from core.db import transaction
from decisions.actions import drop_letters, locked_release, write_some
from decisions.models import Release


def write_decision_letters(session: Session, venue_id: int) -> None:
    """Write the decision letters that are missing, some papers at a time."""
    at, wrote = clock.now(), True
    while wrote:
        with transaction(session):
            row = locked_release(session, venue_id)
            wrote = row is not None and write_some(session, row, by=None, at=at)


def drop_decision_letters(session: Session, submission_id: int) -> None:
    """A paper was withdrawn: its letters, if they still wait, go no more."""
    with transaction(session):
        drop_letters(session, submission_id, by=None, at=clock.now())


def stamp_first_use(session: Session, *, at: datetime) -> None:
    """Note the releases whose moment has come, so that a clock set back hides nothing. Its own transaction."""
    due = (Release.first_used_at.is_(None), Release.effective_at <= at)
    if session.scalar(select(Release.venue_id).where(*due).limit(1)) is not None:
        with transaction(session):
            session.execute(update(Release).where(*due).values(first_used_at=at))
    session.rollback()
