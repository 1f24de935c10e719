"""The pages of settings as a browser without scripts goes through them."""

from html.parser import HTMLParser
from typing import Any

from core.db import transaction
from organizers import venue_export, venue_loading
from tests.architecture.tree import ROOT
from tests.organizers.test_pages import text_of
from tests.season import BEFORE, Client, Season

SETTINGS = "/sbm2022/organize/settings/"


class Fields(HTMLParser):
    """What a browser would send of the page's forms but for the sign-out: the names and values of their fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._area = self._select = ""
        self.feed(page[page.index("<main") : page.index("</main>")])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value or "" for key, value in attrs}
        name, value = found.get("name", ""), found.get("value", "")
        if tag == "input" and (found.get("type") not in ("radio", "checkbox") or "checked" in found):
            self.values[name] = value
        elif tag == "textarea":
            self._area, self.values[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and ("selected" in found or self._select not in self.values):
            self.values[self._select] = value

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.values[self._area] = self.values[self._area].removeprefix("\r").removeprefix("\n")
            self._area = ""


def fields(page: str) -> dict[str, Any]:
    values: dict[str, Any] = Fields(page).values
    values.pop("csrf_token", None)
    return values


def opened(client: Client, page: str, /, **typed: str) -> dict[str, Any]:
    """The form of a page with something typed into it."""
    found = fields(client.page(SETTINGS + page))
    assert not set(typed) - set(found), sorted(found)
    return {**found, **typed}


def asked(client: Client, page: str, /, **typed: str) -> str:
    """The page that says what would change."""
    return client.send(SETTINGS + page, 200, **opened(client, page, **typed)).text


def saved(client: Client, page: str, /, **typed: str) -> str:
    """What was asked and then confirmed; the words of the question."""
    question = asked(client, page, **typed)
    client.send(SETTINGS + page, **fields(question), confirmed="1")
    return text_of(question)


def stored(season: Season) -> dict[str, Any]:
    season.session.rollback()
    return venue_export.tables(season.session, season.venue)


def load_model(season: Season) -> None:
    with transaction(season.session):
        data = (ROOT / "demo" / "sbm2022.toml").read_bytes()
        venue_loading.load(season.session, data, by=None, at=BEFORE)
