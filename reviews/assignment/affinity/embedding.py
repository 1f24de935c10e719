"""Texts compared by vectors that a model of their meaning gives, alone or mixed with TF-IDF.

Dateline brings no such model and fetches none. Whoever has one on their machine wraps it in a function from texts to
vectors, one row each.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from reviews.assignment.affinity.scores import Similarity

Floats = NDArray[np.float32]
ROWS = 64


@dataclass(frozen=True)
class Embedding:
    """The cosine between the vectors of an encoder."""

    encode: Callable[[Sequence[str]], NDArray[np.floating]]

    def similarities(self, queries: Sequence[str], documents: Sequence[str]) -> Iterator[Floats]:
        """The similarity of each query (rows, some at a time, in order) with each document (columns)."""
        against = _of_length_one(self.encode(documents))
        for at in range(0, len(queries), ROWS):
            yield _of_length_one(self.encode(queries[at : at + ROWS])) @ against.T


@dataclass(frozen=True)
class Mixed:
    """The weighted sum of several models."""

    parts: Sequence[tuple[Similarity, float]]

    def similarities(self, queries: Sequence[str], documents: Sequence[str]) -> Iterator[Floats]:
        """The similarity of each query (rows, some at a time, in order) with each document (columns)."""
        # The blocks of one model may be of another height than those of the next.
        rows = [chain.from_iterable(model.similarities(queries, documents)) for model, _ in self.parts]
        weights = np.array([weight for _, weight in self.parts], dtype=np.float32)
        for lines in zip(*rows, strict=True):
            yield (weights @ np.stack(lines))[None]


def _of_length_one(vectors: NDArray[np.floating]) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths == 0, 1, lengths), dtype=np.float32)
