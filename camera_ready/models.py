"""Final versions."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, Sha256


class FinalVersion(Base):
    """A final file of an accepted paper; every one is kept, the newest that is not late counts."""

    __tablename__ = "final_versions"
    __table_args__ = (UniqueConstraint("submission_id", "number"),)
    id: Mapped[Id]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    number: Mapped[int]
    paper_sha256: Mapped[Sha256]
    paper_size: Mapped[int]
    paper_name: Mapped[str] = mapped_column(String(200))
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    saved_at: Mapped[datetime]
    began_at: Mapped[datetime]
    is_late: Mapped[bool] = mapped_column(default=False)
    accepted_by_id: Mapped[int | None]
    accepted_at: Mapped[datetime | None]
