"""A venue's own letters."""

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from core.db import rows
from mail.models import VenueLetter

_LETTER = VenueLetter.__table__.c
# Made once: it is asked whenever somebody submits.
_OWN = select(_LETTER.name, _LETTER.subject, _LETTER.body).where(
    _LETTER.venue_id == bindparam("venue_id"),
    _LETTER.name.in_(bindparam("names", expanding=True)),
    _LETTER.body != "",
)


def own_letters(session: Session, venue_id: int, *names: str) -> dict[str, tuple[str, str]]:
    """Those of these letters that the venue has put in its own words: name -> (subject, body)."""
    asked: dict[str, Any] = {"venue_id": venue_id, "names": names}
    return {name: (subject, body) for name, subject, body in rows(session, _OWN, asked)}
