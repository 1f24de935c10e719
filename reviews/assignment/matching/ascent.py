"""Prices to begin with: an ascent of the dual on short lists of candidates, made anew as prices change.

A reviewer who is wanted more often than they may be gets dearer, one wanted less often cheaper, each by a step of their
own, which grows while it leads on and is halved when it went too far (Rprop: Riedmiller and Braun, 1993). A submission
wants its best candidates at the present prices, but none that is worse than what lies outside its list.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviews.assignment.matching.pricing import near
from reviews.assignment.matching.problem import Problem
from reviews.assignment.matching.scores import Floats, Ints

LISTED = 32  # candidates of each submission, or one reviewer in a hundred
IN_ALL = 2**24  # so many candidates at most beyond that, for memory's sake
STEPS = 20  # on the same lists: far cheaper than to make them
STAGES = 16  # at most
FIRST = 0.05  # step, of how far a list's scores lie apart, which is the longest
LEAST = 1e-6  # step, likewise
ONWARD, BACK = 1.3, 0.5  # how a step grows and shrinks
ENOUGH = 5e-4  # the share of D by which a stage must lower it, for another to follow


@dataclass(frozen=True)
class Lists:
    """Candidates of each submission side by side, filled up with minus infinity."""

    scores: NDArray[np.float32]
    reviewers: NDArray[np.int32]
    wanted: Ints  # how many each submission takes

    @classmethod
    def near(cls, problem: Problem, prices: Floats, count: int, generator: np.random.Generator) -> "Lists":
        """About the `count` best at these prices, of the submissions that have a candidate and want one."""
        submissions, width = problem.shape
        scores = np.full((submissions, min(count, width)), -np.inf, np.float32)
        reviewers = np.zeros(scores.shape, np.int32)
        lengths = np.zeros(submissions, np.int64)
        for rows, columns, worth in near(problem, prices, count, generator):
            # By submission, the best first: one key, which sorts four times as fast as two.
            apart = 2 * (float(worth.max(initial=0)) - float(worth.min(initial=0))) or 1.0
            order = np.argsort(rows * apart - worth)
            found = np.bincount(rows, minlength=submissions)
            place = np.arange(len(rows)) - (np.cumsum(found) - found)[rows]
            kept = place < count
            row, column = rows[kept], columns[order[kept]]
            scores[row, place[kept]] = worth[order[kept]] + prices[column]
            reviewers[row, place[kept]] = column
            lengths += np.minimum(found, count)
        wanted = np.minimum(problem.demand, lengths * sum(units for _, units in problem.parts))
        live = wanted > 0
        return (
            cls(scores, reviewers, wanted) if live.all() else cls(scores[live], reviewers[live], wanted[live])
        )


class Climber:
    """Changes the prices step by step; remembers each reviewer's step, and which way it went."""

    def __init__(self, spread: float, width: int) -> None:
        """For lists whose scores lie so far apart, and so many reviewers."""
        self._spread, self._steps, self._way = spread, np.full(width, FIRST * spread), np.zeros(width)

    def climbed(self, problem: Problem, lists: Lists, prices: Floats) -> Floats:
        """The prices after some steps on these lists."""
        last = lists.scores.shape[1] - lists.wanted
        same = last.min() == last.max()
        outside = np.where(np.isfinite(lists.scores), _worth(lists, prices), np.inf).min(axis=1)
        most, least = np.log1p(problem.most), np.log1p(problem.least)
        for _ in range(STEPS):
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
            way = np.clip(excess, -1, 1)
            turn = way * self._way
            self._steps *= np.where(turn > 0, ONWARD, np.where(turn < 0, BACK, 1))
            self._steps = np.clip(self._steps, LEAST * self._spread, self._spread)
            self._way = way
            moved = prices + self._steps * way
            prices = np.where(prices * moved < 0, 0.0, moved)
        return prices


def prices_near_best(problem: Problem, generator: np.random.Generator) -> Floats:
    """Prices of the reviewers at which D is nearly least."""
    some = min(problem.shape[1] // 100, IN_ALL // max(1, problem.shape[0]))
    listed = max(LISTED, 8 * int(problem.demand.max(initial=0)), some)
    best = prices = np.zeros(problem.shape[1])
    least, climber = np.inf, None
    for _ in range(STAGES):
        lists = Lists.near(problem, prices, listed, generator)
        if not lists.wanted.size:
            break
        worth = _worth(lists, prices)
        value = _value(problem, worth, lists, prices)
        if least - ENOUGH * abs(value) < value <= least:
            return prices
        if value < least:
            best, least = prices, value
        if climber is None:
            finite = np.where(np.isfinite(worth), worth, np.nan)
            spread = float(np.mean(np.nanmax(finite, axis=1) - np.nanmin(finite, axis=1)))
            climber = Climber(spread, len(prices))
        prices = climber.climbed(problem, lists, prices)
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
