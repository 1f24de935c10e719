"""Why a problem has no answer, and the smallest change after which it has one."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from reviews.assignment.matching.pricing import better, first_of_each, nearest
from reviews.assignment.matching.problem import Problem
from reviews.assignment.matching.scores import Floats, Ints, Sparse
from reviews.assignment.matching.total import ADDED, NEAREST, Solution, on_candidates

NAMED = 10  # so many are named in a sentence
FEWER = 1.001  # what a review too few costs, where one too many for a reviewer costs 1: little more


@dataclass(frozen=True)
class Cure:
    """One change: so many reviews more for a reviewer, fewer for a submission, or fewer at least for a reviewer."""

    what: str  # "load", "demand", "min_load" or "senior"
    who: int
    by: int

    def __str__(self) -> str:
        words = {
            "load": "reviewer {who} reviews {by} more",
            "demand": "submission {who} gets {by} fewer",
            "senior": "submission {who} does without a senior",
            "min_load": "reviewer {who} need not do {by} of the minimum",
        }
        return words[self.what].format(who=self.who, by=abs(self.by))


class Infeasible(ValueError):
    """There is no assignment: why, between which submissions and reviewers it lacks, and the smallest cure."""

    def __init__(self, reason: str, submissions: Ints, reviewers: Ints, cure: list[Cure]) -> None:
        super().__init__(reason)
        self.reason, self.submissions, self.reviewers, self.cure = reason, submissions, reviewers, cure

    def summary(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "infeasible": self.reason,
            "submissions": self.submissions.tolist(),
            "reviewers": self.reviewers.tolist(),
            "cure": [{"change": each.what, "who": each.who, "by": each.by} for each in self.cure],
        }


def diagnose(problem: Problem) -> Infeasible | None:
    """The reason why a problem (without fixed pairs) has no answer; None when it has one.

    All scores are set to nothing, and what is asked may be missed at a price: the cheapest way is the smallest cure, by
    the same flow over all pairs. Where it costs something, the prices show between whom the reviews are short.
    """
    solution = least_missing(problem)
    lacking, over, short = solution.lacking, solution.over, solution.short
    if not (lacking.any() or over.any() or short.any()):
        return None
    cure = [Cure("load", int(who), int(over[who])) for who in np.flatnonzero(over)]
    cure += [Cure("min_load", int(who), -int(short[who])) for who in np.flatnonzero(short)]
    cure += [Cure("demand", int(who), -int(lacking[who])) for who in np.flatnonzero(lacking)]
    return _reason(problem, solution, cure)


def least_missing(problem: Problem) -> Solution:
    """The assignment that misses least of what is asked."""
    nothing = Sparse.of(*(np.empty(0, np.int64),) * 2, np.empty(0), problem.shape)
    plain = replace(problem, scores=nothing, parts=((1.0, sum(units for _, units in problem.parts)),))
    generator = np.random.default_rng(0)
    prices: Floats = np.zeros(problem.shape[1])
    around = max(NEAREST, 6 * int(problem.demand.max(initial=0)))
    candidates = nearest(plain, prices, around, generator)
    outside = np.full(problem.shape[0], -FEWER)
    while True:
        solution = on_candidates(plain, candidates, prices, outside, relief=1.0)
        prices = solution.prices
        found = better(plain, prices, solution.utilities, ADDED)
        gain = -prices[found.columns] - solution.utilities[found.rows]
        wanted = first_of_each(found.rows, [generator.random(len(found)), -gain], ADDED)
        more = candidates.joined(found.kept(wanted), problem.shape[1])
        if len(more) == len(candidates):
            return solution
        candidates = more


def _reason(problem: Problem, solution: Solution, cure: list[Cure]) -> Infeasible:
    none = np.empty(0, np.int64)
    needed, offered = int(problem.demand.sum()), int(problem.most.sum())
    if needed > offered:
        return Infeasible(
            f"{needed} reviews are needed, and reviewers may give {offered} in all.", none, none, cure
        )
    if problem.least.sum() > needed:
        reason = f"Reviewers must give at least {problem.least.sum()} reviews in all; {needed} are needed."
        return Infeasible(reason, none, np.flatnonzero(problem.least), cure)
    copies = sum(units for _, units in problem.parts)
    can = problem.most > 0
    forbidden = problem.forbidden
    available = np.full(problem.shape[0], int(can.sum()))
    rows, columns = forbidden.lists()
    available -= np.bincount(rows[can[columns]], minlength=problem.shape[0])
    alone = np.flatnonzero(available * copies < problem.demand)
    if len(alone):
        first = alone[0]
        return Infeasible(
            f"{named('submission', alone)} in conflict with too many: submission {first} needs "
            f"{problem.demand[first]} reviews, and {available[first]} reviewers may give it one.",
            alone,
            none,
            cure,
        )
    short = np.flatnonzero(solution.short)
    if len(short):
        return Infeasible(
            f"{named('reviewer', short)} without enough submissions that they may review, for their minimum.",
            none,
            short,
            cure,
        )
    # Between them the reviews are short: nobody else may review these, and these reviewers are full.
    tight = np.flatnonzero((solution.utilities < -0.5) & (problem.demand > 0))
    full = np.flatnonzero(solution.prices > 0.5)
    return Infeasible(
        f"{named('submission', tight)} in need of {int(problem.demand[tight].sum())} reviews, which "
        f"{len(full)} reviewers with loads of {int(problem.most[full].sum())} cannot give; all others are in conflict.",
        tight,
        full,
        cure,
    )


def named(what: str, who: Ints) -> str:
    """The first of them by number, with the verb."""
    if len(who) == 1:
        return f"{what.capitalize()} {who[0]} is"
    names = ", ".join(str(each) for each in who[:NAMED]) + (
        f" and {len(who) - NAMED} more" if len(who) > NAMED else ""
    )
    return f"{what.capitalize()}s {names} are"
