"""The measurements run, and say what they measured. How fast it is, is for ./dateline bench to say."""

import json
import re
from typing import Any

import pytest

from bench import data
from cli.__main__ import main
from core import clock, tokens


@pytest.fixture(autouse=True)
def small_venue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty submissions do. The measurement moves the clock of this process and gives it a key: both come back."""
    monkeypatch.setattr(data, "SUBMISSIONS", 60)
    monkeypatch.setattr(clock, "_offset_file", None)
    monkeypatch.setattr(tokens, "_secret", "")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_figure_is_answered_and_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    names = ["upload", "author-submission", "reviewer-list", "review-form", "autosave"]
    main(["bench", *names, "--rounds", "1", "--requests", "2"])
    told = lines(capsys)
    assert [(line["name"], line["goal"]) for line in told] == [
        ("upload", 1.5),
        ("author-submission", 9),
        ("reviewer-list", 9),
        ("review-form", 14),
        ("autosave", 6),
    ]
    assert [list(line) for line in told] == [["name", "value", "goal", "unit", "ok"]] * 5
    assert all(line["value"] > 0 and line["ok"] is (line["value"] <= line["goal"]) for line in told)
    assert [line["unit"] for line in told] == ["times a bare upload", *["times bare Flask"] * 4]


def test_the_table_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    main(["bench", "reviewer-list", "--table", "--rounds", "1", "--requests", "1"])
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["figure", "value", "goal", "ms"]
    assert re.fullmatch(r"reviewer-list +\d+\.\d\d +9 +\d+\.\d\d  (missed; )?a reviewer's list of 6", row)


def test_an_unknown_figure_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "speed"]) == 2
    assert "there is no figure speed; there are organizer-list, " in capsys.readouterr().err
