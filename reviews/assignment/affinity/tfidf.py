"""TF-IDF: texts are close when they share words and pairs of words that few other texts have.

Each text is a vector with an entry for each word and pair that occurs in at least two texts:

    (1 + ln how often it is in the text) · (1 + ln((1 + texts) / (1 + texts that have it)))

divided by the vector's length. The similarity of two texts is the product of their vectors, from 0 to 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from reviews.assignment.affinity.words import Vocabulary, grams, in_several

Floats = NDArray[np.float32]
BLOCK = 1 << 24  # numbers in the rows that are written out in full at a time


@dataclass(frozen=True)
class Vectors:
    """Rows of a sparse matrix: row i has `values[starts[i]:starts[i + 1]]` in the columns `columns[…]`."""

    starts: NDArray[np.int64]
    columns: NDArray[np.int32]
    values: Floats

    def __len__(self) -> int:
        return len(self.starts) - 1

    def only(self, kept: NDArray[np.bool_]) -> "Vectors":
        """Without the entries in the other columns; the columns kept are numbered anew."""
        entries = kept[self.columns]
        place = np.concatenate([[0], np.cumsum(entries)])
        number = np.cumsum(kept) - 1
        return Vectors(
            place[self.starts], number[self.columns[entries]].astype(np.int32), self.values[entries]
        )

    def in_columns(self, count: int) -> NDArray[np.bool_]:
        """In which of so many columns there is an entry."""
        found = np.zeros(count, dtype=bool)
        found[self.columns] = True
        return found


class TfIdf:
    """The similarity of texts by their words. `similarities` is the interface that other models share."""

    def similarities(self, queries: Sequence[str], documents: Sequence[str]) -> Iterator[Floats]:
        """The similarity of each query (rows, some at a time, in order) with each document (columns)."""
        first, second, width = vectors(queries, documents)
        shared = first.in_columns(width) & second.in_columns(width)
        yield from products(first.only(shared), second.only(shared), int(shared.sum()))


def vectors(queries: Sequence[str], documents: Sequence[str]) -> tuple[Vectors, Vectors, int]:
    """The vectors of both, and how many columns they have. A text that occurs repeatedly counts once."""
    vocabulary = Vocabulary()
    texts = {text: vocabulary.read(text) for text in (*queries, *documents)}
    known, counts = in_several(texts.values())
    weights = 1 + np.log((1 + len(texts)) / (1 + counts))
    rows = {text: _row(words, known, weights) for text, words in texts.items()}
    return (
        _stacked([rows[text] for text in queries]),
        _stacked([rows[text] for text in documents]),
        len(known),
    )


def _row(
    words: NDArray[np.int32], known: NDArray[np.int64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.int32], Floats]:
    numbers, times = grams(words)
    place = np.searchsorted(known, numbers)
    place[place == len(known)] = 0
    is_known = known[place] == numbers if len(known) else np.zeros(len(numbers), dtype=bool)
    columns = place[is_known]
    values = (1 + np.log(times[is_known])) * weights[columns]
    length = np.sqrt(values @ values)
    return columns.astype(np.int32), (values / (length or 1)).astype(np.float32)


def _stacked(rows: list[tuple[NDArray[np.int32], Floats]]) -> Vectors:
    starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns = np.concatenate([np.empty(0, np.int32), *(columns for columns, _ in rows)])
    return Vectors(
        starts, columns, np.concatenate([np.empty(0, np.float32), *(values for _, values in rows)])
    )


def products(first: Vectors, second: Vectors, width: int) -> Iterator[Floats]:
    """The products of all rows of `first`, some at a time, with all rows of `second`.

    The rows of a block are written out in full, column by column: each entry of `second` takes one line of them.
    """
    size = max(1, min(256, BLOCK // max(width, 1), len(first)))
    rows_of_second = [slice(start, end) for start, end in pairwise(second.starts.tolist())]
    for at in range(0, len(first), size):
        rows = range(at, min(at + size, len(first)))
        full = np.zeros((width, len(rows)), dtype=np.float32)
        for place, row in enumerate(rows):
            one = slice(first.starts[row], first.starts[row + 1])
            full[first.columns[one], place] = first.values[one]
        found = np.empty((len(second), len(rows)), dtype=np.float32)
        for row, one in enumerate(rows_of_second):
            np.dot(second.values[one], full[second.columns[one]], out=found[row])
        yield found.T
