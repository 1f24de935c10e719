"""Fair assignments: the least score as high as trying everything finds, or near the bound; then the highest total."""

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack

from reviews.assignment.matching import fair
from reviews.assignment.matching.infeasible import Infeasible
from reviews.assignment.matching.pricing import Candidates
from reviews.assignment.matching.problem import Pairs, Problem, ProblemError, problem
from reviews.assignment.matching.solve import fairest, highest_total
from reviews.assignment.matching.verify import faults


@pytest.mark.parametrize("seed", range(12))
def test_small_problems_as_by_trying_everything(seed: int) -> None:
    generator = np.random.default_rng(seed)
    scores = generator.choice([0, 0.25, 0.5, 1], (4, 4)) if seed % 2 else generator.random((4, 4))
    asked = problem(scores, 2, 2, conflicts=np.eye(4, dtype=bool))
    best = (-1.0, 0.0)
    choices = [list(itertools.combinations([c for c in range(4) if c != r], 2)) for r in range(4)]
    for chosen in itertools.product(*choices):
        if max(np.bincount(np.ravel(chosen), minlength=4)) <= 2:
            each = [float(scores[row, list(pair)].sum()) for row, pair in enumerate(chosen)]
            best = max(best, (round(min(each), 9), sum(each)))
    found, bound = fairest(asked)
    assert faults(asked, found.submissions, found.reviewers) == []
    assert float(found.scores.min()) == pytest.approx(best[0], abs=1e-6)
    assert found.total == pytest.approx(best[1], abs=1e-6)
    assert bound is not None
    assert bound >= best[0] - 1e-6


def test_many_pairs_are_lifted_towards_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """By chains of exchanges alone, which keep demands, loads, minimum loads and conflicts."""
    monkeypatch.setattr(fair, "EXACT", 0)
    generator = np.random.default_rng(4)
    scores = generator.random((60, 48)) * generator.random(48) ** 2
    asked = problem(scores, 3, 5, min_load=1, conflicts=generator.random(scores.shape) < 0.05)
    best, (found, bound) = highest_total(asked), fairest(asked)
    assert faults(asked, found.submissions, found.reviewers) == []
    assert bound is not None
    assert best.scores.min() < 0.2 * bound
    assert 0.97 * bound < found.scores.min() <= bound
    assert best.total >= found.total > 0.9 * best.total
    assert found.bound == pytest.approx(best.bound, rel=1e-6)


def test_the_bound_is_that_of_the_linear_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over all pairs, though few are candidates: t is highest with every score at least t."""
    monkeypatch.setattr(fair, "EXACT", 0)
    monkeypatch.setattr(fair, "LISTED", 12)
    generator = np.random.default_rng(8)
    count, width = 40, 130
    scores = generator.random((count, width)) * generator.random(width) ** 3
    rows, columns = np.divmod(np.arange(count * width), width)
    each, ones = np.arange(count * width), np.ones(count * width)
    tops = coo_array(
        (
            np.r_[-scores.ravel(), np.ones(count)],
            (np.r_[rows, range(count)], np.r_[each, [len(each)] * count]),
        )
    )
    loads = coo_array((ones, (columns, each)), shape=(width, len(each) + 1))
    answer = linprog(
        np.r_[np.zeros(len(each)), -1.0],
        A_ub=vstack([tops, loads]),
        b_ub=np.r_[np.zeros(count), np.full(width, 1)],
        A_eq=coo_array((ones, (rows, each)), shape=(count, len(each) + 1)),
        b_eq=np.full(count, 3),
        bounds=[(0, 1)] * len(each) + [(None, None)],
    )
    _, bound = fairest(problem(scores, 3, 1))
    assert bound == pytest.approx(-answer.fun, abs=1e-6)


def test_what_cannot_be_is_told_here_too() -> None:
    with pytest.raises(Infeasible, match="4 reviews are needed, and reviewers may give 2 in all"):
        fairest(problem(np.ones((2, 2)), 2, 1))


def test_fixed_pairs_are_refused() -> None:
    with pytest.raises(ProblemError, match="fixed pairs do not go with the fair objective"):
        fairest(problem(np.ones((2, 2)), 1, 1, fixed=Pairs.of([0], [0], (2, 2))))


def test_up_to_the_limit_every_pair_is_a_candidate(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []

    def program(asked: Problem, candidates: Candidates, least: float | None, start: Candidates) -> Candidates:
        sizes.append(len(candidates))
        return start

    monkeypatch.setattr(fair, "program", program)
    fairest(problem(np.random.default_rng(2).random((20, 90)), 2, 1))
    assert set(sizes) == {20 * 90}
