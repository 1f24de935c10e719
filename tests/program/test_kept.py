"""The home page is kept whole for a second, for those without a session."""

from datetime import timedelta

from core.db import transaction
from tests.season import BEFORE, Season


def rename(season: Season, name: str) -> None:
    with transaction(season.session):
        season.venue.name = name


def test_the_page_is_made_once_a_second_for_the_signed_out(season: Season) -> None:
    season.app.config["KEEP_PAGES"] = True
    rename(season, "The old name")
    assert "The old name" in season.client().get("/sbm2022/").text
    rename(season, "The new name")
    late = season.client().get("/sbm2022/")
    assert "The old name" in late.text
    assert "The new name" in season.client(season.nel).get("/sbm2022/").text
    assert "The new name" in season.client().get("/sbm2022/?anew").text
    season.at(BEFORE + timedelta(seconds=1))
    made = season.client().get("/sbm2022/")
    assert "The new name" in made.text
    assert made.headers["ETag"] != late.headers["ETag"]


def test_a_browser_that_has_the_page_gets_no_second_copy(season: Season) -> None:
    season.app.config["KEEP_PAGES"] = True
    first = season.client().get("/sbm2022/")
    again = season.client().get("/sbm2022/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "no-cache"


def test_nothing_is_kept_of_venues_that_are_not(season: Season) -> None:
    season.app.config["KEEP_PAGES"] = True
    assert season.client().get("/nowhere/").status_code == 404
    assert season.app.extensions["kept_pages"] == {}
