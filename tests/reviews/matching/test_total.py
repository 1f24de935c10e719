"""The highest total, against brute force where it is small and linear programs where it is middling."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack

from bench import affinities
from reviews.assignment.matching import total
from reviews.assignment.matching.ascent import prices_near_best
from reviews.assignment.matching.infeasible import Infeasible
from reviews.assignment.matching.problem import Pairs, Problem, ProblemError, problem
from reviews.assignment.matching.scores import Dense, Factors, Sparse, Weighted
from reviews.assignment.matching.solve import highest_total
from reviews.assignment.matching.verify import bound, faults

SCORES = st.one_of(
    st.sampled_from([0.0, 0.25, 0.5, 1.0]),
    st.floats(-2, 2, width=32),
    st.sampled_from([-1e9, 1e9, 12345.678, -0.001]),
)


@st.composite
def small_problems(draw: Any) -> Problem:
    submissions, reviewers = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    scores = np.array(
        draw(st.lists(SCORES, min_size=submissions * reviewers, max_size=submissions * reviewers))
    )
    scores = scores.reshape(submissions, reviewers)
    mask = np.array(draw(st.lists(st.integers(0, 4), min_size=scores.size, max_size=scores.size))) == 0
    mask = mask.reshape(scores.shape)
    demand = draw(st.lists(st.integers(0, 3), min_size=submissions, max_size=submissions))
    most = np.array(draw(st.lists(st.integers(0, 4), min_size=reviewers, max_size=reviewers)))
    least = np.minimum(draw(st.lists(st.integers(0, 2), min_size=reviewers, max_size=reviewers)), most)
    if draw(st.booleans()):
        least = np.zeros(reviewers, int)
    return problem(scores, demand, most, min_load=least, conflicts=mask)


def by_brute_force(asked: Problem) -> float | None:
    """The highest total of all assignments, submission by submission; None when there is none."""
    count, width = asked.shape
    scores = asked.scores.block(0, count)
    best: dict[tuple[int, ...], float] = {(0,) * width: 0.0}
    for row in range(count):
        taken = set(asked.forbidden.within(row, row + 1)[1].tolist())
        free = [column for column in range(width) if column not in taken]
        following: dict[tuple[int, ...], float] = {}
        for loads, so_far in best.items():
            for chosen in itertools.combinations(free, int(asked.demand[row])):
                now = list(loads)
                for column in chosen:
                    now[column] += 1
                if all(have <= may for have, may in zip(now, asked.most, strict=True)):
                    worth = so_far + sum(float(scores[row, column]) for column in chosen)
                    following[tuple(now)] = max(following.get(tuple(now), -np.inf), worth)
        best = following
    ends = [
        so_far
        for loads, so_far in best.items()
        if all(h >= m for h, m in zip(loads, asked.least, strict=True))
    ]
    return max(ends, default=None)


@settings(max_examples=500, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(small_problems())
def test_small_problems_are_solved_as_by_trying_everything(asked: Problem) -> None:
    best = by_brute_force(asked)
    if best is None:
        with pytest.raises(Infeasible) as told:
            highest_total(asked)
        cured = after(asked, told.value)
        assert by_brute_force(cured) is not None, told.value.cure
        return
    found = highest_total(asked)
    assert faults(asked, found.submissions, found.reviewers) == []
    size = max(1.0, float(np.abs(asked.scores.at(found.submissions, found.reviewers)).sum()))
    assert found.total == pytest.approx(best, abs=2e-6 * size)
    assert found.total <= best + 1e-9 * size
    assert best <= found.bound + 1e-9 * size
    assert bound(asked, found.prices) >= best - 1e-9 * size


def after(asked: Problem, told: Infeasible) -> Problem:
    """The problem with the cure that it was given."""
    demand, most, least = asked.demand.copy(), asked.most.copy(), asked.least.copy()
    for change in told.cure:
        {"load": most, "demand": demand, "min_load": least}[change.what][change.who] += change.by
    return problem(asked.scores, demand, most, min_load=least, conflicts=asked.conflicts)


def by_linear_program(asked: Problem) -> float:
    """The optimum, which for these constraints is that of the linear program."""
    count, width = asked.shape
    rows, columns = np.divmod(np.arange(count * width), width)
    allowed = ~asked.forbidden.has(rows, columns)
    rows, columns = rows[allowed], columns[allowed]
    ones, each = np.ones(len(rows)), np.arange(len(rows))
    of_rows = coo_array((ones, (rows, each)), shape=(count, len(rows)))
    of_columns = coo_array((ones, (columns, each)), shape=(width, len(rows)))
    answer = linprog(
        -asked.scores.at(rows, columns),
        A_ub=vstack([of_columns, -of_columns]),
        b_ub=np.concatenate([asked.most, -asked.least]),
        A_eq=of_rows,
        b_eq=asked.demand,
        bounds=(0, 1),
        method="highs",
    )
    assert answer.status == 0
    return float(-answer.fun)


def middling(seed: int, kind: str) -> Problem:
    generator = np.random.default_rng(seed)
    count, width = 120, 90
    scores = generator.random((count, width)) @ np.diag(generator.random(width))
    demand, most, least = np.full(count, 3), np.full(width, 6), 0
    if kind == "bids":
        scores = generator.choice([0, 0.25, 0.5, 1.0], (count, width), p=[0.7, 0.1, 0.1, 0.1])
    elif kind == "tight":
        most = np.full(width, 4)  # 360 reviews are needed, 360 are there
    elif kind == "minimum":
        least = 3
    elif kind == "negative":
        scores -= 2
    elif kind == "huge":
        scores = (scores - 0.3) * 1e12
    elif kind == "uneven":
        demand, most = generator.integers(0, 6, count), generator.integers(0, 12, width)
    elif kind == "float32":
        scores = scores.astype(np.float32)
    return problem(scores, demand, most, min_load=least, conflicts=generator.random((count, width)) < 0.05)


@pytest.mark.parametrize(
    "kind", ["plain", "bids", "tight", "minimum", "negative", "huge", "uneven", "float32"]
)
@pytest.mark.parametrize("seed", [1, 2])
def test_middling_problems_are_solved_as_linear_programs(seed: int, kind: str) -> None:
    asked = middling(seed, kind)
    found = highest_total(asked)
    best = by_linear_program(asked)
    assert faults(asked, found.submissions, found.reviewers) == []
    assert found.total == pytest.approx(best, rel=2e-6)
    assert 0 <= found.gap <= 1e-6
    assert bound(asked, found.prices) >= best - 1e-9 * abs(best)


@pytest.mark.parametrize(
    "kind", ["plain", "bids", "tight", "minimum", "negative", "huge", "uneven", "float32"]
)
def test_few_candidates_lead_to_the_same(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a handful of each submission on, what is worth more joins, ties and full loads or not."""
    monkeypatch.setattr(total, "ALL", 0)
    monkeypatch.setattr(total, "NEAREST", 4)
    monkeypatch.setattr(total, "ADDED", 5)
    asked = middling(4, kind)
    found = highest_total(asked)
    best = by_linear_program(asked)
    assert faults(asked, found.submissions, found.reviewers) == []
    assert found.total == pytest.approx(best, rel=2e-6)
    assert bound(asked, found.prices) >= best - 1e-9 * abs(best)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(small_problems())
