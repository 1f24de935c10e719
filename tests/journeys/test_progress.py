"""Long work that another process does is seen to go on."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.decisions.test_letters_page import LIST, decided, write
from tests.journeys.hands import Mouse, Opener


def test_the_bar_grows_by_itself(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    site = opened(1280, Mouse)
    decided(site.season)
    page = site.open(site.season.olga, f"{LIST}/letters").page
    bar, note = page.get_by_role("progressbar"), page.locator(".progress-line-note")
    expect(note).to_have_text("0 written, 3 papers to go")
    expect(page.get_by_text("No letters yet")).to_be_visible()
    write(site.season, monkeypatch, 2)
    expect(note).to_have_text("4 written, 1 paper to go")
    expect(bar).to_have_js_property("value", 4)
    expect(bar).to_have_js_property("max", 5)
    write(site.season, monkeypatch, 1)
    expect(page.get_by_role("button", name=re.compile("^Release$"))).to_be_enabled()
    expect(page.get_by_text("Accepted: Paper 2").first).to_be_visible()
    assert bar.count() == 0


def test_nothing_moves_under_whoever_is_on_the_page_with_the_keyboard(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = opened(1280, Mouse)
    decided(site.season)
    page = site.open(site.season.olga, f"{LIST}/letters").page
    page.keyboard.press("Tab")
    write(site.season, monkeypatch, 3)
    note = page.get_by_role("status").filter(has_text="written")
    expect(note).to_have_text("6 written. Show them")
    expect(page.get_by_text("No letters yet")).to_be_visible()  # the page is still the one before
    note.get_by_role("link").click()
    expect(page.get_by_role("button", name=re.compile("^Release$"))).to_be_enabled()


def test_a_server_that_is_away_for_a_moment_is_asked_again(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = opened(1280, Mouse)
    decided(site.season)
    page = site.open(site.season.olga, f"{LIST}/letters").page
    answers = iter((503, 502))
    refused: list[int] = []

    def refuse(route: Route) -> None:
        if (status := next(answers, None)) is None:
            return route.continue_()
        refused.append(status)
        return route.fulfill(status=status)

    page.route("**/decisions/progress", refuse)
    write(site.season, monkeypatch, 3)
    expect(page.get_by_role("button", name=re.compile("^Release$"))).to_be_enabled(timeout=15_000)
    assert refused == [503, 502]
    provoked = [problem.split()[0] for problem in site.visitor.problems if "GET" in problem]
    assert provoked == ["503", "502"]
    site.visitor.problems.clear()
