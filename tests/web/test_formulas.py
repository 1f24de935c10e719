"""Formulas and the preview on pages, in Chromium and without scripts."""

import os
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from core import preview
from reviews.reviewing.models import Review
from submissions.models import Submission
from tests.browser import Visitor, assert_accessible
from tests.season import BEFORE, REVIEWING, Season
from tests.servers import ROOT

WIDE = "$$" + " + ".join(f"\\frac{{x_{{{n}}}}}{{y_{{{n}}}}}" for n in range(1, 30)) + "$$"
ABSTRACT = rf"""We show that $\mathbb{{E}}_{{x \sim p}}[\log q(x)]$ is *small*:

$$
\operatorname*{{arg\,max}}_{{\theta}} \sum_{{i=1}}^n \log p_\theta(x_i)
= \begin{{pmatrix}} a & b \\ c & d \end{{pmatrix}}^{{-1}}
$$

and, for $5 to $10, that {WIDE}
"""


@pytest.fixture
def address(season: Season) -> Iterator[str]:
    """The season, served."""
    server = make_server("127.0.0.1", 0, season.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def sign_in(page: Page, season: Season, address: str, name: str) -> None:
    """Give this browser the cookie of one of the people."""
    client = season.client(getattr(season, name))
    cookie = client.get_cookie("session")
    assert cookie is not None
    page.context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])


def form_of(**fields: str) -> dict[str, Any]:
    return {
        "title": "Formulas",
        "authors-0-name": "Ada Abel",
        "authors-0-email": "ada@example.org",
        "form_key": "f",
        **fields,
    }


def test_formulas_are_seen_by_authors_reviewers_and_organizers(
    season: Season, address: str, visitor: Visitor
) -> None:
    paper = season.submission()
    ada = season.client(season.ada)
    ada.send("/sbm2022/submissions/1/edit", **form_of(started_from="1", abstract=ABSTRACT))
    season.assign(paper, season.rey)
    season.review(season.assign(paper, season.rut), summary=f"It claims $x^2$, and {WIDE}")
    for width in (1280, 390):
        for name, path, instant in (
            ("ada", "submissions/1/", BEFORE),
            ("rey", "papers/1/", REVIEWING),
            ("olga", "organize/submissions/1/", REVIEWING),
        ):
            season.at(instant)
            page = visitor.open(width=width)
            sign_in(page, season, address, name)
            page.goto(f"{address}/sbm2022/{path}")
            if shots := os.environ.get("SHOTS"):
                for scheme in ("light", "dark"):
                    page.emulate_media(color_scheme=scheme)
                    page.wait_for_timeout(500)
                    page.screenshot(path=f"{shots}/{name}-{width}-{scheme}.png", full_page=True)
            assert page.evaluate(
                "document.fonts.ready.then(() => document.fonts.check('16px \"STIX Two Math\"'))"
            )
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            box = page.locator(".formula").last
            assert box.evaluate("box => box.scrollWidth > box.clientWidth && box.scrollLeft === 0")
            expect(box).to_have_attribute("tabindex", "0")
            first = page.locator(".formula").first
            assert first.evaluate("box => box.getBoundingClientRect().height > 40"), (
                "brackets as tall as the matrix"
            )
            if width == 1280:
                expect(first).not_to_have_attribute("tabindex", "0")
            assert_accessible(page)


def test_who_copies_a_formula_gets_its_tex(season: Season, address: str, visitor: Visitor) -> None:
    season.client(season.ada).send(
        "/sbm2022/submissions/new",
        **form_of(abstract=r"One $\frac{a}{b}$ here." + "\n\n$$\nx<y\n$$\n\nEnd."),
    )
    page = visitor.open(permissions=["clipboard-read", "clipboard-write"])
    sign_in(page, season, address, "ada")
    page.goto(f"{address}/sbm2022/submissions/1/")
    page.wait_for_load_state("networkidle")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('article.prose'))")
    page.keyboard.press("Control+c")
    text = page.evaluate("navigator.clipboard.readText()")
    assert "One $\\frac{a}{b}$ here.\n\n$$x<y$$\n\nEnd." in text


def test_the_preview_follows_what_is_typed(season: Season, address: str, visitor: Visitor) -> None:
    season.app.config["WTF_CSRF_ENABLED"] = True
    page = visitor.open(width=390)
    sign_in(page, season, address, "ada")
    page.goto(f"{address}/sbm2022/submissions/new")
    box = page.get_by_role("region", name="Preview")
    abstract = page.get_by_label("Abstract", exact=False).first
    abstract.fill("On $x^2$")
    expect(box).to_be_hidden()
    page.get_by_role("button", name="Preview of Abstract").click()
    expect(box.locator("math msup")).to_have_count(1)
    abstract.fill("On **scores** <img src=x>")
    expect(box.locator("strong")).to_have_text("scores")
    expect(box).to_contain_text("<img src=x>")
    assert_accessible(page)
    page.get_by_role("button", name="Hide the preview").click()
    expect(box).to_be_hidden()
    assert season.session.scalars(select(Submission)).all() == [], "nothing is saved by looking"


def test_without_scripts_the_form_comes_back_with_its_preview(season: Season) -> None:
    ada = season.client(season.ada)
    answer = ada.send("/sbm2022/submissions/new", 200, **form_of(abstract="On $x^2$", preview="abstract"))
    assert "<mi>x</mi>" in answer.text
    assert ">On $x^2$</textarea>" in re.sub(r">\s+On", ">On", answer.text)
    assert 'value="Formulas"' in answer.text
    assert season.session.scalars(select(Submission)).all() == []
    season.assign(season.submission(), season.rey)
    season.at(REVIEWING)
    rey = season.client(season.rey)
    answer = rey.send(
        "/sbm2022/papers/1/review", 200, summary="A *fine* $y$", limitations="$z$", preview="summary"
    )
    assert "<em>fine</em>" in answer.text
    assert "<mi>y</mi>" in answer.text
    assert "<mi>z</mi>" not in answer.text
    assert ">$z$</textarea>" in re.sub(r">\s+\$z", ">$z", answer.text)
    assert season.session.scalars(select(Review)).all() == []


def test_the_preview_is_for_people_who_are_signed_in_and_has_limits(season: Season) -> None:
    season.app.config["WTF_CSRF_ENABLED"] = True
    ada = season.client(season.ada)
    assert ada.post("/preview", data={"text": "x"}).status_code == 400, "no token"
    season.app.config["WTF_CSRF_ENABLED"] = False
    assert season.client().post("/preview", data={"text": "x"}).status_code == 401
    assert ada.post("/preview", data={"text": "a $x$\r\nb"}).text.startswith('{"html":"<p>a <math>')
    long = ada.post("/preview", data={"text": "x" * (preview.MOST + 1)})
    assert (long.status_code, long.json) == (422, {"error": preview.TOO_LONG})
    season.app.config["RATELIMIT_ENABLED"] = True
    codes = [ada.post("/preview", data={"text": "x"}).status_code for _ in range(42)]
    assert codes == [200] * 40 + [429] * 2


def test_the_font_is_served_once_and_for_long(season: Season) -> None:
    css = (ROOT / "static" / "dateline.css").read_text()
    found = re.search(r'url\("(stix-two-math\.ttf\?v=\d+)"\)', css)
    assert found
    with season.client().get(f"/static/{found[1]}") as answer:
        assert answer.content_type == "font/ttf"
        assert answer.headers["Cache-Control"] == "max-age=31536000, immutable"
        assert b"MATH" in answer.data[:400]
