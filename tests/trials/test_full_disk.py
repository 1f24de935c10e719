"""A disk of a few megabytes that fills up: a clear sentence, nothing half-stored, and on it goes once there is room."""

import http.client
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from submissions.models import Version
from tests.season import PDF, Season, make_app, open_season
from tests.servers import Dateline
from tests.submissions.door import HOME
from tests.submissions.test_sockets import upload

# A file system of its own, seen by this process only; it goes with it. As another user than root, in a user namespace.
SMALL = """
mount -t tmpfs -o size=16m tmpfs "$DATELINE_DATA" && exec "$@"
"""


@pytest.fixture
def server(serve: Callable[..., Dateline]) -> Dateline:
    apart = ("--mount",) if os.geteuid() == 0 else ("--mount", "--user", "--map-root-user")
    return serve(inside=("unshare", *apart, "sh", "-c", SMALL, "sh"), DATELINE_WORKER=0)


@pytest.fixture
def disk(server: Dateline, tmp_path: Path) -> Path:
    """The small disk, as the server sees it."""
    return Path(f"/proc/{server.process.pid}/root{tmp_path / 'data'}")


@pytest.fixture
def season(disk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Season]:
    app = make_app(disk, f"sqlite:///{disk / 'dateline.db'}")
    with open_season(app, monkeypatch) as made:
        yield made


def post(season: Season, server: Dateline, content: bytes) -> tuple[int, str]:
    """Send ada's form with this file; the status and the page."""
    connection, headers, body = upload(season, server, content)
    connection.request("POST", f"{HOME}/new", body, headers)
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    return answer.status, page


def is_ready(server: Dateline) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/readyz")
    page = connection.getresponse().read().decode()
    connection.close()
    return page


def fill(path: Path) -> None:
    """Take all the room there is."""
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def test_a_full_disk(season: Season, server: Dateline, disk: Path) -> None:
    def state() -> tuple[list[str], list[str], int]:
        """The titles of versions, what lies in the store's entrance, how many files there are."""
        season.session.rollback()
        titles = list(season.session.scalars(select(Version.title)))
        store = disk / "files"
        return titles, [path.name for path in (store / "incoming").iterdir()], len(list(store.glob("??/*")))

    says = "The server could not store the file: its disk refused it. Nothing was saved."
    status, page = post(season, server, PDF + b" " * (24 << 20))
    assert (status, says in page, 'value="On scores"' in page) == (507, True, True)
    assert state() == ([], [], 0)

    assert post(season, server, PDF + b" " * 1000)[0] == 303
    assert state() == (["On scores"], [], 1)

    fill(disk / "filler")
    status, page = post(season, server, PDF + b" " * (1 << 20))
    assert (status, "Nothing was saved" in page, 'value="On scores"' in page) == (507, True, True)
    assert state() == (["On scores"], [], 1)
    assert "The file store cannot be written to." in is_ready(server)

    (disk / "filler").unlink()
    assert post(season, server, PDF + b" " * 2000)[0] == 303
    assert state() == (["On scores"] * 2, [], 2)
    assert "The file store can be written to." in is_ready(server)
    with closing(sqlite3.connect(disk / "dateline.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
