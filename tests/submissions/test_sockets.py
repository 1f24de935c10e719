"""Uploads over the real server: slow sockets across the deadline, whole rows and files after a killed process."""

import http.client
import re
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.test import EnvironBuilder, encode_multipart

from submissions.models import State, Version
from tests.season import BEFORE, CLOSED, LAST_SECOND, PDF, Season, make_app, open_season
from tests.servers import Dateline, free_port, wait_until
from tests.submissions.door import HOME, fields, file, submission, versions
from venues.deadlines import DateKind
from venues.models import VenueDate
from web.server import Server

AFTER = CLOSED + timedelta(seconds=1)
WINDOW = timedelta(minutes=20)


@pytest.fixture
def season(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Season]:
    """A season on an app that listens on a port."""
    app = make_app(tmp_path / "data", sqlite_url, DATELINE_PORT=str(free_port()))
    with open_season(app, monkeypatch) as made:
        yield made


@pytest.fixture
def server(season: Season) -> Iterator[Server]:
    """Dateline's own server, in a thread."""
    made = Server(season.app, season.app.config["DATELINE"])
    thread = threading.Thread(target=made.run)
    thread.start()
    yield made
    made.stop()
    thread.join(30)
    assert not thread.is_alive()


def cookie(season: Season) -> str:
    """What ada's browser sends."""
    found = season.client(season.ada).get_cookie("session")
    assert found
    return f"session={found.value}"


def form(content: bytes = PDF, key: str = "k", **more: Any) -> tuple[str, bytes]:
    """(Content-Type, body) of the form with a file."""
    filled = EnvironBuilder(data=fields(form_key=key, paper=file(content), **more))
    boundary, body = encode_multipart(CombinedMultiDict([filled.form, filled.files]))
    filled.close()
    return f'multipart/form-data; boundary="{boundary}"', body


class SlowSocket:
    """A request whose head and body go in pieces."""

    def __init__(self, season: Season, server: Server) -> None:
        kind, self.body = form(PDF + b" " * 300_000)
        self.server = server
        self.socket = socket.create_connection(("127.0.0.1", season.app.config["DATELINE"].port), 10)
        lines = [
            f"POST {HOME}/new HTTP/1.1",
            "Host: dateline.test",
            f"Cookie: {cookie(season)}",
            f"Content-Type: {kind}",
            f"Content-Length: {len(self.body)}",
            "Connection: close",
        ]
        self.head = "\r\n".join([*lines, "", ""]).encode()

    def begin(self) -> None:
        """Send the head and half of the body, until the server has read the head."""
        self.socket.sendall(self.head[:50])
        self.socket.sendall(self.head[50:])
        self.socket.sendall(self.body[: len(self.body) // 2])
        wait_until(lambda: any(self._stamps()), "head at the server")

    def _stamps(self) -> list[datetime | None]:
        return [channel.request.arrived_at for channel in self.server.channels() if channel.request]

    def finish(self) -> bytes:
        """Send the rest; the answer's first line."""
        self.socket.sendall(self.body[len(self.body) // 2 :])
        with self.socket, self.socket.makefile("rb") as answer:
            first = answer.readline()
            answer.read()
        return first


@pytest.mark.parametrize(
    ("begun", "ended", "is_late"),
    [
        (LAST_SECOND, LAST_SECOND, False),
        (LAST_SECOND, AFTER, False),
        (LAST_SECOND, LAST_SECOND + WINDOW, False),
        (LAST_SECOND, LAST_SECOND + WINDOW + timedelta(seconds=1), True),
        (BEFORE, AFTER, True),
        (CLOSED, AFTER, True),
        (AFTER, AFTER, True),
    ],
)
def test_an_upload_counts_from_the_arrival_of_its_head(
    season: Season, server: Server, begun: datetime, ended: datetime, is_late: bool
) -> None:
    slow = SlowSocket(season, server)
    season.at(begun)
    slow.begin()
    season.at(ended)
    assert slow.finish().startswith(b"HTTP/1.1 303 ")
    made = submission(season)
    assert made.state is (State.DRAFT if is_late else State.SUBMITTED)
    (version,) = made.versions
    assert (version.is_late, version.began_at, version.saved_at) == (is_late, begun, ended)
    assert version.paper_size == len(PDF) + 300_000


def test_an_upload_that_breaks_off_leaves_nothing(season: Season, server: Server) -> None:
    slow = SlowSocket(season, server)
    slow.begin()
    slow.socket.close()
    wait_until(lambda: not server.channels(), "end of the connection")
    season.session.rollback()
    assert season.session.scalars(select(Version)).all() == []
    assert [path for path in season.store.root.rglob("*") if path.is_file()] == []


def test_a_connection_is_no_longer_one_than_its_request(season: Season, server: Server) -> None:
    """The second request on a connection has its own arrival."""
    season.at(LAST_SECOND)
    connection = http.client.HTTPConnection("127.0.0.1", season.app.config["DATELINE"].port, timeout=10)
    kind, body = form()
    for at, path in ((LAST_SECOND, f"{HOME}/new"), (AFTER, f"{HOME}/1/edit")):
        season.at(at)
        if at == AFTER:
            kind, body = form(title="Late", started_from="1")
        connection.request("POST", path, body, {"Cookie": cookie(season), "Content-Type": kind})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 303
    connection.close()
    wait_until(lambda: not server.channels(), "end of the connection")
    assert [(version.began_at, version.is_late) for version in versions(season)] == [
        (LAST_SECOND, False),
        (AFTER, True),
    ]


def keep_open(season: Season) -> None:
    """Let submission be open by the machine's own clock."""
    open_until = datetime.fromisoformat("2999-01-01T00:00:00Z")
    season.session.execute(
        update(VenueDate)
        .where(VenueDate.kind == DateKind.SUBMISSION, VenueDate.at < open_until)
        .values(at=open_until)
    )
    season.session.commit()


def upload(
    season: Season, server: Dateline, content: bytes, **more: Any
) -> tuple[http.client.HTTPConnection, dict[str, str], bytes]:
    """A connection, and what ada's browser sends on it once she has filled in the form."""
    keep_open(season)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", f"{HOME}/new", headers={"Cookie": cookie(season)})
    page = connection.getresponse()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.read().decode())
    assert token
    sent = str(page.headers["Set-Cookie"]).partition(";")[0]
    kind, body = form(content, csrf_token=token[1], **more)
    return connection, {"Cookie": sent, "Content-Type": kind}, body


def test_what_was_acknowledged_survives_a_killed_process(
    serve: Callable[..., Dateline], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(DATELINE_WORKER=0)
    app = make_app(tmp_path / "data", f"sqlite:///{tmp_path / 'data' / 'dateline.db'}")
    content = PDF + b"% kept" * 100_000
    with open_season(app, monkeypatch) as season:
        connection, headers, body = upload(season, server, content)
        connection.request("POST", f"{HOME}/new", body, headers)
        assert connection.getresponse().status == 303
        server.kill()
        connection.close()
        made = submission(season)
        assert (made.state, made.title) == (State.SUBMITTED, "On scores")
        sha256 = made.versions[0].paper_sha256
        assert sha256
        with season.store.open(sha256) as stored:
            assert stored.read() == content