def test_small_problems_from_prices_of_an_ascent(asked: Problem) -> None:
    best = by_brute_force(asked)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(total, "ALL", 0)
        if best is None:
            with pytest.raises(Infeasible):
                highest_total(asked)
            return
        found = highest_total(asked)
    size = max(1.0, float(np.abs(found.worth).sum()))
    assert faults(asked, found.submissions, found.reviewers) == []
    assert found.total == pytest.approx(best, abs=2e-6 * size)


def test_the_ascent_ends_near_the_best_prices() -> None:
    """Where topics are contended: as near as a fifth of a percent, so that few rounds of flows follow."""
    asked = problem(affinities.factors(1000, 1000), 4, 5)
    prices = prices_near_best(asked, np.random.default_rng(0))
    assert 0 <= bound(asked, prices) / total.maximise(asked).total - 1 < 0.002


def test_bids_come_out_exactly() -> None:
    asked = middling(3, "bids")
    assert highest_total(asked).total == round(by_linear_program(asked) * 4) / 4


def test_scores_as_factors_or_sums_or_sparse_are_the_same_problem() -> None:
    generator = np.random.default_rng(5)
    left, right = generator.random((60, 8)), generator.random((50, 8))
    dense = highest_total(problem(left @ right.T, 3, 5))
    factors = highest_total(problem(Factors(left.astype(np.float32), right.astype(np.float32)), 3, 5))
    assert factors.total == pytest.approx(dense.total, rel=1e-5)
    bids = np.where(generator.random((60, 50)) < 0.1, generator.random((60, 50)), 0)
    rows, columns = np.nonzero(bids)
    sparse = Sparse.of(rows, columns, bids[rows, columns], bids.shape)
    together = problem(Weighted(((0.5, Dense(left @ right.T)), (2.0, sparse))), 3, 5)
    same = problem(0.5 * (left @ right.T) + 2 * bids, 3, 5)
    assert highest_total(together).total == pytest.approx(highest_total(same).total, rel=1e-6)


