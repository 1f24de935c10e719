"""The bar of the demo stands on every page, whatever the page has loaded."""

from pathlib import Path

import pytest

from demo import web
from demo.mailbox import Mailbox
from tests.season import Season


@pytest.mark.parametrize(
    "path",
    [
        "",
        "submissions/new",
        "organize/letters/paper_assigned",
        "organize/settings/roles/{olga}/organizer/revoke",  # loads whoever is looking, as somebody with a role
    ],
)
def test_the_bar_knows_who_is_signed_in(season: Season, tmp_path: Path, path: str) -> None:
    web.add(season.app, Mailbox(tmp_path / "mailbox"))
    page = season.client(season.olga).page("/sbm2022/" + path.format(olga=season.olga.id))
    assert 'class="demo-bar' in page
    assert "Olga Orlova" in page
