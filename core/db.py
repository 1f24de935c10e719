"""Sessions, queries, base class and column types. Plain SQLAlchemy: workers and commands use it without Flask."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, lru_cache, wraps
from typing import Annotated, Any, ParamSpec, TypeVar, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    BindParameter,
    DateTime,
    Engine,
    Enum,
    Executable,
    Integer,
    MetaData,
    Select,
    String,
    bindparam,
)
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import PendingRollbackError
from sqlalchemy.orm import DeclarativeBase, Mapper, Session, SessionTransaction, mapped_column, sessionmaker
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.types import TypeDecorator

from core.connections import Connections
from core.prepared import Prepared, prepared_for

P = ParamSpec("P")
Q = TypeVar("Q", bound=Select[*tuple[Any, ...]])
T = TypeVar("T")


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. Refuses naive datetimes; always gives back aware ones in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: say which zone it is in")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """SQLAlchemy's. SQLite gives text, and the same few instants stand on most pages: they are remembered."""
        read = super().result_processor(dialect, coltype)
        return lru_cache(200)(read) if read and dialect.name == "sqlite" else read


BigId = BigInteger().with_variant(Integer, "sqlite")
Id = Annotated[int, mapped_column(BigId, primary_key=True)]
Sha256 = Annotated[str, mapped_column(String(64))]
IdOrParameter = (
    int | BindParameter[int]
)  # in functions whose query may also be built once and executed with ids


class Base(DeclarativeBase):
    """All tables. Constraint names are fixed so that migrations can name them on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UTCDateTime(),
        int: BigId,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[list[str]]: JSON,
        # The values, as text with a CHECK, so that the database can be read and refuses what is no state.
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            create_constraint=True,
            length=30,
            values_callable=lambda kinds: [kind.value for kind in kinds],
        ),
    }


class LeanSession(Session):
    """A session that takes part in its transaction only when it is asked for entities.

    Most requests ask for rows alone (`rows`), straight from the connection. What a session does for its entities at the
    beginning and the end of a transaction costs as much as two small queries.
    """

    def __init__(self, *arguments: Any, connections: Connections, **named: Any) -> None:
        """As SQLAlchemy's, for an engine and its connections."""
        super().__init__(*arguments, join_transaction_mode="control_fully", **named)
        self._connections = connections
        self._own_connection: Connection | None = None

    def own_connection(self, *, for_writing: bool = False) -> Connection:
        """The connection, in this session's transaction, which begins with it."""
        if self._own_connection is None:
            self._own_connection = self._connections.lend(for_writing=for_writing)
        elif not self._own_connection.in_transaction():
            raise PendingRollbackError("a flush failed and has undone this transaction: roll it back first")
        return self._own_connection

    def prepared(self, query: Executable, values: Mapping[str, Any]) -> tuple[Prepared, Connection]:
        """A query that is asked again and again, for values like these, and the connection to ask."""
        connection = self.own_connection()
        return prepared_for(self._connections.prepared, connection.dialect, query, values), connection

    def get_bind(self, *_args: Any, **_named: Any) -> Connection:
        """Where SQLAlchemy's session asks for entities: in the same transaction, which it ends with its own."""
        return self.own_connection()

    def begin(self, nested: bool = False) -> SessionTransaction:
        """A savepoint. Whole transactions are `transaction`'s: SQLAlchemy's would not commit what rows have written."""
        if not nested:
            raise RuntimeError("use core.db.transaction")
        made = super().begin(nested=True)
        self.connection()  # sets it now and not at the first entity, for rows are written, too
        return made

    def commit(self) -> None:
        """Write what is changed, and commit."""
        if self.in_transaction():
            super().commit()
        if self._own_connection is not None and self._own_connection.in_transaction():
            self._own_connection.commit()
        self._let_go()

    def rollback(self) -> None:
        """Undo what was done since the last commit."""
        if self.in_transaction():
            super().rollback()
        self._let_go()

    def close(self) -> None:
        """Undo what was not committed, and forget all entities."""
        if self.in_transaction() or self.identity_map:
            super().close()
        self._let_go()

    def _let_go(self) -> None:
        """Give the connection back; what it has not committed is undone."""
        connection, self._own_connection = self._own_connection, None
        if connection is not None:
            self._connections.take_back(connection)


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """The factory of sessions on this engine."""
    return sessionmaker(engine, class_=LeanSession, connections=Connections(engine))


