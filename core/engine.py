"""The engine: connections to SQLite or PostgreSQL that are safe for several processes."""

from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection

from core.connections import WRITES
from core.prepared import answer


def make_engine(url: str, *, wait: int = 15) -> Engine:
    """An engine for SQLite or PostgreSQL, with SQLite made safe for several processes.

    `wait`: the seconds for which it waits for what another process has locked.
    """
    if not url.startswith("sqlite"):
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=10, max_overflow=10)

        @event.listens_for(engine, "connect")
        def _limit(connection: Any, _record: Any) -> None:
            connection.execute(f"SET lock_timeout = {wait * 1000}")
            connection.commit()

        return engine
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": wait},
        pool_size=20,
        max_overflow=-1,  # threads are the limit: one that waited here would not be woken by what `Connections` keeps
        pool_recycle=3600,  # a connection sees new statistics (`analyze`) when it is opened
    )

    @event.listens_for(engine, "connect")
    def _settle(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we emit BEGIN ourselves, below
        # FULL: what is committed survives a power cut, not only a killed process.
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={wait * 1000}",
        ):
            connection.execute("PRAGMA " + pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A reader that later wants to write can be refused at once by SQLite, so writers say so from the start.
        # Past SQLAlchemy, whose way costs as much as a query.
        answer(connection, "BEGIN IMMEDIATE" if connection.info.pop(WRITES, False) else "BEGIN")

    return engine


def analyze(engine: Engine) -> None:
    """Have SQLite look at how its rows are spread, as PostgreSQL does by itself.

    Without, it goes through a venue's thousands of submissions to find a reviewer's six.
    """
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA analysis_limit=1000")
            connection.exec_driver_sql("ANALYZE")
