"""Rules about who reviews together: a senior for each submission, no two of one group, no mutual favours."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviews.assignment.matching.scores import Ints

NOBODY = -1  # the label of who belongs to no group


@dataclass(frozen=True)
class Rules:
    """What holds beside demands, loads and conflicts.

    seniors: of each reviewer, whether they are senior; each submission that asks for reviews gets one who is.
    groups: for each family of groups (institutions, countries, co-authors …) the label of each reviewer; a submission
    has at most one reviewer of a label. Below 0: of no group.
    authors: who wrote what, as submissions and reviewers; two people do not review each other's submissions.
    """

    seniors: NDArray[np.bool_] | None = None
    groups: tuple[Ints, ...] = ()
    authors: tuple[Ints, Ints] = (np.empty(0, np.int64), np.empty(0, np.int64))

    def crowded(self, rows: Ints, columns: Ints) -> Ints:
        """Submission, family and label, side by side, where more than one reviewer is of a group."""
        found = [np.empty((0, 3), np.int64)]
        for family, labels in enumerate(self.groups):
            inside = labels[columns] > NOBODY
            pairs = np.stack([rows[inside], np.full(inside.sum(), family), labels[columns[inside]]], axis=1)
            kinds, times = np.unique(pairs, axis=0, return_counts=True)
            found.append(kinds[times > 1])
        return np.concatenate(found)

    def mutual(self, rows: Ints, columns: Ints) -> Ints:
        """Two pairs, side by side, in which each reviews what the other wrote."""
        wrote: dict[int, set[int]] = {}
        for submission, author in zip(*(each.tolist() for each in self.authors), strict=True):
            wrote.setdefault(author, set()).add(submission)
        by: dict[int, set[int]] = {}
        for submission, author in zip(*(each.tolist() for each in self.authors), strict=True):
            by.setdefault(submission, set()).add(author)
        chosen = set(zip(rows.tolist(), columns.tolist(), strict=True))
        found = {
            (*min(one, other), *max(one, other))
            for one in chosen
            for author in by.get(one[0], ())
            for other in ((submission, author) for submission in wrote.get(one[1], ()))
            if other in chosen and other != one
        }
        return np.array(sorted(found), np.int64).reshape(-1, 4)

    def unattended(self, rows: Ints, columns: Ints, demand: Ints) -> Ints:
        """The submissions that ask for reviews and have no senior."""
        if self.seniors is None:
            return np.empty(0, np.int64)
        seen = np.bincount(rows[self.seniors[columns]], minlength=len(demand))
        return np.flatnonzero((demand > 0) & (seen == 0))
