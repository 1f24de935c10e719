"""Told to stop, the real processes end what they have begun, and nothing new begins."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from core.db import transaction
from mail import outbox
from mail.letters import Letter
from mail.models import Message, MessageState
from submissions.models import State, Version
from tests.season import PDF, Season, make_app, open_season
from tests.servers import ROOT, Dateline, Smtp, wait_until
from tests.submissions.door import HOME, submission
from tests.submissions.test_sockets import upload

CONTENT = PDF + b" " * 400_000


class Throttled:
    """An upload of which half has come."""

    def __init__(self, season: Season, server: Dateline) -> None:
        connection, headers, self.body = upload(season, server, CONTENT)
        connection.putrequest("POST", f"{HOME}/new")
        for name, value in (*headers.items(), ("Content-Length", str(len(self.body)))):
            connection.putheader(name, value)
        connection.endheaders(self.body[: len(self.body) // 2])
        self.connection = connection
        time.sleep(0.5)  # until it has been read

    def finish(self) -> int:
        """Send the rest in ten pieces; the answer's status."""
        rest = self.body[len(self.body) // 2 :]
        for start in range(0, len(rest), len(rest) // 10):
            self.connection.send(rest[start : start + len(rest) // 10])
            time.sleep(0.05)
        return self.connection.getresponse().status


@pytest.fixture
def season_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Dateline], Season]]:
    """The season in the database of a running server."""
    opened = []

    def make(_server: Dateline) -> Season:
        app = make_app(tmp_path / "data", f"sqlite:///{tmp_path / 'data' / 'dateline.db'}")
        opened.append(open_season(app, monkeypatch))
        return opened[-1].__enter__()

    yield make
    for one in opened:
        one.__exit__(None, None, None)


def accepts(server: Dateline) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", server.port)) == 0


def test_an_upload_in_flight_ends_and_is_acknowledged(
    serve: Callable[..., Dateline], season_of: Callable[[Dateline], Season]
) -> None:
    server = serve()
    season = season_of(server)
    slow = Throttled(season, server)
    idle = socket.create_connection(("127.0.0.1", server.port))
    server.process.terminate()
    wait_until(lambda: not accepts(server), "closed door")
    assert server.process.poll() is None
    assert slow.finish() == 303
    assert server.process.wait(30) == 0
    assert idle.recv(1) == b""
    idle.close()
    slow.connection.close()
    made = submission(season)
    sha256 = made.versions[0].paper_sha256
    assert (made.state, sha256 and season.store.path(sha256).read_bytes()) == (State.SUBMITTED, CONTENT)


@pytest.mark.parametrize(("seconds", "signals"), [(1, 1), (600, 2)])
def test_a_stalled_upload_does_not_hold_it_for_ever(
    serve: Callable[..., Dateline], season_of: Callable[[Dateline], Season], seconds: int, signals: int
) -> None:
    server = serve(DATELINE_STOP_SECONDS=seconds, DATELINE_WORKER=0)
    season = season_of(server)
    slow = Throttled(season, server)
    server.process.terminate()
    wait_until(lambda: not accepts(server), "closed door")
    if signals == 2:
        server.process.send_signal(signal.SIGINT)
    assert server.process.wait(30) == 0
    slow.connection.close()
    assert season.session.scalars(select(Version)).all() == []
    assert [path for path in season.store.root.rglob("*") if path.is_file()] == []


def test_the_worker_ends_the_letter_in_its_hands(season: Season, tmp_path: Path, smtp: Smtp) -> None:
    smtp.delay = 2
    names = ("ada", "bo")
    letters = [
        Letter("receipt", name, f"{name}@example.org", name, "Received", "Dear\n", "<p>Dear</p>")
        for name in names
    ]
    with transaction(season.session):
        outbox.enqueue_all(season.session, letters, at=season.venue.created_at)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
    environ |= {
        "DATELINE_DATA": str(tmp_path / "data"),
        "DATABASE_URL": season.app.config["DATELINE"].database_url,
        "DATELINE_SMTP": smtp.url,
        "DATELINE_MAIL_FROM": "dateline@example.org",
        "DATELINE_LOG": "json",
    }
    worker = subprocess.Popen(
        [sys.executable, "-m", "cli", "work"], cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True
    )

    def states() -> list[MessageState]:
        season.session.rollback()
        return list(season.session.scalars(select(Message.state).order_by(Message.id)))

    wait_until(lambda: MessageState.SENDING in states(), "letter on its way", 60)
    worker.terminate()
    _, said = worker.communicate(timeout=30)
    assert worker.returncode == 0
    assert states() == [MessageState.SENT, MessageState.QUEUED]
    assert [taken.recipients for taken in smtp.delivered] == [["ada@example.org"]]
    assert '"event": "letter sent"' in said
    assert "ada@" not in said
