"""The authors' pages in Chromium, with the scripts, over the real server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from core import jobs
from submissions.models import State, Upload
from tests import hostile_pdfs
from tests.browser import Visitor, assert_accessible
from tests.season import CLOSED, LAST_SECOND, PDF, Season, open_served_season
from tests.submissions.door import HOME, letters, submission, versions
from web.jobs import JOBS


@pytest.fixture
def season(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Season]:
    """A season on an app that a server serves from a thread, with CSRF tokens as people get them."""
    with open_served_season(tmp_path / "data", sqlite_url, monkeypatch) as made:
        yield made


@pytest.fixture
def page(season: Season, visitor: Visitor) -> Page:
    """Ada's browser."""
    url = season.app.config["DATELINE"].url
    opened = visitor.open(base_url=url)
    found = season.client(season.ada).get_cookie("session")
    assert found
    opened.context.add_cookies([{"name": "session", "value": found.value, "url": url}])
    return opened


def pdf(content: bytes, name: str = "scores.pdf") -> dict[str, object]:
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


def test_from_an_empty_list_to_a_checked_paper(season: Season, page: Page) -> None:
    page.goto(f"{HOME}/")
    assert_accessible(page)
    page.get_by_role("link", name="New submission").first.click()
    page.get_by_label("Title").fill("On scores")
    page.get_by_label("Abstract").fill("We *study* scores.")
    page.get_by_label("Theory").check()
    page.get_by_role("button", name="Add an author").click()  # this one stays empty and does not count
    page.get_by_label("Author 2: Name").fill("Bo Brandt")
    page.get_by_label("Author 2: E-mail").fill("bo@example.org")
    page.get_by_role("button", name="Move author 2 up").click()
    assert_accessible(page)
    page.locator("[name=paper]").set_input_files(pdf(hostile_pdfs.good(3)))  # type: ignore[arg-type]
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="On scores")).to_be_visible()
    expect(page.get_by_text("Submitted: #1, version 1.")).to_be_visible()
    made = submission(season)
    assert (made.state, [author.name for author in made.authors]) == (
        State.SUBMITTED,
        ["Bo Brandt", "Ada Abel"],
    )
    (upload,) = season.session.scalars(select(Upload))
    assert (upload.used_at is not None, made.versions[0].paper_name) == (True, "scores.pdf")
    with season.app.test_request_context():
        assert jobs.run_next(season.app.extensions["sessions"], JOBS, "test")
    page.reload()
    expect(page.get_by_alt_text("First page of the paper")).to_be_visible()
    assert page.get_by_alt_text("First page of the paper").evaluate("image => image.naturalWidth") == 400
    assert_accessible(page)
    for link in ("Receipt", "Withdraw …"):
        page.goto(f"{HOME}/1/")
        page.get_by_role("link", name=link, exact=True).first.click()
        assert_accessible(page)


def test_an_upload_begun_in_the_last_second_counts(season: Season, page: Page) -> None:
    """The script announces the upload before its bytes; the deadline passes between the two."""
    page.goto(f"{HOME}/new")
    page.get_by_label("Title").fill("In the last second")
    page.get_by_label("Abstract").fill("Short.")
    page.locator("[name=paper]").set_input_files(pdf(PDF))  # type: ignore[arg-type]
    season.at(LAST_SECOND)

    def close_submission(route: Route) -> None:
        season.at(CLOSED)
        route.continue_()

    page.route("**/uploads/*", close_submission)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Submitted: #1, version 1.")).to_be_visible()
    (version,) = versions(season)
    assert (version.began_at, version.saved_at, version.is_late) == (LAST_SECOND, CLOSED, False)


def test_a_refused_file_and_a_wrong_text_lose_nothing(season: Season, page: Page, visitor: Visitor) -> None:
    page.goto(f"{HOME}/new")
    page.get_by_label("Title").fill("Kept")
    page.locator("[name=paper]").set_input_files(pdf(b"no pdf"))  # type: ignore[arg-type]
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-upload-text]")).to_have_text(
        "This file is not a PDF: there is no %PDF- near its beginning."
    )
    page.locator("[name=paper]").set_input_files(pdf(PDF))  # type: ignore[arg-type]
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".error-summary")).to_contain_text("A paper needs an abstract.")
    expect(page.get_by_text("received; the next save keeps it.")).to_be_visible()
    assert_accessible(page)
    assert page.get_by_label("Title").input_value() == "Kept"
    page.get_by_label("Abstract").fill("Now there.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Kept")).to_be_visible()
    assert versions(season)[0].paper_size == len(PDF)
    assert len(letters(season)) == 1
    assert all("422" in problem for problem in visitor.problems)
    visitor.problems.clear()


def test_two_tabs(season: Season, page: Page, visitor: Visitor) -> None:
    season.submission("First")
    page.goto(f"{HOME}/1/edit")
    other = page.context.new_page()
    other.goto(f"{HOME}/1/edit")
    other.get_by_label("Title").fill("From the other tab")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_role("heading", name="From the other tab")).to_be_visible()
    page.get_by_label("Title").fill("From this tab")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Not saved: Ada Abel saved version 2 meanwhile")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Save mine over version 2").click()
    expect(page.get_by_role("heading", name="From this tab")).to_be_visible()
    assert [version.title for version in versions(season)] == ["First", "From the other tab", "From this tab"]
    assert all("409" in problem for problem in visitor.problems)
    visitor.problems.clear()


def test_a_receipt_is_kept_and_checked_by_somebody_else(season: Season, page: Page, visitor: Visitor) -> None:
    season.submission("On scores", content=PDF)
    page.goto(f"{HOME}/1/receipt")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    other = visitor.open(width=390, base_url=season.app.config["DATELINE"].url)
    other.goto("/receipts")
    assert_accessible(other)
    kept = {"name": "receipt.txt", "mimeType": "text/plain", "buffer": download.value.path().read_bytes()}
    paper = other.get_by_label("The PDF (optional)")
    for file, said in (
        (PDF, "Valid, and the PDF is the one it names."),
        (PDF + b"x", "the PDF is another one."),
    ):
        other.get_by_label("Or its file").set_input_files(kept)  # type: ignore[arg-type]
        paper.set_input_files(pdf(file))  # type: ignore[arg-type]
        other.get_by_role("button", name="Check").click()
        expect(other.locator(".callout-title")).to_contain_text(said)
        assert_accessible(other)
    other.get_by_label("The receipt").fill(page.locator(".receipt").inner_text().replace("scores", "Scores"))
    other.get_by_role("button", name="Check").click()
    expect(other.locator(".callout-title")).to_have_text("Not valid.")
    assert_accessible(other)
    assert other.evaluate("document.documentElement.scrollWidth") <= 390
