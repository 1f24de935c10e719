"""A review typed in Chromium: lost connections, lost sessions, two tabs; and how the committee's pages look."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from accounts import passwords
from accounts.models import Person
from mail.models import Message
from reviews.assignment.models import Assignment
from reviews.reviewing.models import Review
from submissions.models import Submission
from tests.browser import Visitor, assert_accessible
from tests.season import REVIEWING, Season
from venues.models import Role

PASSWORD = "a long enough password"
REVIEW = "/sbm2022/papers/1/review"


@dataclass
class Site:
    """The season, served."""

    season: Season
    address: str

    def draft_of(self, person: Person) -> str:
        """The summary in the draft as the server has it."""
        self.season.session.rollback()
        query = select(Review).join(Assignment).where(Assignment.person_id == person.id)
        found = self.season.session.scalar(query)
        return str(found.draft["summary"]) if found else ""

    def sign_in(self, page: Page, person: Person) -> None:
        """Through the form of the sign-in page, which this page shows."""
        page.get_by_label("E-mail").fill(person.primary_email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()

    def review(self, page: Page, person: Person | None = None) -> None:
        """Open the review of paper 1, signing in on the way."""
        page.goto(self.address + REVIEW)
        if "/sign-in" in page.url:
            self.sign_in(page, person or self.season.rey)
        expect(page.get_by_role("heading", level=1)).to_have_text("A score for all")


@pytest.fixture
def site(season: Season) -> Iterator[Site]:
    season.app.config["WTF_CSRF_ENABLED"] = True
    for person in (season.rey, season.rut, season.olga):
        person.password_hash = passwords.hashed(PASSWORD)
    season.session.commit()
    made = season.submission()
    season.assign(made, season.rey)
    season.assign(made, season.rut)
    season.at(REVIEWING)
    server = make_server("127.0.0.1", 0, season.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(season, f"http://127.0.0.1:{server.port}")
    server.shutdown()
    thread.join()
    server.server_close()


def saying(page: Page) -> Any:
    """What the form says of its saving."""
    return expect(page.locator("[data-autosave-state]"))


def kept(page: Page) -> list[str]:
    """The keys of what this browser keeps."""
    keys: list[str] = page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('dateline:'))")
    return keys


def summary(page: Page) -> str:
    return page.get_by_label("Summary").input_value()


def test_saved_as_it_is_typed(site: Site, page: Page) -> None:
    site.review(page)
    page.get_by_label("Summary").fill("It fits a score.")
    saying(page).to_contain_text("Saved 0")
    expect(page.locator("[data-after-save]")).to_have_text("draft, not handed in")
    assert site.draft_of(site.season.rey) == "It fits a score."
    with page.expect_response("**/review/draft"):
        page.get_by_label("Good supported, with small gaps").check()
        page.get_by_label("I wrote this review myself").check()
    saying(page).to_contain_text("Saved 0")
    page.reload()
    assert summary(page) == "It fits a score."
    expect(page.get_by_label("Good supported, with small gaps")).to_be_checked()
    expect(page.get_by_label("I wrote this review myself")).to_be_checked()
    assert page.locator("[data-choice]").count() == 0
    assert kept(page) == []


def test_a_lost_connection_loses_nothing(site: Site, visitor: Visitor) -> None:
    page = visitor.open()
    site.review(page)
    page.wait_for_load_state("networkidle")  # its scripts are here before the connection goes
    page.context.set_offline(True)
    page.get_by_label("Summary").fill("Typed in a tunnel.")
    saying(page).to_have_text("Not saved: no connection; kept in this browser")
    assert site.draft_of(site.season.rey) == ""
    page.context.set_offline(False)
    saying(page).to_contain_text("Saved 0")
    assert site.draft_of(site.season.rey) == "Typed in a tunnel."
    assert kept(page) == []
    assert all("ERR_INTERNET_DISCONNECTED" in problem for problem in visitor.problems)
    visitor.problems.clear()


def test_an_answer_lost_on_the_way_is_no_conflict(site: Site, visitor: Visitor) -> None:
    page = visitor.open()
    site.review(page)
    lost: list[str | None] = []

    def lose(route: Route) -> None:
        route.fetch()
        lost.append(route.request.post_data)
        route.abort()

    page.route("**/review/draft", lose, times=1)
    page.get_by_label("Summary").fill("It arrived.")
    saying(page).to_contain_text("no connection")
    assert site.draft_of(site.season.rey) == "It arrived."
    page.get_by_label("Summary").fill("It arrived. So did this.")
    saying(page).to_contain_text("Saved 0")
    assert site.draft_of(site.season.rey) == "It arrived. So did this."
    assert page.locator("[data-choice]").count() == 0
    assert len(lost) == 1
    assert {problem.split()[0] for problem in visitor.problems} <= {"console:", "net::ERR_FAILED:", "409"}
    visitor.problems.clear()


def test_what_a_lost_session_kept_is_offered_to_its_person_alone(site: Site, visitor: Visitor) -> None:
    page = visitor.open()
    site.review(page)
    page.context.clear_cookies()
    page.get_by_label("Summary").fill("Typed while signed out.")
    saying(page).to_have_text("Not saved: you were signed out; kept in this browser")
    assert kept(page) == [f"dateline:{site.season.rey.id}:{REVIEW}"]

    # Rut, who reviews the same paper, uses the same browser.
    site.review(page, site.season.rut)
    assert summary(page) == ""
    assert page.locator("[data-choice]").count() == 0
    assert "Typed while signed out." not in page.content()
    page.context.clear_cookies()

    site.review(page, site.season.rey)
    choice = page.locator("[data-choice]")
    expect(choice).to_contain_text("was not sent. Take it up again?")
    expect(choice).to_contain_text("Typed while signed out.")
    choice.get_by_role("button", name="Use what was kept").click()
    saying(page).to_contain_text("Saved 0")
    assert site.draft_of(site.season.rey) == "Typed while signed out."
    assert (kept(page), site.draft_of(site.season.rut)) == ([], "")
    assert {problem.split()[0] for problem in visitor.problems} <= {"401", "console:"}
    visitor.problems.clear()


def test_signing_out_erases_what_was_kept(site: Site, visitor: Visitor) -> None:
    page = visitor.open()
    site.review(page)
    page.route("**/review/draft", lambda route: route.abort())
    page.get_by_label("Summary").fill("Never sent.")
    saying(page).to_contain_text("kept in this browser")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Erase and sign out").click()
    page.wait_for_url(lambda url: "/review" not in url)
    assert kept(page) == []
    site.review(page)
    assert summary(page) == ""
    assert page.locator("[data-choice]").count() == 0
    assert {problem.split()[0] for problem in visitor.problems} <= {"console:", "net::ERR_FAILED:", "404"}
    visitor.problems.clear()


def second_tab(context: BrowserContext, site: Site) -> Page:
    page = context.new_page()
    site.review(page)
    return page


@pytest.mark.parametrize(
    ("button", "held"), [("Keep what I typed", "Second tab"), ("Take what is saved", "First tab")]
)
def test_two_tabs(site: Site, visitor: Visitor, button: str, held: str) -> None:
    first = visitor.open()
    site.review(first)
    second = second_tab(first.context, site)
    first.get_by_label("Summary").fill("First tab")
    saying(first).to_contain_text("Saved 0")
    second.get_by_label("Summary").fill("Second tab")
    choice = second.locator("[data-choice]")
    expect(choice).to_contain_text("This was changed elsewhere")
    expect(choice).to_contain_text("First tab")
    expect(choice).to_contain_text("Second tab")
    assert_accessible(second)
    choice.get_by_role("button", name=button).click()
    saying(second).to_contain_text("aved")
    expect(second.get_by_label("Summary")).to_have_value(held)
    site.season.session.rollback()
    second.reload()
    assert (summary(second), site.draft_of(site.season.rey)) == (held, held)
    assert kept(second) == []
    visitor.problems.clear()


def test_handing_in_leaves_nothing_behind(site: Site, visitor: Visitor) -> None:
    page = visitor.open()
    site.review(page)
    for label in ("Summary", "Strengths and weaknesses", "Questions to the authors", "Limitations"):
        page.get_by_label(label).fill(f"About {label}.")
    page.get_by_role("button", name="Hand the review in").click()
    summary_of_errors = page.locator(".error-summary")
    expect(summary_of_errors).to_contain_text("The draft is saved, but it cannot be handed in yet.")
    expect(summary_of_errors).to_be_focused()
    assert_accessible(page)
    assert (site.draft_of(site.season.rey), kept(page)) == ("About Summary.", [])
    visitor.problems.clear()

    for name in ("quality", "clarity", "significance", "originality", "overall", "confidence"):
        page.locator(f"input[name={name}]").first.check()
    page.get_by_label("No", exact=True).check()
    page.get_by_label("I wrote this review myself").check()
    page.get_by_role("button", name="Hand the review in").click()
    expect(page.get_by_role("status")).to_contain_text("Your review is handed in.")
    expect(page.get_by_role("table")).to_contain_text("handed in")
    site.review(page)
    assert page.locator("[data-choice]").count() == 0
    assert kept(page) == []
    site.season.session.rollback()
    assert site.season.session.scalars(select(Review.overall)).all() == [6]


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_accessible_and_fits(site: Site, visitor: Visitor, width: int) -> None:
    season = site.season
    long_name = season.person("Wolfeschlegelsteinhausenbergerdorff Hubert Blaine Maximilian")
    season.grant(long_name, Role.REVIEWER)
    season.conflict(season.session.scalars(select(Submission)).one(), long_name)
    visitors = [
        (season.rey, ["papers/", "papers/1/", "papers/1/review"]),
        (
            season.olga,
            [
                "organize/reviewers",
                "organize/assignments",
                "organize/assignments/reviewers",
                "organize/assignments/1",
                f"organize/assignments/1/reviewers/{season.rey.id}/remove",
            ],
        ),
    ]
    for person, paths in visitors:
        page = visitor.open(width=width)
        page.goto(f"{site.address}/sbm2022/{paths[0]}")
        site.sign_in(page, person)
        for path in paths:
            page.goto(f"{site.address}/sbm2022/{path}")
            assert_accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth") == width, path
    page.goto(f"{site.address}/sbm2022/organize/reviewers")
    page.get_by_label("People to invite").fill("Ira Ito <ira@example.org>\nrey@example.org")
    page.get_by_role("button", name="Check the list").click()
    expect(page.get_by_role("heading", name="This will happen")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Send 1 invitation").click()
    season.session.rollback()
    text = season.session.scalars(select(Message.text).where(Message.to_email == "ira@example.org")).one()
    link = re.search(r"/sbm2022/invitations/\S+", text)
    assert link
    page = visitor.open(width=width)
    page.goto(site.address + link[0])
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_role("button", name="I will review").click()
    expect(page.get_by_role("status")).to_contain_text("Thank you, you are a reviewer of SBM 2022.")
