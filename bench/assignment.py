"""The matching, measured: each case in a process of its own, beside OR-tools' flow on all pairs where that fits.

A case is (name, what is asked of it, goals). A child makes the data, then solves; time and memory are the solving's.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench import affinities
from reviews.assignment.matching.flow import Network
from reviews.assignment.matching.problem import Pairs, Problem, problem
from reviews.assignment.matching.solve import fairest, highest_total

Answer = dict[str, Any]
CONFLICTS = 100  # of each submission, where there is no matrix to mark them in


@dataclass(frozen=True)
class Case:
    """What is solved, and what is to be reached: the name of a number, and the most or (with >=) the least of it."""

    name: str
    make: Callable[[Path | None], Problem]
    goals: dict[str, str]
    solve: Callable[[Problem], Answer]
    beside_flow: bool = False
    beside_case: str = ""  # whose time is the measure of this one's


def synthetic(
    submissions: int, reviewers: int, demand: int, seed: int = 1
) -> Callable[[Path | None], Problem]:
    def make(_: Path | None) -> Problem:
        scores = affinities.matrix(submissions, reviewers, seed)
        return problem(scores, demand, 6, conflicts=Pairs.marked(scores, lambda row: row < 0))

    return make


def factored(count: int) -> Callable[[Path | None], Problem]:
    def make(_: Path | None) -> Problem:
        generator = np.random.default_rng(3)
        columns = generator.integers(count, size=count * CONFLICTS)
        conflicts = Pairs.of(np.repeat(np.arange(count), CONFLICTS), columns, (count, count))
        return problem(affinities.factors(count, count), 4, 6, conflicts=conflicts)

    return make


def aamas(folder: Path | None) -> Problem:
    """The bids of AAMAS 2015."""
    if folder is None:
        raise SystemExit(
            "the bids of AAMAS 2015 are not ours to carry: --data FOLDER names where aamas2015.in is"
        )
    return problem(np.loadtxt(folder / "aamas2015.in", skiprows=1), 3, 12)


def total(asked: Problem) -> Answer:
    found = highest_total(asked)
    return {"total": found.total, "gap": found.gap, "minimum": float(found.scores.min())}


def fair(asked: Problem) -> Answer:
    found, bound = fairest(asked)
    return {"total": found.total, "gap": found.gap, "minimum": float(found.scores.min()), "at_most": bound}


def withdrawal(asked: Problem) -> Answer:
    """The share of the first solve that it takes again, when one submission has been withdrawn."""
    began = time.process_time()
    first = highest_total(asked)
    middle = time.process_time()
    asked.demand[asked.shape[0] // 2] = 0
    again = highest_total(asked, prices=first.prices)
    return {"gap": again.gap, "share": (time.process_time() - middle) / (middle - began)}


PROVEN = {"gap": "1e-6"}
CASES = [
    Case("1000", synthetic(1000, 1000, 4), PROVEN | {"ratio": "0.35"}, total, beside_flow=True),
    Case(
        "cvpr", synthetic(2623, 1373, 3, 7), PROVEN | {"ratio": "0.4", "mb": "350"}, total, beside_flow=True
    ),
    Case("5000", synthetic(5000, 5000, 4), PROVEN | {"ratio": "0.2", "mb": "400"}, total, beside_flow=True),
    Case("aamas", aamas, PROVEN | {"total": ">=1406.25"}, total),
    Case("aamas-fair", aamas, {"minimum": ">=1.5", "total": ">=1375.75"}, fair),
    Case("1000-fair", synthetic(1000, 1000, 4), {"minimum": ">=1.675", "total": ">=2901"}, fair),
    Case(
        "20000", synthetic(20000, 20000, 4), PROVEN | {"mb": "2200", "times": "20"}, total, beside_case="5000"
    ),
    Case("20000-factors", factored(20000), PROVEN | {"mb": "700"}, total),
    Case("50000-factors", factored(50000), {"gap": "1e-5", "mb": "1500"}, total),
    Case("20000-withdrawal", synthetic(20000, 20000, 4), PROVEN, withdrawal),
]


def measure(case: Case, data: Path | None) -> Answer:
    """What a case's process, and that of the dense flow beside it, answer."""
    answer = _child(case.name, "ours", data)
    if case.beside_flow:
        dense = _child(case.name, "flow", data)
        answer |= {"ratio": answer["seconds"] / dense["seconds"], "flow": dense}
    if case.beside_case:
        answer["times"] = answer["seconds"] / _child(case.beside_case, "ours", data)["seconds"]
    answer["missed"] = [name for name, goal in case.goals.items() if not _is_reached(answer[name], goal)]
    return {"case": case.name, **answer}


