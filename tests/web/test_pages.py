"""Layouts, macros, style sheet and scripts, in Chromium: the page of elements and small pages made for the test."""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, flash, redirect, render_template_string, request
from flask.typing import ResponseReturnValue
from flask_bootstrap import Bootstrap5
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from tests.browser import Visitor, assert_accessible
from web import elements, icons

ROOT = Path(__file__).parents[2]
REVIEW = """{% extends "_layout/venue.html" %}{% import "_macros/forms.html" as forms %}
{% block title %}Review{% endblock %}{% block content %}<h1>Review</h1>
<form class="form" method="post" data-autosave-url="/save">
  <input type="hidden" name="csrf_token" value="a-token">
  <input type="hidden" name="revision" value="{{ kept.revision }}">
  <div class="field"><label for="text">Text</label><textarea id="text" name="text">{{ kept.text }}</textarea></div>
  {% call forms.submit_row() %}{{ forms.button("Submit review") }}{{ forms.autosave_state() }}{% endcall %}
</form>{% endblock %}"""
UPLOAD = """{% extends "_layout/venue.html" %}{% import "_macros/forms.html" as forms %}
{% block title %}Upload{% endblock %}{% block content %}<h1>Upload</h1><p id="error">{{ error }}</p>
<form class="form" method="post" enctype="multipart/form-data" data-upload>
  <input type="hidden" name="csrf_token" value="{{ token }}"><label>Paper <input type="file" name="paper"></label>
  {{ forms.upload_state() }}{{ forms.button("Send") }}
</form>{% endblock %}"""
DONE = """{% extends "_layout/venue.html" %}{% block title %}Done{% endblock %}
{% block content %}<h1>Done</h1>{% endblock %}"""


@dataclass
class Site:
    """A running server with the project's templates, and what it was sent."""

    address: str = ""
    text: str = "as it was"
    revision: int = 1
    is_signed_in: bool = True
    uploads: list[str] = field(default_factory=list)

    def save(self) -> ResponseReturnValue:
        """Take an autosave as the reviews' page does."""
        assert request.headers["X-CSRFToken"] == "a-token"
        assert request.json is not None
        if not self.is_signed_in:
            return {"error": "signed out"}, 401
        if request.json["revision"] != self.revision:
            return {"revision": self.revision, "theirs": {"text": self.text}}, 409
        self.change(request.json["fields"]["text"])
        return {"revision": self.revision, "saved_at": "2022-10-03T09:00:00+00:00"}

    def change(self, text: str) -> None:
        """Store a text, from whichever side."""
        self.text, self.revision = text, self.revision + 1

    def upload(self) -> ResponseReturnValue:
        """Take an upload: PDFs only, signed in only."""
        if not self.is_signed_in:
            return "<p>Sign in first.</p>", 401
        paper = request.files["paper"].read()
        self.uploads.append(request.form["csrf_token"])
        if not paper.startswith(b"%PDF-"):
            return render_template_string(UPLOAD, error="This is not a PDF.", token="token-2"), 422
        flash("Stored.", "success")
        return redirect("/done")


@pytest.fixture
def site() -> Iterator[Site]:
    """The test's site, served on a free port."""
    site = Site()
    app = Flask("pages", root_path=str(ROOT))
    app.config.update(SECRET_KEY="for this test", BOOTSTRAP_SERVE_LOCAL=True)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    Bootstrap5(app)
    icons.add(app)
    app.register_blueprint(elements.pages)
    app.after_request(_refuse_inline)
    app.context_processor(lambda: {"assets": "1", "shell": _shell()})
    app.add_url_rule("/review", "review", lambda: render_template_string(REVIEW, kept=site))
    app.add_url_rule("/save", "save", site.save, methods=["PUT"])
    app.add_url_rule(
        "/upload", "form", lambda: render_template_string(UPLOAD, token=f"token-{site.is_signed_in:d}")
    )
    app.add_url_rule("/upload", "upload", site.upload, methods=["POST"])
    app.add_url_rule("/done", "done", lambda: render_template_string(DONE))
    app.add_url_rule("/sign-out", "sign_out", lambda: redirect("/done"), methods=["POST"])
    server = make_server("127.0.0.1", 0, app, threaded=True)
    site.address = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()


