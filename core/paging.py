"""Lists in pages."""

from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import Select, func, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

PER_PAGE = 50


@dataclass(frozen=True)
class Page:
    """One page of rows, and where it stands in the whole."""

    rows: list[Row[Any]]
    number: int
    total: int
    per_page: int = PER_PAGE

    @property
    def first(self) -> int:
        """The number of the first row shown, counted from 1."""
        return (self.number - 1) * self.per_page + 1

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.per_page))


def paginate(session: Session, query: Select[*tuple[Any, ...]], *, per_page: int = PER_PAGE) -> Page:
    """The page of `query` that the address asks for with ?page=N; a number out of range gives the nearest page."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    asked = request.args.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    number = min(max(number, 1), max(1, -(-total // per_page)))
    rows = session.execute(query.limit(per_page).offset((number - 1) * per_page)).all()
    return Page(list(rows), number, total, per_page)
