"""Fairness: the submission that fares worst fares as well as it can; among such assignments, the highest total.

The score of a submission is the sum over its reviewers. Making the least one large is hard in general, so:

1. The linear relaxation, over all pairs by its prices, gives a bound: no assignment has a higher minimum.
2. From the highest total on, the poorest are lifted by chains of exchanges, goal by goal, up to the bound.
3. Where there are few pairs, integer programs find the highest minimum and, with it, the highest total.
"""

from dataclasses import dataclass

import highspy
import numpy as np

from reviews.assignment.matching import programs
from reviews.assignment.matching.chains import Lift
from reviews.assignment.matching.pricing import Candidates, better, first_of_each, nearest
from reviews.assignment.matching.problem import Problem
from reviews.assignment.matching.scores import Ints
from reviews.assignment.matching.total import Solution, maximise

EXACT = 40_000  # pairs, up to which one integer program decides
LISTED = 60  # candidates of each submission
RELAXED = 150_000  # candidates, up to which the linear program is tried
SLACK = 1e-5  # of the largest score: so near a goal, it is reached
ADDED = 16  # candidates of a submission in a round of the linear program
STEPS = 8  # by which the goal rises to the bound; halved where one fails,
HALVED = 6  # so many times


@dataclass(frozen=True)
class Fair:
    """Pairs, the least score of a submission among them, and what it cannot exceed (None: not known)."""

    rows: Ints
    columns: Ints
    minimum: float
    minimum_bound: float | None
    solution: Solution  # of the highest total, whose bound and prices hold here as well


def fairest(problem: Problem, seed: int = 0) -> Fair:
    """A fair assignment for a problem without fixed pairs; where the total's solution lacks reviews, that is all."""
    best = maximise(problem, seed=seed)
    chosen = best.candidates.kept(np.flatnonzero(best.units))
    if best.lacking.any() or not len(chosen):
        return Fair(chosen.rows, chosen.columns, 0.0, None, best)
    every = problem.shape[0] * problem.shape[1] <= EXACT
    listed = 2 * problem.shape[1] if every else LISTED
    candidates = _listed(problem, best, listed, np.random.default_rng(seed))
    bound = None
    if len(candidates) <= RELAXED:
        bound, candidates = relaxed(problem, candidates)
    slack = SLACK * float(np.abs(candidates.scores).max())
    chosen = lifted(problem, candidates, chosen, bound, slack)
    is_reached = bound is not None and minimum(problem, chosen) >= bound - slack
    if every and not is_reached:
        chosen = program(problem, candidates, None, chosen)
    if every or (is_reached and len(candidates) <= EXACT):
        chosen = program(problem, candidates, minimum(problem, chosen) - slack / 2, chosen)
    return Fair(chosen.rows, chosen.columns, minimum(problem, chosen), bound, best)


def minimum(problem: Problem, chosen: Candidates) -> float:
    """The least score of a submission that asks for reviews."""
    scores = np.bincount(chosen.rows, chosen.scores, problem.shape[0])
    return float(scores[problem.demand > 0].min())