def _refuse_inline(response: Any) -> Any:
    response.headers["Content-Security-Policy"] = "default-src 'self'"
    return response


def _shell() -> dict[str, Any]:
    people = [("ada", "Ada Aziz", "author", True), ("rey", "Rey Castellanos", "reviewer", False)]
    bar = {
        "moments": [("open", "Call open", True)],
        "clock": "26 Sep 2022",
        "people": people,
        "mailbox_count": 3,
    }
    nav = [
        (label, "#", label == "Reviews")
        for label in ("Home", "Call", "Submissions", "Reviews", "Decisions", "Outbox")
    ]
    return {"venue_name": "SBM 2022", "nav": nav, "person_id": 7, "person_name": "Rey Castellanos",
            "sign_out_url": "/sign-out", "demo_bar": bar, "now": "2022-10-03T09:00:00+00:00"}  # fmt: skip


def _kept(page: Page) -> dict[str, Any]:
    """What the browser keeps for forms, by its key."""
    stored = page.evaluate("Object.entries(localStorage)")
    return {key: json.loads(value)["fields"]["text"] for key, value in stored}


@pytest.mark.parametrize("width", [1280, 390])
def test_every_element_is_accessible_and_fits(site: Site, visitor: Visitor, width: int) -> None:
    page = visitor.open(width=width)
    page.goto(f"{site.address}/elements")
    expect(page.locator(".countdown").first).to_contain_text("in ")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_chart_labels_never_touch(site: Site, narrow_page: Page) -> None:
    narrow_page.goto(f"{site.address}/elements")
    touching = narrow_page.evaluate("""() => [...document.querySelectorAll('.chart-picture')].flatMap(chart => {
        const texts = [...chart.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()])
        return texts.flatMap(([a, r], i) => texts.slice(i + 1).filter(([, s]) =>
            r.left < s.right && s.left < r.right && r.top < s.bottom && s.top < r.bottom).map(([b]) => [a, b]))
    })""")
    assert touching == []
    assert narrow_page.locator(".chart-picture text").count() == 33


