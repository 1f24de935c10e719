"""What a backup is: one tar of the database as it was at one moment, the files that it names, the keys, and a manifest.

The database is copied first, at one moment; then the files. A row names a file only when it is durable, and what a row
names stays, so each file that the copy names is there. The manifest comes last: size and SHA-256 of all.
"""

import hashlib
import io
import json
import os
import re
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import psycopg
from psycopg import sql
from sqlalchemy import MetaData, Table, create_engine, inspect, make_url, text

from core.config import ConfigError
from core.files import sync_folder
from core.signing import PRIVATE

FORMAT = 1
NAME = re.compile(
    r"manifest\.json|database/[a-z_]+(\.db|\.copy)|files/[0-9a-f]{2}/[0-9a-f]{64}|secret\.key|"
    r"receipt-keys/([0-9a-f]{16}|private)\.pem"
)
SECRETS = ("secret.key", f"receipt-keys/{PRIVATE}")


class ArchiveError(ConfigError):
    """Cannot be made or read; str() is a sentence."""


@dataclass
class Manifest:
    """What a backup holds: of which database and schema, and (bytes, SHA-256) of each file."""

    dialect: str
    revision: str
    made_at: str
    tables: list[str] = field(default_factory=list)
    files: dict[str, tuple[int, str]] = field(default_factory=dict)


def revision_of(url: str) -> str | None:
    """The schema's revision; None when the database has no tables of ours."""
    engine = create_engine(url)
    try:
        if not inspect(engine).has_table("alembic_version"):
            return None
        with engine.connect() as connection:
            return str(connection.scalar(text("SELECT version_num FROM alembic_version")))
    finally:
        engine.dispose()


def is_empty(url: str) -> bool:
    """Whether the database holds no table at all; a SQLite file that isn't there is made by asking."""
    engine = create_engine(url)
    try:
        return not inspect(engine).get_table_names()
    finally:
        engine.dispose()


def write(target: Path, data: Path, url: str, made_at: str, *, with_keys: bool) -> tuple[Manifest, list[str]]:
    """Write a backup; it has its name only when it is whole. Returns what is in it, and the files that are missing."""
    revision = revision_of(url)
    if revision is None:
        raise ArchiveError("The database has no tables yet: there is nothing to back up.")
    manifest = Manifest(make_url(url).get_backend_name(), revision, made_at)
    with tempfile.TemporaryDirectory(prefix=".dateline-backup-", dir=target.parent) as folder:
        part = Path(folder) / "backup.part"
        with tarfile.open(part, "w") as archive:
            copy = Path(folder) / "database"
            copy.mkdir()
            _copy_database(url, copy, manifest)
            for path in sorted(copy.iterdir()):
                _add(archive, manifest, f"database/{path.name}", path)
            # Also what was set aside: a row may have named it since.
            for path in sorted((data / "files").glob("**/" + "[0-9a-f]" * 64)):
                name = f"files/{path.name[:2]}/{path.name}"
                if name not in manifest.files:
                    with suppress(FileNotFoundError):  # what no row names may go, or move, at any time
                        _add(archive, manifest, name, path)
            for path in (data / "secret.key", *sorted((data / "receipt-keys").glob("*.pem"))):
                name = str(path.relative_to(data))
                if path.exists() and (with_keys or name not in SECRETS):
                    _add(archive, manifest, name, path)
            content = json.dumps({"format": FORMAT, **vars(manifest)}).encode()
            info = tarfile.TarInfo("manifest.json")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
            missing = _missing(copy, manifest)
        part.chmod(0o600)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
    sync_folder(target.parent)
    return manifest, missing


def read(path: Path) -> Manifest:
    """What is in a backup, after a look at every byte of it. Raises ArchiveError."""
    found: dict[str, tuple[int, str]] = {}
    said: dict[str, Any] | None = None
    try:
        with tarfile.open(path, "r:") as archive:
            for info in archive:
                if (
                    said is not None
                    or not info.isfile()
                    or not NAME.fullmatch(info.name)
                    or info.name in found
                ):
                    raise ArchiveError(
                        f"{path} is no backup of Dateline: {info.name!r} does not belong into one."
                    )
                with _opened(archive, info) as file:
                    if info.name == "manifest.json":
                        said = json.loads(file.read())
                    else:
                        found[info.name] = (info.size, hashlib.file_digest(file, "sha256").hexdigest())
    except (tarfile.TarError, OSError, ValueError, EOFError) as error:
        raise ArchiveError(f"{path} cannot be read as a backup: {error}.") from None
    if said is None:
        raise ArchiveError(f"{path} is not whole: its end is missing.")
    if said.pop("format") != FORMAT:
        raise ArchiveError(f"{path} was made by a newer Dateline. Upgrade this one first.")
    said["files"] = {name: (size, sha256) for name, (size, sha256) in said["files"].items()}
    if said["files"] != found:
        wrong = sorted(set(found.items()) ^ set(said["files"].items()))[0][0]
        raise ArchiveError(f"{path} is damaged: {wrong} is not what was written.")
    return Manifest(**said)