def _listed(problem: Problem, best: Solution, count: int, generator: np.random.Generator) -> Candidates:
    """The poor want the popular, whatever their price at the highest total: half of the list are the best as such."""
    listed = best.candidates.kept(np.flatnonzero(best.units))
    for prices in (best.prices, np.zeros(problem.shape[1])):
        found = nearest(problem, prices, count, generator)
        worth = found.scores - prices[found.columns]
        first = first_of_each(found.rows, [generator.random(len(found)), -worth], max(1, count // 2))
        listed = listed.joined(found.kept(first), problem.shape[1])
    return listed


def relaxed(problem: Problem, candidates: Candidates) -> tuple[float | None, Candidates]:
    """The highest minimum of the linear relaxation over all pairs, with the candidates that it needed.

    For its weights of submissions (which sum to 1), utilities and prices, all pairs are looked at; better ones join.
    None where it takes too long.
    """
    count, width = problem.shape
    while True:
        solver = _solver(problem, candidates, None, whole=False)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None, candidates
        utilities, prices, weights = np.split(np.array(solver.getSolution().row_dual), [count, count + width])
        weights = np.maximum(-weights, 0.0)
        found = better(
            problem, prices, utilities + programs.ROUGH, ADDED + int(problem.demand.max()), weights
        )
        more = candidates.joined(found, width)
        if len(more) == len(candidates):
            # No pair that is not a candidate could add more than this; a submission takes as many as it demands.
            return float(
                solver.getInfo().objective_function_value + programs.ROUGH * problem.demand.sum()
            ), candidates
        candidates = more


def lifted(
    problem: Problem, candidates: Candidates, chosen: Candidates, bound: float | None, slack: float
) -> Candidates:
    """The assignment with its poorest lifted, goal by goal, as near to the bound as it goes."""
    width = problem.shape[1]
    keys, mine = (each.rows * width + each.columns for each in (candidates, chosen))
    lift = Lift(problem, candidates, np.isin(keys, mine))
    low = minimum(problem, chosen)
    top = bound if bound is not None else float(lift.scores[problem.demand > 0].mean())
    step, least = (top - low) / STEPS, (top - low) / STEPS / 2**HALVED
    while step > least and low < top - slack:
        step = step if lift.reach(min(top, low + step) - slack) else step / 2
        low = float(lift.scores[problem.demand > 0].min())
    lift.enrich(low - slack, slack)
    return candidates.kept(np.flatnonzero(lift.held))


def program(problem: Problem, candidates: Candidates, least: float | None, start: Candidates) -> Candidates:
    """The candidates of the highest total in which no submission has less; with None, of the highest minimum.

    What is found in time counts, and at least the start.
    """
    solver = _solver(problem, candidates, least, whole=True)
    known = highspy.HighsSolution()
    width = problem.shape[1]
    keys, mine = (each.rows * width + each.columns for each in (candidates, start))
    values = np.isin(keys, mine).astype(float)
    known.col_value = [*values, minimum(problem, start) if least is None else least]
    solver.setSolution(known)
    solver.run()
    if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return start
    return candidates.kept(np.flatnonzero(np.array(solver.getSolution().col_value)[:-1] > 0.5))


def _solver(problem: Problem, candidates: Candidates, least: float | None, *, whole: bool) -> highspy.Highs:
    """Columns: the pairs, then t. Rows: demands, loads, and score(p) - t >= 0 of those that demand something."""
    count, width = problem.shape
    size, asked, far = len(candidates), np.flatnonzero(problem.demand), highspy.kHighsInf
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = size + 1, 2 * count + width
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.append(np.zeros(size), 1.0) if least is None else np.append(candidates.scores, 0.0)
    lp.col_lower_ = np.append(np.zeros(size), -far if least is None else least)
    lp.col_upper_ = np.append(np.ones(size), far if least is None else least)
    lp.row_lower_ = np.concatenate([problem.demand, problem.least, np.where(problem.demand > 0, 0.0, -far)])
    lp.row_upper_ = np.concatenate([problem.demand, problem.most, np.full(count, far)])
    rows = np.stack([candidates.rows, count + candidates.columns, count + width + candidates.rows], axis=1)
    values = np.stack([np.ones(size), np.ones(size), candidates.scores], axis=1)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.append(3 * np.arange(size + 1), 3 * size + len(asked))
    lp.a_matrix_.index_ = np.append(rows.ravel(), count + width + asked)
    lp.a_matrix_.value_ = np.append(values.ravel(), -np.ones(len(asked)))
    if whole:
        kinds = highspy.HighsVarType
        lp.integrality_ = [kinds.kInteger] * size + [kinds.kContinuous]
    return programs.solver(lp)
