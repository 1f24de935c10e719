"""./dateline bench [NAME …] [--table]; ./dateline bench assignment [CASE …] [--data FOLDER]"""

import argparse
import json
import tempfile
from pathlib import Path

import core.config
from bench import assignment, figures
from bench.measure import ROUNDS
from bench.site import running
from cli import db

CASES = [case.name for case in assignment.CASES]
NAMES = [figure.name for figure in figures.FIGURES]


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all unless given: {', '.join(NAMES)}")
    parser.add_argument(
        "--data", type=Path, metavar="FOLDER", help="of `assignment`: where the bids of AAMAS 2015 are"
    )
    parser.epilog = (
        f"`assignment` measures the matching instead: {', '.join(CASES)}, or those named after it."
    )
    parser.add_argument("--table", action="store_true", help="for people; otherwise one JSON line each")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"{ROUNDS} unless given")
    parser.add_argument(
        "--requests", type=int, help="how many in a round; as many as the figure needs unless given"
    )


def run(args: argparse.Namespace) -> int:
    """Measure on a database of their own; 1 when a goal is missed, 2 for a name that is none."""
    if args.names[:1] == ["assignment"]:
        return _assignment(args.names[1:], args.data)
    if unknown := [name for name in args.names if name not in NAMES]:
        raise core.config.ConfigError(f"there is no figure {unknown[0]}; there are {', '.join(NAMES)}.")
    chosen = [figure for figure in figures.FIGURES if figure.name in (args.names or NAMES)]
    reached = True
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as folder:
        config = core.config.read({"DATELINE_DATA": str(Path(folder)), "DATELINE_REHEARSAL": "1"})
        db.upgrade(config.database_url)
        with running(config) as site:
            if args.table:
                print(f"{'figure':<22}{'value':>8}{'goal':>8}{'ms':>9}")
            for figure in chosen:
                found = figures.measure(
                    site, figures.shorter(figure, args.requests) if args.requests else figure, args.rounds
                )
                reached &= found.is_reached
                _print(figure, found, as_table=args.table)
    return int(not reached)


def _assignment(names: list[str], data: Path | None) -> int:
    """The table of the matching; 1 when a goal is missed."""
    if unknown := [name for name in names if name not in CASES]:
        raise core.config.ConfigError(f"there is no case {unknown[0]}; there are {', '.join(CASES)}.")
    missed = False
    for found, line in assignment.table(
        [case for case in assignment.CASES if case.name in (names or CASES)], data
    ):
        print(line, flush=True)
        missed |= bool(found.get("missed"))
    return int(missed)


def _print(figure: figures.Figure, found: figures.Result, *, as_table: bool) -> None:
    if as_table:
        mark = "" if found.is_reached else "missed; "
        print(
            f"{found.name:<22}{found.value:>8.2f}{found.goal:>8g}{found.milliseconds:>9.2f}  {mark}{figure.what}",
            flush=True,
        )
        return
    unit = "times bare Flask" if figure.base is None else "times a bare upload"
    line = {
        "name": found.name,
        "value": found.value,
        "goal": found.goal,
        "unit": unit,
        "ok": found.is_reached,
    }
    print(json.dumps(line), flush=True)
