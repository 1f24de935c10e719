"""Queries that are built once are asked with their own values each time."""

import gc
import weakref
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Select, bindparam, func, select, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from accounts.models import Email, Person
from bench import data
from core.db import Base, built_once, make_sessions, remembered, rows, transaction
from core.engine import make_engine
from tests.season import Season

AT = datetime(2022, 9, 26, 10, 0, tzinfo=UTC)
built: list[str] = []


@built_once
def named(name: str, address: str) -> Select[int, str]:
    built.append("named")
    query = select(Person.id, Person.name).join(Email, Email.person_id == Person.id)
    return query.where(Person.name == name, Email.address == address)


def test_it_is_built_once_and_asked_with_each_calls_values(season: Season) -> None:
    built.clear()
    ada, rey = (season.ada.id, "Ada Abel"), (season.rey.id, "Rey Ross")
    found = [named("Ada Abel", "ada@example.org"), named("Rey Ross", "rey@example.org")]
    found.append(named("Ada Abel", "rey@example.org"))
    assert [rows(season.session, *query) for query in found] == [[ada], [rey], []]
    assert [season.session.execute(*query).all() for query in reversed(found)] == [[], [rey], [ada]]
    assert len(built) <= 1  # none when another test built it


def test_it_can_be_narrowed(season: Season) -> None:
    query, values = named("Ada Abel", "ada@example.org")
    assert season.session.execute(query.where(Person.id == season.rey.id), values).all() == []
    assert season.session.scalars(query.with_only_columns(Person.id), values).all() == [season.ada.id]


def test_a_value_that_is_not_given_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        named("Ada Abel")  # type: ignore[call-arg]


def test_its_rows_are_those_of_sqlalchemy(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "SUBMISSIONS", 20)
    monkeypatch.setattr(data, "REVIEWERS", 12)
    engine = make_engine(database_url)
    kinds = set()
    with make_sessions(engine)() as session:
        data.fill(session)
        for table in Base.metadata.sorted_tables:
            query = select(table)
            expected = [tuple(row) for row in session.execute(query)]
            found = rows(session, query)
            assert [tuple(row) for row in found] == expected, table.name
            assert [row._fields for row in found[:1]] == [tuple(table.c.keys()) for _ in expected[:1]]
            kinds |= {type(value).__name__ for row in found for value in row}
            assert all(
                type(a) is type(b)
                for x, y in zip(found, expected, strict=True)
                for a, b in zip(x, y, strict=True)
            )
    engine.dispose()
    assert kinds >= {"datetime", "DateKind", "State", "bool", "dict", "list", "NoneType", "int", "str"}


def test_names_lists_and_defaults(season: Season) -> None:
    both: Any = select(
        Person.id, Person.name, Email.id, func.count().label("many"), bindparam("mark", "none").label("mark")
    )
    query = both.join(Email).where(Person.name == bindparam("name")).group_by(Person.id, Email.id)
    (row,) = rows(season.session, query, {"name": "Ada Abel", "besides": 1})
    assert (row.name, row.many, row.mark) == ("Ada Abel", 1, "none")
    assert not hasattr(row, "id"), "which of both?"
    assert [row.mark for row in rows(season.session, query, {"name": "Ada Abel", "mark": "x"})] == ["x"]
    with pytest.raises(KeyError, match="name"):
        rows(season.session, query)
    some = select(Person.name).where(Person.id.in_(bindparam("ids", expanding=True))).order_by(Person.name)
    for ids, names in (([season.rut.id, season.ada.id], ["Ada Abel", "Rut Ruiz"]), ([], [])):
        assert [name for (name,) in rows(season.session, some, {"ids": ids})] == names
    fixed = select(Person.name).where(
        Person.name == bindparam("name"), Person.id.in_([season.ada.id, season.bo.id])
    )
    found = [rows(season.session, fixed, {"name": name}) for name in ("Ada Abel", "Rut Ruiz", "Bo Brandt")]
    assert found == [[("Ada Abel",)], [], [("Bo Brandt",)]]


def test_queries_that_are_gone_are_forgotten(season: Season) -> None:
    gone = weakref.ref(query := select(Person.name))
    assert len(rows(season.session, query)) == 6
    del query
    gc.collect()
    assert gone() is None


def test_what_the_database_refuses_is_an_error_of_sqlalchemys(database_url: str) -> None:
    engine = make_engine(database_url)
    with make_sessions(engine)() as session:
        with pytest.raises((OperationalError, ProgrammingError), match="unheard"):
            rows(session, select(text("unheard")))
        session.rollback()
        assert rows(session, select(func.count()).select_from(Person)) == [(0,)]
    engine.dispose()


def test_a_connection_that_is_lost_is_not_lent_again(postgres_url: str) -> None:
    engine, other = make_engine(postgres_url), make_engine(postgres_url)
    query = select(func.count()).select_from(Person)
    with make_sessions(engine)() as session:
        lost = session.scalar(select(func.pg_backend_pid()))
        with other.begin() as connection:
            connection.execute(select(func.pg_terminate_backend(lost)))
        with pytest.raises(OperationalError) as caught:
            rows(session, query)
        assert caught.value.connection_invalidated
    with make_sessions(engine)() as session:
        assert rows(session, query) == [(0,)]
    engine.dispose()
    other.dispose()


def test_what_is_made_of_an_answer_is_made_once_until_the_database_says_something_else(
    database_url: str,
) -> None:
    engine, other = make_engine(database_url), make_engine(database_url)
    query, made = select(Person.name, Person.created_at).where(Person.name != bindparam("but")), []

    def make(found: list[Any]) -> list[Any]:
        made.append(found)
        return [(row.name, row.created_at) for row in found]

    with make_sessions(engine)() as session, make_sessions(other)() as elsewhere:

        def asked(but: str) -> Any:
            found = remembered(session, query, {"but": but}, make)
            session.rollback()
            return found

        nobody = asked("Bo")
        assert (nobody, asked("Bo") is nobody, asked("Ada") is nobody, len(made)) == ([], True, True, 1)
        with transaction(elsewhere):
            elsewhere.add(Person(name="Ada", created_at=AT))
        assert (asked("Bo"), asked("Bo"), len(made)) == ([("Ada", AT)], [("Ada", AT)], 2)
        assert asked("Ada") is nobody, "the answer counts, not the question"
        assert remembered(session, query, {"but": "Bo"}, len) == 1, "another thing made of the same answer"
        session.rollback()
        with transaction(elsewhere):
            elsewhere.scalars(select(Person)).one().created_at = AT + timedelta(seconds=1)
        assert asked("Bo") == [("Ada", AT + timedelta(seconds=1))]
    engine.dispose()
    other.dispose()
