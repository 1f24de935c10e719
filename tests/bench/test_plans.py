"""SQLite finds what is asked by the index that leads there, once the worker has let it look at its rows."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, event, select

from bench import data
from reviews.assignment.models import Assignment
from reviews.papers.queries import reader
from reviews.reviewing import queries
from tests.season import make_app
from tests.servers import wait_until
from venues.queries import calendar_of
from web.jobs import run_worker


@pytest.fixture
def app(tmp_path: Any, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(data, "SUBMISSIONS", 300)
    made = make_app(tmp_path, sqlite_url)
    with made.extensions["sessions"]() as session:
        data.fill(session)
    yield made
    made.extensions["engine"].dispose()


def plan(app: Flask) -> list[str]:
    """How SQLite goes about a reviewer's papers, step by step."""
    asked: list[tuple[str, Any]] = []
    with app.extensions["sessions"]() as session:
        reviewer = session.scalars(select(Assignment.person_id)).first() or 0
        values = reader(reviewer, 1, calendar_of(session, 1), data.AT)

        def note(_connection: Connection, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
            asked.append((statement, parameters))

        event.listen(app.extensions["engine"], "before_cursor_execute", note)
        found = session.execute(queries.OWN, values).all()
        event.remove(app.extensions["engine"], "before_cursor_execute", note)
        assert len(found) > 1
        statement, parameters = asked[0]
        steps = session.connection().exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)
        return [step.detail for step in steps]


def test_a_reviewers_papers_are_found_by_the_reviewer(app: Flask) -> None:
    stop = threading.Event()
    worker = threading.Thread(target=run_worker, args=(app, stop))
    worker.start()
    try:
        # Without, SQLite 3.40 goes through the venue's submissions.
        wait_until(lambda: any("ix_assignments_person_id" in step for step in plan(app)), "better plan")
    finally:
        stop.set()
        worker.join()
