"""Backup and restore as processes of their own: restored is equal, and nothing is ever half there."""

import hashlib
import json
import os
import stat
import subprocess
import sys
import tarfile
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, create_engine, insert, select

from cli import archive
from tests.season import PDF, Season
from tests.servers import ROOT, Dateline, PostgreSQL, wait_until
from tests.submissions import door


def environ(data: Path, url: str) -> dict[str, str]:
    return {"DATELINE_DATA": str(data), "DATABASE_URL": url, "PATH": os.environ["PATH"]}


def run(*command: object, data: Path, url: str) -> "subprocess.CompletedProcess[str]":
    whole = [sys.executable, "-m", "cli", *map(str, command)]
    return subprocess.run(whole, cwd=ROOT, env=environ(data, url), capture_output=True, text=True)


def rows(url: str) -> dict[str, list[Any]]:
    """Every row of every table."""
    engine = create_engine(url)
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        found = {
            name: sorted(map(repr, connection.execute(select(table))))
            for name, table in metadata.tables.items()
        }
    engine.dispose()
    return found


def blobs(data: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (data / "files").glob("??/*")}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def url(season_on_both: Season, database_url: str) -> str:
    """The database of a season with a little of everything."""
    season = season_on_both
    paper = season.submission('Tabs\tand\nlines, "quotes" \\ and 扩散')
    season.review(season.assign(paper, season.rey), summary="Two\nlines\tand a \\N.")
    door.begin(season.client(season.ada))
    season.session.rollback()
    return database_url


@pytest.fixture
def new_url(request: pytest.FixtureRequest, url: str, tmp_path: Path) -> Iterator[str]:
    """An empty database of the same kind."""
    if url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path}/restored.db"
        return
    postgres: PostgreSQL = request.getfixturevalue("postgres")
    made = postgres.new_database()
    yield made
    postgres.drop(made)


def test_restored_is_equal_and_serves(
    season_on_both: Season,
    data: Path,
    url: str,
    new_url: str,
    tmp_path: Path,
    serve: Callable[..., Dateline],
) -> None:
    made = run("backup", tmp_path / "b.tar", data=data, url=url)
    assert (made.returncode, made.stderr) == (0, "")
    assert stat.S_IMODE((tmp_path / "b.tar").stat().st_mode) == 0o600
    new = tmp_path / "new"
    done = run("restore", tmp_path / "b.tar", data=new, url=new_url)
    assert done.returncode == 0, done.stderr
    before = rows(url)
    assert len(before["submissions"]) == 2
    assert rows(new_url) == before
    assert blobs(new) == blobs(data) != {}
    for key in ("secret.key", "receipt-keys/private.pem"):
        assert (new / key).read_bytes() == (data / key).read_bytes()
        assert stat.S_IMODE((new / key).stat().st_mode) == 0o600
    assert {path.name for path in new.iterdir()} == {"files", "receipt-keys", "secret.key"}
    server = serve(DATELINE_DATA=new, DATABASE_URL=new_url, DATELINE_WORKER=0)
    with urllib.request.urlopen(f"{server.url}/sbm2022/") as answer:
        assert "Workshop sbm2022" in answer.read().decode()
    # New rows go on after the old ones.
    engine = create_engine(new_url)
    metadata = MetaData()
    metadata.reflect(engine)
    table = metadata.tables["topics"]
    with engine.begin() as connection:
        highest = max(connection.scalars(select(table.c.id)))
        added = insert(table).values(venue_id=1, position=9, name="New").returning(table.c.id)
        assert connection.scalar(added) == highest + 1
    engine.dispose()


