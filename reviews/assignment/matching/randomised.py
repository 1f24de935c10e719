"""Assignments drawn at random, so that nobody can count on a paper: no pair is likelier than a cap.

Probabilities are multiples of 2^-b. The best ones are an assignment, too, of units: demands and loads times 2^b, of a
pair at most cap * 2^b units. It is as integral as any flow, so the expected total is the linear program's optimum.

A draw halves the units b times. Of an even number half remains. The pairs with an odd number are the edges of a graph
in which every submission has an even number of them: they make closed trails (the odd reviewers' last edges are joined
two by two), in which every second edge is kept, from the one or the other by a coin. Each edge is kept with probability
1/2, every submission keeps exactly half, and no reviewer more than half, rounded up.
"""

from dataclasses import dataclass, replace

import numpy as np

from reviews.assignment.matching.infeasible import Infeasible, diagnose
from reviews.assignment.matching.problem import Problem, ProblemError
from reviews.assignment.matching.scores import Floats, Ints
from reviews.assignment.matching.total import GAP, Solution, maximise

HALVINGS = 6  # probabilities are multiples of a 64th, or of the coarsest that the cap allows


@dataclass(frozen=True)
class Lottery:
    """The probability of each pair, and how good the draws are on average. Drawn with a seed, it can be drawn again."""

    problem: Problem
    submissions: Ints
    reviewers: Ints
    units: Ints  # each is worth a probability of 2^-halvings
    halvings: int
    objective: float  # of the probabilities: the expected total, less what the perturbation takes
    bound: float  # on the objective
    solution: Solution

    @property
    def probabilities(self) -> Floats:
        """Of each pair."""
        shares: Floats = self.units / float(2**self.halvings)
        return shares

    @property
    def expected_total(self) -> float:
        """The mean total of the draws."""
        scores = self.problem.scores.at(self.submissions, self.reviewers)
        return float((scores * self.probabilities).sum())

    @property
    def gap(self) -> float:
        """How far the objective may be from the best, as a share of it."""
        scores = self.problem.scores.at(self.submissions, self.reviewers)
        worth = float((np.abs(scores) * self.probabilities).sum())
        return max(0.0, self.bound - self.objective) / (worth or 1.0)

    def draw(self, seed: int) -> tuple[Ints, Ints]:
        """One assignment: its pairs, the fixed ones among them."""
        generator = np.random.Generator(np.random.PCG64(seed))
        units = self.units.copy()
        for _ in range(self.halvings):
            odd = np.flatnonzero(units % 2)
            units //= 2
            units[odd[_every_second(self.submissions[odd], self.reviewers[odd], generator)]] += 1
        drawn = np.flatnonzero(units)
        return self.submissions[drawn], self.reviewers[drawn]


def capped(problem: Problem, cap: float, gap: float = GAP) -> Lottery:
    """The lottery of the highest expected total in which no pair is likelier than the cap. Raises ProblemError."""
    halvings = _halvings(cap)
    return _lottery(problem, ((1.0, round(cap * 2**halvings)),), halvings, gap)


def perturbed(
    problem: Problem, strength: float = 0.5, cap: float = 1.0, halvings: int = 3, gap: float = GAP
) -> Lottery:
    """A lottery that spreads: a pair of probability x is worth score * (x - strength / 2 * x^2), whose increments fall.

    The likelier a pair already is, the less another unit of it counts. Raises ProblemError for negative scores.
    """
    if not 0 <= strength <= 1:
        raise ProblemError(f"the strength of the perturbation is {strength}; it must be from 0 to 1")
    whole = 2**halvings
    # Of x - a/2 x^2 the k-th unit adds 1 - a (2k - 1) / 2 / whole, for each unit's worth.
    parts = tuple((1 - strength * (2 * k - 1) / (2 * whole), 1) for k in range(1, round(cap * whole) + 1))
    found = _lottery(problem, parts, halvings, gap)
    if np.any(found.solution.candidates.scores < 0):
        raise ProblemError("the perturbed objective needs scores of at least 0")
    return found


def _halvings(cap: float) -> int:
    if not 0 < cap <= 1:
        raise ProblemError(f"the cap is {cap}; it must be above 0 and at most 1")
    for halvings in range(HALVINGS + 1):
        if (cap * 2**halvings).is_integer():
            return halvings
    raise ProblemError(f"the cap is {cap}; it must be a multiple of 1/{2**HALVINGS}")


def _lottery(problem: Problem, parts: tuple[tuple[float, int], ...], halvings: int, gap: float) -> Lottery:
    if problem.rules is not None:
        raise ProblemError("rules go with the highest total only")
    left, whole = problem.remaining(), 2**halvings
    asked = replace(
        left, demand=left.demand * whole, most=left.most * whole, least=left.least * whole, parts=parts
    )
    solution = maximise(asked, gap) if left.least.sum() <= left.demand.sum() else None
    if solution is None or solution.lacking.any():
        raise diagnose(left) or _too_low_a_cap(
            asked, max(units for _, units in [*parts, (0, len(parts))]) / whole
        )
    chosen, fixed = np.flatnonzero(solution.units), problem.fixed.lists()
    worth = float(problem.scores.at(*fixed).sum())
    return Lottery(
        problem,
        np.concatenate([solution.candidates.rows[chosen], fixed[0]]),
        np.concatenate([solution.candidates.columns[chosen], fixed[1]]),
        np.concatenate([solution.units[chosen], np.full(len(fixed[0]), whole)]),
        halvings,
        solution.total / whole + worth,
        solution.bound / whole + worth,
        solution,
    )


def _too_low_a_cap(asked: Problem, cap: float) -> Infeasible:
    found = diagnose(asked)
    assert found is not None, "the lottery can be held, but was not found"
    reason = f"No pair may be likelier than {cap:g}, and so not every submission gets what it needs."
    return Infeasible(reason, found.submissions, found.reviewers, [])


def _every_second(submissions: Ints, reviewers: Ints, generator: np.random.Generator) -> Ints:
    """Every second edge of closed trails through all of these edges."""
    size = len(submissions)
    if not size:
        return np.empty(0, np.int64)
    by_submission, none = _partners(submissions, generator)
    by_reviewer, single = _partners(reviewers, generator)
    assert not len(none), "a submission with an odd number of odd pairs"
    single = generator.permutation(single)
    by_reviewer[single[0::2]], by_reviewer[single[1::2]] = single[1::2], single[0::2]
    # Two steps along a trail; doubled until each edge knows the least number among every second edge of its trail.
    jump, label = by_reviewer[by_submission], np.arange(size)
    for _ in range(size.bit_length()):
        label, jump = np.minimum(label, label[jump]), jump[jump]
    other = label[by_submission]
    coins = generator.integers(2, size=size)
    kept: Ints = np.flatnonzero((label < other) == (coins[np.minimum(label, other)] == 1))
    return kept


def _partners(vertices: Ints, generator: np.random.Generator) -> tuple[Ints, Ints]:
    """Each edge's partner at its vertex, at random; and the edges that are left without one."""
    order = np.lexsort([generator.random(len(vertices)), vertices])
    ordered = vertices[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    lengths = np.diff(np.append(starts, len(ordered)))
    place = np.arange(len(ordered)) - np.repeat(starts, lengths)
    alone = (place == np.repeat(lengths, lengths) - 1) & (place % 2 == 0)
    first = np.flatnonzero((place % 2 == 0) & ~alone)
    partner = np.arange(len(ordered))
    partner[order[first]], partner[order[first + 1]] = order[first + 1], order[first]
    return partner, order[alone]
