"""What comes out: the assignment, how good it is, how good any could be, and the prices that explain it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from reviews.assignment.matching.problem import Problem
from reviews.assignment.matching.scores import Floats, Ints

PERCENTILES = (1, 5, 25, 50, 75)


@dataclass(frozen=True)
class Result:
    """An assignment that gives every submission what it needs, within everybody's loads."""

    objective: str
    submissions: Ints  # of the pairs, in ascending order
    reviewers: Ints
    worth: Floats  # the score of each pair
    total: float  # sum of the scores
    bound: float  # no assignment has a higher total
    gap: float  # the difference, as a share of the assigned scores
    scores: Floats  # of each submission: the sum over its reviewers
    loads: Ints  # of each reviewer
    prices: Floats  # of each reviewer: what one more review of theirs would be worth
    utilities: Floats  # of each submission: what a pair must be worth above its reviewer's price
    seconds: float

    def summary(self) -> dict[str, Any]:
        """Its numbers, for people and for JSON."""
        given, times = np.unique(self.loads, return_counts=True)
        percentiles = np.percentile(self.scores, PERCENTILES) if len(self.scores) else ()
        return {
            "objective": self.objective,
            "pairs": len(self.submissions),
            "total": self.total,
            "bound": self.bound,
            "gap": self.gap,
            "mean": float(self.scores.mean()) if len(self.scores) else 0.0,
            "minimum": float(self.scores.min(initial=np.inf)) if len(self.scores) else 0.0,
            "percentiles": {str(p): float(v) for p, v in zip(PERCENTILES, percentiles, strict=False)},
            "loads": {str(load): int(count) for load, count in zip(given, times, strict=True)},
            "seconds": round(self.seconds, 3),
        }


def result(
    objective: str,
    problem: Problem,
    pairs: tuple[Ints, Ints],
    bound: float,
    prices: Floats,
    utilities: Floats,
    seconds: float,
) -> Result:
    """The result of these pairs, counted anew; those fixed beforehand are among them, and in the bound."""
    rows, columns = pairs
    order = np.lexsort([columns, rows])
    rows, columns = rows[order], columns[order]
    values = problem.scores.at(rows, columns)
    scores: Floats = np.bincount(rows, values, problem.shape[0]).astype(np.float64)
    total, worth = float(values.sum()), float(np.abs(values).sum())
    bound = max(bound, total)
    return Result(
        objective,
        rows,
        columns,
        values,
        total,
        bound,
        (bound - total) / (worth or 1.0),
        scores,
        np.bincount(columns, minlength=problem.shape[1]),
        prices,
        utilities,
        seconds,
    )