def test_fixed_pairs_stay_and_count() -> None:
    scores = np.array([[1.0, 0.9, 0.0], [0.8, 0.0, 0.1]])
    free = highest_total(problem(scores, 1, 1))
    fixed = highest_total(problem(scores, 1, 1, fixed=Pairs.of([0], [2], scores.shape)))
    assert (free.total, fixed.total, fixed.bound) == pytest.approx((1.7, 0.8, 0.8))
    assert (free.reviewers.tolist(), fixed.reviewers.tolist()) == ([1, 0], [2, 0])


def test_nothing_asked_is_nothing_assigned() -> None:
    none = highest_total(problem(np.ones((3, 2)), 0, 5))
    assert (len(none.submissions), none.total, none.bound, none.gap) == (0, 0, 0, 0)
    assert none.summary()["loads"] == {"0": 2}


def test_one_reviewer() -> None:
    one = highest_total(problem(np.array([[0.5], [-3.0]]), 1, 2))
    assert (one.total, one.loads.tolist()) == (-2.5, [2])


def test_a_reviewer_in_conflict_with_everything_gets_nothing() -> None:
    asked = problem(np.ones((4, 3)), 2, 4, conflicts=np.array([[False, True, False]] * 4))
    assert highest_total(asked).loads.tolist() == [4, 0, 4]


def test_a_reviewer_with_an_empty_profile_takes_what_is_left() -> None:
    asked = problem(np.array([[0.9, 0.0], [0.8, 0.0]]), 1, [1, 2])
    found = highest_total(asked)
    assert (found.total, found.reviewers.tolist()) == (0.9, [0, 1])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"demand": -1}, "demand: -1 is negative"),
        ({"demand": [1, 2, 3]}, "demand: 2 numbers are needed, or one for all; there are 3"),
        ({"load": 1.5}, "load: only whole numbers"),
        ({"min_load": 3}, "reviewer 0 must give 3 reviews but may give 2"),
        ({"scores": np.array([[1, np.nan], [0, 0]])}, "the score of submission 0 and reviewer 1 is nan"),
        (
            {"scores": Factors(np.eye(2), np.array([[1, 0], [0, -np.inf]]))},
            "the vector of reviewer 1 is not finite",
        ),
        (
            {"scores": Sparse.of(np.array([1]), np.array([0]), np.array([np.inf]), (2, 2))},
            "submission 1 and reviewer 0 is inf",
        ),
        (
            {"scores": Sparse.of(np.zeros(0, int), np.zeros(0, int), np.zeros(0), (2, 2), np.nan)},
            "the score of all other pairs is nan",
        ),
        ({"scores": Weighted(((np.nan, Dense(np.ones((2, 2)))),))}, "a weight is nan"),
        (
            {"scores": Weighted(((1.0, Dense(np.full((2, 2), np.nan))),))},
            "submission 0 and reviewer 0 is nan",
        ),
        ({"fixed": Pairs.of([0, 0], [0, 1], (2, 2))}, "submission 0 has more reviewers fixed than it needs"),
    ],
)
def test_what_makes_no_sense_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ProblemError, match=says):
        arguments: dict[str, Any] = {"scores": np.ones((2, 2)), "demand": 1, "load": 2, **change}
        problem(**arguments)


def test_a_score_that_is_no_number_does_no_harm_in_conflict() -> None:
    scores = np.array([[1, np.nan], [0.5, 0.25]])
    assert highest_total(problem(scores, 1, 1, conflicts=np.isnan(scores))).total == 1.25