@contextmanager
def transaction(session: Session) -> Iterator[None]:
    """Everything inside is committed together, or nothing is.

    What was loaded before is read anew inside, so that rules are asked of the present state and not of
    what the page had seen. Doors (views, commands, jobs) open it; verbs never do.
    """
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes were made outside of the transaction that should hold them")
    session.rollback()
    cast(LeanSession, session).own_connection(for_writing=True)
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def rehearsal(session: Session) -> Iterator[None]:
    """Everything inside is done as in a transaction and then undone: to show what an act would do."""
    session.rollback()
    cast(LeanSession, session).own_connection(for_writing=True)
    try:
        yield
    finally:
        session.rollback()


def rows(session: Session, query: Executable, values: Mapping[str, Any] | None = None) -> list[Any]:
    """What a query of columns gives, as named tuples. For queries that are made once and asked again and again.

    It goes past the session's machinery for entities and past SQLAlchemy's execution, either of which costs more than a
    small query: entities that were changed are not written before, nor those in memory changed by an UPDATE. A value
    that is a list stands for an expanding parameter. Raises what SQLAlchemy would.
    """
    prepared, connection = cast(LeanSession, session).prepared(query, values or {})
    return prepared.read(prepared.ask(connection, values or {}))


def remembered(
    session: Session, query: Executable, values: Mapping[str, Any], make: Callable[[list[Any]], T]
) -> T:
    """What `make` builds of a query's `rows`. The same answer of the database gives the same object, made once.

    Requests share it: nobody may change it. No column may be JSON, whose values cannot be looked up, nor give 1 for one
    row and 1.0 for another, which are looked up as the same.
    """
    prepared, connection = cast(LeanSession, session).prepared(query, values)
    return cast(T, prepared.remembered(make, tuple(prepared.ask(connection, values))))


def detached(values: Sequence[Any], *kinds: type[Base]) -> list[Any]:
    """Entities from a row of all columns of their tables in order, tied to no session: to be read, never changed.

    None where an outer join found nothing. A third of the cost of entities that a session loads and watches; what
    was not read (a relationship) raises.
    """
    made: list[Any] = []
    start = 0
    for kind in kinds:
        names, places, mapper = _columns(kind)
        found = values[start : start + len(names)]
        start += len(names)
        key = [found[place] for place in places]
        if None in key:
            made.append(None)
            continue
        thing = mapper.class_manager.new_instance()
        thing.__dict__.update(zip(names, found, strict=True))
        instance_state(thing).key = mapper.identity_key_from_primary_key(tuple(key))
        made.append(thing)
    return made


@cache
def _columns(kind: type[Base]) -> tuple[list[str], list[int], Mapper[Any]]:
    """The attributes of a table's columns in order, the places of its primary key among them, and its mapper."""
    mapper, columns = kind.__mapper__, list(kind.__table__.columns)
    places = [place for place, column in enumerate(columns) if column.primary_key]
    return [mapper.get_property_by_column(column).key for column in columns], places, mapper


def built_once(query: Callable[P, Q]) -> Callable[P, tuple[Q, dict[str, Any]]]:
    """For a function that gives a query: it is built at the first call only, and each call gives it and its values.

    Both are for executing: `session.scalar(*by_slug(slug))`. Building a query costs more than its execution, and
    giving it values beforehand (`.params`) nearly as much. The arguments, given by position, must be plain values
    that are only compared with columns; the query may be narrowed further, but is not for use inside of another.
    """
    names = [
        f"{query.__module__}_{query.__qualname__}_{argument}".replace(".", "_")
        for argument in inspect.signature(query).parameters
    ]
    build = cast("Callable[..., Q]", query)
    built = cache(lambda: build(*map(bindparam, names)))

    @wraps(query)
    def asked(*values: P.args, **_named: P.kwargs) -> tuple[Q, dict[str, Any]]:
        return built(), dict(zip(names, values, strict=True))

    return asked
