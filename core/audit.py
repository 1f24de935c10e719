"""The append-only log of acts."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Base, Id


class AuditEntry(Base):
    """Who did what to which thing, when. Plain ids: the log outlives what it speaks of."""

    __tablename__ = "audit_entries"
    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None]
    venue_id: Mapped[int | None] = mapped_column(index=True)
    act: Mapped[str]
    about: Mapped[str] = mapped_column(index=True)
    data: Mapped[dict[str, Any]]


def record(
    session: Session,
    act: str,
    about: str,
    *,
    by: int | None,
    at: datetime,
    venue_id: int | None = None,
    **data: Any,
) -> None:
    """Note that person `by` (None: the system) did `act` to `about`, written as kind:id ("submission:12")."""
    session.add(AuditEntry(at=at, actor_id=by, venue_id=venue_id, act=act, about=about, data=data))
