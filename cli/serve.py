"""./dateline serve"""

import argparse
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from types import FrameType

from flask import Flask

import core.config
from cli import db
from core import logs
from core.config import Config


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "Settings come from the environment: " + "; ".join(
        f"{name} ({what})" for name, what in core.config.NAMES.items()
    )


def run(_args: argparse.Namespace) -> int:
    """Bring the database up to date, start a worker beside, and serve until told to stop."""
    config = core.config.read()
    db.upgrade(config.database_url)
    return serve(config)


def serve(config: Config, add: Callable[[Flask], None] = lambda _app: None) -> int:
    """Serve the configured app; SIGTERM and SIGINT let uploads, answers and jobs in hand end first.

    `add` puts more on the app.
    """
    from accounts import first_admin
    from web import create_app
    from web.server import Server

    logs.configure(as_json=config.logs_json)
    app = create_app(config)
    add(app)
    with app.test_request_context(base_url=config.url):
        link = first_admin.invite(app.extensions["sessions"], config.admin)
    server = Server(app, config)
    worker = subprocess.Popen([sys.executable, "-m", "cli", "work"]) if config.worker else None

    told = False

    def _stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal told
        server.stop(0 if told else config.stop_seconds)  # told twice, it waits no longer
        told = True
        if worker and worker.poll() is None:
            worker.terminate()

    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    print(f"Dateline listens on http://{config.host}:{config.port} and is known as {config.url}", flush=True)
    if link:
        print(f"First start. Set the administrator's password here: {link}", flush=True)
    if not config.smtp:
        print("DATELINE_SMTP is not set: letters wait in the outbox.", flush=True)
    threading.Thread(target=_watch, args=(worker,), daemon=True).start()
    try:
        server.run()
    finally:
        if worker:
            if worker.poll() is None:
                worker.terminate()
            worker.wait()
    return 0


def _watch(worker: "subprocess.Popen[bytes] | None") -> None:
    """Say so when the worker ends by itself."""
    if worker is not None and worker.wait() not in (0, -signal.SIGTERM, -signal.SIGINT):
        logs.get(__name__).error("the worker ended by itself", status=worker.returncode)
