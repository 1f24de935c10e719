"""Lotteries: as good as the linear program allows, every draw an assignment, frequencies as the probabilities say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import coo_array
from scipy.stats import chi2

from reviews.assignment.matching.infeasible import Infeasible
from reviews.assignment.matching.problem import Pairs, Problem, ProblemError, problem
from reviews.assignment.matching.randomised import capped, perturbed
from reviews.assignment.matching.verify import faults


def asked(seed: int = 1, count: int = 30, width: int = 24, least: int = 0) -> Problem:
    generator = np.random.default_rng(seed)
    conflicts = generator.random((count, width)) < 0.05
    return problem(generator.random((count, width)), 3, 5, min_load=least, conflicts=conflicts)


def by_linear_program(what: Problem, cap: float) -> float:
    count, width = what.shape
    rows, columns = np.divmod(np.arange(count * width), width)
    free = ~what.conflicts.has(rows, columns)
    rows, columns = rows[free], columns[free]
    ones, each = np.ones(len(rows)), np.arange(len(rows))
    answer = linprog(
        -what.scores.at(rows, columns),
        A_ub=coo_array((ones, (columns, each)), shape=(width, len(rows))),
        b_ub=what.most,
        A_eq=coo_array((ones, (rows, each)), shape=(count, len(rows))),
        b_eq=what.demand,
        bounds=(0, cap),
    )
    return float(-answer.fun)


@pytest.mark.parametrize("cap", [0.25, 0.5, 0.75, 1.0])
def test_the_expected_total_is_that_of_the_linear_program(cap: float) -> None:
    lottery = capped(asked(), cap)
    assert lottery.expected_total == pytest.approx(by_linear_program(asked(), cap), rel=2e-6)
    assert (lottery.probabilities.max() <= cap, lottery.gap <= 1e-6) == (True, True)


def test_two_thousand_draws_follow_the_probabilities() -> None:
    """Demands and loads hold in each; pairs that are neither sure nor impossible come as often as they should."""
    what = asked(least=2)
    lottery = capped(what, 0.5)
    draws = 2000
    seen = np.zeros(what.shape)
    for seed in range(draws):
        rows, columns = lottery.draw(seed)
        assert faults(what, rows, columns) == []
        seen[rows, columns] += 1
    p = lottery.probabilities
    unsure = (p > 0) & (p < 1)
    found = seen[lottery.submissions, lottery.reviewers][unsure]
    assert seen.sum() == draws * what.demand.sum()
    assert seen[lottery.submissions, lottery.reviewers].sum() == seen.sum()
    # Draws of pairs depend on each other, which only makes the sum of squares scatter a little more.
    statistic = float((((found - draws * p[unsure]) ** 2) / (draws * p[unsure] * (1 - p[unsure]))).sum())
    assert chi2.cdf(statistic, unsure.sum()) < 0.999
    assert chi2.cdf(statistic, unsure.sum()) > 0.001


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.sampled_from([0.25, 0.375, 0.5, 0.875]), st.integers(0, 2))
def test_every_draw_is_an_assignment(seed: int, cap: float, least: int) -> None:
    what = asked(seed, 12, 26, least if least < 2 else 1)
    lottery = capped(what, cap)
    rows, columns = lottery.draw(seed)
    assert faults(what, rows, columns) == []


def test_a_seed_draws_the_same_again_and_another_another() -> None:
    lottery = capped(asked(), 0.5)
    first, again, other = lottery.draw(7), lottery.draw(7), lottery.draw(8)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_fixed_pairs_are_sure() -> None:
    what = problem(asked().scores, 3, 5, fixed=Pairs.of([0, 1], [4, 4], (30, 24)))
    lottery = capped(what, 0.5)
    assert all(faults(what, *lottery.draw(seed)) == [] for seed in range(20))


def test_a_cap_too_low_is_told() -> None:
    what = problem(np.ones((4, 5)), 3, 5)
    with pytest.raises(Infeasible, match=r"No pair may be likelier than 0\.5, and so not every submission"):
        capped(what, 0.5)
    with pytest.raises(Infeasible, match="12 reviews are needed, and reviewers may give 10 in all"):
        capped(problem(np.ones((4, 5)), 3, 2), 0.5)


def test_the_perturbed_lottery_spreads_more_for_little() -> None:
    best, spread = capped(asked(), 1.0), perturbed(asked(), 0.5)
    assert len(spread.units) > 1.3 * len(best.units)
    assert 0.9 * best.expected_total < spread.expected_total < best.expected_total
    assert spread.gap <= 1e-6
    assert faults(asked(), *spread.draw(3)) == []


def test_what_makes_no_lottery_is_refused() -> None:
    for cap in (0, 1.5, 0.3):
        with pytest.raises(ProblemError, match=f"the cap is {cap}"):
            capped(asked(), cap)
    with pytest.raises(ProblemError, match="scores of at least 0"):
        perturbed(problem(np.full((3, 3), -1.0), 1, 1))
