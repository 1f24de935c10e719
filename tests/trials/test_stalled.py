"""Uploads that stop in the middle hold nobody up."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from werkzeug.test import EnvironBuilder

from bench.measure import Client
from tests.season import PDF, open_served_season
from tests.servers import Dateline
from tests.submissions.door import HOME, fields, file, hidden, submission

STALLED = 5_000_000  # bytes that are announced and never come


@contextmanager
def stalled(port: int, count: int, path: str, cookie: str = "") -> Iterator[None]:
    """So many uploads to this address that have stopped after 100,000 bytes."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: session={cookie}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {STALLED}\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="paper"; filename="p.pdf"\r\n\r\n'
    )
    with ExitStack() as stack:
        for _ in range(count):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", port), 60))
            one.sendall(head.encode() + b"x" * 100_000)
        yield


@pytest.mark.parametrize("count", [40, 250])  # as many as are feared; more than waitress takes unless told
def test_others_are_still_answered(serve: Callable[..., Dateline], count: int) -> None:
    server = serve(DATELINE_WORKER=0, DATELINE_THREADS=2, DATELINE_STOP_SECONDS=0)
    with stalled(server.port, count, "/sign-in"):
        for page in ("/sign-in", "/healthz", "/sign-in"):
            with urlopen(server.url + page, timeout=60) as answer:
                assert answer.status == 200
    server.stop()
    assert server.process.returncode == 0


def test_another_author_submits_meanwhile(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_served_season(tmp_path / "data", sqlite_url, monkeypatch) as season:
        port = season.app.config["DATELINE"].port
        ada, bo = (season.client(person).get_cookie("session") for person in (season.ada, season.bo))
        assert ada
        assert bo
        with stalled(port, 40, f"{HOME}/new", ada.value):
            client = Client(port, bo.value)
            page = client.ask("GET", f"{HOME}/new").decode()
            keys = {name: hidden(page, name) for name in ("csrf_token", "form_key")}
            typed = fields([["Bo Brandt", "bo@example.org", ""]], **keys, paper=file(PDF))
            with EnvironBuilder(method="POST", data=typed).get_request() as form:
                kind = {"Content-Type": form.headers["Content-Type"]}
                client.ask("POST", f"{HOME}/new", form.get_data(), status=303, headers=kind)
            client.connection.close()
        (version,) = submission(season).versions
        assert season.store.path(str(version.paper_sha256)).read_bytes() == PDF
