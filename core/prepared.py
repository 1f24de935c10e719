"""Queries that are asked again and again, put to the database's driver itself (`docs/decisions/015`)."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Enum, Executable
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError

# By the query, then by the lengths of the lists among its values.
Queries = WeakKeyDictionary[Executable, dict[tuple[tuple[str, int], ...], "Prepared"]]


def prepared_for(
    queries: Queries, dialect: Dialect, query: Executable, values: Mapping[str, Any]
) -> "Prepared":
    """The query as this kind of database is asked it, for values like these: worked out once, kept in `queries`."""
    try:
        known = queries[query]
    except KeyError:
        known = queries.setdefault(query, {})
    # The text has a place for each value of a list.
    lists = (list, tuple, set, frozenset)
    lengths = tuple((key, len(value)) for key, value in values.items() if isinstance(value, lists))
    if lengths not in known:
        known[lengths] = Prepared(query, dialect, values)
    return known[lengths]


class Prepared:
    """A query in the database's own words, and what turns Python's values into its and its into Python's."""

    def __init__(self, query: Any, dialect: Dialect, values: Mapping[str, Any]) -> None:
        """For values like these: their lists are as long."""
        compiled = query.compile(dialect=dialect)
        found = compiled.construct_expanded_state(dict(values))
        self.text, self.positions = found.statement, found.positiontup
        self.lists = found.parameter_expansion  # the names of each one's places
        self.fixed: dict[str, Any] = {}  # what stands in the query itself, and stays
        self.parameters: list[tuple[str, str, Any, Callable[[Any], Any] | None]] = []
        for name, bound in compiled.binds.items():
            process = bound.type.dialect_impl(dialect).bind_processor(dialect)
            if bound.unique and bound.callable is None and name in found.additional_parameters:
                value = bound.effective_value
                self.fixed[name] = process(value) if process else value
            elif name in found.additional_parameters or name in self.lists:
                self.parameters.append((name, bound.key, bound, process))
        columns = list(query.exported_columns)  # of an UPDATE: those that it returns
        self.types = [column.type.dialect_impl(dialect) for column in columns]
        self.processes: list[tuple[int, Callable[[Any], Any]]] | None = None
        keys = [str(column.key) for column in columns]
        # A name that two columns have stands for neither: an empty one becomes that of its place.
        names = [key if keys.count(key) == 1 else "" for key in keys]
        self.row: Any = namedtuple("row", names, rename=True)  # type: ignore[misc]
        self.remembered = lru_cache(50)(self._make)  # of venues: what is asked this way is asked of one

    def ask(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """What the database says for these values of the parameters, as the driver gives it."""
        asked = self.fixed.copy()
        for name, key, bound, process in self.parameters:
            value = values[key] if key in values or bound.required else bound.effective_value
            if name in self.lists:
                asked.update(zip(self.lists[name], map(process, value) if process else value, strict=True))
            else:
                asked[name] = process(value) if process else value
        arguments = asked if self.positions is None else [asked[name] for name in self.positions]
        found, described = answer(connection, self.text, arguments)
        if self.processes is None:
            self.processes = self._processes(connection.dialect, described)
        return found

    def read(self, said: Iterable[tuple[Any, ...]]) -> list[Any]:
        """The rows that the driver gave, as named tuples of Python's values."""
        if not self.processes:
            return [tuple.__new__(self.row, row) for row in said]
        found = [list(row) for row in said]
        for line in found:
            for place, process in self.processes:
                if line[place] is not None:  # of any type
                    line[place] = process(line[place])
        return [tuple.__new__(self.row, line) for line in found]

    def _make(self, make: Callable[[list[Any]], Any], said: tuple[tuple[Any, ...], ...]) -> Any:
        return make(self.read(said))

    def _processes(
        self, dialect: Dialect, described: Sequence[Any]
    ) -> list[tuple[int, Callable[[Any], Any]]]:
        found = []
        for place, (kind, column) in enumerate(zip(self.types, described, strict=True)):
            process = kind.result_processor(dialect, column[1])
            if process:
                # SQLAlchemy looks an enumeration's member up by way of two functions.
                found.append((place, lru_cache(100)(process) if isinstance(kind, Enum) else process))
        return found


def answer(connection: Connection, text: str, arguments: Any = ()) -> tuple[list[Any], Any]:
    """What the driver's own cursor gives, and its description. Raises what SQLAlchemy would."""
    dialect, lent = connection.dialect, connection.connection
    try:
        # Both drivers' short way to a cursor.
        cursor = cast(Any, lent.dbapi_connection).execute(text, arguments)
        try:
            return cursor.fetchall(), cursor.description
        finally:
            cursor.close()
    except dialect.loaded_dbapi.Error as error:
        is_lost = dialect.is_disconnect(error, lent, None)
        if is_lost:  # so that it is not rolled back, nor lent to another
            connection.invalidate(error)
        kind = dialect.loaded_dbapi.Error
        raise DBAPIError.instance(
            text, None, error, kind, connection_invalidated=is_lost, dialect=dialect
        ) from error
