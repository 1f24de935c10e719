"""Hostile strings through every door, seen in Chromium by everybody: nothing of them runs, loads or becomes markup."""

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urljoin

import nh3
import pytest
import tomlkit
from latex2mathml.converter import convert
from playwright.sync_api import Browser, Dialog, Page, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from core import markdown, maths
from decisions import jobs as letters
from decisions.models import Outcome
from mail.models import Message
from organizers.setting_forms import PAGES as SETTINGS
from submissions.models import Submission
from tests.browser import PATIENCE
from tests.hostile_texts import ALIVE, TEX, TEXTS
from tests.season import BEFORE, CAMERA_READY, PDF, REVIEWING, Client, Season


@dataclass
class Trap:
    """Notices what hostile strings do: a listener on the loopback, and what pages say."""

    browser: Browser
    sprung: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        trap = self

        class Listener(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                trap.sprung.append(f"fetched {self.path}")
                self.send_response(204)
                self.end_headers()

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                """Nothing to the terminal."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def set_in(self, text: str) -> str:
        """The string with its beacon pointing here."""
        return text.replace("BEACON", self.address)

    def open(self, *, own: str = "", enforces_policy: bool) -> Page:
        """A page that notices. Without the policy, what was injected would run; with it, Chromium complains of it."""
        context = self.browser.new_context(bypass_csp=not enforces_policy)
        context.set_default_timeout(PATIENCE)
        context.expose_binding("pwned", lambda source, *_: self._note(f"ran in {source['frame'].url}"))
        page = context.new_page()
        page.on("dialog", self._answer)
        page.on("console", lambda said: self._note(f"console: {said.text}", said.type == "error"))
        page.on("pageerror", lambda error: self._note(f"script: {error}"))
        page.on("popup", lambda popup: self._note(f"popup {popup.url}"))
        usual = (own or "data:", "data:")
        page.on("request", lambda asked: self._note(f"asked {asked.url}", not asked.url.startswith(usual)))
        return page

    def _note(self, what: str, is_bad: bool = True) -> None:
        if is_bad:
            self.sprung.append(what)

    def _answer(self, dialog: Dialog) -> None:
        self._note(f"dialog {dialog.message}")
        dialog.dismiss()

    def close(self) -> None:
        """Stop listening, and close the pages."""
        for context in self.browser.contexts:
            context.close()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def trap(browser: Browser) -> Iterator[Trap]:
    made = Trap(browser)
    yield made
    made.close()


def in_pieces(texts: list[str], most: int) -> list[str]:
    """The strings in as few pieces of at most so many characters as their order allows; none is cut."""
    pieces = [""]
    for text in texts:
        joined = f"{pieces[-1]} {text}".strip()
        pieces[-1:] = [joined] if len(joined) <= most else [pieces[-1], text]
    return pieces


def as_formulas(texts: list[str]) -> str:
    """Each string as Markdown, as TeX, and as text inside of TeX; TeX of ours as it is meant."""
    return "\n\n".join(f"{text}\n\n${text}$ \\({text}\\)\n\n$$\\text{{{text}}}$$" for text in texts)


def upload(client: Client, name: str) -> str:
    """Send a file ahead of its form, its name as it is; the token for the form."""
    announced = client.post("/sbm2022/submissions/uploads", json={"size": len(PDF)}).get_json()
    sent = client.put(announced["url"], data=PDF, query_string={"kind": "paper", "name": name})
    return str(sent.get_json()["token"])


class Attack:
    """The season with hostile strings in every field that takes text."""

    def __init__(self, season: Season, trap: Trap) -> None:
        self.season, self.texts = season, [trap.set_in(text) for text in TEXTS]
        lines = [" ".join("".join(c for c in text if c >= " ").split()) for text in self.texts]
        self.one_line = list({line.lower(): line for line in lines}.values())
        self._venue()
        self._people()
        self.count = self._submissions()
        self._reviews()
        self._decisions()

    def _venue(self) -> None:
        """The venue's prose, topics, people, sponsors and schedule, out of a file."""
        sam = self.season.person("Sam Sand", is_site_admin=True)
        clean = [text.replace("\r", "").replace("\x01", "") for text in self.texts]
        columns = ("introduction", "call", "camera_ready", "support")
        prose = {
            name: tomlkit.string(as_formulas(clean[number::4]), multiline=True)
            for number, name in enumerate(columns)
        }
        file = {
            "venue": {"slug": "sbm2022", "name": self.one_line[8], "place": self.one_line[10]},
            "submission": {"topics": [text[:200] for text in self.one_line]},
            "text": prose,
            "people": [
                {"section": "speaker", "name": text[:200], "affiliation": text[:200]}
                for text in self.one_line
            ],
            "sponsors": [{"name": text[:200], "gives": text[:200]} for text in self.one_line],
            "schedule": [{"starts": "2022-12-02 09:00", "title": text[:200]} for text in self.one_line],
        }
        client = self.season.client(sam)
        client.send("/venue/load", 200, file=(io.BytesIO(tomlkit.dumps(file).encode()), "venue.toml"))

    def _people(self) -> None:
        """Names and affiliations of the accounts."""
        for number, name in enumerate(("ada", "rey", "olga")):
            person = getattr(self.season, name)
            fields: dict[str, Any] = {"name": self.one_line[8 + number], "affiliation": self.one_line[number]}
            self.season.client(person).send("/account/profile", **fields)
        names = (self.one_line[13], self.one_line[-1])  # the list takes no angle brackets in names
        pasted = "\n".join(f"{name}\th{n}@example.org" for n, name in enumerate(names))
        self.season.client(self.season.olga).send("/sbm2022/organize/reviewers", people=pasted, confirm="1")

    def _submissions(self) -> int:
        """Titles, abstracts, names of files and of authors; a withdrawal with its reason."""
        ada = self.season.client(self.season.ada)
        pieces = in_pieces(self.one_line, 190)
        for number, piece in enumerate(pieces):
            form: dict[str, Any] = {
                "title": piece,
                "abstract": as_formulas(self.texts[number :: len(pieces)])[:5990],
                "form_key": f"hostile-{number}",
                "paper_token": upload(ada, f"{piece}.pdf"),
                "supplement": (io.BytesIO(PDF), f"{piece}.pdf".replace('"', "%22")),  # as browsers do
                "authors-0-name": "Ada Abel",
                "authors-0-email": "ada@example.org",
            }
            if number == 0:
                for place, text in enumerate(self.one_line, 1):
                    form |= {f"authors-{place}-name": text[:200], f"authors-{place}-affiliation": text[:200]}
                    form[f"authors-{place}-email"] = f"author{place}@example.org"
            ada.send("/sbm2022/submissions/new", **form)
        last = len(pieces)
        ada.send(
            f"/sbm2022/submissions/{last}/withdraw",
            reason=" ".join(self.one_line)[:2000],
            confirmation=str(last),
        )
        return last

    def _reviews(self) -> None:
        """Every text of a review, handed in, with some of the strings in each."""
        season = self.season
        papers = season.session.scalars(select(Submission).order_by(Submission.number).limit(2)).all()
        for paper in papers:
            season.assign(paper, season.rey)
        season.at(REVIEWING)
        quarter = -(-len(self.texts) // 4)
        texts = ("summary", "strengths_and_weaknesses", "questions", "limitations")
        answers = {name: as_formulas(self.texts[n * quarter :][:quarter]) for n, name in enumerate(texts)}
        grades = dict.fromkeys(
            ("quality", "clarity", "significance", "originality", "overall", "confidence"), "3"
        )
        rey = season.client(season.rey)
        fields: dict[str, Any] = {**answers, **grades, "ethics": "no", "conduct": "y", "revision": "0"}
        rey.send("/sbm2022/papers/1/review", submit="1", **fields)
        rey.send("/sbm2022/papers/2/review", draft="1", **fields)
        olga = season.client(season.olga)
        reason = " ".join(self.one_line[:4])[:300]
        olga.send("/sbm2022/organize/submissions/3/conflicts", email="nel@example.org", reason=reason)

    def _decisions(self) -> None:
        """Decided and released, so that authors read their reviews and the public the accepted papers."""
        season = self.season
        olga = season.client(season.olga)
        for number in range(1, self.count):
            season.session.rollback()
            paper = season.session.scalars(select(Submission).where(Submission.number == number)).one()
            season.decide(paper, Outcome.ORAL)
        olga.send("/sbm2022/organize/decisions/prepare")
        with season.app.test_request_context(base_url="http://dateline.test"):
            letters.write_decision_letters(season.session, season.venue.id)
        olga.send("/sbm2022/organize/decisions/release")
        season.at(CAMERA_READY)
        final = (io.BytesIO(PDF), f"{self.one_line[11]}.pdf")
        season.client(season.ada).send("/sbm2022/submissions/1/camera-ready", paper=final)

    def pages(self) -> dict[str, list[str]]:
        """Who looks at which addresses; the empty name is the public."""
        self.season.session.rollback()
        found = select(Message.id).order_by(Message.id)
        some_letters = self.season.session.scalars(found).all()[:: max(1, self.count)]
        mine = [f"submissions/{number}/" for number in range(1, self.count + 1)]
        of_one = ["receipt", "decision", "camera-ready", "withdraw"]
        organize = [
            "",
            "problems",
            "submissions",
            "outbox",
            "settings/roles",
            "dates",
            "reviewers",
            "assignments",
            "decisions",
        ]
        organize += [
            "assignments/1",
            "assignments/reviewers",
            "decisions/letters",
            "camera-ready",
            "submissions/3/conflicts",
        ]
        organize += ["submissions/1/", "submissions/2/", f"submissions/{self.count}/"]
        organize += [f"settings/{name}" for name in (*SETTINGS, "pictures", "history", "file")]
        organize += ["setup", "letters", "letters/accepted_oral", "letters/submission_received"]
        own = ["/", "/account"]
        return {
            "": ["/", "", "call"],
            "ada": [*own, "submissions/", *mine, *(f"submissions/1/{page}" for page in of_one)],
            "rey": [*own, "papers/", "papers/1/", "papers/1/review", "papers/2/review"],
            "olga": [*own, *(f"organize/{page}" for page in organize)]
            + [f"organize/outbox/{n}" for n in some_letters],
        }


@pytest.fixture
def attack(season: Season, trap: Trap) -> Attack:
    season.at(BEFORE)
    return Attack(season, trap)


def test_there_are_enough() -> None:
    assert len(set(TEXTS)) == len(TEXTS) >= 60


def test_nothing_hostile_comes_alive(attack: Attack, trap: Trap) -> None:
    season, alive, seen = attack.season, [], ""
    season.app.config["WTF_CSRF_ENABLED"] = True  # the preview's script sends the form's token
    server = make_server("127.0.0.1", 0, season.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.port}/sbm2022/"
    try:
        for enforces_policy in (False, True):
            for name, paths in attack.pages().items():
                page = trap.open(own=address.removesuffix("sbm2022/"), enforces_policy=enforces_policy)
                if name:
                    cookie = season.client(getattr(season, name)).get_cookie("session")
                    assert cookie is not None
                    page.context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
                for path in paths[-8:] if enforces_policy else paths:
                    answer = page.goto(urljoin(address, path))
                    assert answer is not None
                    assert answer.status == 200, path
                    alive += [f"{name} {path}: {what}" for what in page.evaluate(ALIVE)]
                    seen += page.evaluate("document.body.textContent")
                if name == "ada":
                    season.at(BEFORE)
                    page.goto(address + "submissions/1/edit")
                    page.locator("[data-preview=abstract][data-preview-bound]").click()
                    # No wait_for_function: it evaluates a string, which the policy refuses.
                    expect(page.locator("#abstract-preview [data-preview-text] > *").nth(3)).to_be_attached()
                    alive += [f"{name} edit: {what}" for what in page.evaluate(ALIVE)]
                    season.at(CAMERA_READY)
                page.context.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert alive == []
    assert trap.sprung == []
    lost = [text for text in attack.one_line if "<" in text and text not in " ".join(seen.split())]
    assert lost == [], "what was not shown proves nothing"


def test_letters_hold_nothing_alive(attack: Attack, trap: Trap) -> None:
    attack.season.session.rollback()
    page = trap.open(enforces_policy=False)
    mails = attack.season.session.scalars(select(Message)).all()
    assert {mail.occasion for mail in mails} >= {
        "submission_received",
        "submission_withdrawn",
        "decision_released",
    }
    for html in sorted({mail.html for mail in mails}, key=len)[-40:]:
        page.set_content(html)
        assert page.evaluate(ALIVE) == []
    assert trap.sprung == []


@pytest.mark.parametrize(
    ("first", "second", "harmless"),
    [
        (True, True, "nothing"),
        (True, False, "opener: "),  # it is the second that says which page opened a link
        (False, True, "not of mathematics: <table>"),  # an empty one
        (False, False, "nothing"),
    ],
)
def test_each_lock_holds_alone_and_without_both_it_would_be_noticed(
    first: bool, second: bool, harmless: str, trap: Trap, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not first:
        monkeypatch.setattr(maths, "to_mathml", lambda tex, **_: convert(tex))
    if not second:
        monkeypatch.setattr(nh3, "clean", lambda html, **_: html)
    page = trap.open(enforces_policy=False)
    alive: list[str] = []
    for text in TEXTS:
        try:
            html = markdown.to_html(
                trap.set_in(f"{text}\n\n$$\\text{{{text}}}$$" + f"\n\n$${text}$$" * (text in TEX))
            )
        except Exception:  # latex2mathml's, without what catches them
            if first:
                raise
            continue
        page.set_content(f"<!doctype html><body>{html}</body>")
        alive += [what for what in page.evaluate(ALIVE) if not what.startswith(harmless)]
    page.wait_for_timeout(200)
    if first or second:
        assert (alive, trap.sprung) == ([], [])
    else:
        assert len(alive) > 10
        assert any(sprung.startswith("ran") for sprung in trap.sprung)
        assert any(sprung.startswith("asked") for sprung in trap.sprung)
