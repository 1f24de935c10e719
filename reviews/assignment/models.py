"""Assignments."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id


class Assignment(Base):
    """A reviewer's task to review a submission. To everyone but organizers the reviewer is the pseudonym."""

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("submission_id", "person_id"),
        UniqueConstraint("submission_id", "pseudonym"),
        Index("ix_assignments_person_id", "person_id"),
    )
    id: Mapped[Id]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    pseudonym: Mapped[str] = mapped_column(String(20))  # "k3mp", random: tells nothing of order or person
    assigned_by_id: Mapped[int]
    assigned_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
