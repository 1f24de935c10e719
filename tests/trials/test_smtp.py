"""Relays in a bad mood: no letter is lost or given up for what is not its fault, and organizers see what was said."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from core import clock
from mail import sending
from mail.models import Message, MessageState
from tests.season import BEFORE, Season
from tests.servers import Smtp
from tests.submissions.door import begin


@contextmanager
def greeting(line: bytes) -> Iterator[str]:
    """The address of a server that says this and waits."""

    class Greeter(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(line)
            self.request.recv(100)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Greeter) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"smtp://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def deliver(season: Season, url: str) -> int:
    return sending.deliver_due(season.app.extensions["sessions"], url, "dateline@example.org", "w")


def letters(season: Season) -> list[Message]:
    season.session.rollback()
    return list(season.session.scalars(select(Message).order_by(Message.id)))


def states(season: Season) -> list[MessageState]:
    return [letter.state for letter in letters(season)]


def later(season: Season, minutes: int) -> None:
    season.at(clock.real() + timedelta(minutes=minutes))


@pytest.fixture
def two(season: Season) -> Season:
    """A submission whose receipt waits for both authors."""
    begin(season.client(season.ada))
    assert states(season) == [MessageState.QUEUED] * 2
    return season


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "SMTPConnectError"),
        (b"\xff\xfe\x00garbage\r\n", "SMTPConnectError"),
        (b"421 too busy\r\n", "too busy"),
        (b"554 not from you\r\n", "not from you"),
        (b"", "timed out"),
    ],
)
def test_a_greeting_that_is_none_costs_no_letter(
    two: Season, smtp: Smtp, line: bytes, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with greeting(line) as url, monkeypatch.context() as hurried:
        hurried.setattr(sending, "TIMEOUT", 1.0)
        assert deliver(two, url) == 0
    first, second = letters(two)
    assert (first.state, second.state, second.attempts) == (MessageState.QUEUED, MessageState.QUEUED, 0)
    assert says in first.last_error
    assert says in two.client(two.olga).page("/sbm2022/organize/outbox")
    later(two, 1)
    assert deliver(two, smtp.url) == 2
    assert [len(smtp.to(f"{name}@example.org")) for name in ("ada", "bo")] == [1, 1]


def test_refused_for_good_and_for_now(two: Season, smtp: Smtp) -> None:
    smtp.refuse = {"ada@example.org": "550 No such user", "bo@example.org": "451 Greylisted"}
    assert deliver(two, smtp.url) == 0
    assert states(two) == [MessageState.FAILED, MessageState.QUEUED]
    assert "No such user" in two.client(two.olga).page("/sbm2022/organize/outbox")
    smtp.refuse = {}
    later(two, 1)
    assert deliver(two, smtp.url) == 1
    assert states(two) == [MessageState.FAILED, MessageState.SENT]


def test_closing_down_in_the_middle(two: Season, smtp: Smtp) -> None:
    smtp.answer = "421 Closing down"
    assert deliver(two, smtp.url) == 0
    assert states(two) == [MessageState.QUEUED] * 2
    smtp.answer = "250 OK"
    later(two, 1)
    assert deliver(two, smtp.url) == 2


def test_slower_than_anybody_waits(two: Season, smtp: Smtp, monkeypatch: pytest.MonkeyPatch) -> None:
    """The relay takes the letter but answers too late: the same letter may come twice, with the same Message-ID."""
    monkeypatch.setattr(sending, "TIMEOUT", 0.5)
    smtp.delay = 2
    assert deliver(two, smtp.url) == 0
    assert states(two) == [MessageState.QUEUED] * 2
    smtp.delay = 0
    monkeypatch.setattr(sending, "TIMEOUT", 30)
    later(two, 1)
    assert deliver(two, smtp.url) == 2
    ids = {mail["Message-ID"] for mail in smtp.to("ada@example.org")}
    assert (len(ids), len(smtp.to("ada@example.org")) <= 2, len(smtp.to("bo@example.org"))) == (1, True, 1)
    assert states(two) == [MessageState.SENT] * 2


def test_dropped_after_the_data(two: Season, smtp: Smtp) -> None:
    smtp.drop_after_data = True
    assert deliver(two, smtp.url) == 0
    assert states(two) == [MessageState.QUEUED] * 2
    assert "Disconnected" in two.client(two.olga).page("/sbm2022/organize/outbox")
    smtp.drop_after_data = False
    later(two, 1)
    assert deliver(two, smtp.url) == 2
    assert [len(smtp.to(f"{name}@example.org")) for name in ("ada", "bo")] == [2, 1]
    assert len({mail["Message-ID"] for mail in smtp.to("ada@example.org")}) == 1
    assert clock.real() == BEFORE + timedelta(minutes=1)
