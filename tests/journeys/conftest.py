"""A season that is served to a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import Visitor
from tests.journeys.hands import Opener, Site
from tests.season import Season, open_served_season


@pytest.fixture
def season(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Season]:
    """A season on an app that a server serves from a thread, with CSRF tokens as people get them."""
    with open_served_season(tmp_path / "data", sqlite_url, monkeypatch) as made:
        yield made


@pytest.fixture
def opened(season: Season, visitor: Visitor, tmp_path: Path) -> Opener:
    """Gives a site whose pages have this width, used by this hand."""
    address = season.app.config["DATELINE"].url
    return lambda width, hand: Site(season, visitor, address, tmp_path, width, hand)
