import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from core import clock, jobs
from core.db import make_sessions, transaction
from core.engine import make_engine
from core.jobs import Job, JobState
from tests.servers import ROOT, wait_until

AT = datetime(2022, 9, 26, 10, 0, tzinfo=UTC)


@pytest.fixture
def sessions(database_url: str):
    engine = make_engine(database_url)
    yield make_sessions(engine)
    engine.dispose()


def put(sessions: sessionmaker[Session], *names: str, **options: object) -> None:
    with sessions() as session, transaction(session):
        for name in names:
            jobs.enqueue(session, name, **options)  # type: ignore[arg-type]


def fail(_session: Session) -> None:
    raise ZeroDivisionError


def all_jobs(sessions: sessionmaker[Session]) -> list[Job]:
    with sessions() as session:
        return list(session.scalars(select(Job).order_by(Job.id)))


def test_a_job_runs_once_with_its_arguments(sessions: sessionmaker[Session]) -> None:
    ran: list[int] = []
    put(sessions, "add", number=3)
    functions = {"add": lambda _session, number: ran.append(number)}
    assert jobs.run_next(sessions, functions, "w") is True
    assert jobs.run_next(sessions, functions, "w") is False
    assert (ran, [job.state for job in all_jobs(sessions)]) == ([3], [JobState.DONE])


def test_the_smallest_priority_runs_first_and_what_is_equal_in_its_order(
    sessions: sessionmaker[Session],
) -> None:
    ran: list[str] = []
    put(sessions, "look", "look at another", priority=jobs.LATER)
    put(sessions, "write", "drop")
    put(sessions, "look again", priority=jobs.LATER)
    put(sessions, "tell")
    names = ("look", "look at another", "look again", "write", "drop", "tell")
    functions = {name: lambda _session, name=name: ran.append(name) for name in names}
    while jobs.run_next(sessions, functions, "w"):
        pass
    assert ran == ["write", "drop", "tell", "look", "look at another", "look again"]


def test_a_job_that_was_not_committed_does_not_exist(sessions: sessionmaker[Session]) -> None:
    with pytest.raises(ZeroDivisionError), sessions() as session, transaction(session):
        jobs.enqueue(session, "add")
        raise ZeroDivisionError
    assert all_jobs(sessions) == []


def test_a_key_is_used_once(sessions: sessionmaker[Session]) -> None:
    put(sessions, "add", "add", key="once")
    put(sessions, "add", key="once")
    assert len(all_jobs(sessions)) == 1


def test_a_failing_job_is_retried_with_growing_delays_and_then_given_up(
    sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = AT
    monkeypatch.setattr(clock, "real", lambda: real)
    put(sessions, "fail")
    waits = []
    for _ in range(5):
        assert jobs.run_next(sessions, {"fail": fail}, "w") is True
        (job,) = all_jobs(sessions)
        assert "ZeroDivisionError" in job.last_error
        if job.state == JobState.QUEUED:
            waits.append(job.run_at - real)
            assert jobs.run_next(sessions, {}, "w") is False
            real = job.run_at
    assert waits == [timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30)]
    assert (job.state, job.attempts) == (JobState.FAILED, 5)


def test_a_job_that_kills_its_worker_each_time_is_given_up(
    sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = AT
    monkeypatch.setattr(clock, "real", lambda: real)
    put(sessions, "kill")
    put(sessions, "fine", priority=jobs.LATER)
    for _ in range(5):
        with sessions() as session:
            job = jobs.claim(session, "dead")
        assert job
        assert job.name == "kill"
        real += jobs.LEASE + timedelta(seconds=1)
    ran: list[str] = []
    functions = {name: lambda _session, name=name: ran.append(name) for name in ("kill", "fine")}
    while jobs.run_next(sessions, functions, "w"):
        pass
    assert ran == ["fine"]
    kill, fine = all_jobs(sessions)
    assert (kill.state, kill.last_error, kill.attempts) == (JobState.FAILED, "Its worker died each time.", 6)
    assert fine.state is JobState.DONE


def test_many_workers_run_each_job_once(sessions: sessionmaker[Session]) -> None:
    ran: list[int] = []
    for number in range(40):
        put(sessions, "add", number=number)
    functions = {"add": lambda _session, number: ran.append(number)}

    def work(name: str) -> None:
        while jobs.run_next(sessions, functions, name):
            pass

    threads = [threading.Thread(target=work, args=(f"w{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ran) == list(range(40))


def test_a_job_of_a_killed_worker_is_run_again_after_its_lease(
    database_url: str, sessions: sessionmaker[Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(sessions, "hang")
    program = (
        "import sys, time; from core import jobs;"
        "from core.db import make_sessions; from core.engine import make_engine;"
        "sessions = make_sessions(make_engine(sys.argv[1]));"
        "hang = lambda session: (open(sys.argv[2], 'w').close(), time.sleep(60));"
        "jobs.run_next(sessions, {'hang': hang}, 'killed')"
    )
    started = tmp_path / "started"
    worker = subprocess.Popen([sys.executable, "-c", program, database_url, str(started)], cwd=ROOT)
    wait_until(started.exists, "start of the job")
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    ran: list[str] = []
    functions = {"hang": lambda _session: ran.append("again")}
    assert jobs.run_next(sessions, functions, "w") is False  # the lease still stands
    later = clock.real() + jobs.LEASE + timedelta(seconds=1)
    monkeypatch.setattr(clock, "real", lambda: later)
    assert jobs.run_next(sessions, functions, "w") is True
    (job,) = all_jobs(sessions)
    assert (ran, job.state, job.attempts) == (["again"], JobState.DONE, 2)
