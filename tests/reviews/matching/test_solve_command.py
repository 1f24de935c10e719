"""./dateline assign solve: what it prints, what it writes, and what it says when there is no answer."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cli.__main__ import main

SCORES = np.array([[0.9, 0.8, -1], [0.7, 0.1, 0.2]])


@pytest.fixture
def scores(tmp_path: Path) -> str:
    path = tmp_path / "scores.npy"
    np.save(path, SCORES)
    return str(path)


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_the_best_assignment_and_its_numbers(
    scores: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "pairs.csv"
    asked = ["assign", "solve", scores, "--demand", "1", "--load", "1", "--conflicts", "negative"]
    assert main([*asked, "--out", str(out)]) == 0
    answer = told(capsys)
    assert (answer["objective"], answer["pairs"], answer["total"], answer["minimum"]) == (
        "total",
        2,
        1.5,
        0.7,
    )
    assert answer["bound"] == pytest.approx(1.5)
    assert (answer["loads"], answer["gap"] <= 1e-6) == ({"0": 1, "1": 2}, True)
    assert answer["percentiles"]["50"] == pytest.approx(0.75)
    assert answer["seconds"] >= 0
    assert answer["peak_mb"] > 10
    assert out.read_text() == "submission,reviewer,score\n0,1,0.8\n1,0,0.7\n"


def test_numbers_from_files_and_scores_from_csv(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "scores.csv").write_text("0.9,0.8,nan\n0.7,0.1,0.2\n")
    (tmp_path / "demand.csv").write_text("1\n2\n")
    (tmp_path / "load.csv").write_text("1\n1\n1\n")
    names = [str(tmp_path / name) for name in ("scores.csv", "demand.csv", "load.csv")]
    asked = ["assign", "solve", names[0], "--demand", names[1], "--load", names[2], "--conflicts", "nan"]
    assert main(asked) == 0
    assert told(capsys)["total"] == pytest.approx(1.7)


def test_no_answer_is_explained_with_status_3(scores: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["assign", "solve", scores, "--demand", "3", "--load", "2", "--conflicts", "negative"]
    assert main(asked) == 3
    answer = told(capsys)
    assert answer["infeasible"] == (
        "Submission 0 is in conflict with too many: submission 0 needs 3 reviews, and 2 reviewers may give it one."
    )
    assert answer["submissions"] == [0]
    assert answer["cure"] == [{"change": "demand", "who": 0, "by": -1}]


def test_too_few_reviews_are_cured_by_more_load(scores: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assign", "solve", scores, "--demand", "2", "--load", "1"]) == 3
    answer = told(capsys)
    assert answer["infeasible"] == "4 reviews are needed, and reviewers may give 3 in all."
    assert [(each["change"], each["by"]) for each in answer["cure"]] == [("load", 1)]


def test_minimums_above_what_is_needed(scores: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assign", "solve", scores, "--demand", "1", "--load", "3", "--min-load", "1"]) == 3
    answer = told(capsys)
    assert answer["infeasible"] == "Reviewers must give at least 3 reviews in all; 2 are needed."
    assert [(each["change"], each["by"]) for each in answer["cure"]] == [("min_load", -1)]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("words.csv", "a,b\n", "could not convert string 'a' to float64"),
        ("none.npy", "", "No data left in file"),
        ("ragged.csv", "1,2\n3\n", "the number of columns changed from 2 to 1"),
        ("nan.csv", "1,nan\n", "the score of submission 0 and reviewer 1 is nan."),
    ],
)
def test_scores_that_are_none(
    name: str, text: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text(text)
    assert main(["assign", "solve", str(tmp_path / name), "--demand", "1", "--load", "1"]) == 2
    assert says in capsys.readouterr().err


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assign", "solve", "nowhere.npy", "--demand", "1", "--load", "1"]) == 2
    assert "nowhere.npy: No such file or directory." in capsys.readouterr().err


def test_the_fair_objective_names_its_bound(scores: str, capsys: pytest.CaptureFixture[str]) -> None:
    np.save(scores, np.array([[0.9, 0.8], [0.7, 0.1]]))
    asked = ["assign", "solve", scores, "--demand", "1", "--load", "1"]
    assert main([*asked, "--objective", "fair"]) == 0
    answer = told(capsys)
    assert (answer["objective"], answer["total"], answer["minimum"]) == ("fair", 1.5, 0.7)
    assert answer["minimum_bound"] == pytest.approx(0.7, abs=1e-6)


def lottery(scores: str, objective: str, cap: str) -> list[str]:
    """The command that draws one review for each submission, one of each reviewer."""
    return f"assign solve {scores} --demand 1 --load 1 --objective {objective} --cap {cap}".split()


@pytest.mark.parametrize("objective", ["random", "perturbed"])
def test_a_draw_says_what_it_was_drawn_from(
    objective: str, scores: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(scores, np.array([[0.9, 0.8], [0.7, 0.1]]))
    asked = lottery(scores, objective, "0.5")
    drawn = []
    for seed in ("3", "3"):
        assert main([*asked, "--seed", seed, "--out", str(tmp_path / "pairs.csv")]) == 0
        drawn.append((tmp_path / "pairs.csv").read_text())
        answer = told(capsys)
        assert answer["expected_total"] == pytest.approx(1.25)
        assert (answer["objective"], answer["seed"], answer["highest_probability"]) == (objective, 3, 0.5)
        assert answer["total"] in (pytest.approx(1.5), pytest.approx(1.0))
    assert drawn[0] == drawn[1]


def test_a_cap_that_makes_no_sense(scores: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(lottery(scores, "random", "0.3")) == 2
    assert "the cap is 0.3; it must be a multiple of 1/64" in capsys.readouterr().err
