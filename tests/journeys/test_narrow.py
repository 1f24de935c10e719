"""Every page of a whole season on a telephone: nothing sticks out, and whatever one acts with is on the screen.

The acts themselves are done on a telephone in test_acts.py.
"""

from collections.abc import Iterator

import pytest

from core.db import transaction
from organizers.setting_forms import PAGES as SETTINGS
from submissions.models import State
from tests.journeys.hands import CUT_OFF, Mouse, Opener
from tests.policy.cast import OUT, Cast, column, moment
from tests.policy.test_matrix import PAGES, expected, rows
from tests.season import PDF

# Whose pages are looked at, and when; what somebody has seen is looked at again only where it shows people's own.
WALKS = [
    ("released", (OUT, "ada", "rey", "olga", "sam")),
    ("open", ("ada",)),
    ("reviewing", ("rey", "olga")),
]
OWN = {"home.index", "program.home"}
WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def make_long(cast: Cast) -> None:
    """Whatever people write is as long as they may, without a space to break it at."""
    season = cast.season
    with transaction(season.session):
        cast.one.title = f"On {WORD} and what becomes of it in a very long title that goes on"
        cast.one.versions[0].title = cast.one.title
        cast.one.versions[0].paper_name = f"{WORD}.pdf"
        season.rey.name = f"Reynaldo {WORD}"
        season.rey.affiliation = f"University of {WORD}"
        season.venue.topics[0].name = WORD
        season.venue.name, season.venue.place = f"Workshop of {WORD}", WORD
        season.venue.contact = f"{WORD[:60].lower()}@example.org"


def addresses() -> Iterator[tuple[str, str, list[str]]]:
    """(endpoint, address, who in which phase) of all pages; every page of the settings."""
    for head, cells in rows(PAGES):
        endpoint, path = head.split()
        yield endpoint, path, cells
        if endpoint == "organizers_settings.page":
            yield from (
                (endpoint, path.replace("dates", name), cells) for name in SETTINGS if name != "dates"
            )


@pytest.mark.parametrize(("phase", "names"), WALKS, ids=[phase for phase, _ in WALKS])
def test_no_page_sticks_out(opened: Opener, phase: str, names: tuple[str, ...]) -> None:
    site = opened(390, Mouse)
    cast = Cast(site.season)
    make_long(cast)
    site.season.submission("A draft", state=State.DRAFT, content=PDF)
    site.season.at(moment(phase))
    paths, seen, found = cast.paths(), set(), []
    for name in names:
        client, page = cast.client(name), site.open(cast.people[name]).page
        for endpoint, path, cells in addresses():
            path = path.format_map(paths)
            is_seen = path in seen and endpoint not in OWN
            if is_seen or expected(cells[column(phase)], 404)[name] != 200:
                continue
            with client.get(path) as answer:
                is_page = answer.mimetype == "text/html"
            if is_page:
                page.goto(site.address + path)
                found += [f"{name} at {path}: {problem}" for problem in page.evaluate(CUT_OFF)]
                seen.add(path)
    assert len(seen) >= 15
    assert found == [], "\n".join(found)
