"""Rate limits counted in our own database, so that several processes count together and no broker is needed."""

from datetime import timedelta
from typing import Any, cast

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits.storage import Storage
from sqlalchemy import String, delete, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column, sessionmaker

from core import clock
from core.db import Base, transaction


class RateCount(Base):
    """How often a key was used in its present window. Times are seconds since 1970."""

    __tablename__ = "rate_counts"
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    count: Mapped[int]
    expires: Mapped[float]


INCREMENT = text(
    "INSERT INTO rate_counts (key, count, expires) VALUES (:key, :amount, :expires) ON CONFLICT (key) DO UPDATE SET "
    "count = CASE WHEN rate_counts.expires < :now THEN excluded.count ELSE rate_counts.count + excluded.count END, "
    "expires = CASE WHEN rate_counts.expires < :now THEN excluded.expires ELSE rate_counts.expires END "
    "RETURNING count"
)


class DatabaseStorage(Storage):
    """A fixed-window store for the `limits` package on the table above."""

    STORAGE_SCHEME = ["dateline"]

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self.sessions: sessionmaker[Session] = options["sessions"]

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = clock.real().timestamp()
        with self.sessions() as session, transaction(session):
            values = {"key": key[:200], "amount": amount, "expires": now + expiry, "now": now}
            return int(session.execute(INCREMENT, values).scalar_one())

    def get(self, key: str) -> int:
        now = clock.real().timestamp()
        with self.sessions() as session:
            query = select(RateCount.count).where(RateCount.key == key[:200], RateCount.expires >= now)
            return session.scalar(query) or 0

    def get_expiry(self, key: str) -> float:
        with self.sessions() as session:
            expires = session.scalar(select(RateCount.expires).where(RateCount.key == key[:200]))
            return expires or clock.real().timestamp()

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        with self.sessions() as session, transaction(session):
            count = session.scalar(select(func.count()).select_from(RateCount))
            session.execute(delete(RateCount))
            return count

    def clear(self, key: str) -> None:
        with self.sessions() as session, transaction(session):
            session.execute(delete(RateCount).where(RateCount.key == key[:200]))


def forget_expired(session: Session) -> None:
    """Drop counters that no longer count. Its own transaction; the worker does it now and then."""
    with transaction(session):
        old = (clock.real() - timedelta(hours=1)).timestamp()
        session.execute(delete(RateCount).where(RateCount.expires < old))


limiter = Limiter(get_remote_address, strategy="fixed-window")


@limiter.request_filter
def _is_off() -> bool:
    return not current_app.config["RATELIMIT_ENABLED"]  # asked per request: tests switch it


def init(app: Flask) -> None:
    """Count in the app's own database."""
    app.config.update(
        RATELIMIT_STORAGE_URI="dateline://",
        RATELIMIT_STORAGE_OPTIONS={"sessions": app.extensions["sessions"]},
    )
    limiter.init_app(app)
    # All limits stand at their views, which ask by themselves: no look at those at each request.
    app.before_request_funcs[None].remove(limiter._check_request_limit)
    # What it has noted of a request goes with the request.
    app.teardown_request_funcs[None].remove(limiter._Limiter__release_context)  # type: ignore[attr-defined]
    # Afterwards it counts what failed, which only what was posted can (`deduct_when`).
    count = app.after_request_funcs[None].pop()

    @app.after_request
    def _count(response: Response) -> Response:
        return cast(Response, count(response)) if request.method == "POST" else response
