"""Invitations to the committee."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id
from venues.models import Role


class InvitationState(StrEnum):
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"  # by the organizers, before it was accepted


class Invitation(Base):
    """Somebody asked to take a role; accepting makes them a member (and, if they had no account, a person)."""

    __tablename__ = "invitations"
    __table_args__ = (
        UniqueConstraint("venue_id", "email", "role"),
        CheckConstraint("state != 'accepted' OR person_id IS NOT NULL", name="accepted_has_person"),
    )
    id: Mapped[Id]
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"))
    email: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role]
    state: Mapped[InvitationState] = mapped_column(default=InvitationState.INVITED)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(default="")
    invited_by_id: Mapped[int]
    invited_at: Mapped[datetime]
    letters: Mapped[int] = mapped_column(default=1)  # sent so far, the first and the reminders
    last_letter_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
