"""./dateline restore FILE"""

import argparse
import os
import shutil
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import make_url

import core.config
from cli import archive, db
from core.config import ConfigError


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="what ./dateline backup wrote")
    parser.epilog = "Into the data folder and database of the environment; both must be empty."


def run(args: argparse.Namespace) -> int:
    """Look at every byte of the backup, then put it where nothing is, and bring it to the newest schema."""
    manifest = archive.read(args.file)
    data = core.config.data_folder(os.environ)
    if data.exists() and any(data.iterdir()):
        raise ConfigError(
            f"{data} is not empty, so nothing was restored. Name another folder in DATELINE_DATA."
        )
    data.mkdir(parents=True, exist_ok=True)
    url = core.config.database_url(os.environ, data)
    if make_url(url).get_backend_name() != manifest.dialect:
        kind = "SQLite" if manifest.dialect == "sqlite" else "PostgreSQL"
        raise ConfigError(f"This backup is of {kind}, and DATABASE_URL names another kind of database.")
    alembic = db.alembic_config(url)
    known = {script.revision for script in ScriptDirectory.from_config(alembic).walk_revisions()}
    if manifest.revision not in known:
        raise ConfigError("This backup was made by a newer Dateline. Upgrade this one first.")
    if not archive.is_empty(url):
        raise ConfigError("The database is not empty, so nothing was restored. Make a new one.")
    copy = archive.extract(args.file, data)
    if manifest.dialect == "sqlite":
        archive.load_sqlite(copy, url)
    else:
        command.upgrade(alembic, manifest.revision)
        archive.load_postgres(copy, url, manifest.tables)
    shutil.rmtree(copy)
    command.upgrade(alembic, "head")
    core.config.read()  # makes the keys that a backup without them lacks
    blobs = sum(name.startswith("files/") for name in manifest.files)
    print(f"{data}: {len(manifest.tables)} tables and {blobs} files as they were at {manifest.made_at}")
    return 0
