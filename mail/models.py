"""The outbox."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id


class MessageState(StrEnum):
    HELD = "held"  # waits for its batch to be released
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class VenueLetter(Base):
    """A letter in a venue's own words, by the name of its file; an empty body is the standard letter again."""

    __tablename__ = "venue_letters"
    venue_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    subject: Mapped[str]
    body: Mapped[str]
    revision: Mapped[int]  # a save that began from an older one is refused
    saved_by_id: Mapped[int | None]
    saved_at: Mapped[datetime]


class Batch(Base):
    """Messages that are released together: held until `not_before` is set and past (season's clock)."""

    __tablename__ = "mail_batches"
    id: Mapped[Id]
    venue_id: Mapped[int]
    occasion: Mapped[str]
    not_before: Mapped[datetime | None]
    # The first use is stamped, so that a clock set back stops nothing half-way.
    opened_at: Mapped[datetime | None]


class Message(Base):
    """One letter to one person. (occasion, thing, to_email) names it for ever: queueing it again changes nothing."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("occasion", "thing", "to_email"),
        CheckConstraint("state != 'held' OR batch_id IS NOT NULL", name="held_in_batch"),
        Index("ix_messages_state_retry_at", "state", "retry_at", "id"),
        Index("ix_messages_batch_id_state", "batch_id", "state", "id"),
    )
    id: Mapped[Id]
    venue_id: Mapped[int | None] = mapped_column(index=True)
    occasion: Mapped[str] = mapped_column(String(60))
    thing: Mapped[str] = mapped_column(String(120))
    to_email: Mapped[str] = mapped_column(String(320))
    to_name: Mapped[str]
    reply_to: Mapped[str] = mapped_column(default="")
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    message_id: Mapped[str] = mapped_column(unique=True)
    is_secret: Mapped[bool] = mapped_column(
        default=False
    )  # holds a sign-in link: shown to nobody, erased once sent
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("mail_batches.id"))
    state: Mapped[MessageState] = mapped_column(default=MessageState.QUEUED)
    queued_at: Mapped[datetime]  # season's clock
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")
    # Real clock from here on.
    retry_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    worker: Mapped[str | None]
    sent_at: Mapped[datetime | None]
