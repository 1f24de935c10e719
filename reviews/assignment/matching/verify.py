"""An independent look at an assignment: plain arithmetic over all pairs that trusts nothing of what found it."""

import numpy as np

from reviews.assignment.matching.problem import Problem
from reviews.assignment.matching.rules import Rules
from reviews.assignment.matching.scores import Floats, Ints


def faults(problem: Problem, submissions: Ints, reviewers: Ints) -> list[str]:
    """What is wrong with the assignment; nothing, if all is well."""
    count, width = problem.shape
    if len(submissions) != len(reviewers):
        return ["there are not as many submissions as reviewers in the pairs"]
    if np.any((submissions < 0) | (submissions >= count) | (reviewers < 0) | (reviewers >= width)):
        return ["a pair names a submission or a reviewer that is none"]
    found = []
    keys = submissions * width + reviewers
    if len(np.unique(keys)) < len(keys):
        found.append("a pair is there twice")
    got, given = np.bincount(submissions, minlength=count), np.bincount(reviewers, minlength=width)
    for what, counts, wrong in (
        ("submission {} has {} reviews, not as many as it needs", got, got != problem.demand),
        ("reviewer {} has {} reviews, more than they may give", given, given > problem.most),
        ("reviewer {} has {} reviews, fewer than they must give", given, given < problem.least),
    ):
        found += [what.format(who, counts[who]) for who in np.flatnonzero(wrong)]
    clash = problem.conflicts.has(submissions, reviewers)
    found += [
        f"submission {submissions[at]} and reviewer {reviewers[at]} are in conflict"
        for at in np.flatnonzero(clash)
    ]
    rows, columns = problem.fixed.lists()
    absent = ~np.isin(rows * width + columns, keys)
    found += [
        f"submission {rows[at]} lacks reviewer {columns[at]}, who is fixed" for at in np.flatnonzero(absent)
    ]
    return found + (_broken(problem, problem.rules, submissions, reviewers) if problem.rules else [])


def _broken(problem: Problem, rules: Rules, submissions: Ints, reviewers: Ints) -> list[str]:
    """The rules, one submission after the other."""
    found = []
    by = [set(reviewers[submissions == row].tolist()) for row in range(problem.shape[0])]
    for row, people in enumerate(by):
        if (
            rules.seniors is not None
            and problem.demand[row]
            and not any(rules.seniors[who] for who in people)
        ):
            found.append(f"submission {row} has no senior reviewer")
        for labels in rules.groups:
            present = [int(labels[who]) for who in people if labels[who] >= 0]
            if len(set(present)) < len(present):
                found.append(f"submission {row} has two reviewers of one group")
    wrote = list(zip(*(side.tolist() for side in rules.authors), strict=True))
    for one, author in wrote:
        for other, writer in wrote:
            if (one, author) < (other, writer) and author in by[other] and writer in by[one]:
                found.append(f"reviewers {author} and {writer} review what the other wrote")
    return found


def bound(problem: Problem, prices: Floats) -> float:
    """What no assignment can exceed, by these prices of the reviewers: whatever they are, it holds.

    A reviewer with price v gives at most `most` reviews, and no submission gets more than the largest of its scores
    minus prices; both are summed over all pairs, in double precision.
    """
    fixed = problem.fixed.lists()
    problem = problem.remaining()
    loads = problem.most * np.maximum(prices, 0) + problem.least * np.minimum(prices, 0)
    total = float(loads.sum()) + float(problem.scores.at(*fixed).sum())
    for row in range(problem.shape[0]):
        worth = problem.scores.block(row, row + 1)[0].astype(np.float64) - prices
        worth[problem.conflicts.within(row, row + 1)[1]] = -np.inf
        demand = problem.demand[row]
        if demand:
            total += float(np.sort(np.partition(worth, len(worth) - demand)[len(worth) - demand :]).sum())
    return total
