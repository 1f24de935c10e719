"""A file of scores, a line for each pair: submission, reviewer, score. All of it is taken, or nothing.

This is what OpenReview's expertise tool writes (without a heading) and what we write ourselves.
"""

import csv
import math
from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HEADINGS = ("score", "affinity")
SHOWN = 60  # characters of what stands in a bad row


@dataclass(frozen=True)
class Scores:
    """The pairs of a file, in the order of the submissions and reviewers given: row, column and score of each."""

    submissions: NDArray[np.int32]
    reviewers: NDArray[np.int32]
    values: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.values)

    def dense(self, shape: tuple[int, int], missing: float = 0.0) -> NDArray[np.float32]:
        """As a matrix, submissions by reviewers."""
        found = np.full(shape, missing, dtype=np.float32)
        found[self.submissions, self.reviewers] = self.values
        return found


def read(
    lines: Iterable[str],
    submissions: Mapping[str, int],
    reviewers: Mapping[str, int],
    on_bad: Callable[[int, str], object],
) -> Scores | None:
    """The scores, or None when any row is bad; `on_bad(line, sentence)` is told of every one, as it is met.

    `submissions` and `reviewers` give the place of each name. A heading in the first line is passed over, and so are
    empty lines. Keeps 24 bytes a row, and nothing of bad rows.
    """
    keys, values, places = array("q"), array("f"), array("q")
    width, bad = max(len(reviewers), 1), 0
    for at, line in enumerate(lines, 1):
        row = _parts(line)
        if not row or (at == 1 and row[-1].strip().lower() in HEADINGS):
            continue
        sentence, key, value = _judge(row, submissions, reviewers, width)
        if sentence:
            bad += 1
            on_bad(at, sentence)
        else:
            keys.append(key)
            values.append(value)
            places.append(at)
    found = np.frombuffer(keys, dtype=np.int64) if keys else np.empty(0, np.int64)
    bad += _repeated(found, np.frombuffer(places, dtype=np.int64) if places else found, on_bad)
    if bad:
        return None
    pairs = np.divmod(found, width)
    scores = np.frombuffer(values, dtype=np.float32) if values else np.empty(0, np.float32)
    return Scores(pairs[0].astype(np.int32), pairs[1].astype(np.int32), scores)


def _parts(line: str) -> list[str]:
    """The values of a line. Each line by itself: a quotation mark that is never closed takes no other line along."""
    if '"' not in line:
        return line.split(",") if line.strip() else []
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        return line.split(",")


def _judge(
    row: list[str], submissions: Mapping[str, int], reviewers: Mapping[str, int], width: int
) -> tuple[str, int, float]:
    """(what is wrong, or empty; the pair as one number; the score) of a row."""
    if len(row) != 3:
        return f"There are {len(row)} values, not three: submission, reviewer, score.", 0, 0.0
    submission, reviewer, text = (value.strip() for value in row)
    if (first := submissions.get(submission)) is None:
        return f"There is no submission {_shown(submission)}.", 0, 0.0
    if (second := reviewers.get(reviewer)) is None:
        return f"There is no reviewer {_shown(reviewer)}.", 0, 0.0
    try:
        value = float(text if text.isascii() and "_" not in text else "")
    except ValueError:
        return f"The score {_shown(text)} is not a number.", 0, 0.0
    if not math.isfinite(value) or abs(value) > 1e30:
        return f"The score {_shown(text)} is not a finite number.", 0, 0.0
    return "", first * width + second, value


def _repeated(
    keys: NDArray[np.int64], places: NDArray[np.int64], on_bad: Callable[[int, str], object]
) -> int:
    """Tell of each row whose pair an earlier line has scored; returns how many there are."""
    order = np.argsort(keys, kind="stable")
    again = np.flatnonzero(np.diff(keys[order]) == 0) + 1
    # The first of its kind stands where the run of equal keys begins.
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    firsts = starts[np.searchsorted(starts, again, side="right") - 1] if len(again) else again
    for place, first in sorted(
        zip(places[order[again]].tolist(), places[order[firsts]].tolist(), strict=True)
    ):
        on_bad(place, f"This pair has a score already, in line {first}.")
    return len(again)


def _shown(text: str) -> str:
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "…")
