"""A short trial of kills; the long one is `./dateline soak kills`."""

from pathlib import Path

import pytest

from bench import data, kills
from core import clock


def test_five_kills_lose_nothing(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "SUBMISSIONS", 30)
    monkeypatch.setattr(data, "REVIEWERS", 15)
    try:
        report = kills.run(tmp_path, database_url, kills=5, seed=3, lease=6)
    finally:
        clock.rehearse(None)
    wrong = {
        name: count for name, count in report.items() if name.endswith(("lost", "doubled", "silent", "early"))
    }
    assert wrong == {
        "files_lost": 0,
        "finals_lost": 0,
        "drafts_lost": 0,
        "letters_lost": 0,
        "letters_doubled": 0,
        "releases_lost": 0,
        "decisions_silent": 0,
        "letters_early": 0,
    }
    assert (report["kills"], report["good"]) == (5, 1), report
