"""./dateline work"""

import argparse
import threading

import core.config
from core import logs


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments: everything comes from the environment."""


def run(_args: argparse.Namespace) -> None:
    """Run jobs and deliver letters until SIGTERM or SIGINT."""
    from web import create_app
    from web.jobs import run_worker, stop_on_signals

    config = core.config.read()
    logs.configure(as_json=config.logs_json)
    stop = threading.Event()
    stop_on_signals(stop)
    run_worker(create_app(config), stop)
