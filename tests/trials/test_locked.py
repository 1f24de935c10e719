"""A database that another process locks for ten seconds: everybody waits, and then all is done."""

import smtplib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from core.db import make_sessions
from core.engine import make_engine
from mail import sending
from mail.models import Message, MessageState
from reviews.reviewing.models import Review
from submissions.models import Version
from tests.season import REVIEWING, Season
from tests.servers import Smtp
from tests.submissions.door import HOME, begin, fields, file, hidden

LOCK = """
import sys, time
from sqlalchemy import create_engine
engine = create_engine(sys.argv[1], isolation_level="AUTOCOMMIT")
with engine.connect() as connection:
    if engine.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
    else:
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql("LOCK TABLE submissions, reviews, messages, jobs IN ACCESS EXCLUSIVE MODE")
    print("locked", flush=True)
    time.sleep(float(sys.argv[2]))
    connection.exec_driver_sql("COMMIT")
"""


@pytest.fixture
def lock(season_on_both: Season) -> Iterator[Callable[[float], "subprocess.Popen[str]"]]:
    """`lock(10)` locks the database from another process, for ten seconds."""
    held: list[subprocess.Popen[str]] = []

    def begin_lock(seconds: float) -> "subprocess.Popen[str]":
        season_on_both.session.rollback()
        url = season_on_both.app.config["DATELINE"].database_url
        held.append(
            subprocess.Popen(
                [sys.executable, "-c", LOCK, url, str(seconds)], stdout=subprocess.PIPE, text=True
            )
        )
        assert held[-1].stdout
        assert held[-1].stdout.readline() == "locked\n"
        return held[-1]

    yield begin_lock
    for process in held:
        process.kill()
        process.communicate()


def test_for_ten_seconds_a_submission_an_autosave_and_a_letter_wait(
    season_on_both: Season, smtp: Smtp, lock: Callable[[float], "subprocess.Popen[str]"]
) -> None:
    season = season_on_both
    ada, rey = season.client(season.ada), season.client(season.rey)
    begin(ada)  # its two letters wait
    assignment = season.assign(season.submission("Second"), season.rey)
    sent = fields(form_key=hidden(ada.page(f"{HOME}/new"), "form_key"), title="While locked")
    season.at(REVIEWING)
    rey.page("/sbm2022/papers/2/review")
    draft = {"revision": 0, "fields": {"summary": "While locked"}}
    statuses: dict[str, int] = {}

    def submit() -> None:
        answer = ada.post(f"{HOME}/new", data=sent)
        statuses["submission"] = answer.status_code

    def save() -> None:
        statuses["draft"] = rey.put("/sbm2022/papers/2/review/draft", json=draft).status_code

    def deliver() -> None:
        sessions = season.app.extensions["sessions"]
        statuses["letters"] = sending.deliver_due(sessions, smtp.url, "dateline@example.org", "w")

    season.at(season.venue.created_at)
    locking = lock(10)
    submitting = threading.Thread(target=submit)
    submitting.start()
    delivering = threading.Thread(target=deliver)
    delivering.start()
    delivering.join(60)
    submitting.join(60)
    assert locking.wait(60) == 0
    season.at(REVIEWING)
    locking = lock(10)
    saving = threading.Thread(target=save)
    saving.start()
    saving.join(60)
    assert locking.wait(60) == 0
    season.session.rollback()
    assert (statuses["submission"], statuses["draft"]) == (303, 200)
    assert statuses["letters"] >= 2
    assert "While locked" in season.session.scalars(select(Version.title)).all()
    review = season.session.scalars(select(Review).where(Review.assignment_id == assignment.id)).one()
    assert review.draft["summary"] == "While locked"
    first_two = season.session.scalars(select(Message.state).order_by(Message.id).limit(2)).all()
    assert first_two == [MessageState.SENT] * 2
    ids = [taken.message["Message-ID"] for taken in smtp.delivered]
    assert len(ids) == len(set(ids))


def test_locked_for_longer_than_anybody_waits(
    season_on_both: Season, lock: Callable[[float], "subprocess.Popen[str]"]
) -> None:
    """A sentence, with all that was typed to be sent again; and after the lock it can be."""
    season = season_on_both
    ada = season.client(season.ada)
    key = hidden(ada.page(f"{HOME}/new"), "form_key")
    engine = make_engine(season.app.config["DATELINE"].database_url, wait=1)
    season.app.extensions["sessions"] = make_sessions(engine)
    locking = lock(600)
    answer = ada.send(f"{HOME}/new", 503, **fields(form_key=key, title="Typed while locked"))
    assert "did not answer in time. Nothing was saved" in answer.text
    assert 'value="Typed while locked"' in answer.text
    locking.kill()
    locking.wait()
    ada.send(f"{HOME}/new", **fields(form_key=key, title="Typed while locked", paper=file(b"%PDF-1.4\n")))
    season.session.rollback()
    assert season.session.scalars(select(Version.title)).all() == ["Typed while locked"]
    engine.dispose()


def test_a_letter_that_the_relay_took_while_the_database_was_locked_goes_once(
    season_on_both: Season,
    smtp: Smtp,
    lock: Callable[[float], "subprocess.Popen[str]"],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody waits for longer than a second, and the lock lasts for one and a half: it is marked at the second try."""
    season = season_on_both
    begin(season.client(season.ada))  # its two letters wait
    engine = make_engine(season.app.config["DATELINE"].database_url, wait=1)
    sessions = make_sessions(engine)
    send = smtplib.SMTP.send_message
    held: list[subprocess.Popen[str]] = []

    def send_and_lock(self: smtplib.SMTP, *arguments: Any) -> object:
        taken = send(self, *arguments)
        if not held:
            held.append(lock(1.5))
        return taken

    monkeypatch.setattr(smtplib.SMTP, "send_message", send_and_lock)
    assert sending.deliver_due(sessions, smtp.url, "dateline@example.org", "w") == 2
    assert held[0].wait(60) == 0
    season.session.rollback()
    assert season.session.scalars(select(Message.state)).all() == [MessageState.SENT] * 2
    assert sending.deliver_due(sessions, smtp.url, "dateline@example.org", "w") == 0
    assert len(smtp.delivered) == 2
    engine.dispose()
