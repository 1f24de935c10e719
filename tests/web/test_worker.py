"""What the worker does first when there is much of everything."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import web.jobs
from core import clock
from core.db import transaction
from core.jobs import Job, JobState
from decisions.actions import prepare
from decisions.models import Outcome
from mail import outbox, sending
from mail.letters import Letter
from mail.models import Message, MessageState
from submissions import checks
from tests.season import NOTIFICATION, PDF, Season, make_app, open_season
from tests.servers import Smtp, wait_until

FILES = 6
LETTER = Letter("receipt", "submission:1", "", "Ada Abel", "Received", "Dear Ada\n", "<p>Dear Ada</p>")
CHECKS = ["check_file"] * FILES


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch, smtp: Smtp) -> list[tuple[str, int]]:
    """The jobs as they begin, and how many letters had gone out."""
    began: list[tuple[str, int]] = []

    def noting(name: str, job: Callable[..., None]) -> Callable[..., None]:
        def run(*arguments: Any, **named: Any) -> None:
            began.append((name, len(smtp.delivered)))
            job(*arguments, **named)

        return run

    for name in ("check_file", "write_decision_letters"):
        monkeypatch.setitem(web.jobs.JOBS, name, noting(name, web.jobs.JOBS[name]))
    return began


def work(database_url: str, tmp_path: Path, smtp: Smtp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files first, then six letters, then decision letters are ordered; afterwards the worker does it all."""
    app = make_app(tmp_path, database_url, DATELINE_SMTP=smtp.url, DATELINE_MAIL_FROM="dateline@example.org")
    with open_season(app, monkeypatch) as season:
        season.at(NOTIFICATION)
        paper = season.submission("Paper")
        season.decide(paper, Outcome.POSTER)
        files = [season.put(PDF + b"%% %d\n" % number).sha256 for number in range(FILES)]
        letters = [replace(LETTER, to_email=f"p{number}@example.org") for number in range(6)]
        with transaction(season.session):
            for sha256 in files:
                checks.order(season.session, sha256)
            outbox.enqueue_all(season.session, letters, at=clock.now())
            prepare(season.session, season.venue, by=season.olga, at=clock.now())
        until_done(season)


def until_done(season: Season) -> None:
    """Run a worker until no job and no letter waits, but for those that a release holds back."""
    left = select(Job.id).where(Job.state.in_((JobState.QUEUED, JobState.RUNNING)))
    waiting = select(Message.id).where(Message.state.in_((MessageState.QUEUED, MessageState.SENDING)))

    def is_done() -> bool:
        with season.app.extensions["sessions"]() as session:
            return not session.scalars(left).all() and not session.scalars(waiting).all()

    stop = threading.Event()
    worker = threading.Thread(target=web.jobs.run_worker, args=(season.app, stop), kwargs={"poll": 0.05})
    worker.start()
    try:
        wait_until(is_done, "end of all work")
    finally:
        stop.set()
        worker.join()


def test_many_files_hold_back_neither_decisions_nor_letters(
    sqlite_url: str,
    tmp_path: Path,
    smtp: Smtp,
    ran: list[tuple[str, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(web.jobs, "TURN", 0.001)  # over once a job has run
    monkeypatch.setattr(sending, "ROUND", 2)
    work(sqlite_url, tmp_path, smtp, monkeypatch)
    assert [name for name, _ in ran] == ["write_decision_letters", *CHECKS]
    assert [sent for _, sent in ran][:4] == [0, 2, 4, 6]


def test_many_letters_do_not_hold_back_files(
    sqlite_url: str,
    tmp_path: Path,
    smtp: Smtp,
    ran: list[tuple[str, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(web.jobs, "TURN", 60)
    monkeypatch.setattr(sending, "ROUND", 1)
    work(sqlite_url, tmp_path, smtp, monkeypatch)
    assert ran == [(name, 0) for name in ("write_decision_letters", *CHECKS)]
    assert len(smtp.delivered) == 6
