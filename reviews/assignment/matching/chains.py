"""Lifting a poor submission by a chain of exchanges, each of which leaves its submission at the goal or above.

The poor one gives a reviewer up and takes a better one; whoever loses that one takes another, and so on, until somebody
takes a reviewer who has room, or the one that was given up first. Of such chains the one that costs the total least.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviews.assignment.matching.pricing import Candidates
from reviews.assignment.matching.problem import Problem
from reviews.assignment.matching.scores import Floats, Ints

LONGEST = 6  # exchanges in a chain
SHORT = 3  # and in one that only adds to the total
TRIED = 40  # ends of chains, the best first: a chain may come to a submission only once


@dataclass
class Lift:
    """An assignment among candidates that is changed chain by chain."""

    problem: Problem
    candidates: Candidates
    held: NDArray[np.bool_]  # of each candidate

    def __post_init__(self) -> None:
        count, width = self.problem.shape
        self.starts: Ints = np.searchsorted(self.candidates.rows, np.arange(count + 1))
        self.loads = np.bincount(self.candidates.columns[self.held], minlength=width)

    @property
    def scores(self) -> Floats:
        """Of each submission."""
        mine = self.candidates.kept(np.flatnonzero(self.held))
        scores: Floats = np.bincount(mine.rows, mine.scores, self.problem.shape[0]).astype(np.float64)
        return scores

    def reach(self, goal: float) -> bool:
        """Lift all that are below the goal, the poorest first; whether that succeeds. Nobody else falls below it."""
        while True:
            scores = np.where(self.problem.demand > 0, self.scores, np.inf)
            poorest = int(np.argmin(scores))
            if scores[poorest] >= goal:
                return True
            chain, _ = self._chain(poorest, scores, goal)
            if not chain:
                return False
            self._change(chain)

    def enrich(self, goal: float, least: float) -> None:
        """Chains that add at least so much to the total while all stay at the goal, from each submission in turn."""
        for submission in range(self.problem.shape[0]):
            chain, added = self._chain(submission, self.scores, goal, SHORT)
            if added > least:
                self._change(chain)

    def _change(self, chain: list[int]) -> None:
        self.held[chain] = ~self.held[chain]
        self.loads = np.bincount(self.candidates.columns[self.held], minlength=self.problem.shape[1])

    def _chain(
        self, beginner: int, scores: Floats, goal: float, longest: int = LONGEST
    ) -> tuple[list[int], float]:
        """What changes hands in the best chain that begins with giving up a reviewer of this one; what that adds."""
        rows, columns, worth = self.candidates.rows, self.candidates.columns, self.candidates.scores
        held = np.flatnonzero(self.held)
        holders = held[np.argsort(columns[held], kind="stable")]
        first = np.searchsorted(columns[holders], np.arange(self.problem.shape[1] + 1))
        room, spare = self.loads < self.problem.most, self.loads > self.problem.least
        gain = np.full(len(rows), -np.inf)  # of the chain so far, at the end of which this pair is given up
        taken, given, root = (
            np.empty(len(rows), np.int64) for _ in range(3)
        )  # before it, in return, and at first
        front = held[rows[held] == beginner]
        gain[front], root[front] = 0.0, front
        ends = []
        for _ in range(longest):
            old, new = _expanded(front, self.starts[rows[front]], self.starts[rows[front] + 1])
            after = worth[new] - worth[old]
            fits = np.flatnonzero(~self.held[new] & (scores[rows[old]] + after >= goal))
            old, new, after = old[fits], new[fits], gain[old[fits]] + after[fits]
            back = columns[root[old]] == columns[new]
            done = back | (room[columns[new]] & spare[columns[root[old]]])
            ends.append((after[done], old[done], new[done]))
            on = ~back
            step, pair = _expanded(np.flatnonzero(on), first[columns[new[on]]], first[columns[new[on]] + 1])
            pair = holders[pair]
            order = np.flatnonzero(np.isinf(gain[pair]))
            order = order[np.lexsort([-after[step[order]], pair[order]])]
            order = order[np.diff(pair[order], prepend=-1) > 0]
            front, step = pair[order], step[order]
            gain[front], given[front], taken[front] = after[step], old[step], new[step]
            root[front] = root[old[step]]
            if not len(front):
                break
        added, old, new = (np.concatenate(part) for part in zip(*ends, strict=True))
        for end in np.argsort(-added, kind="stable")[:TRIED]:
            chain = [int(new[end]), int(old[end])]
            while chain[-1] != root[chain[-1]]:
                chain += [int(taken[chain[-1]]), int(given[chain[-1]])]
            if len(set(rows[chain].tolist())) == len(chain) // 2:
                return chain, float(added[end])
        return [], 0.0


def _expanded(what: Ints, begins: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Each of `what` beside every number from its begin to before its end."""
    lengths = ends - begins
    places = np.arange(lengths.sum()) + np.repeat(begins - np.cumsum(lengths) + lengths, lengths)
    return np.repeat(what, lengths), places