def test_errors_stand_beside_their_fields_and_on_top(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/elements")
    title = page.get_by_label("Title", exact=False).first
    expect(title).to_have_attribute("aria-invalid", "true")
    expect(title).to_have_accessible_description("The paper needs a title.")
    expect(page.locator("#authors-1-email")).to_have_accessible_description("That is not an e-mail address.")
    expect(page.locator(".error-summary")).to_be_focused()
    page.get_by_role("link", name=re.compile("Authors 2, E-mail")).click()
    expect(page.locator("#authors-1-email")).to_be_focused()


def test_a_refused_button_says_why(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/elements")
    button = page.get_by_role("button", name="Upload a version")
    expect(button).to_be_disabled()
    expect(button).to_have_accessible_description(re.compile("^The deadline passed on Tue 27 Sep 2022"))


def test_co_authors_move_and_keep_their_numbers(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/elements")
    page.get_by_role("button", name="Move author 3 up").click()
    page.get_by_role("button", name="Remove author 1").click()
    page.get_by_role("button", name="Add an author").click()
    values = page.evaluate(
        """[...document.querySelectorAll('[data-rows] input')].map(box => [box.name, box.value])"""
    )
    assert [pair for pair in values if "affiliation" not in pair[0]] == [
        ["authors-0-name", "Chidi Okafor"], ["authors-0-email", "chidi@example.org"],
        ["authors-1-name", "Bo Lindqvist"], ["authors-1-email", "bo(at)example.org"],
        ["authors-2-name", ""], ["authors-2-email", ""],
    ]  # fmt: skip
    expect(page.get_by_label("Author 3: Name")).to_be_focused()


def test_the_theme_is_chosen_and_kept(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/done")
    page.get_by_role("button", name="Dark").click()
    page.reload()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 23, 26)"


def test_autosave_stores_and_keeps_nothing_behind(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/review")
    page.fill("#text", "a better text")
    assert _kept(page) == {"dateline:7:/review": "a better text"}
    expect(page.locator("[data-autosave-state]")).to_have_text(re.compile(r"^Saved \d\d:00:00$"))
    assert (site.text, site.revision, _kept(page)) == ("a better text", 2, {})


def test_what_was_changed_elsewhere_is_shown_beside(site: Site, visitor: Visitor) -> None:
    page = visitor.open()
    page.goto(f"{site.address}/review")
    site.change("theirs")
    page.fill("#text", "mine")
    expect(page.locator("[data-choice] .compare-text")).to_have_text(["mine", "theirs"])
    assert site.text == "theirs"
    assert_accessible(page)
    page.get_by_role("button", name="Keep what I typed").click()
    expect(page.locator("[data-autosave-state]")).to_contain_text("Saved")
    assert (site.text, site.revision) == ("mine", 3)
    assert all("409" in problem for problem in visitor.problems)
    visitor.problems.clear()


def test_a_lost_session_keeps_the_text_and_offers_it_again(site: Site, visitor: Visitor) -> None:
    page = visitor.open()
    page.goto(f"{site.address}/review")
    site.is_signed_in = False
    page.fill("#text", "typed while signed out")
    expect(page.locator("[data-autosave-state]")).to_have_text(
        "Not saved: you were signed out; kept in this browser"
    )
    site.is_signed_in = True
    page.reload()
    expect(page.locator("[data-choice] .compare-text")).to_have_text(["typed while signed out", "as it was"])
    page.get_by_role("button", name="Use what was kept").click()
    expect(page.locator("[data-autosave-state]")).to_contain_text("Saved")
    assert (site.text, _kept(page)) == ("typed while signed out", {})
    assert all("401" in problem for problem in visitor.problems)
    visitor.problems.clear()


def test_signing_out_warns_of_unsent_text_and_erases_it(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/review")
    page.evaluate(
        "localStorage.setItem('dateline:8:/review', JSON.stringify({fields: {text: 'another person'}}))"
    )
    page.route("**/save", lambda route: route.abort("aborted"))
    page.fill("#text", "never sent")
    page.locator(".site-header summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Erase and sign out").click()
    page.wait_for_url("**/done")
    assert _kept(page) == {"dateline:8:/review": "another person"}
    assert site.text == "as it was"


def test_an_upload_is_answered_in_place_and_sent_once(site: Site, visitor: Visitor) -> None:
    page = visitor.open()
    page.goto(f"{site.address}/upload")
    page.set_input_files("[name=paper]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"no"})
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#error")).to_have_text("This is not a PDF.")
    big = b"%PDF-" + bytes(3_000_000)
    page.set_input_files("[name=paper]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": big})
    page.get_by_role("button", name="Send").dblclick()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    expect(page.get_by_role("status").first).to_have_text("Stored.")
    assert page.url == f"{site.address}/done"
    assert site.uploads == ["token-1", "token-2"]
    page.go_back()
    expect(page.get_by_role("heading", name="Upload")).to_be_visible()
    assert all("422" in problem for problem in visitor.problems)
    visitor.problems.clear()


def test_an_upload_survives_a_lost_session(site: Site, visitor: Visitor) -> None:
    page = visitor.open()
    site.is_signed_in = False
    page.goto(f"{site.address}/upload")
    page.set_input_files(
        "[name=paper]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    page.get_by_role("button", name="Send").click()
    expect(page.locator("[data-upload-text]")).to_contain_text("You were signed out.")
    site.is_signed_in = True
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    assert site.uploads == ["token-1"]
    assert all("401" in problem for problem in visitor.problems)
    visitor.problems.clear()
