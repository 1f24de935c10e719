"""Maximum total affinity, exactly: flows on a few candidate pairs, prices for all pairs, until nothing is left to gain.

    maximise    sum of s(p, r) x(p, r)
    such that   sum over r of x(p, r) = demand(p),   least(r) <= sum over p of x(p, r) <= most(r),   0 <= x <= 1.

For any prices v(r) of the reviewers no assignment is worth more than

    D(v) = sum of most(r) max(v(r), 0) + least(r) min(v(r), 0)  +  sum over p of the demand(p) largest s(p, r) - v(r),

taken over ALL pairs. The flow on the candidates gives an assignment and prices; one look at all pairs gives D of these
prices, and the pairs that would have been worth more. With those the flow is made again. Where D equals the total, the
assignment is proven best.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from reviews.assignment.matching.ascent import prices_near_best
from reviews.assignment.matching.flow import Network
from reviews.assignment.matching.pricing import Candidates, better, first_of_each, nearest
from reviews.assignment.matching.problem import Problem
from reviews.assignment.matching.scores import Floats, Ints, Reals

GAP = 1e-6  # of the total: where the proof is close enough
ALL = 2**14  # pairs: as many are candidates all
NEAREST = 24  # candidates of a submission to begin with, and six for each review it needs
ADDED = 48  # at most, to a submission's candidates in one round
MISSED = 0.1  # of all the spread: so much less is a missing review worth, for prices to move before one is left out
MOST_COST = 2**55  # of an arc, times the number of nodes: what OR-tools can count with


@dataclass(frozen=True)
class Solution:
    """How many units of each candidate, prices of reviewers and utilities of submissions, and the bound they prove."""

    candidates: Candidates
    units: Ints
    prices: Floats
    utilities: Floats
    total: float
    bound: float
    lacking: Ints  # reviews that each submission does not get
    short: Ints  # reviews that each reviewer is below the minimum
    over: Ints  # and above what they may give

    @property
    def gap(self) -> float:
        """How much more there could be at most, as a share of what there is."""
        worth = float(np.abs(self.units * self.candidates.scores).sum())
        return max(0.0, self.bound - self.total) / (worth or 1.0)


def maximise(problem: Problem, gap: float = GAP, prices: Floats | None = None, seed: int = 0) -> Solution:
    """The assignment of highest total, for a problem without fixed pairs; prices of a similar one make a good start.

    Where no assignment gives everybody enough, the solution says which submissions lack how many reviews.
    """
    generator = np.random.default_rng(seed)
    count, width = problem.shape
    around = max(NEAREST, 6 * int(problem.demand.max(initial=0)))
    if count * width <= ALL:
        prices, around = np.zeros(width), width
    elif prices is None:
        prices = prices_near_best(problem, generator)
    candidates = nearest(problem, prices, around, generator)
    # What is not among the candidates of a submission is worth at most this, so that much a missing review is worth.
    outside = np.full(count, np.inf)
    np.minimum.at(outside, candidates.rows, candidates.scores - prices[candidates.columns])
    outside[np.isinf(outside)] = outside.min(initial=0.0, where=np.isfinite(outside))
    spread = 2 * float(np.abs(candidates.scores).max(initial=0)) + float(np.ptp(prices)) or 1.0
    outside = outside - MISSED * spread
    bound, dearer = math.inf, 1.0
    while True:
        solution = on_candidates(problem, candidates, prices, outside)
        prices = solution.prices
        found = better(problem, prices, solution.utilities, max(ADDED, int(problem.demand.max(initial=0))))
        bound = min(bound, dual_value(problem, solution, found))
        solution = replace(solution, bound=bound)
        gain = found.scores - prices[found.columns] - solution.utilities[found.rows]
        wanted = first_of_each(found.rows, [generator.random(len(found)), -gain], ADDED)
        more = candidates.joined(found.kept(wanted), width)
        complete, candidates = len(more) == len(candidates), more
        if not solution.lacking.any():
            if complete or solution.gap <= gap:
                return solution
        elif complete:
            # Either it is impossible, or leaving a review out was cheaper than what has to give way for it.
            if dearer > 2 * (count + width):
                return solution
            dearer *= 32
            outside = outside - spread * dearer


def on_candidates(
    problem: Problem, candidates: Candidates, prices: Floats, outside: Floats, relief: float | None = None
) -> Solution:
    """The best assignment of the candidates, with prices near the given ones.

    A missing review is worth `outside`; where a reviewer has a minimum, it may count as theirs. For `relief`, where it
    is allowed, a reviewer gives one more than they may, or one fewer than they must.
    """
    count, width = problem.shape
    weights, widths = (np.array(numbers) for numbers in zip(*problem.parts, strict=True))
    worth = (weights[:, None] * candidates.scores).ravel()
    nodes = count + width + 2
    unit = whole_unit(worth, outside[problem.demand > 0], nodes)
    top = float(worth.max(initial=0.0))
    papers, people, due = np.arange(count), np.arange(width), np.flatnonzero(problem.least)
    sink, nobody = count + width, count + width + 1
    zeros, relieved = np.zeros(width, np.int64), np.full(width, 0 if relief is None else round(relief / unit))
    more = 0 if relief is None else problem.demand.sum()
    arcs = [
        (
            np.tile(candidates.rows, len(weights)),
            count + np.tile(candidates.columns, len(weights)),
            np.repeat(widths, len(candidates)),
            _whole((top - worth) / unit),
        ),
        (papers, np.full(count, nobody), problem.demand, _whole((top - outside) / unit)),
        (count + people, np.full(width, sink), problem.most - problem.least, zeros),
        (
            np.full(len(due), nobody if relief is None else sink),
            count + due,
            problem.least[due],
            relieved[due],
        ),
        (count + people, np.full(width, sink), np.full(width, more), relieved),
        (np.array([nobody]), np.array([sink]), np.array([problem.demand.sum()]), zeros[:1]),
    ]
    sizes = [len(arc[0]) for arc in arcs]
    supplies = np.concatenate(
        [problem.demand, -problem.least, [problem.least.sum() - problem.demand.sum(), 0]]
    )
    # Arcs are many, and the solver holds them, too: they are not kept twice meanwhile.
    parts = list(zip(*arcs, strict=True))
    del arcs
    tails, heads, capacities, costs = (np.concatenate(parts.pop(0)) for _ in range(4))
    network = Network(tails, heads, capacities, costs, supplies)
    flow = network.cheapest()
    start = _whole(np.concatenate([np.full(count, -top / unit), -prices / unit, [0.0, 0.0]]))
    np.maximum.at(
        start, network.tails[: len(worth)], start[network.heads[: len(worth)]] - network.costs[: len(worth)]
    )
    distances = network.distances(flow, start)
    distances -= distances[sink]
    units, lacking, _, short, over, _ = np.split(flow, np.cumsum(sizes)[:-1])
    return Solution(
        candidates,
        units.reshape(len(weights), len(candidates)).sum(axis=0),
        (-distances[count:sink] * unit).astype(np.float64),
        (distances[:count] * unit + top).astype(np.float64),
        float((units * worth).sum()),
        math.inf,
        lacking,
        np.bincount(due, short, width).astype(np.int64),
        over,
    )


def _whole(numbers: Reals) -> Ints:
    whole: Ints = np.rint(np.clip(numbers, -MOST_COST, MOST_COST)).astype(np.int64)
    return whole


def whole_unit(worth: Floats, outside: Floats, nodes: int) -> float:
    """A power of two in which scores become whole numbers, so fine that rounding does not count if 64 bits allow it."""
    if not len(worth):
        return 1.0
    spread = float(worth.max() - min(worth.min(), outside.min(initial=np.inf)))
    sizes = np.abs(worth[worth != 0])
    middle = len(sizes) // 2  # np.median would first load numpy.ma, which takes as long as a small flow
    typical = float(np.partition(sizes, middle)[middle]) if len(sizes) else 0.0
    wanted = max(GAP / 8 * typical, 2 * spread * nodes / MOST_COST)
    return 2.0 ** math.floor(math.log2(wanted)) if wanted > 0 else 1.0


def dual_value(problem: Problem, solution: Solution, found: Candidates) -> float:
    """D of the solution's prices; `found` are the best pairs that exceed its utilities, enough for each demand."""
    prices, utilities = solution.prices, solution.utilities
    pairs = found.joined(solution.candidates.kept(np.flatnonzero(solution.units)), problem.shape[1])
    rows, columns = pairs.rows, pairs.columns
    loads = problem.most * np.maximum(prices, 0) + problem.least * np.minimum(prices, 0)
    weights, widths = (np.array(numbers) for numbers in zip(*problem.parts, strict=True))
    excess = np.maximum(weights[:, None] * pairs.scores - prices[columns] - utilities[rows], 0.0).ravel()
    rows, sizes = np.tile(rows, len(weights)), np.repeat(widths, len(pairs))
    order = np.lexsort([-excess, rows])
    excess, rows, sizes = excess[order], rows[order], sizes[order]
    # The demand of each submission is filled from the largest excess down.
    before = np.cumsum(sizes) - sizes
    before -= before[np.searchsorted(rows, rows)]
    taken = np.clip(problem.demand[rows] - before, 0, sizes)
    return math.fsum([float(problem.demand @ utilities), math.fsum(taken * excess), float(loads.sum())])
