"""TF-IDF against the same arithmetic written out word by word."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.assignment.affinity import tfidf
from reviews.assignment.affinity.embedding import Embedding, Mixed
from reviews.assignment.affinity.scores import Text, affinities
from reviews.assignment.affinity.tfidf import TfIdf
from reviews.assignment.affinity.words import EMPTY, WORD

TEXTS = [
    "Score matching for diffusion models",
    "A diffusion model of proteins: score matching on manifolds",
    "Learning the score of a density",
    "Graph neural networks for molecules",
    "Molecules and proteins, as graphs",
    "The convergence of Langevin dynamics under score errors",
    "",
    "of the and",
]


def by_hand(texts: list[str]) -> list[dict[str, float]]:
    """Each text's vector, by the formula of the module."""
    grams = []
    for text in texts:
        words = [word for word in WORD.findall(text.lower()) if word not in EMPTY]
        grams.append(Counter(words + [f"{a} {b}" for a, b in pairwise(words)]))
    distinct = list(dict(zip(texts, grams, strict=True)).values())
    having = Counter(gram for one in distinct for gram in one)
    found = []
    for one in grams:
        kept = {
            gram: (1 + math.log(times)) * (1 + math.log((1 + len(distinct)) / (1 + having[gram])))
            for gram, times in one.items()
            if having[gram] > 1
        }
        length = math.sqrt(sum(value**2 for value in kept.values())) or 1
        found.append({gram: value / length for gram, value in kept.items()})
    return found


def expected(queries: list[str], documents: list[str]) -> np.ndarray:
    rows = by_hand(queries + documents)
    return np.array(
        [
            [sum(value * other.get(gram, 0) for gram, value in one.items()) for other in rows[len(queries) :]]
            for one in rows[: len(queries)]
        ]
    ).reshape(len(queries), len(documents))


def measured(queries: list[str], documents: list[str]) -> np.ndarray:
    blocks = list(TfIdf().similarities(queries, documents))
    return np.concatenate([np.empty((0, len(documents)), np.float32), *blocks])


def test_it_is_the_formula() -> None:
    found = measured(TEXTS[:4], TEXTS[2:])
    assert np.allclose(found, expected(TEXTS[:4], TEXTS[2:]), atol=1e-6)
    assert found[2, 0] == pytest.approx(1)  # the same text
    assert found[0, 5] == 0  # only empty words


WORDS = st.sampled_from("score density the graph protein of langevin model".split())


@given(
    st.lists(st.lists(WORDS, max_size=8).map(" ".join), max_size=6),
    st.lists(st.lists(WORDS, max_size=8).map(" ".join), max_size=6),
)
@settings(max_examples=100, deadline=None)
def test_it_is_the_formula_for_any_texts(queries: list[str], documents: list[str]) -> None:
    assert np.allclose(measured(queries, documents), expected(queries, documents), atol=1e-6)


def test_small_blocks_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = measured(TEXTS, TEXTS)
    monkeypatch.setattr(tfidf, "BLOCK", 7)
    assert len(list(TfIdf().similarities(TEXTS, TEXTS))) == len(TEXTS)
    assert np.allclose(measured(TEXTS, TEXTS), whole, atol=1e-6)


def test_a_score_is_the_mean_of_the_three_closest_papers() -> None:
    submissions = [Text(TEXTS[0]), Text(TEXTS[3])]
    reviewers = [[Text(text) for text in TEXTS[1:6]], [Text(TEXTS[4]), Text(TEXTS[2])], []]
    found = np.concatenate(list(affinities(submissions, reviewers)))
    each = expected([TEXTS[0], TEXTS[3]], [*TEXTS[1:6]])
    for row in range(2):
        assert found[row, 0] == pytest.approx(sum(sorted(each[row])[-3:]) / 3, abs=1e-6)
        assert found[row, 1] == pytest.approx((each[row][3] + each[row][1]) / 2, abs=1e-6)
        assert found[row, 2] == 0


def test_the_full_text_counts_where_there_is_one() -> None:
    bare, full = Text("On kernels"), Text("On kernels", body="Stein discrepancies of score models")
    about, other = [Text("Stein discrepancies")], [Text("Graph neural networks")]
    without = np.concatenate(list(affinities([bare], [about, other])))
    with_body = np.concatenate(list(affinities([full], [about, other])))
    assert without.tolist() == [[0, 0]]
    assert with_body[0, 0] > with_body[0, 1] == 0


def test_an_embedding_takes_the_same_place_alone_or_mixed() -> None:
    def encode(texts):
        return np.array([[text.count("score"), text.count("graph") + text.count("Graph")] for text in texts])

    papers = [[Text(TEXTS[2])], [Text(TEXTS[4])], [Text("nothing of it")]]
    alone = np.concatenate(list(affinities([Text("a score")], papers, Embedding(encode))))
    assert alone.tolist() == [[1, 0, 0]]
    words = np.concatenate(list(affinities([Text("a score")], papers)))
    mixed = Mixed([(TfIdf(), 1.0), (Embedding(encode), 0.5)])
    both = np.concatenate(list(affinities([Text("a score")], papers, mixed)))
    assert np.allclose(both, words + 0.5 * alone)
