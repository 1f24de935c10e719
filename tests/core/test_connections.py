"""Connections that are kept from one transaction to the next."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, QueuePool, event, func, select

from accounts.models import Person
from core import connections
from core.connections import Connections
from core.engine import make_engine


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    made = make_engine(sqlite_url, wait=0)
    yield made
    made.dispose()


def noted(engine: Engine, *names: str) -> list[str]:
    """What happens to the engine's connections from now on."""
    seen: list[str] = []
    for name in names:
        event.listen(engine, name, lambda *_arguments, name=name: seen.append(name))
    return seen


def test_one_is_kept_and_lent_again(engine: Engine) -> None:
    lender, seen = Connections(engine), noted(engine, "checkout", "checkin", "close")
    first = lender.lend(for_writing=True)
    assert (first.in_transaction(), lender.lent) == (True, 1)
    other = lender.lend(for_writing=False)
    assert (other is first, lender.lent) == (False, 2), "two at a time are two"
    lender.take_back(first)
    assert (first.in_transaction(), lender.lent) == (False, 1)
    assert lender.lend(for_writing=False) is first
    lender.take_back(first)
    lender.take_back(other)
    assert (lender.lent, seen) == (0, ["checkout", "checkout"])


def test_what_was_not_committed_is_undone_and_the_lock_let_go(engine: Engine) -> None:
    lender = Connections(engine)
    one = lender.lend(for_writing=True)
    one.exec_driver_sql("DELETE FROM alembic_version")
    lender.take_back(one)
    two = lender.lend(for_writing=True)  # which fails at once while another writes
    assert two.exec_driver_sql("SELECT count(*) FROM alembic_version").scalar() == 1
    lender.take_back(two)


def test_who_writes_says_so_each_time(engine: Engine) -> None:
    lender = Connections(engine)
    one, reader = lender.lend(for_writing=True), lender.lend(for_writing=False)
    lender.take_back(one)
    again = lender.lend(for_writing=False)
    assert again is one
    writer = lender.lend(for_writing=True)  # it would be refused had the one before taken the lock again
    for connection in (again, writer, reader):
        lender.take_back(connection)


def test_now_and_then_one_goes_through_the_pool_which_renews_the_old(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "RENEWED_EACH", 3)
    lender, seen = Connections(engine), noted(engine, "checkin")
    for _ in range(7):
        lender.take_back(lender.lend(for_writing=False))
    assert len(seen) == 2


def test_as_many_are_kept_as_the_pool_keeps_and_disposing_closes_them(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOST_IDLE", 2)
    lender, seen = Connections(engine), noted(engine, "checkin", "close", "invalidate")
    for connection in [lender.lend(for_writing=False) for _ in range(3)]:
        lender.take_back(connection)
    assert (seen, lender.lent) == (["checkin"], 0)
    raw = lender._idle[0].connection.dbapi_connection
    engine.dispose()
    assert raw is not None
    with pytest.raises(Exception, match="closed"):
        raw.cursor()
    assert not lender._idle
    again = lender.lend(for_writing=False)
    assert again.scalar(select(func.count()).select_from(Person)) == 0
    lender.take_back(again)


def test_nobody_waits_for_one(engine: Engine) -> None:
    lender = Connections(engine)
    many = [lender.lend(for_writing=False) for _ in range(60)]
    assert lender.lent == 60
    for connection in many:
        lender.take_back(connection)
    assert (lender.lent, len(lender._idle)) == (0, connections.MOST_IDLE)


def test_one_that_was_closed_is_not_kept(engine: Engine) -> None:
    lender = Connections(engine)
    one = lender.lend(for_writing=False)
    one.close()
    lender.take_back(one)
    assert (lender.lent, lender._idle) == (0, [])


def test_threads_never_share_one(engine: Engine) -> None:
    lender, held, shared = Connections(engine), set[int](), []

    def ask() -> None:
        for _ in range(300):
            connection = lender.lend(for_writing=False)
            if id(connection) in held:
                shared.append(connection)
            held.add(id(connection))
            connection.exec_driver_sql("SELECT 1")
            held.discard(id(connection))
            lender.take_back(connection)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (shared, lender.lent) == ([], 0)


def test_postgresqls_go_back_to_the_pool_that_asks_whether_they_live(postgres_url: str) -> None:
    engine, other = make_engine(postgres_url), make_engine(postgres_url)
    lender, pool = Connections(engine), engine.pool
    assert isinstance(pool, QueuePool)
    one = lender.lend(for_writing=True)
    dead = one.scalar(select(func.pg_backend_pid()))
    lender.take_back(one)
    assert (lender.lent, pool.checkedout()) == (0, 0)
    with other.begin() as connection:
        assert connection.scalar(select(func.pg_terminate_backend(dead)))
    again = lender.lend(for_writing=False)
    assert again.scalar(select(func.count()).select_from(Person)) == 0
    assert again.scalar(select(func.pg_backend_pid())) != dead
    lender.take_back(again)
    engine.dispose()
    other.dispose()