def test_while_authors_submit(
    season_on_both: Season, data: Path, url: str, new_url: str, tmp_path: Path
) -> None:
    """Everything acknowledged before it began is in it, and each file that it names."""
    season, stop, counted = season_on_both, threading.Event(), list[int]()
    client = season.client(season.bo)

    def submit() -> None:
        while not stop.is_set():
            counted.append(door.begin(client, PDF + b"%%%d" % len(counted)))

    thread = threading.Thread(target=submit)
    thread.start()
    try:
        wait_until(lambda: len(counted) >= 2, "submissions before the backup")
        before = list(counted)
        made = run("backup", tmp_path / "b.tar", data=data, url=url)
    finally:
        stop.set()
        thread.join()
    assert (made.returncode, made.stderr) == (0, "")
    new = tmp_path / "new"
    assert run("restore", tmp_path / "b.tar", data=new, url=new_url).returncode == 0
    engine = create_engine(new_url)
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        assert set(before) <= set(connection.scalars(select(metadata.tables["submissions"].c.number)))
        named = set(connection.scalars(select(metadata.tables["versions"].c.paper_sha256)))
    engine.dispose()
    kept = blobs(new)
    assert len(named) > 2
    assert named <= set(kept)
    assert all(hashlib.sha256(content).hexdigest() == name for name, content in kept.items())


# What follows is the same on both databases.


@pytest.fixture
def small(season: Season, tmp_path: Path) -> tuple[Path, str]:
    """Data folder and database of a season on SQLite."""
    season.submission()
    season.session.rollback()
    return tmp_path / "data", str(season.app.extensions["engine"].url)


def restored(file: Path, data: Path) -> "subprocess.CompletedProcess[str]":
    return run("restore", file, data=data, url="")


def refused(done: "subprocess.CompletedProcess[str]", sentence: str, data: Path) -> None:
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(data.glob("*"))


def test_an_interrupted_backup_leaves_nothing_with_its_name(small: tuple[Path, str], tmp_path: Path) -> None:
    data, url = small
    pipe = data / "files" / "ff" / ("f" * 64)  # the backup waits at it for bytes that never come
    pipe.parent.mkdir(exist_ok=True)
    os.mkfifo(pipe)
    folder = tmp_path / "backups"
    folder.mkdir()
    command = [sys.executable, "-m", "cli", "backup", str(folder / "b.tar")]
    process = subprocess.Popen(command, cwd=ROOT, env=environ(data, url))
    wait_until(lambda: list(folder.glob(".dateline-backup-*/backup.part")), "its beginning", 60)
    process.kill()
    process.wait()
    pipe.unlink()
    assert not (folder / "b.tar").exists()
    assert run("backup", folder / "b.tar", data=data, url=url).returncode == 0
    assert archive.read(folder / "b.tar").dialect == "sqlite"


def test_into_a_folder_it_is_named_by_the_time_and_nothing_is_overwritten(
    small: tuple[Path, str], tmp_path: Path
) -> None:
    data, url = small
    folder = tmp_path / "backups"
    folder.mkdir()
    assert run("backup", folder, data=data, url=url).returncode == 0
    (made,) = folder.iterdir()
    assert made.name.startswith("dateline-20")
    again = run("backup", made, data=data, url=url)
    assert (again.returncode, "is there already; nothing was written." in again.stderr) == (2, True)
    assert "There is no folder" in run("backup", tmp_path / "no" / "b.tar", data=data, url=url).stderr


def test_without_keys_no_secret_is_in_it_and_public_keys_are(small: tuple[Path, str], tmp_path: Path) -> None:
    data, url = small
    assert run("backup", tmp_path / "b.tar", "--without-keys", data=data, url=url).returncode == 0
    whole = (tmp_path / "b.tar").read_bytes()
    for secret in ("secret.key", "receipt-keys/private.pem"):
        assert (data / secret).read_bytes() not in whole
    (public,) = (data / "receipt-keys").glob("?" * 16 + ".pem")
    new = tmp_path / "new"
    assert restored(tmp_path / "b.tar", new).returncode == 0
    assert (new / "receipt-keys" / public.name).read_bytes() == public.read_bytes()
    assert (new / "secret.key").read_bytes() != (data / "secret.key").read_bytes()


