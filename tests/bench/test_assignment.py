"""The matching's cases run and are measured. How fast it is, is for ./dateline bench assignment to say."""

import json

import numpy as np
import pytest

from bench import affinities, assignment
from cli.__main__ import main


def test_a_case_is_solved_as_by_the_flow_on_all_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for what in ("ours", "flow"):
        assignment.main(["1000", what])
        told.append(json.loads(capsys.readouterr().out))
    ours, flow = told
    assert ours["total"] == pytest.approx(flow["total"], rel=1e-6)
    assert ours["gap"] <= 1e-6
    assert ours["seconds"] > 0


def test_affinities_are_the_same_on_every_machine() -> None:
    scores = affinities.matrix(40, 200)
    assert float(scores[scores >= 0].sum()) == pytest.approx(1241.358, abs=0.01)
    assert np.count_nonzero(scores < 0) == 40 * 2


def test_an_unknown_case_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "assignment", "7"]) == 2
    assert "there is no case 7; there are 1000, cvpr, " in capsys.readouterr().err
