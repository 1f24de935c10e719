"""Whether this deployment can do its work: each part with a sentence that tells nothing secret."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from time import monotonic

from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core import clock, jobs, logs
from mail import sending

MIGRATIONS = Path(__file__).parent.parent / "migrations"
LONGEST_WAIT = timedelta(minutes=5)  # for a job or letter that is due
LONGEST_LATER = timedelta(hours=1)  # for what may wait: the hour before a deadline brings thousands of files
KEPT = 1.0  # seconds: whoever asks more often gets the last answer, and cannot wear the disk out
log = logs.get(__name__)


@dataclass(frozen=True)
class Check:
    """One part: whether it is well, a sentence, and a number of seconds where there is one."""

    is_well: bool
    sentence: str
    seconds: float | None = None


class Readiness:
    """The checks of one app; asked again after a second."""

    def __init__(self, app: Flask) -> None:
        self._app, self._lock = app, threading.Lock()
        self._at, self._found = 0.0, dict[str, Check]()

    def checks(self) -> dict[str, Check]:
        """Every part's check, by its name."""
        with self._lock:
            if not self._found or monotonic() - self._at > KEPT:
                self._found, self._at = self._look(), monotonic()
            return self._found

    def _look(self) -> dict[str, Check]:
        found = {"files": self._files()}
        try:
            with self._app.extensions["sessions"]() as session:
                found |= {"migrations": _migrations(session), "jobs": _jobs(session)}
                found |= {"later": _later(session)}
                found |= {"letters": self._letters(session), "worker": _worker(session)}
        except SQLAlchemyError as error:
            log.error("the database does not answer", error=logs.describe(error))
            found["database"] = Check(False, "The database does not answer.")
        else:
            found["database"] = Check(True, "The database answers.")
        return found

    def _files(self) -> Check:
        try:
            self._app.extensions["store"].try_to_write()
        except OSError as error:
            log.error("the file store cannot be written to", error=logs.describe(error))
            return Check(False, "The file store cannot be written to.")
        return Check(True, "The file store can be written to.")

    def _letters(self, session: Session) -> Check:
        waits = sending.longest_wait(session)
        if not self._app.config["DATELINE"].smtp:
            return Check(True, "Letters wait in the outbox: DATELINE_SMTP is not set.", waits.total_seconds())
        return _queue("letter", waits)


def _migrations(session: Session) -> Check:
    if MigrationContext.configure(session.connection()).get_current_revision() != head():
        return Check(False, "The database has another schema than this code: run ./dateline db upgrade.")
    return Check(True, "The database has this code's schema.")


@cache
def head() -> str | None:
    """The newest migration of this code."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head()


def _jobs(session: Session) -> Check:
    return _queue("job", jobs.longest_wait(session, jobs.URGENT))


def _later(session: Session) -> Check:
    waits = jobs.longest_wait(session, jobs.LATER)
    seconds = waits.total_seconds()
    if waits > LONGEST_LATER:
        return Check(
            False,
            "What may wait, such as a PDF to be looked at, waits for more than an hour: start another worker.",
            seconds,
        )
    return Check(
        True, "Nothing that may wait, such as a PDF to be looked at, waits for more than an hour.", seconds
    )


def _queue(what: str, waits: timedelta) -> Check:
    seconds = waits.total_seconds()
    if waits > LONGEST_WAIT:
        return Check(False, f"A {what} that is due waits for more than five minutes.", seconds)
    return Check(True, f"No {what} that is due waits for more than five minutes.", seconds)


def _worker(session: Session) -> Check:
    reported: datetime | None = jobs.last_report(session)
    if reported is None:
        return Check(False, "No worker has ever reported.")
    silent = clock.real() - reported
    if silent > jobs.SILENT_AFTER:
        return Check(False, "No worker has reported for two minutes.", silent.total_seconds())
    return Check(True, "A worker has reported within two minutes.", silent.total_seconds())
