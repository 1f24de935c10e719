"""Every pair is explained: why it is in, or what it lacks and who would have to give way."""

import numpy as np
import pytest

from reviews.assignment.matching.explain import explain
from reviews.assignment.matching.problem import Pairs, problem
from reviews.assignment.matching.solve import highest_total

SCORES = np.array([[0.9, 0.7, 0.2, 0.5], [0.8, 0.1, 0.3, 0.5], [0.1, 0.2, 0.6, 0.5]])


def test_each_kind_of_reason() -> None:
    asked = problem(
        SCORES,
        1,
        1,
        conflicts=np.array([[0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]], bool),
        fixed=Pairs.of([2], [3], SCORES.shape),
    )
    found = highest_total(asked)
    assert found.total == pytest.approx(2.0)  # 0 has 1, 1 has 0, 2 has 3
    reasons = {pair: explain(asked, found, *pair) for pair in np.ndindex(3, 4)}
    assert {pair: each.because for pair, each in reasons.items() if pair[0] < 2} == {
        (0, 0): "full",
        (0, 1): "assigned",
        (0, 2): "less",
        (0, 3): "full",
        (1, 0): "assigned",
        (1, 1): "full",
        (1, 2): "conflict",
        (1, 3): "full",
    }
    assert (reasons[2, 3].because, str(reasons[1, 2])) == ("fixed", "They are in conflict.")
    assert (reasons[0, 0].gives, reasons[0, 0].instead) == (1, 1)
    assert reasons[0, 2].gives == 1
    assert str(reasons[0, 2]).startswith("It is worth less by 0.")


def test_by_the_prices_what_is_in_is_worth_it_and_what_is_out_is_not() -> None:
    generator = np.random.default_rng(2)
    asked = problem(generator.random((20, 15)), 2, 4)
    found = highest_total(asked)
    inside = set(zip(found.submissions.tolist(), found.reviewers.tolist(), strict=True))
    for pair in np.ndindex(20, 15):
        told = explain(asked, found, *pair)
        assert (told.by >= -1e-6) if pair in inside else (told.by <= 1e-6), pair
