"""Which function runs which job, and the worker that runs them."""

import os
import signal
import socket
import threading
from datetime import timedelta
from time import monotonic
from types import FrameType

from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from core import clock, housekeeping, jobs, limits, logs, request
from core.engine import analyze
from decisions import jobs as decisions
from mail import sending
from reviews.assignment import jobs as assignment
from submissions import checks, uploads
from web import rendering

POLL = 1.0  # seconds between looks when there is nothing to do
TURN = 2.0  # seconds of jobs before letters get their turn
REPORT_EVERY = 20.0
ANALYZE_EVERY = 3600.0
log = logs.get(__name__)


def _tidy_files(session: Session) -> None:
    """Remove what no save named within the time that a form may carry it, and a day more."""
    housekeeping.tidy(session, request.store(), wait=uploads.CARRIED + timedelta(days=1))


JOBS: dict[str, jobs.JobFunction] = {
    housekeeping.JOB: _tidy_files,
    "check_file": checks.check_file,
    "write_decision_letters": decisions.write_decision_letters,
    "drop_decision_letters": decisions.drop_decision_letters,
    rendering.JOB: rendering.render_anew,
    "tell_reviewers_of_withdrawal": assignment.tell_of_withdrawal,
    "tell_reviewers_of_return": assignment.tell_of_return,
}


def run_worker(app: Flask, stop: threading.Event, *, poll: float = POLL) -> None:
    """Run jobs and deliver letters until `stop` is set."""
    name = f"{socket.gethostname()}-{os.getpid()}-{threading.get_ident()}"
    config = app.config["DATELINE"]
    sessions = app.extensions["sessions"]
    reported, analyzed, is_ordered = -REPORT_EVERY, -ANALYZE_EVERY, False
    # Letters written in jobs need the addresses of pages.
    with app.test_request_context(base_url=config.url):
        while not stop.is_set():
            try:
                now = monotonic()  # a clock set back silences nobody
                if now - reported >= REPORT_EVERY:
                    with sessions() as session:
                        jobs.report(session, name)
                        limits.forget_expired(session)
                        housekeeping.order(session)
                        if not is_ordered:
                            rendering.order(session)
                    reported, is_ordered = now, True
                if now - analyzed >= ANALYZE_EVERY:
                    analyze(app.extensions["engine"])
                    analyzed = now
                with sessions() as session:
                    decisions.stamp_first_use(session, at=clock.now())
                busy = _run_jobs(sessions, name, stop)
                if config.smtp:
                    busy |= (
                        sending.deliver_due(sessions, config.smtp, config.mail_from, name, stop.is_set) > 0
                    )
            except Exception:
                log.exception("the worker goes on after an error")
                busy = False
            if not busy:
                stop.wait(poll)


def _run_jobs(sessions: sessionmaker[Session], worker: str, stop: threading.Event) -> bool:
    """Run what is due until a turn is over, at least one; False when nothing was."""
    ran, end = False, monotonic() + TURN
    while not stop.is_set() and jobs.run_next(sessions, JOBS, worker):
        ran = True
        if monotonic() >= end:
            break
    return ran


def stop_on_signals(stop: threading.Event) -> None:
    """SIGTERM and SIGINT end the worker after the work in hand."""

    def _stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
