"""Reviews."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id


class Review(Base):
    """One reviewer's answers: a draft saved as they type, and what they handed in."""

    __tablename__ = "reviews"
    __table_args__ = (
        CheckConstraint("(submitted_at IS NULL) = (overall IS NULL)", name="submitted_has_overall"),
        CheckConstraint("(submitted_at IS NULL) = (confidence IS NULL)", name="submitted_has_confidence"),
    )
    id: Mapped[Id]
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"), unique=True)
    form: Mapped[str] = mapped_column(String(40))
    revision: Mapped[int] = mapped_column(default=0)  # of the draft; a save from an older one is refused
    draft: Mapped[dict[str, Any]]
    draft_saved_at: Mapped[datetime]
    answers: Mapped[dict[str, Any]]
    answers_html: Mapped[dict[str, Any]] = mapped_column(default=dict)  # safe HTML of the texts handed in
    overall: Mapped[int | None]
    confidence: Mapped[int | None]
    submitted_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
