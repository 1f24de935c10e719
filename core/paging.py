"""Lists in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import request
from sqlalchemy import Integer, Select, bindparam, func, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from core.db import rows

PER_PAGE = 50
Values = dict[str, Any] | None


@dataclass(frozen=True)
class Page:
    """One page of rows, and where it stands in the whole."""

    rows: Sequence[Any]
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


def paginate(
    session: Session,
    query: Select[*tuple[Any, ...]],
    values: Values = None,
    *,
    counted: Select[int] | None = None,
    per_page: int = PER_PAGE,
) -> Page:
    """The page of `query` that the address asks for with ?page=N; a number out of range gives the nearest page.

    `values` are those of the named parameters of a query of columns that was built once; `counted` gives the number
    of all rows where that is cheaper than counting what the query gives.
    """
    number = _asked_for()
    found = _rows(session, query, values, number, per_page)
    if number == 1 and len(found) < per_page:
        return Page(found, 1, len(found), per_page)  # all there is: nothing to count
    if counted is None:
        counted = select(func.count()).select_from(query.order_by(None).subquery())
    total = session.scalar(counted, values) or 0
    last = max(1, -(-total // per_page))
    if number > last:
        number, found = last, _rows(session, query, values, last, per_page)
    return Page(found, number, total, per_page)


def page_of(items: Sequence[Any], *, per_page: int = PER_PAGE) -> Page:
    """The page of a list that is made already, as `paginate` gives one of a query."""
    number = min(_asked_for(), max(1, -(-len(items) // per_page)))
    return Page(items[(number - 1) * per_page : number * per_page], number, len(items), per_page)


def _asked_for() -> int:
    """The number of the page in the address; the first for whatever is no number."""
    asked = request.args.get("page", "1")
    return max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1


def _rows(
    session: Session, query: Select[*tuple[Any, ...]], values: Values, number: int, per_page: int
) -> list[Row[Any]]:
    asked = {**(values or {}), "per_page": per_page, "before": (number - 1) * per_page}
    if values:
        return rows(session, _limited_once(query), asked)  # one of columns
    return list(session.execute(_limited(query), asked).all())


def _limited(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.limit(bindparam("per_page", type_=Integer)).offset(bindparam("before", type_=Integer))


_limited_once = lru_cache(200)(_limited)  # a new statement would be analysed anew for each request
