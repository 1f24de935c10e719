"""From a problem to a result, whatever the objective: what is fixed is set aside, what is impossible is explained."""

import time

import numpy as np

from reviews.assignment.matching import total
from reviews.assignment.matching.infeasible import Infeasible, diagnose
from reviews.assignment.matching.problem import Problem
from reviews.assignment.matching.result import Result, result
from reviews.assignment.matching.scores import Floats


def highest_total(problem: Problem, gap: float = total.GAP, prices: Floats | None = None) -> Result:
    """The assignment of the highest total, with its proof. Raises Infeasible."""
    began = time.perf_counter()
    left = problem.remaining()
    # Minimum loads above what is needed leave no flow at all.
    solution = total.maximise(left, gap, prices) if left.least.sum() <= left.demand.sum() else None
    if solution is None or solution.lacking.any():
        raise _impossible(left)
    chosen, fixed = np.flatnonzero(solution.units), problem.fixed.lists()
    pairs = (
        np.concatenate([solution.candidates.rows[chosen], fixed[0]]),
        np.concatenate([solution.candidates.columns[chosen], fixed[1]]),
    )
    bound = solution.bound + float(problem.scores.at(*fixed).sum())
    seconds = time.perf_counter() - began
    return result("total", problem, pairs, bound, solution.prices, solution.utilities, seconds)


def _impossible(problem: Problem) -> Infeasible:
    found = diagnose(problem)
    if found is None:
        raise AssertionError("the problem can be solved, but was not")
    return found