def extract(path: Path, data: Path) -> Path:
    """Write files and keys into the data folder; the folder with the database's copy is the caller's to remove."""
    copy = Path(tempfile.mkdtemp(prefix=".restore-", dir=data))
    with tarfile.open(path, "r:") as archive:
        for info in archive:
            kind, _, rest = info.name.partition("/")
            target = copy / rest if kind == "database" else data / info.name
            if info.name == "manifest.json" or not NAME.fullmatch(info.name):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as out, _opened(archive, info) as file:
                while chunk := file.read(1 << 20):
                    out.write(chunk)
                out.flush()
                os.fsync(descriptor)
    return copy


def load_sqlite(copy: Path, url: str) -> None:
    """Put the copy into the place of the database, which has no tables."""
    database = make_url(url).database
    assert database
    with sqlite3.connect(copy / "dateline.db") as kept, sqlite3.connect(database) as live:
        kept.backup(live)
    kept.close()
    live.close()


def load_postgres(copy: Path, url: str, tables: Iterable[str]) -> None:
    """Fill the tables of a database that has them, empty, in the schema of the backup; all or nothing."""
    with _postgres(url) as connection:
        for name in tables:
            target = sql.Identifier(name)
            with connection.cursor() as cursor:
                cursor.execute(
                    sql.SQL("DELETE FROM {}").format(target)
                )  # what a migration may have put there
                with (copy / f"{name}.copy").open("rb") as file:
                    columns = _identifiers(json.loads(file.readline()))
                    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(target, columns)) as into:
                        while chunk := file.read(1 << 20):
                            into.write(chunk)
                _restart_numbers(cursor, name)


def _restart_numbers(cursor: "psycopg.Cursor[Any]", table: str) -> None:
    """Let new rows go on after the highest number that is there."""
    query = (
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_default LIKE %s"
    )
    for (column,) in cursor.execute(query, [table, "nextval(%"]).fetchall():
        highest = sql.SQL(
            "SELECT setval(pg_get_serial_sequence(%s, %s), COALESCE((SELECT max({}) FROM {}), 0) + 1, false)"
        )
        cursor.execute(highest.format(sql.Identifier(column), sql.Identifier(table)), [table, column])


def _opened(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Any:
    return archive.extractfile(info)


def _add(archive: tarfile.TarFile, manifest: Manifest, name: str, path: Path) -> None:
    """Put a file into the archive, hashed as it is read: the manifest tells what is in there."""
    with path.open("rb") as file:
        info = tarfile.TarInfo(name)
        info.size = os.fstat(file.fileno()).st_size
        hashing = _Hashing(file)
        archive.addfile(info, hashing)
    manifest.files[name] = (info.size, hashing.digest.hexdigest())


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self.file.read(size)
        self.digest.update(content)
        return content


def _copy_database(url: str, folder: Path, manifest: Manifest) -> None:
    tables = _tables(url)
    manifest.tables = [table.name for table in tables if table.name != "alembic_version"]
    if manifest.dialect == "sqlite":
        with sqlite3.connect(str(make_url(url).database), timeout=60) as live:
            live.execute("VACUUM INTO ?", (str(folder / "dateline.db"),))
        live.close()
        return
    with _postgres(url) as connection:
        # One moment for all tables, and nobody waits for it.
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for table in tables:
            if table.name == "alembic_version":
                continue
            names = [column.name for column in table.columns]
            with (folder / f"{table.name}.copy").open("wb") as file, connection.cursor() as cursor:
                file.write(json.dumps(names).encode() + b"\n")
                query = sql.SQL("COPY {} ({}) TO STDOUT").format(
                    sql.Identifier(table.name), _identifiers(names)
                )
                with cursor.copy(query) as copied:
                    for chunk in copied:
                        file.write(chunk)


def _tables(url: str) -> list[Table]:
    """The tables as they are, those that others refer to first."""
    engine = create_engine(url)
    try:
        metadata = MetaData()
        metadata.reflect(engine)
        return metadata.sorted_tables
    finally:
        engine.dispose()


def _missing(copy: Path, manifest: Manifest) -> list[str]:
    """The files that rows name and the backup lacks."""
    held = {name.rpartition("/")[2] for name in manifest.files if name.startswith("files/")}
    return sorted(set(_named(copy, manifest)) - held)


def _named(copy: Path, manifest: Manifest) -> Iterator[str]:
    if manifest.dialect == "sqlite":
        with sqlite3.connect(copy / "dateline.db") as kept:
            for table in manifest.tables:
                columns = [row[1] for row in kept.execute(f'PRAGMA table_info("{table}")')]
                for column in (name for name in columns if name.endswith("sha256")):
                    query = f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL'  # noqa: S608
                    yield from (row[0] for row in kept.execute(query))
        kept.close()
        return
    for table in manifest.tables:
        with (copy / f"{table}.copy").open(encoding="utf-8", newline="\n") as file:
            columns = json.loads(file.readline())
            places = [place for place, name in enumerate(columns) if name.endswith("sha256")]
            for line in file if places else ():
                values = line.rstrip("\n").split("\t")
                yield from (values[place] for place in places if values[place] != "\\N")


def _postgres(url: str) -> "psycopg.Connection[Any]":
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain)


def _identifiers(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))
