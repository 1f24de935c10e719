"""Fixtures: databases, a mail server, a browser, Dateline as a process. What is missing fails, never skips."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from cli import db
from tests.browser import Visitor, chromium
from tests.servers import Dateline, PostgreSQL, Smtp, stopping

pytest_plugins = ["tests.season"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what opens Chromium or PostgreSQL, so that `-m "not browser"` leaves it out."""
    for item in items:
        for fixture in {"browser", "postgres"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(fixture)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgreSQL]:
    """A running PostgreSQL, one for each test process."""
    yield from stopping(PostgreSQL())


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "dateline.db"
    db.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A new SQLite database with all tables and no rows."""
    path = tmp_path / "dateline.db"
    shutil.copy(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: PostgreSQL) -> Iterator[str]:
    """A new PostgreSQL database with all tables and no rows."""
    url = postgres.copy_of("migrated", fill=db.upgrade)
    yield url
    postgres.drop(url)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A new database with all tables and no rows: the test runs once on SQLite and once on PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def smtp() -> Iterator[Smtp]:
    """A running SMTP server that keeps what it takes."""
    yield from stopping(Smtp())


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Dateline]]:
    """`serve(DATELINE_SMTP=…)` starts Dateline on the test's own data folder; all are stopped after the test."""
    started: list[Dateline] = []

    def start(**settings: Any) -> Dateline:
        started.append(Dateline(tmp_path / "data", **settings))
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.stop()
        print(server.log.read_text())  # pytest shows it when the test failed


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A running Chromium, one for each test process."""
    with chromium() as running:
        yield running


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Opens pages (`visitor.open(width=390)`); after the test nothing may have gone wrong in any of them.

    A test that provokes an error looks at `visitor.problems` and clears it.
    """
    visitor = Visitor(browser)
    yield visitor
    visitor.close()
    assert visitor.problems == []


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """A page 1280 pixels wide."""
    return visitor.open()


@pytest.fixture
def narrow_page(visitor: Visitor) -> Page:
    """A page 390 pixels wide, as on a telephone."""
    return visitor.open(width=390)
