"""From a problem to a result, whatever the objective: what is fixed is set aside, what is impossible is explained."""

import time
from dataclasses import replace

import numpy as np

from reviews.assignment.matching import fair, total
from reviews.assignment.matching.infeasible import Infeasible, diagnose
from reviews.assignment.matching.problem import Pairs, Problem, ProblemError
from reviews.assignment.matching.randomised import Lottery
from reviews.assignment.matching.result import Result, result
from reviews.assignment.matching.ruled import highest
from reviews.assignment.matching.scores import Floats, Ints, Sparse, Weighted


def highest_total(problem: Problem, gap: float = total.GAP, prices: Floats | None = None) -> Result:
    """The assignment of the highest total, with its proof. Raises Infeasible."""
    began = time.perf_counter()
    if problem.rules is not None:
        ruled = highest(problem, gap)
        pairs = ruled.chosen.rows, ruled.chosen.columns
        seconds = time.perf_counter() - began
        return result("total", problem, pairs, ruled.bound, ruled.prices, ruled.utilities, seconds)
    left = _possible(problem)
    solution = total.maximise(left, gap, prices)
    if solution.lacking.any():
        raise _impossible(left)
    chosen = solution.candidates.kept(np.flatnonzero(solution.units))
    return _result("total", problem, (chosen.rows, chosen.columns), solution, began)


def fairest(problem: Problem, seed: int = 0) -> tuple[Result, float | None]:
    """An assignment in which the poorest submission fares well, and what the least score cannot exceed, if known.

    The bound of the result is that of the total without fairness: it tells what fairness costs. Raises Infeasible, and
    ProblemError where pairs are fixed.
    """
    began = time.perf_counter()
    if len(problem.fixed):
        raise ProblemError("fixed pairs do not go with the fair objective")
    left = _possible(problem)
    found = fair.fairest(left, seed)
    if found.solution.lacking.any():
        raise _impossible(left)
    return _result("fair", problem, (found.rows, found.columns), found.solution, began), found.minimum_bound


def least_changed(problem: Problem, standing: Pairs) -> Result:
    """As many of the standing pairs as can stay, and with them the highest total; prices are without what stands.

    For new and emergency assignments: the problem has the demands, loads and conflicts of now. Its bound holds for the
    assignments that keep as many. Raises Infeasible.
    """
    began = time.perf_counter()
    rows, columns = standing.lists()
    kept = ~problem.forbidden.has(rows, columns)
    rows, columns = rows[kept], columns[kept]
    lists = total.maximise(_possible(problem)).candidates.scores
    # One pair more that stays counts more than all that could be gained otherwise.
    worth = (1 + int(problem.demand.sum())) * (float(np.ptp(lists)) if len(lists) else 0.0) + 1.0
    stays = Sparse.of(rows, columns, np.full(len(rows), worth), problem.shape)
    asked = replace(problem, scores=Weighted(((1.0, problem.scores), (1.0, stays))))
    found = highest_total(asked, 0.0)
    keys = found.submissions * problem.shape[1] + found.reviewers
    stood = int(np.isin(rows * problem.shape[1] + columns, keys).sum())
    pairs, bound = (found.submissions, found.reviewers), found.bound - worth * stood
    seconds = time.perf_counter() - began
    return result("least change", problem, pairs, bound, found.prices, found.utilities, seconds)


def drawn(lottery: Lottery, seed: int, objective: str = "random") -> Result:
    """One draw of a lottery; its bound is that of the highest total."""
    began = time.perf_counter()
    return result(
        objective,
        lottery.problem,
        lottery.draw(seed),
        lottery.bound,
        lottery.solution.prices,
        lottery.solution.utilities,
        time.perf_counter() - began,
    )


def _possible(problem: Problem) -> Problem:
    """What is left to decide. Minimum loads above what is needed leave no flow at all."""
    if problem.rules is not None:
        raise ProblemError("rules go with the highest total only")
    left = problem.remaining()
    if left.least.sum() > left.demand.sum():
        raise _impossible(left)
    return left


def _result(
    objective: str, problem: Problem, chosen: tuple[Ints, Ints], solution: total.Solution, began: float
) -> Result:
    fixed = problem.fixed.lists()
    pairs = (np.concatenate([chosen[0], fixed[0]]), np.concatenate([chosen[1], fixed[1]]))
    bound = solution.bound + float(problem.scores.at(*fixed).sum())
    seconds = time.perf_counter() - began
    return result(objective, problem, pairs, bound, solution.prices, solution.utilities, seconds)


def _impossible(problem: Problem) -> Infeasible:
    found = diagnose(problem)
    if found is None:
        raise AssertionError("the problem can be solved, but was not")
    return found
