"""./dateline work"""

import argparse
import logging
import threading

import core.config


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments: everything comes from the environment."""


def run(_args: argparse.Namespace) -> None:
    """Run jobs and deliver letters until SIGTERM or SIGINT."""
    from web import create_app
    from web.jobs import run_worker, stop_on_signals

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s worker %(message)s")
    stop = threading.Event()
    stop_on_signals(stop)
    run_worker(create_app(core.config.read()), stop)
