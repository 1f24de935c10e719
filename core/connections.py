"""Connections to the database, lent to one session at a time."""

from itertools import count
from typing import cast
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, QueuePool, event
from sqlalchemy.engine import Connection

from core.prepared import Queries

WRITES = "dateline_writes"  # in a connection's info: its transaction takes SQLite's write lock when it begins
MOST_IDLE = 20
# One in so many returns goes to SQLAlchemy's pool, which opens the old ones anew (pool_recycle).
RENEWED_EACH = 256


class Connections:
    """An engine's connections.

    SQLite's are kept whole from one transaction to the next: to get one from SQLAlchemy's pool and to give it back
    costs as much as two small queries. PostgreSQL's all go back there: its pool asks each whether it still lives.
    """

    def __init__(self, engine: Engine) -> None:
        """None is open yet."""
        self.prepared: Queries = WeakKeyDictionary()  # what these connections are asked again and again
        self._engine = engine
        self._is_keeping = engine.dialect.name == "sqlite"
        self._idle: list[Connection] = []  # whose pop and append are atomic
        self._returns = count(1)
        event.listen(engine, "engine_disposed", self._close_idle)

    def lend(self, *, for_writing: bool) -> Connection:
        """One in a transaction that has just begun. Raises what SQLAlchemy does when the database is locked."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._engine.connect()
        try:
            connection.info[WRITES] = for_writing
            connection.begin()
        except BaseException:  # another process has SQLite locked
            connection.close()
            raise
        return connection

    def take_back(self, connection: Connection) -> None:
        """What was not committed is undone."""
        try:
            connection.rollback()
        except BaseException:
            connection.close()
            raise
        if self._may_keep(connection) and len(self._idle) < MOST_IDLE and next(self._returns) % RENEWED_EACH:
            self._idle.append(connection)
        else:
            connection.close()

    def _may_keep(self, connection: Connection) -> bool:
        """Whether the next can begin with it: a commit that was interrupted leaves SQLite's transaction open."""
        if not self._is_keeping or connection.closed or connection.invalidated:
            return False
        raw = connection.connection.dbapi_connection
        return raw is not None and not raw.in_transaction

    @property
    def lent(self) -> int:
        """How many connections of the engine somebody has now."""
        return cast(QueuePool, self._engine.pool).checkedout() - len(self._idle)

    def _close_idle(self, _engine: Engine) -> None:
        while self._idle:
            connection = self._idle.pop()
            connection.invalidate()  # closes it; the pool it came from is gone
            connection.close()
