"""Every page of a whole season, opened by those who may see it, with the longest words that people may write."""

from collections.abc import Iterator

from playwright.sync_api import Page

from core.db import transaction
from organizers.setting_forms import PAGES as SETTINGS
from submissions.models import State
from tests.journeys.hands import Site
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


def cast_of(site: Site) -> Cast:
    """The people and their papers; whatever they wrote is as long as it may, without a space to break it at."""
    cast, season = Cast(site.season), site.season
    with transaction(season.session):
        cast.one.title = f"On {WORD} and what becomes of it in a very long title that goes on"
        cast.one.versions[0].title = cast.one.title
        cast.one.versions[0].paper_name = f"{WORD}.pdf"
        season.rey.name = f"Reynaldo {WORD}"
        season.rey.affiliation = f"University of {WORD}"
        season.venue.topics[0].name = WORD
        season.venue.name, season.venue.place = f"Workshop of {WORD}", WORD
        season.venue.contact = f"{WORD[:60].lower()}@example.org"
    season.submission("A draft", state=State.DRAFT, content=PDF)
    return cast


def addresses() -> Iterator[tuple[str, str, list[str]]]:
    """(endpoint, address, who in which phase) of all pages; every page of the settings."""
    for head, cells in rows(PAGES):
        endpoint, path = head.split()
        yield endpoint, path, cells
        if endpoint == "organizers_settings.page":
            yield from (
                (endpoint, path.replace("dates", name), cells) for name in SETTINGS if name != "dates"
            )


def walk(
    site: Site,
    cast: Cast,
    phase: str,
    names: tuple[str, ...],
    seen: set[str],
    *,
    but: frozenset[str] = frozenset(),
) -> Iterator[tuple[str, str, Page]]:
    """(whose, address, the opened page) of each page but these endpoints' that these people see in this phase.

    Its address is added to `seen`.
    """
    site.season.at(moment(phase))
    paths = cast.paths()
    for name in names:
        client, page = cast.client(name), site.open(cast.people[name]).page
        for endpoint, template, cells in addresses():
            path = template.format_map(paths)
            is_seen = endpoint in but or (path in seen and endpoint not in OWN)
            if is_seen or expected(cells[column(phase)], 404)[name] != 200:
                continue
            with client.get(path) as answer:
                is_page = answer.mimetype == "text/html"
            if is_page:
                page.goto(site.address + path)
                yield name, path, page
                seen.add(path)
        page.close()
