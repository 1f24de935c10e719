"""Decisions and the release."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class Outcome(StrEnum):
    ORAL = "oral"
    POSTER = "poster"
    REJECT = "reject"

    @property
    def is_accepted(self) -> bool:
        return self is not Outcome.REJECT


class Decision(Base):
    """What the organizers decided on a submission. Seen by its authors once released."""

    __tablename__ = "decisions"
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), primary_key=True)
    outcome: Mapped[Outcome]
    decided_by_id: Mapped[int]
    decided_at: Mapped[datetime]


class Release(Base):
    """The one act that makes a venue's decisions visible and lets their letters go: visible from `effective_at` on."""

    __tablename__ = "releases"
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("mail_batches.id"))
    prepared_by_id: Mapped[int]
    prepared_at: Mapped[datetime]
    effective_at: Mapped[datetime | None]
    scheduled_by_id: Mapped[int | None]
    # The first use is stamped, so that a clock set back hides nothing.
    first_used_at: Mapped[datetime | None]
