"""Invented affinities with contention, the same numbers on every machine: what is popular is not what people know.

Submissions have 1 to 3 of 40 topics, reviewers 2 to 6; topics are popular by a Zipf law, shifted between the two.
"""

import numpy as np
from numpy.typing import NDArray

from reviews.assignment.matching.scores import Factors

TOPICS = 40
FACTORS = 64  # the topics, and as many more as make no two reviewers alike
ROWS = 500  # made at a time
Matrix = NDArray[np.float32]


def topics_of(count: int, fewest: int, most: int, shift: int, generator: np.random.Generator) -> Matrix:
    """A unit vector for each submission, or reviewer."""
    popularity = 1 / np.arange(1, TOPICS + 1) ** 0.7
    popularity = np.roll(popularity / popularity.sum(), shift)
    vectors = np.zeros((count, TOPICS), np.float32)
    for vector in vectors:
        size = generator.integers(fewest, most + 1)
        chosen = generator.choice(TOPICS, size, replace=False, p=popularity)
        vector[chosen] = generator.dirichlet(np.ones(size)).astype(np.float32)
    vectors += 0.01
    unit: Matrix = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def matrix(submissions: int, reviewers: int, seed: int = 1) -> Matrix:
    """0.8 times the cosine and a little chance, between 0 and 1; one pair in a hundred is a conflict, marked -1."""
    generator = np.random.default_rng(seed)
    left, right = topics_of(submissions, 1, 3, 0, generator), topics_of(reviewers, 2, 6, 3, generator)
    scores = np.empty((submissions, reviewers), np.float32)
    for start in range(0, submissions, ROWS):
        chance = np.random.Generator(np.random.SFC64([seed, start]))
        part = left[start : start + ROWS] @ right.T
        part *= 0.8
        part += chance.random(part.shape, dtype=np.float32) * np.float32(0.15)
        np.clip(part, 0, 1, out=scores[start : start + ROWS])
    generator = np.random.default_rng(seed + 1)
    for row in scores:
        row[generator.choice(reviewers, reviewers // 100, replace=False)] = -1
    return scores


def factors(submissions: int, reviewers: int, seed: int = 1) -> Factors:
    """Much the same without the matrix: topics, and directions in which each has a little of its own."""
    generator = np.random.default_rng(seed)
    sides = []
    for count, fewest, most, shift in ((submissions, 1, 3, 0), (reviewers, 2, 6, 3)):
        own = generator.random((count, FACTORS - TOPICS), dtype=np.float32) * np.float32(0.14)
        topics = topics_of(count, fewest, most, shift, generator) * np.float32(0.8**0.5)
        sides.append(np.ascontiguousarray(np.hstack([topics, own])))
    return Factors(*sides)