def test_a_file_that_is_named_and_lost_is_told(small: tuple[Path, str], tmp_path: Path) -> None:
    data, url = small
    lost = hashlib.sha256(PDF).hexdigest()
    (data / "files" / lost[:2] / lost).unlink()
    made = run("backup", tmp_path / "b.tar", data=data, url=url)
    assert made.returncode == 1
    assert made.stderr == f"The file {lost} is named in the database but is not on the disk.\n"
    assert (tmp_path / "b.tar").exists()


def test_nothing_is_restored_over_something(small: tuple[Path, str], tmp_path: Path) -> None:
    data, url = small
    assert run("backup", tmp_path / "b.tar", data=data, url=url).returncode == 0
    before = blobs(data)
    done = restored(tmp_path / "b.tar", data)
    assert (done.returncode, "is not empty, so nothing was restored." in done.stderr) == (2, True)
    assert blobs(data) == before
    new = tmp_path / "new"
    refused(run("restore", tmp_path / "b.tar", data=new, url=url), "The database is not empty", new)


def test_what_is_damaged_newer_or_no_backup_is_refused(small: tuple[Path, str], tmp_path: Path) -> None:
    data, url = small
    good, bad, new = tmp_path / "b.tar", tmp_path / "bad.tar", tmp_path / "new"
    assert run("backup", good, data=data, url=url).returncode == 0
    content = good.read_bytes()

    def cannot_be_read(path: Path, sentence: str) -> None:
        with pytest.raises(archive.ArchiveError, match=sentence):
            archive.read(path)

    place = content.index(b"%PDF-1.4")
    bad.write_bytes(content[:place] + b"%PDF-1.5" + content[place + 8 :])
    refused(restored(bad, new), "is damaged: files/", new)
    bad.write_bytes(content[: content.rindex(b"manifest.json")])
    cannot_be_read(bad, "is not whole: its end is missing")
    for part in (content[:20_000], b"", b"%PDF-"):
        bad.write_bytes(part)
        cannot_be_read(bad, "cannot be read as a backup")
    cannot_be_read(tmp_path / "none.tar", "cannot be read as a backup")
    for name in ("../evil", "/tmp/evil", "files/00/../../evil", "secret.key/x"):
        with tarfile.open(bad, "w") as made:
            made.addfile(tarfile.TarInfo(name))
        cannot_be_read(bad, "does not belong into one")
    changed(good, bad, lambda said: said | {"format": 2})
    cannot_be_read(bad, "was made by a newer Dateline. Upgrade this one first.")
    changed(good, bad, lambda said: said | {"revision": "9999"})
    refused(restored(bad, new), "made by a newer Dateline. Upgrade this one first.", new)
    changed(good, bad, lambda said: said | {"dialect": "postgresql"})
    refused(restored(bad, new), "This backup is of PostgreSQL", new)


def changed(good: Path, bad: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """The backup with another manifest."""
    with tarfile.open(good) as old, tarfile.open(bad, "w") as made:
        for info in old:
            file = old.extractfile(info)
            assert file is not None
            if info.name == "manifest.json":
                content = json.dumps(change(json.loads(file.read()))).encode()
                (bad.parent / "manifest").write_bytes(content)
                made.add(bad.parent / "manifest", "manifest.json")
            else:
                made.addfile(info, file)


def test_a_backup_of_an_older_schema_is_brought_to_the_newest(tmp_path: Path) -> None:
    from alembic import command

    from cli import db

    data = tmp_path / "old"
    data.mkdir()
    url = f"sqlite:///{data}/dateline.db"
    command.upgrade(db.alembic_config(url), "0001")
    assert run("backup", tmp_path / "b.tar", data=data, url=url).returncode == 0
    assert archive.read(tmp_path / "b.tar").revision == "0001"
    new = tmp_path / "new"
    assert restored(tmp_path / "b.tar", new).returncode == 0
    db.upgrade(f"sqlite:///{tmp_path}/fresh.db")
    assert archive.revision_of(f"sqlite:///{new}/dateline.db") == archive.revision_of(
        f"sqlite:///{tmp_path}/fresh.db"
    )
