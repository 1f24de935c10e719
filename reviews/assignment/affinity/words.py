"""Texts as numbers: words, and pairs of neighbouring words."""

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

WORD = re.compile(r"\w\w+")
# English words that say nothing of what a text is about.
EMPTY = frozenset(
    """
    a about above after again against all almost alone along already also although always am among an and another any
    are as at be because been before being below between both but by can cannot could did do does doing done down due
    during each either else enough etc even ever every few first for from further get give given go had has have having
    he hence her here hers him his how however i if in indeed into is it its itself just last least less let like made
    make many may me might mine more moreover most mostly much must my namely neither never nevertheless next no nobody
    none nor not nothing now of off often on once one only onto or other others otherwise our ours out over own per
    perhaps please put quite rather really same see seem seemed seems several shall she should since so some something
    sometimes somewhere still such take than that the their theirs them then there therefore these they this those
    though through throughout thus to together too toward towards two under until up upon us used using very via was we
    well were what whatever when where whereas whether which while who whole whom whose why will with within without
    would yet you your yours
    """.split()
)


class Vocabulary:
    """Gives each word a number, the same for all texts it is asked about."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def read(self, text: str) -> NDArray[np.int32]:
        """The words of a text in order, without the empty ones."""
        numbers = self._numbers
        found = [
            numbers.setdefault(word, len(numbers)) for word in WORD.findall(text.lower()) if word not in EMPTY
        ]
        return np.array(found, dtype=np.int32)


def grams(words: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The words and neighbouring pairs of a text, each once and in order, with how often they occur.

    A pair is one number, too: its first word, raised above all words, and its second.
    """
    wide = words.astype(np.int64)
    return np.unique(np.concatenate([wide, (wide[:-1] + 1) << 32 | wide[1:]]), return_counts=True)


def in_several(texts: Iterable[NDArray[np.int32]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The words and pairs that occur in at least two texts, in order, and in how many each does.

    Most pairs occur in one text only. They are told apart without keeping them: a first pass counts in a table of
    buckets, and what is alone in its bucket is in one text. Takes 16 MB beside texts and result.
    """
    texts = list(texts)
    buckets = np.zeros(1 << 24, dtype=np.uint8)
    for text in texts:
        places = _bucket(grams(text)[0])
        buckets[places] += buckets[places] < 2
    known, counts = np.empty(0, np.int64), np.empty(0, np.int64)
    waiting: list[NDArray[np.int64]] = []
    for at, text in enumerate(texts, 1):
        found = grams(text)[0]
        waiting.append(found[buckets[_bucket(found)] > 1])
        if at == len(texts) or sum(map(len, waiting)) > 1 << 22:
            known, counts = _merged(known, counts, np.concatenate(waiting))
            waiting = []
    return known[counts > 1], counts[counts > 1]


def _bucket(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    mixed = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return (mixed >> np.uint64(40)).astype(np.int64)


def _merged(
    known: NDArray[np.int64], counts: NDArray[np.int64], more: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The known numbers with their counts, and those that came in addition."""
    new, times = np.unique(more, return_counts=True)
    both, place = np.unique(np.concatenate([known, new]), return_inverse=True)
    total = np.bincount(place, np.concatenate([counts, times]), len(both))
    return both, total.astype(np.int64)
