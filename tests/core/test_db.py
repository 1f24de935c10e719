from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

import migrations.tables  # noqa: F401
from accounts.models import Person
from core.db import Base, make_engine, make_sessions, transaction

AT = datetime(2022, 9, 26, 10, 0, tzinfo=UTC)


@pytest.fixture
def session(database_url: str):
    engine = make_engine(database_url)
    with make_sessions(engine)() as made:
        yield made
    engine.dispose()


def test_instants_come_back_in_utc_and_naive_ones_are_refused(session: Session) -> None:
    there = AT.astimezone(timezone(timedelta(hours=-12)))
    with transaction(session):
        session.add(Person(name="Ada", created_at=there))
    found = session.scalars(select(Person)).one()
    assert (found.created_at, found.created_at.tzinfo) == (AT, UTC)
    with pytest.raises(StatementError, match="naive"), transaction(session):
        session.add(Person(name="Bo", created_at=AT.replace(tzinfo=None)))


def test_a_transaction_is_whole_or_nothing(session: Session) -> None:
    with pytest.raises(IntegrityError), transaction(session):
        session.add(Person(name="Ada", created_at=AT))
        session.flush()
        session.add(Person(name=None, created_at=AT))
    assert session.scalars(select(Person)).all() == []


def test_a_transaction_sees_what_others_committed_since_the_page_was_read(database_url: str) -> None:
    engine = make_engine(database_url)
    sessions = make_sessions(engine)
    with sessions() as one, sessions() as other:
        with transaction(one):
            one.add(Person(name="Ada", created_at=AT))
        seen = one.scalars(select(Person)).one()
        with transaction(other):
            other.scalars(select(Person)).one().name = "Ada Abel"
        with transaction(one):
            assert seen.name == "Ada Abel"
    engine.dispose()


def test_changes_made_outside_of_the_transaction_are_refused(session: Session) -> None:
    session.add(Person(name="Ada", created_at=AT))
    with pytest.raises(RuntimeError, match="outside"), transaction(session):
        pass


def test_the_migrations_make_exactly_the_tables_of_the_models(database_url: str) -> None:
    engine = make_engine(database_url)
    found = inspect(engine)
    assert set(found.get_table_names()) - {"alembic_version"} == set(Base.metadata.tables)
    for name, table in Base.metadata.tables.items():
        columns = {c["name"]: c["nullable"] for c in found.get_columns(name)}
        assert columns == {c.name: bool(c.nullable) for c in table.columns}, name
        assert {i["name"] for i in found.get_indexes(name)} >= {str(i.name) for i in table.indexes}, name
    engine.dispose()
