"""The page of the letters: how far they are, and the release that comes after a look at them."""

import pytest

from core.db import transaction
from decisions import actions
from decisions.models import Outcome
from tests.season import NOTIFICATION, Season

LIST = "/sbm2022/organize/decisions"
RELEASE = '<button class="btn btn-primary" type="submit" data-confirm="Release all decisions?'


def decided(season: Season) -> None:
    """Three papers with decisions, whose letters are ordered and not written."""
    season.at(NOTIFICATION)
    for number in range(3):
        season.decide(season.submission(f"Paper {number}"), Outcome.POSTER)
    order(season)


def order(season: Season) -> None:
    """Have the letters written: a job that waits."""
    with transaction(season.session):
        actions.prepare(season.session, season.venue, by=season.olga, at=NOTIFICATION)


def write(season: Season, monkeypatch: pytest.MonkeyPatch, papers: int) -> None:
    """Have the letters of so many papers written."""
    monkeypatch.setattr(actions, "ROUND", papers)
    with season.app.test_request_context(), transaction(season.session):
        release = actions.locked_release(season.session, season.venue.id)
        assert release
        assert actions.write_some(season.session, release, by=None, at=NOTIFICATION)


def test_nothing_is_awaited_before_the_letters_are_ordered(season: Season) -> None:
    season.at(NOTIFICATION)
    season.decide(season.submission("Paper"), Outcome.POSTER)
    olga = season.client(season.olga)
    page = olga.page(f"{LIST}/letters")
    assert "have the letters written on the Decisions page" in page
    assert "data-progress-url" not in page
    assert olga.get(f"{LIST}/progress").json == {"done": 0, "left": 0, "note": "0 written"}
    order(season)
    assert olga.get(f"{LIST}/progress").json == {"done": 0, "left": 1, "note": "0 written, 1 paper to go"}


def test_it_releases_once_all_are_written(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    olga = season.client(season.olga)
    decided(season)
    page = olga.page(f"{LIST}/letters")
    assert "The letters are still being written; this page shows how far." in page
    assert RELEASE not in page
    assert olga.get(f"{LIST}/progress").json == {"done": 0, "left": 3, "note": "0 written, 3 papers to go"}
    write(season, monkeypatch, 2)
    assert olga.get(f"{LIST}/progress").json == {"done": 4, "left": 1, "note": "4 written, 1 paper to go"}
    write(season, monkeypatch, 2)
    assert olga.get(f"{LIST}/progress").json == {"done": 6, "left": 0, "note": "6 written"}
    page = olga.page(f"{LIST}/letters")
    assert RELEASE in page
    assert "progress" not in page.partition("<main")[2]
    olga.send(f"{LIST}/release", moment="2022-10-21 14:00 UTC")
    page = olga.page(f"{LIST}/letters")
    assert "They go out at 2022-10-21 14:00:00 UTC" in page
    assert "Release now</button>" in page
    olga.send(f"{LIST}/release")
    assert "data-confirm" not in olga.page(f"{LIST}/letters")
    assert "Accepted as a poster" in season.client(season.ada).page("/sbm2022/submissions/1/decision")
