"""Prices to begin with: an ascent of the dual on short lists of candidates, made anew as prices change.

A reviewer who is wanted more often than they may be gets dearer, one wanted less often cheaper, with steps that shrink.
A submission wants its best candidates at the present prices, but none that is worse than what lies outside its list.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviews.assignment.matching.pricing import Candidates, nearest
from reviews.assignment.matching.problem import Problem
from reviews.assignment.matching.scores import Floats, Ints

LISTED = 32  # candidates of each submission, or one reviewer in a hundred
IN_ALL = 2**22  # so many candidates at most beyond that, for memory's sake
STEPS = 10  # on the same lists
STAGES = 16  # at most
FIRST = 0.4  # step, of how far a list's scores lie apart
SLOW, FAST = 0.7, 0.5  # shrinking of the steps: while prices still travel, and near their goal
ENOUGH = 5e-4  # the share of D by which a stage must lower it, for another to follow


@dataclass(frozen=True)
class Lists:
    """Candidates of each submission side by side, filled up with minus infinity."""

    scores: NDArray[np.float32]
    reviewers: Ints
    wanted: Ints  # how many each submission takes

    @classmethod
    def of(cls, problem: Problem, candidates: Candidates) -> "Lists":
        """Of the submissions that have a candidate and want one."""
        lengths = np.bincount(candidates.rows, minlength=problem.shape[0])
        place = np.arange(len(candidates)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        wanted = np.minimum(problem.demand, lengths * sum(units for _, units in problem.parts))
        scores = np.full((problem.shape[0], int(lengths.max(initial=1))), -np.inf, np.float32)
        reviewers = np.zeros(scores.shape, np.int64)
        scores[candidates.rows, place] = candidates.scores
        reviewers[candidates.rows, place] = candidates.columns
        live = wanted > 0
        return cls(scores[live], reviewers[live], wanted[live])


def prices_near_best(problem: Problem, generator: np.random.Generator) -> Floats:
    """Prices of the reviewers at which D is nearly least."""
    some = min(problem.shape[1] // 100, IN_ALL // max(1, problem.shape[0]))
    listed = max(LISTED, 8 * int(problem.demand.max(initial=0)), some)
    best = prices = np.zeros(problem.shape[1])
    least, size, before = np.inf, 0.0, np.inf
    for stage in range(STAGES):
        lists = Lists.of(problem, nearest(problem, prices, listed, generator))
        if not lists.wanted.size:
            break
        worth = _worth(lists, prices)
        value = _value(problem, worth, lists, prices)
        if least - ENOUGH * abs(value) < value <= least:
            return prices
        fall = least - value
        if value < least:
            best, least = prices, value
        if not stage:
            finite = np.where(np.isfinite(worth), worth, np.nan)
            size = FIRST * float(np.mean(np.nanmax(finite, axis=1) - np.nanmin(finite, axis=1)))
        prices = _climbed(problem, lists, prices, size)
        size *= SLOW if fall > 0.28 * before else FAST
        before = fall
    return best


def _worth(lists: Lists, prices: Floats) -> NDArray[np.float32]:
    worth: NDArray[np.float32] = lists.scores - prices.astype(np.float32).take(lists.reviewers)
    return worth


def _value(problem: Problem, worth: NDArray[np.float32], lists: Lists, prices: Floats) -> float:
    """D of the prices, as far as the lists show it."""
    ordered = -np.sort(-worth, axis=1)
    taken = np.arange(worth.shape[1]) < lists.wanted[:, None]
    held = problem.most * np.maximum(prices, 0) + problem.least * np.minimum(prices, 0)
    return float(ordered[taken].sum(dtype=np.float64) + held.sum())


def _climbed(problem: Problem, lists: Lists, prices: Floats, size: float) -> Floats:
    """The mean of the later half of some steps."""
    last = lists.scores.shape[1] - lists.wanted
    same = last.min() == last.max()
    outside = np.where(np.isfinite(lists.scores), _worth(lists, prices), np.inf).min(axis=1)
    most, least = np.log1p(problem.most), np.log1p(problem.least)
    mean = np.zeros(len(prices))
    for step in range(STEPS):
        worth = _worth(lists, prices)
        if same:
            threshold = np.partition(worth, last[0], axis=1)[:, last[0]]
        else:
            threshold = np.take_along_axis(np.sort(worth, axis=1), last[:, None], 1)[:, 0]
        chosen = lists.reviewers.take(np.flatnonzero(worth >= np.maximum(threshold, outside)[:, None]))
        load = np.log1p(np.bincount(chosen, minlength=len(prices)))
        # Within its bounds a load calls for no price; a price brought back to 0 stops there.
        excess = np.maximum(load - most, 0) + np.minimum(load - least, 0)
        excess = np.where(prices > 0, load - most, np.where(prices < 0, load - least, excess))
        moved = prices + size * FAST ** (step / STEPS) * np.clip(excess, -1, 3)
        prices = np.where(prices * moved < 0, 0.0, moved)
        if step >= STEPS // 2:
            mean += prices
    return mean / (STEPS - STEPS // 2)
