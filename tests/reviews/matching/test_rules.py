"""Seniors, groups and mutual favours, and the least change to what stands: as by trying everything."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviews.assignment.matching.explain import explain
from reviews.assignment.matching.infeasible import Infeasible
from reviews.assignment.matching.problem import Pairs, Problem, ProblemError, problem
from reviews.assignment.matching.randomised import capped
from reviews.assignment.matching.ruled import highest
from reviews.assignment.matching.rules import Rules
from reviews.assignment.matching.solve import fairest, highest_total, least_changed
from reviews.assignment.matching.verify import faults

MANY = settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@st.composite
def ruled_problems(draw: Any) -> Problem:
    submissions, reviewers = draw(st.integers(1, 4)), draw(st.integers(2, 5))
    generator = np.random.default_rng(draw(st.integers(0, 10**6)))
    shape = submissions, reviewers
    quantised = draw(st.booleans())
    scores = generator.choice([0, 0.25, 0.5, 1], shape) if quantised else generator.normal(size=shape)
    least = generator.integers(0, 2, reviewers) * draw(st.integers(0, 1))
    wrote = draw(st.integers(0, 4))
    rules = Rules(
        generator.random(reviewers) < 0.4 if draw(st.booleans()) else None,
        tuple(generator.integers(-1, 3, reviewers) for _ in range(draw(st.integers(0, 2)))),
        (generator.integers(0, submissions, wrote), generator.integers(0, reviewers, wrote)),
    )
    conflicts, demand = generator.random(shape) < 0.15, generator.integers(0, 3, submissions)
    most = np.maximum(least, generator.integers(0, 4, reviewers))
    free = np.argwhere(~conflicts & (demand > 0)[:, None] & (most > 0))
    fixed = free[:1] if len(free) and draw(st.booleans()) else free[:0]
    return problem(
        scores,
        demand,
        most,
        min_load=least,
        conflicts=conflicts,
        fixed=Pairs.of(fixed[:, 0], fixed[:, 1], shape),
        rules=rules,
    )


def assignments(asked: Problem) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """All that have no fault."""
    count, width = asked.shape
    choices = [itertools.combinations(range(width), int(demand)) for demand in asked.demand]
    for chosen in itertools.product(*choices):
        rows = np.repeat(np.arange(count), asked.demand)
        columns = np.array([who for people in chosen for who in people], np.int64)
        if not faults(asked, rows, columns):
            yield rows, columns


@MANY
@given(ruled_problems())
def test_the_best_within_the_rules(asked: Problem) -> None:
    best = max((float(asked.scores.at(*each).sum()) for each in assignments(asked)), default=None)
    if best is None:
        with pytest.raises(Infeasible):
            highest_total(asked)
        return
    found = highest_total(asked)
    assert faults(asked, found.submissions, found.reviewers) == []
    assert found.total == pytest.approx(best, abs=1e-6)
    assert best - 1e-9 <= highest(asked).bound <= best + 1e-5


@settings(MANY, max_examples=200)
@given(ruled_problems(), st.integers(0, 10**6))
def test_as_many_as_can_stay_do_and_then_the_total_counts(ruled: Problem, seed: int) -> None:
    generator = np.random.default_rng(seed)
    asked = problem(ruled.scores, ruled.demand, ruled.most, min_load=ruled.least, conflicts=ruled.conflicts)
    standing = Pairs.where(generator.random(asked.shape) < 0.4)
    worth = [
        (int(standing.has(*each).sum()), float(asked.scores.at(*each).sum())) for each in assignments(asked)
    ]
    if not worth:
        with pytest.raises(Infeasible):
            least_changed(asked, standing)
        return
    found = least_changed(asked, standing)
    most = max(worth)[0]
    assert faults(asked, found.submissions, found.reviewers) == []
    assert int(standing.has(found.submissions, found.reviewers).sum()) == most
    assert found.total == pytest.approx(max(total for kept, total in worth if kept == most), abs=1e-5)


def ruled(count: int, width: int, seed: int) -> Problem:
    generator = np.random.default_rng(seed)
    rules = Rules(
        generator.random(width) < 0.3,
        (generator.integers(0, width // 4, width), generator.integers(-1, 12, width)),
        (np.arange(count), generator.integers(0, width, count)),
    )
    return problem(generator.random((count, width)), 3, 5, rules=rules)


def test_many_pairs_are_proven_best_though_few_are_candidates() -> None:
    asked = ruled(80, 60, 3)
    free = highest_total(problem(asked.scores, 3, 5))
    assert any("senior" in each for each in faults(asked, free.submissions, free.reviewers))
    assert any("group" in each for each in faults(asked, free.submissions, free.reviewers))
    found = highest_total(asked)
    assert faults(asked, found.submissions, found.reviewers) == []
    assert found.gap <= 1e-6
    assert 0.97 * free.total < found.total < free.total


def test_fixed_pairs_count_for_the_rules() -> None:
    scores = np.array([[0.9, 0.8, 0.1], [0.5, 0.4, 0.3]])
    rules = Rules(np.array([False, False, True]), (np.array([0, 0, 1]),))
    asked = problem(scores, [2, 1], 2, fixed=Pairs.of([0], [1], scores.shape), rules=rules)
    found = highest_total(asked)
    assert list(zip(found.submissions, found.reviewers, strict=True)) == [(0, 1), (0, 2), (1, 2)]
    with pytest.raises(ProblemError, match="the fixed pairs break a rule"):
        highest_total(problem(scores, 2, 2, fixed=Pairs.of([0, 0], [0, 1], scores.shape), rules=rules))


def test_what_the_rules_ask_for_and_leave_out_is_explained() -> None:
    scores = np.array([[0.9, 0.8, 0.1], [0.9, 0.8, 0.1]])
    asked = problem(scores, 2, 2, rules=Rules(groups=(np.array([7, 7, -1]),)))
    found = highest_total(asked)
    assert found.reviewers.tolist() == [0, 2, 0, 2]
    assert explain(asked, found, 0, 0).because == "assigned"
    assert str(explain(asked, found, 1, 2)).startswith("It is worth 0.10")
    left = explain(asked, found, 0, 1)
    assert (left.because, str(left)) == (
        "rules",
        "It is worth 0.80 more than would do, but the rules leave it out.",
    )


def test_why_the_rules_leave_no_assignment() -> None:
    junior = Rules(seniors=np.array([True, False, False]))
    with pytest.raises(Infeasible) as told:
        highest_total(problem(np.ones((3, 3)), 1, 1, rules=junior))
    assert told.value.reason in (
        "Reviewer 0 is to review more than they may, for the rules to hold.",
        "Submissions 1, 2 are without a senior reviewer who may take it.",
    )
    assert sum(abs(each.by) for each in told.value.cure) == 2
    together = Rules(groups=(np.array([4, 4, 4]),))
    with pytest.raises(Infeasible, match="without as many reviewers as it needs, within the rules") as told:
        highest_total(problem(np.ones((1, 3)), 2, 1, rules=together))
    assert [str(each) for each in told.value.cure] == ["submission 0 gets 1 fewer"]


def test_fairness_and_lotteries_refuse_rules() -> None:
    asked = ruled(8, 8, 1)
    for objective in (fairest, lambda what: capped(what, 0.5), lambda what: least_changed(what, what.fixed)):
        with pytest.raises(ProblemError, match="rules go with the highest total only"):
            objective(asked)
