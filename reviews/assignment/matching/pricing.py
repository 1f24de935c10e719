"""Looking at all pairs, in blocks of rows: which are worth more than prices say, and what no assignment can exceed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reviews.assignment.matching.problem import Problem, ProblemError
from reviews.assignment.matching.scores import Floats, Ints, Reals

BLOCK = 2**18  # pairs at a time: what a core's cache holds


@dataclass(frozen=True)
class Candidates:
    """Pairs with their scores, ordered by submission, then reviewer."""

    rows: Ints
    columns: Ints
    scores: Floats

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def none(cls) -> "Candidates":
        """No pair."""
        return cls(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))

    def joined(self, other: "Candidates", width: int) -> "Candidates":
        """Those of both, each once."""
        rows = np.concatenate([self.rows, other.rows])
        columns = np.concatenate([self.columns, other.columns])
        scores = np.concatenate([self.scores, other.scores])
        keys = rows * width + columns
        order = np.argsort(keys, kind="stable")
        first = order[np.diff(keys[order], prepend=-1) > 0]
        return Candidates(rows[first], columns[first], scores[first])

    def kept(self, which: Ints) -> "Candidates":
        """Some of them, in the same order."""
        return Candidates(self.rows[which], self.columns[which], self.scores[which])


def blocks(problem: Problem, prices: Floats, weights: Floats | None = None) -> Iterator[tuple[int, Reals]]:
    """Score (times the row's weight) minus the reviewer's price for some rows at a time; minus infinity in conflict.

    The next block overwrites the last.
    """
    count, width = problem.shape
    step = max(problem.scores.rows_at_once, BLOCK // max(1, width))
    buffer: Reals | None = None
    forbidden = problem.forbidden
    for start in range(0, count, step):
        stop = min(start + step, count)
        rows = problem.scores.block(start, stop)
        if buffer is None:
            buffer = np.empty((step, width), rows.dtype)
            prices = prices.astype(rows.dtype)
        values = buffer[: stop - start]
        if weights is None:
            np.subtract(rows, prices, out=values)
        else:
            np.multiply(rows, weights[start:stop, None].astype(rows.dtype), out=values)
            values -= prices
        values[forbidden.within(start, stop)] = -np.inf
        yield start, values


def nearest(problem: Problem, prices: Floats, count: int, generator: np.random.Generator) -> Candidates:
    """About `count` pairs of each submission with the highest score minus price; many equal ones are drawn from."""
    found = [(np.empty(0, np.int64), np.empty(0, np.int64))]
    found += [(rows, columns) for rows, columns, _ in near(problem, prices, count, generator)]
    rows, columns = (np.concatenate(part) for part in zip(*found, strict=True))
    return Candidates(rows, columns, scores_of(problem, rows, columns))


def near(
    problem: Problem, prices: Floats, count: int, generator: np.random.Generator
) -> Iterator[tuple[Ints, Ints, Reals]]:
    """The pairs of `nearest`, some submissions at a time: rows, columns, and roughly their score minus price."""
    width = problem.shape[1]
    sample = max(1, min(8, width // (4 * count)))
    rank = max(1, count // sample)
    for start, values in blocks(problem, prices):
        seen = values[:, generator.integers(sample) :: sample]
        if seen.shape[1] > rank:
            least = np.partition(seen, seen.shape[1] - rank, axis=1)[:, seen.shape[1] - rank]
        else:
            least = np.full(len(values), -np.inf, values.dtype)
        rows, columns = np.divmod(np.flatnonzero((values >= least[:, None]) & (values > -np.inf)), width)
        worth = values[rows, columns]
        if len(rows) > 4 * count * len(values):
            kept = first_of_each(rows, [generator.random(len(rows)), -worth], 2 * count)
            rows, columns, worth = rows[kept], columns[kept], worth[kept]
        yield rows + start, columns, worth


def first_of_each(rows: Ints, keys: list[Floats], count: int) -> Ints:
    """Positions of the first `count` of each row by the keys (the last is the primary one), in ascending order."""
    order = np.lexsort([*keys, rows])
    ordered = rows[order]
    begins = np.flatnonzero(np.diff(ordered, prepend=-1))
    rank = np.arange(len(rows)) - np.repeat(begins, np.diff(np.append(begins, len(rows))))
    kept: Ints = np.sort(order[rank < count])
    return kept


def scores_of(problem: Problem, rows: Ints, columns: Ints) -> Floats:
    """The exact scores. Raises ProblemError when one is not finite."""
    scores = problem.scores.at(rows, columns)
    if not np.isfinite(scores).all():
        bad = int(np.argmax(~np.isfinite(scores)))
        raise ProblemError(
            f"the score of submission {rows[bad]} and reviewer {columns[bad]} is {scores[bad]}"
        )
    return scores


def better(
    problem: Problem, prices: Floats, utilities: Floats, most: int, weights: Floats | None = None
) -> Candidates:
    """Pairs whose score (times the row's weight) minus price exceeds its utility, or the `most` best of each."""
    width = problem.shape[1]
    dearest = float(np.max(np.abs(prices), initial=0))
    heaviest = 1.0 if weights is None else float(np.max(np.abs(weights), initial=0))
    generator = np.random.default_rng(0)
    parts = [Candidates.none()]
    for start, values in blocks(problem, prices, weights):
        wanted = utilities[start : start + len(values)]
        # Blocks are rough: what is near the utility is looked at exactly.
        margin = (
            4 * np.finfo(values.dtype).eps * (np.abs(wanted) + dearest) + heaviest * problem.scores.roughness
        )
        least = (wanted - margin).astype(values.dtype)
        rows, columns = np.divmod(np.flatnonzero(values > least[:, None]), width)
        rows += start
        scores = scores_of(problem, rows, columns)
        gain = (scores if weights is None else scores * weights[rows]) - prices[columns] - utilities[rows]
        kept = np.flatnonzero(gain > 0)
        if len(kept) > most * len(values):
            kept = kept[first_of_each(rows[kept], [generator.random(len(kept)), -gain[kept]], most)]
        parts.append(Candidates(rows[kept], columns[kept], scores[kept]))
    return Candidates(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("rows", "columns", "scores"))
    )
