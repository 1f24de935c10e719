"""./dateline soak kills, ./dateline soak leaks"""

import argparse
import json
import os
import tempfile
from itertools import groupby
from pathlib import Path

import core.config
from bench import kills, leaks
from cli import db


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "trial",
        choices=["kills", "leaks"],
        help="kills: SIGKILL for web and worker at random moments; leaks: plant leaks in a copy of the code, and see "
        "that the tests find each",
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
    parser.add_argument(
        "--together", action="store_true", help="leaks: plant at once all those that one test is to find"
    )
    parser.epilog = "Kills are on SQLite, or on the empty PostgreSQL database that DATABASE_URL names."


def run(args: argparse.Namespace) -> int:
    """Make the trial on data of its own; prints what was done and what was lost or not found, 1 when something was."""
    return _leaks(args.together) if args.trial == "leaks" else _kills(args)


def _kills(args: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="dateline-soak-") as folder:
        environ = {"DATELINE_DATA": folder, "DATABASE_URL": os.environ.get("DATABASE_URL", "")}
        config = core.config.read(environ)
        db.upgrade(config.database_url)
        report = kills.run(Path(folder), config.database_url, args.rounds, args.seed, args.lease)
    print(json.dumps(report))
    return 0 if report["good"] else 1


def _leaks(together: bool) -> int:
    """One line for each leak: who found it, its name, and what the test's report said."""
    missed, planted = 0, leaks.planted()
    by_test = [
        list(group)
        for _, group in groupby(sorted(planted, key=lambda leak: leak.test), lambda leak: leak.test)
    ]
    with leaks.copy_of_the_code() as copy:
        for group in by_test if together else [[leak] for leak in planted]:
            found = leaks.find(copy, group)
            for leak in group:
                line = found[leak.name]
                missed += not line
                print(
                    f"{leak.finder if line else 'MISSED':7} {leak.name}: {line[:120] or leak.test}",
                    flush=True,
                )
    print(f"{len(planted) - missed} of {len(planted)} leaks planted on purpose were found.")
    return 1 if missed else 0
