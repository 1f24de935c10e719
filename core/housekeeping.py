"""Stored files that no row ever named are removed: uploads whose form was never saved, leftovers of killed processes.

A save and this tidying may meet. A save freshens the file's time before its transaction begins (`DiskStore.put`,
`keep`), and a young file is left alone; its time is looked at again once the file was set aside, and a fresh one is
brought back. What was set aside is removed a day later, unless a row has named it since.
"""

import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock, jobs, logs
from core.db import Base, transaction
from core.files import DiskStore

JOB = "tidy_files"
ASIDE = timedelta(days=1)
SUFFIX = "sha256"  # whoever refers to a file does it in a column named so
AT_ONCE = 300
log = logs.get(__name__)


def order(session: Session) -> None:
    """Have the worker tidy once a day. Its own transaction."""
    with transaction(session):
        jobs.enqueue(session, JOB, key=f"{JOB} {clock.real().toordinal()}", priority=jobs.LATER)


def tidy(session: Session, store: DiskStore, *, wait: timedelta) -> None:
    """Set aside what no row names and nobody has touched for `wait`; remove what was set aside a day ago."""
    real = clock.real()
    for names in _batches(store.aside()):
        named = _named(session, names)
        for name in names:
            if name in named:
                store.bring_back(name)
            else:
                store.remove_aside(name, before=real - ASIDE)
    aside = 0
    for names in _batches(store.older_than(real - wait)):
        for name in set(names) - _named(session, names):
            aside += store.set_aside(name, at=real, before=real - wait)
    leftovers = list(_older(store.incoming, real - ASIDE))
    for path in leftovers:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    log.info("files tidied", set_aside=aside, leftovers=len(leftovers))


def _named(session: Session, names: Iterable[str]) -> set[str]:
    """Those that a row of any table names."""
    found: set[str] = set()
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if column.name.endswith(SUFFIX):
                found |= set(session.scalars(select(column).where(column.in_(names)).distinct()))
    session.rollback()
    return found


def _batches(names: Iterable[str]) -> Iterator[list[str]]:
    names = list(names)
    for start in range(0, len(names), AT_ONCE):
        yield names[start : start + AT_ONCE]


def _older(folder: Path, before: datetime) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.stat().st_mtime < before.timestamp():
            yield path
