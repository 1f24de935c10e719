"""./dateline demo"""

import argparse
import os
import shutil
import socket
import sqlite3
import sys
from pathlib import Path

import core.config
from cli import db, serve
from core import clock
from core.config import ConfigError

DATA = Path(__file__).parent.parent / "data" / "demo"
MARK = "this-is-the-demo"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=int, default=8000, help="where to listen on the loopback; 8000 unless given"
    )
    parser.add_argument("--fresh", action="store_true", help="make the demo's data anew")


def run(args: argparse.Namespace) -> int:
    """Make the demo's season on first use and serve it on the loopback."""
    _refuse_foreign(dict(os.environ))
    data = Path(os.environ.get("DATELINE_DATA") or DATA)
    if data.exists() and any(data.iterdir()) and not (data / MARK).exists():
        raise ConfigError(f"{data} holds data that are not the demo's; the demo only touches its own.")
    if args.fresh and data.exists():
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True)
    (data / MARK).touch()
    smtp_port = _free_port()
    os.environ.update(
        DATELINE_DATA=str(data),
        DATELINE_HOST="127.0.0.1",
        DATELINE_PORT=str(args.port),
        DATELINE_REHEARSAL="1",
        DATELINE_SMTP=f"smtp://127.0.0.1:{smtp_port}",
        DATELINE_MAIL_FROM="dateline@example.org",
    )
    config = core.config.read()
    if (data / "pristine.db").exists():
        for name in ("dateline.db", "pristine.db"):  # perhaps of an older version
            db.upgrade(f"sqlite:///{data / name}")
    else:
        _make(data, config)

    from demo import web as demo_web
    from demo.mailbox import Mailbox

    mailbox = Mailbox(data / "mailbox")
    controller = mailbox.listen(smtp_port)
    try:
        return serve.serve(config, add=lambda app: demo_web.add(app, mailbox))
    finally:
        controller.stop()


def _refuse_foreign(environ: dict[str, str]) -> None:
    """The demo signs anybody in as anybody: loopback and its own database only."""
    if environ.get("DATABASE_URL"):
        raise ConfigError(
            "DATABASE_URL is set, but the demo uses only a database of its own. Unset it for the demo."
        )
    if environ.get("DATELINE_HOST", "127.0.0.1") not in ("127.0.0.1", "localhost", "::1"):
        raise ConfigError(
            "DATELINE_HOST is set, but the demo listens on the loopback only. Unset it for the demo."
        )
    for name in ("DATELINE_URL", "DATELINE_TRUSTED_PROXY", "DATELINE_SMTP"):
        if environ.get(name):
            raise ConfigError(f"{name} is set, but the demo is not for the network. Unset it for the demo.")


def _make(data: Path, config: core.config.Config) -> None:
    """Build the season, then keep a copy to start over from."""
    from demo import season
    from demo.moments import MOMENTS
    from web import create_app

    for old in data.glob("dateline.db*"):
        old.unlink()
    shutil.rmtree(data / "mailbox", ignore_errors=True)
    db.upgrade(config.database_url)
    app = create_app(config)
    print("Making the demo's season: 74 papers, 30 reviewers, their reviews. This is done once.", flush=True)
    season.build(app, _show)
    app.extensions["engine"].dispose()
    clock.move_to(MOMENTS[0].at)
    new = data / "pristine.new"
    with sqlite3.connect(data / "dateline.db") as live, sqlite3.connect(new) as copy:
        live.backup(copy)
    new.replace(data / "pristine.db")


def _show(what: str, done: int, total: int) -> None:
    if sys.stdout.isatty():
        print(f"\r  {what}: {done} of {total} ", end="\n" if done == total else "", flush=True)
    elif done == total:
        print(f"  {what}: {total}", flush=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
