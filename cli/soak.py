"""./dateline soak kills"""

import argparse
import json
import os
import tempfile
from pathlib import Path

import core.config
from bench import kills
from cli import db


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "trial", choices=["kills"], help="kills: SIGKILL for web and worker at random moments"
    )
    parser.add_argument("--rounds", type=int, default=50, help="how many kills; 50 unless given")
    parser.add_argument("--seed", type=int, default=7, help="of the random moments; 7 unless given")
    parser.add_argument(
        "--lease",
        type=int,
        default=10,
        help="seconds until a dead worker's job or letter is taken up again; 10 unless given, and 120 for letters "
        "outside of this trial",
    )
    parser.epilog = "On SQLite, or on the empty PostgreSQL database that DATABASE_URL names."


def run(args: argparse.Namespace) -> int:
    """Make the trial on data of its own; prints what was done and what was lost, 1 when something was."""
    with tempfile.TemporaryDirectory(prefix="dateline-soak-") as folder:
        environ = {"DATELINE_DATA": folder, "DATABASE_URL": os.environ.get("DATABASE_URL", "")}
        config = core.config.read(environ)
        db.upgrade(config.database_url)
        report = kills.run(Path(folder), config.database_url, args.rounds, args.seed, args.lease)
    print(json.dumps(report))
    return 0 if report["good"] else 1
