"""Queue letters inside the transaction of the act they tell of."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from mail.letters import Letter
from mail.models import Batch, Message, MessageState


def enqueue(session: Session, letter: Letter, *, at: datetime, batch: Batch | None = None) -> None:
    """Queue one letter, held with its batch if there is one. A letter that was ever queued is not queued again."""
    enqueue_all(session, [letter], at=at, batch=batch)


def enqueue_all(
    session: Session, letters: Iterable[Letter], *, at: datetime, batch: Batch | None = None
) -> None:
    """Queue letters as `enqueue` does, asking once per thing for what was queued before."""
    known: dict[tuple[str, str], set[str]] = {}
    for letter in letters:
        key = (letter.occasion, letter.thing)
        if key not in known:
            query = select(Message.to_email).where(Message.occasion == key[0], Message.thing == key[1])
            known[key] = set(session.scalars(query))
        if letter.to_email in known[key]:
            continue
        known[key].add(letter.to_email)
        session.add(
            Message(
                venue_id=letter.venue_id,
                occasion=letter.occasion,
                thing=letter.thing,
                to_email=letter.to_email,
                to_name=letter.to_name,
                reply_to=letter.reply_to,
                subject=letter.subject,
                text=letter.text,
                html=letter.html,
                is_secret=letter.is_secret,
                message_id=f"<{uuid.uuid4().hex}@dateline>",
                batch_id=batch.id if batch else None,
                state=MessageState.HELD if batch else MessageState.QUEUED,
                queued_at=at,
                retry_at=clock.real(),
            )
        )
