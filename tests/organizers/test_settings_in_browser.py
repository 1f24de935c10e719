"""The settings in Chromium: under a date stands what it means while it is typed, and nothing is saved unseen."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser import Visitor, assert_accessible
from tests.season import Season, open_served_season
from venues.models import ListedPerson, Section, VenueDate

SETTINGS = "/sbm2022/organize/settings/"


@pytest.fixture
def season(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Season]:
    with open_served_season(tmp_path / "data", sqlite_url, monkeypatch) as made:
        yield made


def page_of_olga(season: Season, visitor: Visitor, width: int) -> Page:
    url = season.app.config["DATELINE"].url
    opened = visitor.open(width, base_url=url)
    found = season.client(season.olga).get_cookie("session")
    assert found
    opened.context.add_cookies([{"name": "session", "value": found.value, "url": url}])
    return opened


def test_a_date_is_moved(season: Season, visitor: Visitor) -> None:
    page = page_of_olga(season, visitor, 1280)
    page.goto(SETTINGS + "dates")
    assert_accessible(page)
    field, meaning = page.get_by_label("Submission deadline"), page.locator("#submission-meaning")
    expect(meaning).to_have_text("closed from Tue 27 Sep 2022 12:00 UTC; 07:00 in Chicago")
    field.fill("10/11/2022")
    expect(meaning).to_have_text('"10/11/2022" is not clear: write 2022-10-11 or 2022-11-10.')
    expect(field).to_have_attribute("aria-invalid", "true")
    assert_accessible(page)
    field.fill("Oct 15, 2022, 23:59 AoE")
    expect(meaning).to_have_text("closed from Sun 16 Oct 2022 12:00 UTC; 07:00 in Chicago")
    expect(
        page.get_by_text("The submission deadline (Oct 15, 2022, 23:59 AoE) falls on a Saturday.")
    ).to_be_visible()
    field.press("Enter")
    expect(page.get_by_role("heading", name="Save this?")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Back to the form").click()
    expect(field).to_have_value("Oct 15, 2022, 23:59 AoE")
    page.get_by_role("button", name="Look at the changes").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. The history says what was changed.")).to_be_visible()
    page.get_by_role("link", name="History").click()
    expect(page.get_by_text("Oct 15, 2022, 23:59 AoE")).to_be_visible()
    assert_accessible(page)
    season.session.rollback()
    assert "Oct 15, 2022, 23:59 AoE" in season.session.scalars(select(VenueDate.announced)).all()


def test_people_are_arranged_on_a_telephone(season: Season, visitor: Visitor) -> None:
    page = page_of_olga(season, visitor, 390)
    page.goto(SETTINGS + "people")
    page.get_by_label("Person 1: Name").fill("Ida Holm")
    page.get_by_role("button", name="Add a person").click()
    page.get_by_label("Person 2: Name").fill("Ole Berg")
    page.get_by_label("Person 2: Section").select_option("Panelist")
    page.get_by_role("button", name="Move person 2 up").click()
    assert_accessible(page)
    page.get_by_role("button", name="Look at the changes").click()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. The history says what was changed.")).to_be_visible()
    season.session.rollback()
    stored = select(ListedPerson.section, ListedPerson.name).order_by(ListedPerson.position)
    assert [tuple(row) for row in season.session.execute(stored)] == [
        (Section.PANELIST, "Ole Berg"),
        (Section.SPEAKER, "Ida Holm"),
    ]


@pytest.mark.parametrize("width", [1280, 390])
def test_a_picture_is_shown_and_removed(season: Season, visitor: Visitor, width: int) -> None:
    for position, name in enumerate(("Ann Ash", "Ben Birk")):
        venue_id, section = season.venue.id, Section.SPEAKER
        season.add(ListedPerson(venue_id=venue_id, section=section, position=position, name=name))
    page = page_of_olga(season, visitor, width)
    page.goto(SETTINGS + "pictures")
    assert_accessible(page)
    photo, wrong = io.BytesIO(), {"name": "ann.gif", "mimeType": "image/gif", "buffer": b"GIF89a"}
    Image.new("RGB", (300, 200), "teal").save(photo, "JPEG")
    right = {"name": "ann.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()}
    field = page.get_by_label("Picture of Ann Ash")
    field.set_input_files(wrong)  # type: ignore[arg-type]
    page.get_by_role("button", name="Upload").first.click()
    expect(field).to_have_accessible_description("This file is neither a JPEG nor a PNG picture.")
    assert_accessible(page)
    field.set_input_files(right)  # type: ignore[arg-type]
    page.get_by_role("button", name="Upload").first.click()
    expect(page.get_by_text("The home page shows the picture of Ann Ash.")).to_be_visible()
    assert_accessible(page)
    page.goto("/sbm2022/")
    portrait = page.get_by_alt_text("Portrait of Ann Ash")
    portrait.scroll_into_view_if_needed()
    expect(portrait).to_have_js_property("naturalWidth", 288)
    assert page.locator("span.face").all_inner_texts() == ["BB"]
    assert_accessible(page)
    page.goto(SETTINGS + "pictures")
    page.get_by_role("button", name="Remove the picture of Ann Ash").click()
    expect(page.get_by_text("The home page shows the initials of Ann Ash.")).to_be_visible()
    assert page.locator("span.face").all_inner_texts() == ["AA", "BB"]
    assert all("422" in problem for problem in visitor.problems)
    visitor.problems.clear()
