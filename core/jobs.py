"""Background work in a table of the same database: put inside the act's transaction, claimed under a lease, retried.

A job can run twice (its worker died after the work and before the mark), so every job is written to do no harm the
second time. All times here are real: leases and retries do not follow the season's clock.
"""

import threading
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Index, Select, and_, func, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column, sessionmaker
from structlog.contextvars import bound_contextvars

from core import clock, logs
from core.db import Base, Id, transaction

LEASE = timedelta(seconds=60)
RETRY_AFTER = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30))
URGENT = 0  # the priority of what somebody waits for
LATER = 1  # the priority of what thousands may ask for in an hour, and of what nobody waits for
SILENT_AFTER = timedelta(minutes=2)  # without a report, the worker is said to be away
log = logs.get(__name__)

JobFunction = Callable[..., None]


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """One piece of work: which function, with what, when, and how it went."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_state_priority_run_at", "state", "priority", "run_at", "id"),)
    id: Mapped[Id]
    name: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    key: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[JobState] = mapped_column(default=JobState.QUEUED)
    priority: Mapped[int] = mapped_column(default=URGENT)  # of those that are due, the smallest runs first
    run_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    worker: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")
    finished_at: Mapped[datetime | None]


class Worker(Base):
    """A sign of life: organizers are told when no worker has reported for two minutes."""

    __tablename__ = "workers"
    name: Mapped[str] = mapped_column(primary_key=True)
    reported_at: Mapped[datetime]


def enqueue(
    session: Session,
    name: str,
    *,
    key: str | None = None,
    run_at: datetime | None = None,
    priority: int = URGENT,
    **arguments: Any,
) -> None:
    """Put a job into the caller's transaction. A job with a key that was ever used is not put again."""
    if key is not None and session.scalar(select(Job.id).where(Job.key == key)) is not None:
        return
    session.add(
        Job(name=name, arguments=arguments, key=key, run_at=run_at or clock.real(), priority=priority)
    )


def claim(session: Session, worker: str) -> Job | None:
    """Take a job whose worker died, or the next that is due, under a lease. Its own transaction."""
    real = clock.real()
    # Each is found by its index, however many wait.
    in_order = select(Job.id).order_by(Job.priority, Job.run_at, Job.id)
    abandoned = in_order.where(Job.state == JobState.RUNNING, Job.lease_until < real)
    due = in_order.where(Job.state == JobState.QUEUED, Job.run_at <= real)
    first = first_of(abandoned, due)
    if (
        session.scalar(select(first)) is None
    ):  # a cheap look first, so that an idle worker takes no write lock
        session.rollback()
        return None
    with transaction(session):
        job = session.scalar(
            update(Job)
            .where(Job.id == first_of(abandoned, due, is_locking=True))
            .values(
                state=JobState.RUNNING, worker=worker, lease_until=real + LEASE, attempts=Job.attempts + 1
            )
            .returning(Job)
        )
        if job is not None:
            session.expunge(job)
    return job


def first_of(*queries: Select[int], is_locking: bool = False) -> ColumnElement[int]:
    """The first id that the first of these queries with any finds; locked, past what other workers have locked."""
    firsts = [query.limit(1) for query in queries]
    if is_locking:
        firsts = [query.with_for_update(skip_locked=True) for query in firsts]
    return func.coalesce(*(query.scalar_subquery() for query in firsts))


def longest_wait(session: Session, priority: int) -> timedelta:
    """For how long the oldest job of this priority that is due has been due."""
    real = clock.real()
    queued = and_(Job.state == JobState.QUEUED, Job.run_at <= real)
    abandoned = and_(Job.state == JobState.RUNNING, Job.lease_until < real)
    due = Job.priority == priority, or_(queued, abandoned)
    oldest = session.scalar(select(func.min(Job.run_at)).where(*due))
    return real - oldest if oldest else timedelta()


def count_by_state(session: Session) -> dict[str, int]:
    """How many jobs there are in each state."""
    query = select(Job.state, func.count()).group_by(Job.state)
    counted = {row[0]: row[1] for row in session.execute(query)}
    return {state.value: counted.get(state, 0) for state in JobState}


def run_next(sessions: sessionmaker[Session], functions: Mapping[str, JobFunction], worker: str) -> bool:
    """Run one job that is due; False when there was none.

    The function gets its own session and the job's arguments; it opens its own transactions. An exception puts the job
    back with a growing delay, and after the last try marks it failed.
    """
    with sessions() as session:
        job = claim(session, worker)
    if job is None:
        return False
    if job.attempts > len(RETRY_AFTER) + 1:
        _finish(sessions, job, worker, "Its worker died each time.")
        return True
    stop = threading.Event()
    heart = threading.Thread(target=_keep_lease, args=(sessions, job.id, worker, stop), daemon=True)
    heart.start()
    error = ""
    try:
        with bound_contextvars(job=job.id), sessions() as session:
            functions[job.name](session, **job.arguments)
    except Exception:
        error = traceback.format_exc(limit=20)
        log.exception("job failed", job=job.id, name=job.name, attempt=job.attempts)
    else:
        log.info("job done", job=job.id, name=job.name, attempt=job.attempts)
    finally:
        stop.set()
        heart.join()
    _finish(sessions, job, worker, error)
    return True


def _finish(sessions: sessionmaker[Session], job: Job, worker: str, error: str) -> None:
    real = clock.real()
    values: dict[str, Any] = {"lease_until": None, "last_error": error}
    if not error:
        values |= {"state": JobState.DONE, "finished_at": real}
    elif job.attempts <= len(RETRY_AFTER):
        values |= {"state": JobState.QUEUED, "run_at": real + RETRY_AFTER[job.attempts - 1]}
    else:
        values |= {"state": JobState.FAILED, "finished_at": real}
    with sessions() as session, transaction(session):
        still_ours = and_(Job.id == job.id, Job.worker == worker, Job.state == JobState.RUNNING)
        session.execute(update(Job).where(still_ours).values(**values))


def _keep_lease(sessions: sessionmaker[Session], job_id: int, worker: str, stop: threading.Event) -> None:
    while not stop.wait(LEASE.total_seconds() / 3):
        ours = and_(Job.id == job_id, Job.worker == worker)
        try:
            with sessions() as session, transaction(session):
                session.execute(update(Job).where(ours).values(lease_until=clock.real() + LEASE))
        except OperationalError:  # locked for longer than anybody waits: there is time for another beat
            log.warning("lease not kept", job=job_id)


def report(session: Session, worker: str) -> None:
    """Note that this worker is alive. Its own transaction."""
    with transaction(session):
        session.merge(Worker(name=worker, reported_at=clock.real()))


def last_report(session: Session) -> datetime | None:
    """When any worker last reported."""
    return session.scalar(select(Worker.reported_at).order_by(Worker.reported_at.desc()).limit(1))
