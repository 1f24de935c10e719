"""Dateline's worker with leases of so many seconds: what a killed one held is taken up again during the trial."""

import sys
import threading
from datetime import timedelta

import core.config
from core import jobs
from mail import sending
from web import create_app
from web.jobs import run_worker, stop_on_signals

if __name__ == "__main__":
    # Longer than any delivery of the trial takes, or a letter would go twice without a kill.
    sending.LEASE = jobs.LEASE = timedelta(seconds=int(sys.argv[1]))
    stop = threading.Event()
    stop_on_signals(stop)
    run_worker(create_app(core.config.read()), stop)
