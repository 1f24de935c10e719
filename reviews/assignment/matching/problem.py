"""What is asked: who may review what, how many reviews a submission needs, how many a reviewer gives."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reviews.assignment.matching.rules import Rules
from reviews.assignment.matching.scores import Dense, Factors, Ints, Reals, Scores, Sparse, Weighted

MOST_UNITS = 2**40  # reviews in all; beyond it sums of costs would not fit into 64 bits


class ProblemError(ValueError):
    """The problem contradicts itself; the message says where."""


@dataclass(frozen=True)
class Pairs:
    """A set of pairs, by submission: those of submission p are columns[starts[p]:starts[p + 1]], in order."""

    starts: Ints
    columns: NDArray[np.int32]
    width: int

    @classmethod
    def of(cls, rows: ArrayLike, columns: ArrayLike, shape: tuple[int, int]) -> "Pairs":
        """From two lists of numbers. Raises ProblemError when one is out of range."""
        rows, columns = np.asarray(rows, np.int64), np.asarray(columns, np.int64)
        for numbers, count, what in ((rows, shape[0], "submission"), (columns, shape[1], "reviewer")):
            if np.any((numbers < 0) | (numbers >= count)):
                raise ProblemError(f"a pair names a {what} that is none; there are {count}")
        keys = np.unique(rows * shape[1] + columns)
        rows, columns = np.divmod(keys, max(1, shape[1]))
        starts = np.searchsorted(rows, np.arange(shape[0] + 1))
        return cls(starts, columns.astype(np.int32), shape[1])

    @classmethod
    def where(cls, mask: NDArray[np.bool_]) -> "Pairs":
        """The pairs at which a matrix of truth values is true."""
        return cls.marked(mask, lambda rows: rows)

    @classmethod
    def marked(cls, matrix: Reals, is_marked: Callable[[Reals], NDArray[np.bool_]]) -> "Pairs":
        """The pairs whose value in a matrix is a mark; asked row by row, which takes no memory."""
        columns = [np.flatnonzero(is_marked(row)).astype(np.int32) for row in matrix]
        starts = np.cumsum([0, *(len(each) for each in columns)], dtype=np.int64)
        return cls(starts, np.concatenate(columns) if columns else np.empty(0, np.int32), matrix.shape[1])

    @classmethod
    def none(cls, shape: tuple[int, int]) -> "Pairs":
        """No pair at all."""
        return cls(np.zeros(shape[0] + 1, np.int64), np.empty(0, np.int32), shape[1])

    def __len__(self) -> int:
        return len(self.columns)

    def __or__(self, other: "Pairs") -> "Pairs":
        if not len(other):
            return self
        mine, theirs = self.lists(), other.lists()
        shape = (len(self.starts) - 1, self.width)
        return Pairs.of(np.concatenate([mine[0], theirs[0]]), np.concatenate([mine[1], theirs[1]]), shape)

    def lists(self) -> tuple[Ints, Ints]:
        """Submissions and reviewers of the pairs, in order."""
        rows = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        return rows, self.columns.astype(np.int64)

    def within(self, start: int, stop: int) -> tuple[Ints, NDArray[np.int32]]:
        """The pairs of the submissions from start to before stop; rows counted from start."""
        bounds = self.starts[start : stop + 1]
        return np.repeat(np.arange(stop - start), np.diff(bounds)), self.columns[bounds[0] : bounds[-1]]

    def has(self, rows: Ints, columns: Ints) -> NDArray[np.bool_]:
        """Which of these pairs are in the set."""
        mine = self.lists()
        keys = mine[0] * self.width + mine[1]
        return np.isin(rows * self.width + columns, keys)


@dataclass(frozen=True)
class Problem:
    """Scores, how many reviews each submission needs, between how many a reviewer gives, which pairs must (not) be.

    A pair is chosen in `parts`, (weight, units) each, of falling weight: as a rule one part of weight 1 and one unit.
    """

    scores: Scores
    demand: Ints
    most: Ints
    least: Ints
    conflicts: Pairs
    fixed: Pairs
    parts: tuple[tuple[float, int], ...] = ((1.0, 1),)
    rules: Rules | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """How many submissions, how many reviewers."""
        return self.scores.shape

    @property
    def forbidden(self) -> Pairs:
        """What is not to be chosen: conflicts, and what is fixed already."""
        return self.conflicts | self.fixed

    def remaining(self) -> "Problem":
        """What is left to decide when the fixed pairs are given."""
        if not len(self.fixed):
            return self
        rows, columns = self.fixed.lists()
        given = np.bincount(columns, minlength=self.shape[1])
        return replace(
            self,
            demand=self.demand - np.bincount(rows, minlength=self.shape[0]),
            most=self.most - given,
            least=np.maximum(self.least - given, 0),
            conflicts=self.forbidden,
            fixed=Pairs.none(self.shape),
        )


def problem(
    scores: Scores | Reals,
    demand: ArrayLike,
    load: ArrayLike,
    *,
    min_load: ArrayLike = 0,
    conflicts: Pairs | NDArray[np.bool_] | None = None,
    fixed: Pairs | None = None,
    rules: Rules | None = None,
) -> Problem:
    """A problem from numbers or one number per row or column. Raises ProblemError when it makes no sense."""
    if isinstance(scores, np.ndarray):
        scores = Dense(scores if scores.dtype in (np.float32, np.float64) else scores.astype(np.float64))
    shape = scores.shape
    if isinstance(conflicts, np.ndarray):
        if conflicts.shape != shape:
            raise ProblemError(f"conflicts are for {conflicts.shape}, scores for {shape}")
        conflicts = Pairs.where(conflicts)
    made = Problem(
        scores,
        _counts(demand, shape[0], "demand"),
        _counts(load, shape[1], "load"),
        _counts(min_load, shape[1], "minimum load"),
        conflicts if conflicts is not None else Pairs.none(shape),
        fixed if fixed is not None else Pairs.none(shape),
        rules=rules,
    )
    if not np.all(made.least <= made.most):
        reviewer = int(np.argmax(made.least > made.most))
        raise ProblemError(
            f"reviewer {reviewer} must give {made.least[reviewer]} reviews but may give {made.most[reviewer]}"
        )
    _check_fixed(made)
    _check_finite(scores, made.conflicts)
    return made


def _counts(numbers: ArrayLike, length: int, what: str) -> Ints:
    given = np.asarray(numbers)
    if given.ndim not in (0, 1) or (given.ndim == 1 and len(given) != length):
        raise ProblemError(f"{what}: {length} numbers are needed, or one for all; there are {given.size}")
    whole = np.broadcast_to(given, length).astype(np.int64)
    if not np.all(whole == given):
        raise ProblemError(f"{what}: only whole numbers")
    if np.any(whole < 0):
        raise ProblemError(f"{what}: {whole.min()} is negative")
    if whole.sum() >= MOST_UNITS:
        raise ProblemError(f"{what}: {whole.sum()} in all is too much")
    return whole


def _check_fixed(made: Problem) -> None:
    rows, columns = made.fixed.lists()
    if not len(rows):
        return
    clash = made.conflicts.has(rows, columns)
    if clash.any():
        place = int(np.argmax(clash))
        raise ProblemError(
            f"submission {rows[place]} and reviewer {columns[place]} are fixed, but in conflict"
        )
    left = made.remaining()
    for numbers, what in (
        (left.demand, "submission {} has more reviewers fixed than it needs"),
        (left.most, "reviewer {} has more submissions fixed than they may review"),
    ):
        if np.any(numbers < 0):
            raise ProblemError(what.format(int(np.argmin(numbers))))


def _check_finite(scores: Scores, conflicts: Pairs) -> None:
    """Pairs in conflict may hold anything; else whatever scores are made of is finite."""
    if isinstance(scores, Dense):
        _check_matrix(scores, conflicts)
    elif isinstance(scores, Sparse):
        bad = np.flatnonzero(~np.isfinite(scores.values) & ~conflicts.has(scores.rows, scores.columns))
        if len(bad):
            at = bad[0]
            raise ProblemError(
                f"the score of submission {scores.rows[at]} and reviewer {scores.columns[at]} is {scores.values[at]}"
            )
        if not math.isfinite(scores.elsewhere):
            raise ProblemError(f"the score of all other pairs is {scores.elsewhere}")
    elif isinstance(scores, Factors):
        for vectors, whose in ((scores.submissions, "submission"), (scores.reviewers, "reviewer")):
            bad = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
            if len(bad):
                raise ProblemError(f"the vector of {whose} {bad[0]} is not finite")
    elif isinstance(scores, Weighted):
        for weight, term in scores.terms:
            if not math.isfinite(weight):
                raise ProblemError(f"a weight is {weight}")
            _check_finite(term, conflicts)


def _check_matrix(scores: Dense, conflicts: Pairs) -> None:
    step = max(1, 2**20 // max(1, scores.shape[1]))
    for start in range(0, scores.shape[0], step):
        block = scores.block(start, min(start + step, scores.shape[0]))
        finite = np.isfinite(block)
        if finite.all():
            continue
        finite[conflicts.within(start, start + len(block))] = True
        if not finite.all():
            row, column = np.argwhere(~finite)[0]
            raise ProblemError(
                f"the score of submission {start + row} and reviewer {column} is {block[row, column]}"
            )
