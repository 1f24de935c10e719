"""The affinity of every pair: a full matrix, a sparse one, factors, or a weighted sum of these.

Whole rows come as `block`, for looking at all pairs; single pairs as `at`, in double precision, which is what counts.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Reals = NDArray[Any]  # float32 or float64


class Scores(Protocol):
    """Affinities of submissions (rows) and reviewers (columns)."""

    @property
    def shape(self) -> tuple[int, int]:
        """How many submissions, how many reviewers."""

    @property
    def roughness(self) -> float:
        """How far a value of `block` may be from the one `at` gives."""

    @property
    def rows_at_once(self) -> int:
        """So many rows, at least, are worth asking `block` for at a time."""

    def block(self, start: int, stop: int) -> Reals:
        """The rows from start to before stop; not to be written to."""

    def at(self, rows: Ints, columns: Ints) -> Floats:
        """The scores of these pairs."""


@dataclass(frozen=True)
class Dense:
    """A matrix of float32 or float64. Pairs that are in conflict may hold anything, NaN too."""

    matrix: Reals

    @property
    def shape(self) -> tuple[int, int]:
        """How many submissions, how many reviewers."""
        return self.matrix.shape[0], self.matrix.shape[1]

    roughness = 0.0
    rows_at_once = 1

    def block(self, start: int, stop: int) -> Reals:
        """These rows of the matrix itself."""
        return self.matrix[start:stop]

    def at(self, rows: Ints, columns: Ints) -> Floats:
        """The scores of these pairs."""
        return self.matrix[rows, columns].astype(np.float64)


@dataclass(frozen=True)
class Sparse:
    """Some pairs with a score; every other pair has the score `elsewhere`."""

    rows: Ints  # in ascending order
    columns: Ints
    values: Floats
    shape: tuple[int, int]
    elsewhere: float = 0.0

    roughness = 0.0
    rows_at_once = 1

    @classmethod
    def of(
        cls, rows: Ints, columns: Ints, values: Floats, shape: tuple[int, int], elsewhere: float = 0.0
    ) -> "Sparse":
        """From pairs in any order, each at most once."""
        order = np.argsort(rows * shape[1] + columns)
        return cls(rows[order], columns[order], values[order], shape, elsewhere)

    @cached_property
    def _keys(self) -> Ints:
        return self.rows * self.shape[1] + self.columns

    def block(self, start: int, stop: int) -> Reals:
        """These rows, filled in."""
        rows = np.full((stop - start, self.shape[1]), self.elsewhere)
        first, last = np.searchsorted(self.rows, [start, stop])
        rows[self.rows[first:last] - start, self.columns[first:last]] = self.values[first:last]
        return rows

    def at(self, rows: Ints, columns: Ints) -> Floats:
        """The scores of these pairs."""
        keys = rows * self.shape[1] + columns
        if not len(self._keys):
            return np.full(len(keys), self.elsewhere)
        place = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return np.where(self._keys[place] == keys, self.values[place], self.elsewhere)


@dataclass(frozen=True)
class Factors:
    """The score of a pair is the inner product of a submission's vector and a reviewer's; no matrix is ever built."""

    submissions: Reals
    reviewers: Reals

    rows_at_once = 64  # a product reads all the reviewers' vectors, however few the rows

    @property
    def shape(self) -> tuple[int, int]:
        """How many submissions, how many reviewers."""
        return len(self.submissions), len(self.reviewers)

    @cached_property
    def roughness(self) -> float:
        """The rounding of an inner product, by Cauchy and Schwarz."""
        longest = [
            float(np.sqrt(np.max(np.einsum("ij,ij->i", side, side), initial=0)))
            for side in (self.submissions, self.reviewers)
        ]
        terms = self.submissions.shape[1] + 2
        return float(terms * np.finfo(self.reviewers.dtype).eps * longest[0] * longest[1])

    def block(self, start: int, stop: int) -> Reals:
        """A product of two matrices."""
        product: Reals = self.submissions[start:stop] @ self.reviewers.T
        return product

    def at(self, rows: Ints, columns: Ints) -> Floats:
        """In double precision, some at a time."""
        values = np.empty(len(rows))
        for start in range(0, len(rows), 2**15):
            part = slice(start, start + 2**15)
            left = self.submissions[rows[part]].astype(np.float64)
            values[part] = np.einsum("ij,ij->i", left, self.reviewers[columns[part]], dtype=np.float64)
        return values


@dataclass(frozen=True)
class Weighted:
    """A sum of scores with a weight each: text, bids, topics, area chairs' suggestions."""

    terms: tuple[tuple[float, Scores], ...]

    @property
    def shape(self) -> tuple[int, int]:
        """That of every term."""
        return self.terms[0][1].shape

    @cached_property
    def roughness(self) -> float:
        """What the terms have; the sum itself is made in double precision."""
        return sum(abs(weight) * scores.roughness for weight, scores in self.terms)

    @property
    def rows_at_once(self) -> int:
        """The most that a term asks for."""
        return max(scores.rows_at_once for _, scores in self.terms)

    def block(self, start: int, stop: int) -> Reals:
        """The sum of the terms' rows."""
        total = np.zeros((stop - start, self.shape[1]))
        for weight, scores in self.terms:
            total += weight * scores.block(start, stop)
        return total

    def at(self, rows: Ints, columns: Ints) -> Floats:
        """The sum of the terms."""
        total = np.zeros(len(rows))
        for weight, scores in self.terms:
            total += weight * scores.at(rows, columns)
        return total
