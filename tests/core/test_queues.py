"""The next job and the next letter are found by an index, however many wait."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert
from sqlalchemy.orm import Session

from core import jobs
from core.db import make_sessions, transaction
from core.engine import analyze, make_engine
from core.jobs import Job, JobState
from mail import sending
from mail.models import Batch, Message, MessageState

AT = datetime(2022, 10, 20, 12, 0, tzinfo=UTC)
COUNT = 300


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    made = make_engine(sqlite_url)
    yield made
    made.dispose()


def fill(session: Session) -> None:
    """As after a deadline and a release: many jobs and letters of every state, of one batch and of others."""
    with transaction(session):
        job = {"name": "look", "arguments": {}, "run_at": AT, "attempts": 0, "last_error": ""}
        kinds = [(state, priority) for state in JobState for priority in (0, jobs.LATER)]
        session.execute(
            insert(Job),
            [{**job, "state": state, "priority": n} for state, n in kinds for _ in range(COUNT)],
        )
        batches = [Batch(venue_id=1, occasion="decision", not_before=AT, opened_at=AT) for _ in range(5)]
        session.add_all(batches)
        session.flush()
        letter: dict[str, Any] = {
            "occasion": "decision",
            "to_email": "p@example.org",
            "to_name": "P",
            "text": "",
            "html": "",
        }
        letter |= {"subject": "", "queued_at": AT, "retry_at": AT, "batch_id": batches[-1].id}
        session.execute(
            insert(Message),
            [
                {**letter, "thing": f"{state} {n}", "message_id": f"{state} {n}", "state": state}
                for state in MessageState
                for n in range(COUNT)
            ],
        )


@pytest.mark.parametrize(
    "claim",
    [
        lambda session: jobs.claim(session, "w"),
        lambda session: sending.claim(session, "w", at=AT),
        lambda session: jobs.longest_wait(session, jobs.URGENT),
        lambda session: jobs.longest_wait(session, jobs.LATER),
        sending.longest_wait,
    ],
    ids=["job", "letter", "longest wait of a job", "longest wait of a later job", "longest wait of a letter"],
)
def test_what_is_next_is_found_without_going_through_what_waits(
    engine: Engine, claim: Callable[[Session], Any]
) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        asked.append((statement, parameters))

    with make_sessions(engine)() as session:
        fill(session)
        analyze(engine)
        event.listen(engine, "before_cursor_execute", note)
        assert claim(session)
        event.remove(engine, "before_cursor_execute", note)
    assert asked
    with engine.connect() as connection:
        steps = [
            step.detail
            for statement, parameters in asked
            for step in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)
        ]
    assert any("ix_" in step for step in steps), steps
    through = [step for step in steps if "TEMP B-TREE" in step or step.startswith("SCAN")]
    assert set(through) <= {"SCAN CONSTANT ROW", "SCAN mail_batches"}, steps
