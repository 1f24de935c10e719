from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Connection, bindparam, event, inspect, select, update
from sqlalchemy.exc import IntegrityError, OperationalError, PendingRollbackError, StatementError
from sqlalchemy.orm import Session, sessionmaker

import migrations.tables  # noqa: F401
from accounts.models import Person
from core.connections import Connections
from core.db import Base, make_sessions, rows, transaction
from core.engine import make_engine

AT = datetime(2022, 9, 26, 10, 0, tzinfo=UTC)


@pytest.fixture
def session(database_url: str):
    engine = make_engine(database_url)
    with make_sessions(engine)() as made:
        yield made
    engine.dispose()


def lending(sessions: sessionmaker[Session]) -> Callable[[], int]:
    """How many connections are lent."""
    connections: Connections = sessions.kw["connections"]
    return lambda: connections.lent


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


RENAME = (
    update(Person).where(Person.name == bindparam("old")).values(name=bindparam("new")).returning(Person.id)
)


def names(session: Session) -> list[str]:
    return [row.name for row in rows(session, select(Person.name).order_by(Person.name))]


def test_rows_and_entities_share_a_transaction(session: Session) -> None:
    with transaction(session):
        session.add(Person(name="Ada", created_at=AT))
        session.flush()
        assert names(session) == ["Ada"]
        assert rows(session, RENAME, {"old": "Ada", "new": "Bo"})
        assert session.scalars(select(Person.name)).all() == ["Bo"]
    session.rollback()
    assert names(session) == ["Bo"]


def test_what_rows_wrote_is_committed_with_what_the_session_holds_and_undone_with_it(
    session: Session,
) -> None:
    with transaction(session):
        session.add(Person(name="Ada", created_at=AT))
    (ada,) = session.scalars(select(Person)).all()
    session.expunge(ada)
    with transaction(session):
        session.add(ada)  # the session has begun, and asks the database for nothing
        rows(session, RENAME, {"old": "Ada", "new": "Bo"})
    session.close()
    assert names(session) == ["Bo"]
    with pytest.raises(ZeroDivisionError), transaction(session):
        rows(session, RENAME, {"old": "Bo", "new": "Cy"})
        session.add(Person(name="Di", created_at=AT))
        session.flush()
        assert names(session) == ["Cy", "Di"]
        raise ZeroDivisionError
    assert names(session) == ["Bo"]
    rows(session, RENAME, {"old": "Bo", "new": "Ed"})
    session.close()
    assert names(session) == ["Bo"], "nobody committed it"


def test_what_rows_wrote_in_a_savepoint_goes_with_it(session: Session) -> None:
    with transaction(session):
        session.add(Person(name="Ada", created_at=AT))
        session.flush()
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            assert rows(session, RENAME, {"old": "Ada", "new": "Bo"})
            raise ZeroDivisionError
    session.close()
    assert names(session) == ["Ada"]


def test_nothing_is_written_in_a_transaction_that_a_failed_flush_undid(session: Session) -> None:
    with transaction(session):
        session.add(Person(name="Ada", created_at=AT))
    with pytest.raises(PendingRollbackError), transaction(session):
        session.add(Person(name=None, created_at=AT))
        with pytest.raises(IntegrityError):
            session.flush()
        rows(session, RENAME, {"old": "Ada", "new": "Bo"})
    assert names(session) == ["Ada"]


def test_after_a_failed_commit_the_next_who_is_lent_the_connection_begins_anew(database_url: str) -> None:
    engine = make_engine(database_url)
    sessions = make_sessions(engine)
    lent = lending(sessions)

    def interrupt(_connection: Connection) -> None:
        raise KeyboardInterrupt

    with sessions() as session:
        with transaction(session):
            session.add(Person(name="Ada", created_at=AT))
        event.listen(engine, "commit", interrupt)
        with pytest.raises(KeyboardInterrupt), transaction(session):
            assert rows(session, RENAME, {"old": "Ada", "new": "Bo"})
        event.remove(engine, "commit", interrupt)
        assert lent() == 0
        with transaction(session):
            assert rows(session, RENAME, {"old": "Ada", "new": "Cy"})
        assert names(session) == ["Cy"]
    engine.dispose()


def test_transactions_are_opened_in_one_way(session: Session) -> None:
    with pytest.raises(RuntimeError, match="transaction"), session.begin():
        pass


def test_after_a_refused_savepoint_the_rest_is_kept(session: Session) -> None:
    with transaction(session):
        session.add(Person(name="Ada", created_at=AT))
        session.flush()
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(Person(name=None, created_at=AT))
            session.flush()
        assert rows(session, RENAME, {"old": "Ada", "new": "Bo"})
    session.close()
    assert names(session) == ["Bo"]


def test_who_cannot_begin_to_write_holds_nothing(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url, wait=0)
    sessions = make_sessions(engine)
    lent = lending(sessions)
    with sessions() as one, sessions() as other, transaction(one):
        one.add(Person(name="Ada", created_at=AT))
        with pytest.raises(OperationalError, match="locked"), transaction(other):
            raise AssertionError("never reached")
        assert lent() == 1
        assert names(other) == [], "it may still read"
    engine.dispose()


def test_a_connection_goes_back_when_its_transaction_ends(database_url: str) -> None:
    engine = make_engine(database_url)
    sessions = make_sessions(engine)
    lent = lending(sessions)
    with sessions() as session:
        names(session)
        assert lent() == 1
        session.scalars(select(Person)).all()
        assert lent() == 1, "one for both"
        session.rollback()
        assert lent() == 0
        with transaction(session):
            names(session)
        assert lent() == 0
        names(session)
    assert lent() == 0
    engine.dispose()


def test_the_migrations_make_exactly_the_tables_of_the_models(database_url: str) -> None:
    engine = make_engine(database_url)
    found = inspect(engine)
    assert set(found.get_table_names()) - {"alembic_version"} == set(Base.metadata.tables)
    for name, table in Base.metadata.tables.items():
        columns = {c["name"]: c["nullable"] for c in found.get_columns(name)}
        assert columns == {c.name: bool(c.nullable) for c in table.columns}, name
        assert {i["name"] for i in found.get_indexes(name)} >= {str(i.name) for i in table.indexes}, name
    engine.dispose()
