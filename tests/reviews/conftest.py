"""A paper under review."""

import pytest

from tests.season import REVIEWING, Season


@pytest.fixture
def reviewing(season: Season) -> Season:
    """Rey and rut review paper 1, and it is the time to."""
    made = season.submission()
    season.assign(made, season.rey, "zzzzz")
    season.assign(made, season.rut, "aaaaa")
    season.at(REVIEWING)
    return season
