"""Long work that another process does is seen to go on."""

import re

import pytest
from playwright.sync_api import expect

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
    expect(page.get_by_role("button", name=re.compile("^Release$"))).to_be_visible()
    expect(page.get_by_text("Accepted: Paper 2").first).to_be_visible()
    assert bar.count() == 0