def _is_reached(value: float, goal: str) -> bool:
    return value >= float(goal[2:]) if goal.startswith(">=") else value <= float(goal)


def _child(name: str, what: str, data: Path | None) -> Answer:
    arguments = [sys.executable, "-m", "bench.assignment", name, what, *([str(data)] if data else [])]
    # On one core: threads that wait for more to multiply would count as computing.
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(arguments, stdout=subprocess.PIPE, text=True, check=False, env=environ)  # noqa: S603
    if done.returncode:
        raise SystemExit(f"the case {name} ended with status {done.returncode}")
    answer: Answer = json.loads(done.stdout)
    return answer


def dense_flow(asked: Problem) -> Answer:
    """All pairs as arcs of one flow."""
    count, width = asked.shape
    allowed = np.ones((count, width), bool)
    allowed[asked.forbidden.lists()] = False
    rows, columns = np.nonzero(allowed)
    costs = -np.rint(asked.scores.at(rows, columns) * 1e6).astype(np.int64)
    people = np.arange(width)
    network = Network(
        np.concatenate([rows, count + people]),
        np.concatenate([count + columns, np.full(width, count + width)]),
        np.concatenate([np.ones(len(rows), np.int64), asked.most]),
        np.concatenate([costs, np.zeros(width, np.int64)]),
        np.concatenate([asked.demand, np.zeros(width, np.int64), [-asked.demand.sum()]]),
    )
    used = np.flatnonzero(network.cheapest()[: len(rows)])
    return {"total": float(asked.scores.at(rows[used], columns[used]).sum())}


def main(arguments: list[str]) -> None:
    """One case in this process."""
    name, what, *folder = arguments
    case = next(case for case in CASES if case.name == name)
    asked = case.make(Path(folder[0]) if folder else None)
    began, used = time.perf_counter(), time.process_time()
    answer = case.solve(asked) if what == "ours" else dense_flow(asked)
    answer["seconds"] = time.process_time() - used
    answer["wall"] = time.perf_counter() - began
    answer["mb"] = peak_mb()
    print(json.dumps(answer))


def peak_mb() -> int:
    """The most memory that this process had, by the kernel's count; `getrusage` would count what started it, too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def table(chosen: list[Case], data: Path | None) -> Iterator[tuple[Answer, str]]:
    """Every case's numbers, and a line for people."""
    yield (
        {},
        f"{'case':<18}{'total':>13}{'gap':>9}{'minimum':>9}{'CPU s':>8}{'wall s':>8}{'MB':>7}{'of flow':>9}",
    )
    for case in chosen:
        found = measure(case, data)
        words = [f"{case.name:<18}", f"{found.get('total', 0):>13.4f}", f"{found.get('gap', 0):>9.1g}"]
        words += [f"{found.get('minimum', 0):>9.4g}", f"{found['seconds']:>8.2f}", f"{found['wall']:>8.2f}"]
        words += [f"{found['mb']:>7}", f"{found['ratio']:>9.3f}" if "ratio" in found else " " * 9]
        if "at_most" in found:
            words.append(f"  the minimum is at most {found['at_most']:.4g}")
        if "times" in found:
            words.append(f"  {found['times']:.1f} times the case {case.beside_case}")
        if "share" in found:
            words.append(f"  {found['share']:.2f} of the first solve")
        if found["missed"]:
            words.append(f"  missed: {', '.join(f'{name} {case.goals[name]}' for name in found['missed'])}")
        yield found, "".join(words)


if __name__ == "__main__":
    main(sys.argv[1:])
