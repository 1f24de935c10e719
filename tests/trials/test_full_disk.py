"""A disk of a few megabytes that fills up: a clear sentence, nothing half-stored, and on it goes once there is room."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.season import PDF, Season, make_app, open_season
from tests.servers import Dateline, wait_until
from tests.submissions.door import HOME
from tests.submissions.test_sockets import keep_open, upload

# A file system of its own, which this process alone sees and which goes with it.
SMALL = """
mount -t tmpfs -o size=16m tmpfs "$DATELINE_DATA" && cp -a "$0/." "$DATELINE_DATA" && exec "$@"
"""


@pytest.fixture
def season(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Season]:
    """The season as it is when the server starts on a copy of it."""
    prepared = tmp_path / "prepared"
    prepared.mkdir()
    shutil.move(tmp_path / "dateline.db", prepared)
    with open_season(make_app(prepared, f"sqlite:///{prepared / 'dateline.db'}"), monkeypatch) as made:
        yield made


@pytest.fixture
def server(season: Season, serve: Callable[..., Dateline], tmp_path: Path) -> Dateline:
    # As another user than root, in a user namespace.
    apart = ("--mount",) if os.geteuid() == 0 else ("--mount", "--user", "--map-root-user")
    keep_open(season)
    return serve(inside=("unshare", *apart, "sh", "-c", SMALL, str(tmp_path / "prepared")), DATELINE_WORKER=0)


def post(season: Season, server: Dateline, content: bytes, key: str = "k") -> tuple[int, str]:
    """Send ada's form with this file; the status and the page."""
    connection, headers, body = upload(season, server, content, key=key)
    connection.request("POST", f"{HOME}/new", body, headers)
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    return answer.status, page


def readiness(server: Dateline) -> str:
    try:
        with urlopen(f"{server.url}/readyz", timeout=30) as answer:
            return str(answer.read().decode())
    except HTTPError as error:
        return error.read().decode()


def fill(path: Path) -> None:
    """Take all the room there is."""
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def test_a_full_disk(season: Season, server: Dateline, tmp_path: Path) -> None:
    disk = Path(f"/proc/{server.process.pid}/root{tmp_path / 'data'}")

    def ask(query: str) -> list[str]:
        """A column of a copy of the server's database: SQLite itself would not look into the other file system."""
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for path in disk.glob("dateline.db*"):
            shutil.copy(path, copy)
        with closing(sqlite3.connect(copy / "dateline.db")) as database:
            return [row[0] for row in database.execute(query)]

    def state() -> tuple[list[str], list[str], int]:
        """The titles of versions, what lies in the store's entrance, how many files there are."""
        store = disk / "files"
        entrance = [path.name for path in (store / "incoming").iterdir()]
        return ask("SELECT title FROM versions"), entrance, len(list(store.glob("??/*")))

    says = "The server could not store the file: its disk refused it. Nothing was saved."
    status, page = post(season, server, PDF + b" " * (24 << 20))
    assert (status, says in page, 'value="On scores"' in page) == (507, True, True)
    assert state() == ([], [], 0)

    assert post(season, server, PDF + b" " * 1000)[0] == 303
    assert state() == (["On scores"], [], 1)

    fill(disk / "filler")
    status, page = post(season, server, PDF + b" " * (1 << 20), key="l")
    assert (status, "Nothing was saved" in page, 'value="On scores"' in page) == (507, True, True)
    assert state() == (["On scores"], [], 1)
    assert "The file store cannot be written to." in readiness(server)

    (disk / "filler").unlink()
    assert post(season, server, PDF + b" " * 2000, key="l")[0] == 303
    assert state() == (["On scores"] * 2, [], 2)
    # The answer is kept for a second.
    wait_until(lambda: "The file store can be written to." in readiness(server), "store that is well again")
    assert ask("PRAGMA integrity_check") == ["ok"]
