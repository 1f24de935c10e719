"""./dateline assign solve SCORES --demand D --load U [--min-load L] [--conflicts negative|nan] [--objective …]"""

import argparse
import csv
import json
import resource
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.config import ConfigError
from reviews.assignment.matching.infeasible import Infeasible
from reviews.assignment.matching.problem import Pairs, Problem, ProblemError, problem
from reviews.assignment.matching.randomised import capped, perturbed
from reviews.assignment.matching.result import Result
from reviews.assignment.matching.solve import drawn, fairest, highest_total

IMPOSSIBLE = 3  # the exit status
EPILOG = """
Submissions and reviewers are counted from 0. D, U and L are one number for all, or a file of one number per row (D) or
column (U, L). Prints one JSON object; where there is no assignment, the reason and the smallest cure, with status 3.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description, parser.epilog = "The best assignment for a matrix of scores.", EPILOG
    parser.add_argument(
        "scores",
        type=Path,
        metavar="SCORES",
        help=".npy or .csv: a row per submission, a column per reviewer",
    )
    parser.add_argument("--demand", required=True, metavar="D", help="reviews that a submission needs")
    parser.add_argument("--load", required=True, metavar="U", help="reviews that a reviewer may give")
    parser.add_argument("--min-load", default="0", metavar="L", help="reviews that a reviewer must give")
    parser.add_argument(
        "--conflicts",
        choices=["negative", "nan"],
        help="scores below 0, or without a number, mark a conflict",
    )
    parser.add_argument(
        "--objective",
        choices=["total", "fair", "random", "perturbed"],
        default="total",
        help="the highest total (the default), the highest least score, or a draw from the best lottery",
    )
    parser.add_argument(
        "--cap", type=float, metavar="Q", help="no pair is drawn with a higher probability; 0.5, perturbed 1"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the draw; 0 unless given")
    parser.add_argument("--out", type=Path, metavar="PAIRS.csv", help="write the pairs there")
    parser.set_defaults(act=run)


def run(args: argparse.Namespace) -> int:
    """Print the result; raises ConfigError for what cannot be read or makes no sense."""
    try:
        found, more = _found(args, _problem(args))
    except ProblemError as error:
        raise ConfigError(f"{error}.") from None
    except Infeasible as told:
        print(json.dumps(told.summary()))
        return IMPOSSIBLE
    if args.out:
        _write(args.out, found)
    print(json.dumps(found.summary() | more | {"peak_mb": peak_mb()}))
    return 0


def _found(args: argparse.Namespace, asked: Problem) -> tuple[Result, dict[str, Any]]:
    """The result, and what its objective has to say beside it."""
    if args.objective == "total":
        return highest_total(asked), {}
    if args.objective == "fair":
        found, bound = fairest(asked, args.seed)
        return found, {"minimum_bound": bound}
    began = time.perf_counter()
    if args.objective == "random":
        lottery = capped(asked, 0.5 if args.cap is None else args.cap)
    else:
        lottery = perturbed(asked, cap=1.0 if args.cap is None else args.cap)
    told = {
        "expected_total": lottery.expected_total,
        "bound": lottery.bound,
        "gap": lottery.gap,
        "highest_probability": float(lottery.probabilities.max(initial=0)),
        "seed": args.seed,
        "seconds": round(time.perf_counter() - began, 3),
    }
    return drawn(lottery, args.seed, args.objective), told


def peak_mb() -> int:
    """The most memory that this process had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _problem(args: argparse.Namespace) -> Problem:
    scores = _read(args.scores)
    if scores.ndim != 2:
        raise ConfigError(f"{args.scores}: a matrix is needed; this has {scores.ndim} dimensions.")
    conflicts = None
    if args.conflicts:
        conflicts = Pairs.marked(scores, np.isnan if args.conflicts == "nan" else lambda row: row < 0)
    demand, most, least = (_numbers(text) for text in (args.demand, args.load, args.min_load))
    return problem(scores, demand, most, min_load=least, conflicts=conflicts)


def _numbers(text: str) -> NDArray[Any] | int:
    return int(text) if text.isascii() and text.isdigit() else _read(Path(text)).ravel()


def _read(path: Path) -> NDArray[Any]:
    try:
        if path.suffix == ".npy":
            found: NDArray[Any] = np.load(path, allow_pickle=False)
        else:
            with path.open(encoding="utf-8-sig") as lines:
                found = np.loadtxt(lines, delimiter=",", ndmin=2)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}.") from None
    except (ValueError, EOFError) as error:
        raise ConfigError(f"{path}: {error}.") from None
    if found.dtype.kind not in "fiub":
        raise ConfigError(f"{path}: numbers are needed, not {found.dtype}.")
    return found


def _write(path: Path, found: Result) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as out:
            rows = csv.writer(out, lineterminator="\n")
            rows.writerow(("submission", "reviewer", "score"))
            pairs = zip(
                found.submissions.tolist(), found.reviewers.tolist(), found.worth.tolist(), strict=True
            )
            rows.writerows(pairs)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}.") from None
