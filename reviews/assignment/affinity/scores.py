"""The affinity of submissions and reviewers: the mean over those of a reviewer's papers that are closest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from reviews.assignment.affinity.tfidf import TfIdf

Floats = NDArray[np.float32]
CLOSEST = 3


@dataclass(frozen=True)
class Text:
    """A paper: its title and abstract, with the full text where there is one."""

    title: str
    abstract: str = ""
    body: str = ""

    def __str__(self) -> str:
        return "\n".join(part for part in (self.title, self.abstract, self.body) if part)


class Similarity(Protocol):
    """A model that compares texts: TF-IDF, or an embedding (see embedding.py)."""

    def similarities(self, queries: Sequence[str], documents: Sequence[str]) -> Iterator[Floats]:
        """The similarity of each query (rows, some at a time, in order) with each document (columns)."""
        ...


def affinities(
    submissions: Sequence[Text], reviewers: Sequence[Sequence[Text]], model: Similarity | None = None
) -> Iterator[Floats]:
    """Scores of submissions (rows, some at a time, in order) by reviewers; 0 for a reviewer without papers.

    A paper of several reviewers is compared once. Memory is that of the texts and of one block of rows.
    """
    place: dict[str, int] = {}
    papers = [[place.setdefault(str(text), len(place)) for text in texts] for texts in reviewers]
    blocks = (model or TfIdf()).similarities([str(text) for text in submissions], list(place))
    by_count: dict[int, list[int]] = {}
    for reviewer, numbers in enumerate(papers):
        by_count.setdefault(len(numbers), []).append(reviewer)
    groups = [(who, np.array([papers[one] for one in who])) for count, who in by_count.items() if count > 0]
    for block in blocks:
        found = np.zeros((len(block), len(reviewers)), dtype=np.float32)
        for who, places in groups:
            for row, line in enumerate(block):
                found[row, who] = _mean_of_closest(line[places])
        yield found


def _mean_of_closest(similarities: Floats) -> Floats:
    """The mean of the largest three, or of all where there are fewer, of each row."""
    if similarities.shape[1] > CLOSEST:
        similarities = np.partition(similarities, -CLOSEST, axis=1)[:, -CLOSEST:]
    return np.asarray(similarities.mean(axis=1), dtype=np.float32)
