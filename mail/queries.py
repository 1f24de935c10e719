"""A venue's own letters, and how many of its letters are where."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from core.db import rows
from mail.models import Message, MessageState, VenueLetter

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


def states_of(venue_id: int, occasions: Collection[str]) -> Select[str, MessageState, int]:
    """(occasion, state, how many) of the venue's letters on these occasions."""
    return (
        select(Message.occasion, Message.state, func.count())
        .where(Message.venue_id == venue_id, Message.occasion.in_(occasions))
        .group_by(Message.occasion, Message.state)
    )


def last_of(venue_id: int, to_email: str, occasions: Collection[str]) -> Select[Message]:
    """The letters on these occasions to one person, newest first."""
    mine = Message.venue_id == venue_id, Message.to_email == to_email, Message.occasion.in_(occasions)
    return select(Message).where(*mine).order_by(Message.id.desc())
