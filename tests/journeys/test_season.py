"""One season in Chromium, from an empty database to the ZIP: nothing is pretended but the time."""

import csv
import hashlib
import io
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from demo import content, papers
from tests.browser import Visitor, assert_accessible
from tests.servers import ROOT, Dateline, Smtp, wait_until

OPEN = datetime(2022, 9, 20, 9, tzinfo=UTC)
LAST_SECOND = datetime(2022, 9, 27, 11, 59, 59, tzinfo=UTC)
FIRST_CLOSED = datetime(2022, 9, 27, 12, tzinfo=UTC)
REVIEWING = datetime(2022, 10, 3, 9, tzinfo=UTC)
NOTIFICATION = datetime(2022, 10, 20, 14, tzinfo=UTC)
CAMERA_READY = datetime(2022, 11, 20, 9, tzinfo=UTC)
AFTER = datetime(2022, 11, 27, 9, tzinfo=UTC)
PASSWORD = "correct horse battery"
PAPER = content.accepted()[0]
HOME = "/sbm2022/"


class StandingClock:
    """Holds the season's clock of a server at an instant, give or take a tenth of a second, until it is moved."""

    def __init__(self, file: Path) -> None:
        self._file, self._is_over = file, threading.Event()
        self.at = OPEN
        self._hold()
        threading.Thread(target=self._go_on, daemon=True).start()

    def move(self, at: datetime) -> None:
        self.at = at
        self._hold()

    def stop(self) -> None:
        self._is_over.set()

    def _hold(self) -> None:
        new = self._file.with_suffix(f".{threading.get_ident()}")
        new.write_text(str((self.at - datetime.now(UTC)).total_seconds()))
        new.replace(self._file)

    def _go_on(self) -> None:
        while not self._is_over.wait(0.05):
            self._hold()


class Journey:
    """The server, its mail, and a browser for each person."""

    def __init__(
        self, server: Dateline, smtp: Smtp, visitor: Visitor, clock: StandingClock, folder: Path
    ) -> None:
        self.server, self.smtp, self.clock, self.folder = server, smtp, clock, folder
        self._visitor = visitor

    def browser(self) -> Page:
        """A page of a browser of its own."""
        return self._visitor.open()

    def go(self, page: Page, path: str) -> None:
        """Open an address of the server, and have axe look at the page."""
        page.goto(self.server.url + path if path.startswith("/") else path)
        self.look(page)

    def narrow(self, page: Page, path: str) -> None:
        """The same at the width of a telephone too, where nothing may stick out."""
        wide = page.viewport_size
        page.set_viewport_size({"width": 390, "height": 844})
        self.go(page, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url
        assert wide is not None
        page.set_viewport_size(wide)
        self.look(page)

    def look(self, page: Page) -> None:
        """axe finds nothing in the page as it stands."""
        assert_accessible(page)

    def press(self, page: Page, name: str, then: str) -> None:
        """Press a button; the page that comes says `then`, and axe finds nothing in it."""
        page.get_by_role("button", name=name, exact=True).first.click()
        self.sees(page, then)
        self.look(page)

    def sees(self, page: Page, text: str) -> None:
        expect(page.locator("body")).to_contain_text(text)

    def letter(self, to: str, subject: str, saying: str = "") -> str:
        """The text of the newest letter to this address with these words, when it has come."""

        def found() -> list[str]:
            return [
                text
                for letter in self.smtp.to(to)
                if subject in str(letter["Subject"]) and saying in (text := text_of(letter))
            ]

        wait_until(found, f"letter to {to} about {subject!r} saying {saying!r}")
        return found()[-1]

    def subjects(self, to: str) -> list[str]:
        return [str(letter["Subject"]) for letter in self.smtp.to(to)]

    def link(self, to: str, subject: str, path: str) -> str:
        """The link to this path in a letter."""
        (found,) = set(re.findall(rf"https?://\S+{path}\S+", self.letter(to, subject)))
        return str(found)

    def forgive(self, what: str) -> None:
        """Forget the errors of this kind, which the journey made on purpose."""
        self._visitor.problems = [problem for problem in self._visitor.problems if what not in problem]

    def file(self, name: str, body: bytes) -> Path:
        made = self.folder / name
        made.write_bytes(body)
        return made


def text_of(letter: EmailMessage) -> str:
    """The plain text of a letter."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


@pytest.fixture
def journey(
    serve: Callable[..., Dateline], smtp: Smtp, visitor: Visitor, tmp_path: Path
) -> Iterator[Journey]:
    (tmp_path / "data").mkdir()
    clock = StandingClock(tmp_path / "data" / "clock")
    server = serve(DATELINE_REHEARSAL=1, DATELINE_SMTP=smtp.url, DATELINE_MAIL_FROM="dateline@example.org")
    yield Journey(server, smtp, visitor, clock, tmp_path)
    clock.stop()


def test_a_season(journey: Journey) -> None:
    make_the_venue(journey)
    olga, ada = olga_gets_in(journey), ada_signs_up(journey)
    ada_submits(journey, ada)
    over_the_deadline(journey, ada)
    rey = reviewers_come(journey, olga)
    assign(journey, olga)
    review(journey, rey)
    decide(journey, olga, ada)
    camera_ready(journey, olga, ada)


def make_the_venue(j: Journey) -> None:
    """The server's log holds the first administrator's link; the venue comes from its file."""
    admin = j.browser()
    wait_until(lambda: "/welcome/" in j.server.log.read_text(), "administrator's link in the log")
    (link,) = re.findall(r"http://\S+/welcome/\S+", j.server.log.read_text())
    j.go(admin, link)
    admin.get_by_label("E-mail").fill("sam@example.org")
    admin.get_by_label("Name").fill("Sam Sand")
    admin.get_by_label("Password").fill(PASSWORD)
    j.press(admin, "Make my account", "Welcome, Sam Sand.")
    j.go(admin, "/venue/new")
    admin.get_by_label("File").set_input_files(ROOT / "demo" / "sbm2022.toml")
    j.press(admin, "Load the file", "olga@example.org (organizer)")
    j.go(admin, HOME)


def olga_gets_in(j: Journey) -> Page:
    """She was named in the file and never had a password."""
    olga = j.browser()
    j.go(olga, "/sign-in")
    olga.get_by_role("link", name="I forgot my password").click()
    olga.get_by_label("E-mail").fill("olga@example.org")
    j.press(olga, "Send me the link", "olga@example.org")
    j.go(olga, j.link("olga@example.org", "Your link", "/reset/"))
    olga.get_by_label("Password").fill(PASSWORD)
    j.press(olga, "Save and sign in", "Your new password counts")
    j.go(olga, f"{HOME}organize/")
    return olga


def ada_signs_up(j: Journey) -> Page:
    ada = j.browser()
    j.go(ada, f"{HOME}submissions/new")
    ada.get_by_role("link", name="Sign up").click()
    ada.get_by_label("E-mail").fill("ada@example.org")
    j.press(ada, "Send me the link", "ada@example.org")
    j.go(ada, j.link("ada@example.org", "account", "/welcome/"))
    ada.get_by_label("Name").fill("Ada Abel")
    ada.get_by_label("Affiliation").fill("Abel Academy")
    ada.get_by_label("Password").fill(PASSWORD)
    j.press(ada, "Make my account", "New submission")
    return ada


def ada_submits(j: Journey, ada: Page) -> None:
    """With bo, who has no account; both get a receipt with the file's sum."""
    first = papers.pdf(PAPER, number=1)
    ada.get_by_label("Title").fill(PAPER.title)
    ada.get_by_label("Abstract").fill(PAPER.abstract)
    ada.get_by_label("Foundations: optimal transport").check()
    ada.get_by_label("Author 2: Name").fill("Bo Brandt")
    ada.get_by_label("Author 2: E-mail").fill("bo@example.org")
    ada.get_by_label("Paper").set_input_files(j.file("ada-abel-draft.pdf", first))
    j.press(ada, "Save", "Submitted.")
    for person in ("ada", "bo"):
        letter = j.letter(f"{person}@example.org", "Received", sha256(first))
        assert "Ada Abel" in letter
        assert "Bo Brandt" in letter
    j.go(ada, f"{HOME}submissions/")
    j.go(ada, f"{HOME}submissions/1/receipt")


def over_the_deadline(j: Journey, ada: Page) -> None:
    """The last second counts, the first closed one does not: what comes then is kept aside."""
    j.narrow(ada, HOME)
    second, third = (papers.pdf(PAPER, number=number) for number in (2, 3))
    j.clock.move(LAST_SECOND + timedelta(seconds=0.2))
    j.go(ada, f"{HOME}submissions/1/edit")
    ada.get_by_label("Paper").set_input_files(j.file("second.pdf", second))
    j.press(ada, "Save", "The current version is 2")
    j.letter("bo@example.org", "Received", sha256(second))

    j.narrow(ada, f"{HOME}submissions/1/edit")
    ada.get_by_label("Paper").set_input_files(j.file("third.pdf", third))
    j.clock.move(FIRST_CLOSED + timedelta(seconds=0.2))
    j.press(ada, "Save", "kept aside")
    j.sees(ada, "The current version is 2")
    for person in ("ada", "bo"):
        j.letter(f"{person}@example.org", "Kept aside, too late", sha256(third))
    j.narrow(ada, f"{HOME}submissions/1/")


def reviewers_come(j: Journey, olga: Page) -> Page:
    """rey and rut accept by their letters' links; the first yes signs in."""
    j.go(olga, f"{HOME}organize/reviewers")
    olga.get_by_label("People to invite").fill("Rey Ross <rey@example.org>\nRut Ruiz, rut@example.org")
    j.press(olga, "Check the list", "This will happen")
    j.press(olga, "Send 2 invitations", "2 people were invited")
    pages = []
    for name in ("rey", "rut"):
        pages.append(j.browser())
        j.go(pages[-1], j.link(f"{name}@example.org", "review", "/invitations/"))
        j.press(pages[-1], "I will review", "you are a reviewer of SBM 2022")
    return pages[0]


def assign(j: Journey, olga: Page) -> None:
    """rut is in conflict by record, so only rey can have the paper."""
    j.clock.move(REVIEWING)
    j.narrow(olga, f"{HOME}organize/")
    j.go(olga, f"{HOME}organize/submissions")
    j.go(olga, f"{HOME}organize/submissions/1/")
    j.go(olga, f"{HOME}organize/submissions/1/conflicts")
    olga.get_by_label("E-mail").fill("rut@example.org")
    olga.get_by_label("Reason").fill("wrote a paper with Ada last year")
    j.press(olga, "Record the conflict", "Rut Ruiz is in conflict")
    j.go(olga, f"{HOME}organize/assignments/1")
    expect(olga.get_by_label("Rut Ruiz")).to_be_disabled()
    olga.get_by_label("Rey Ross").check()
    j.press(olga, "Assign", "1 reviewer was assigned")
    j.go(olga, f"{HOME}organize/assignments")
    j.narrow(olga, f"{HOME}organize/outbox")
    j.letter("rey@example.org", "paper 1 to review", PAPER.title)


def review(j: Journey, rey: Page) -> None:
    """Written with a lost connection in between; nothing names the authors."""
    j.go(rey, f"{HOME}papers/")
    j.go(rey, f"{HOME}papers/1/")
    copy = rey.request.get(j.server.url + f"{HOME}papers/1/paper.pdf")
    assert copy.body().startswith(b"%PDF-")
    assert b"Abel" not in copy.body()
    j.narrow(rey, f"{HOME}papers/1/review")
    state = rey.locator("[data-autosave-state]")
    rey.get_by_label("Summary").fill("It learns a transport map.")
    expect(state).to_have_text(re.compile("^Saved "))
    rey.context.set_offline(True)
    rey.get_by_label("Strengths and weaknesses").fill("Clear; small experiments.")
    expect(state).to_have_text("Not saved: no connection; kept in this browser")
    rey.context.set_offline(False)
    expect(state).to_have_text(re.compile("^Saved "))
    j.forgive("ERR_INTERNET_DISCONNECTED")
    j.go(rey, f"{HOME}papers/1/review")
    expect(rey.get_by_label("Strengths and weaknesses")).to_have_value("Clear; small experiments.")
    for name, value in (("quality", 3), ("clarity", 4), ("significance", 3), ("originality", 3)):
        rey.locator(f'[name={name}][value="{value}"]').check()
    rey.get_by_label("Questions to the authors").fill("Does it scale?")
    rey.get_by_label("Limitations").fill("They are named.")
    rey.locator('[name=overall][value="5"]').check()
    rey.locator('[name=confidence][value="4"]').check()
    rey.locator('[name=ethics][value="no"]').check()
    rey.get_by_label("I wrote this review myself").check()
    assert "Abel" not in rey.content()
    assert "Brandt" not in rey.content()
    j.press(rey, "Hand the review in", "Your review is handed in.")


def decide(j: Journey, olga: Page, ada: Page) -> None:
    """Decided, looked at, released; until then ada sees nothing."""
    j.clock.move(NOTIFICATION)
    j.narrow(olga, f"{HOME}organize/decisions")
    j.press(olga, "oral for paper 1", "Paper 1: oral.")
    j.press(olga, "Write the letters", "Decision letters")
    wait_until(lambda: "Accepted for a talk" in olga.reload().text(), "letters to look at")  # type: ignore[union-attr]
    j.look(olga)
    j.go(ada, f"{HOME}submissions/1/decision")
    assert "Accepted" not in ada.content()
    assert "Accepted for a talk" not in " ".join(j.subjects("ada@example.org"))
    j.go(olga, f"{HOME}organize/decisions")
    olga.get_by_role("button", name="Release", exact=True).click()
    j.look(olga)  # with the question
    olga.get_by_role("dialog").get_by_role("button", name="Release").click()
    j.sees(olga, "Released: authors see their decisions")
    j.look(olga)
    j.clock.move(NOTIFICATION + timedelta(minutes=1))  # on a busy machine it may have been held late
    for person in ("ada", "bo"):
        j.letter(f"{person}@example.org", "Accepted for a talk", "contributed talk")
    j.narrow(ada, f"{HOME}submissions/1/decision")
    j.sees(ada, "It learns a transport map.")
    assert "Rey" not in ada.content()
    assert "rey@" not in ada.content()


def camera_ready(j: Journey, olga: Page, ada: Page) -> None:
    """The ZIP holds the file that ada sent, and the manifest says so."""
    final = papers.pdf(PAPER, number=1, is_final=True)
    j.clock.move(CAMERA_READY)
    j.go(olga, f"{HOME}organize/camera-ready")
    j.narrow(ada, f"{HOME}submissions/1/camera-ready")
    ada.get_by_label("Final").set_input_files(j.file("final.pdf", final))
    j.press(ada, "Upload final file", "Received. Every author gets a receipt by mail.")
    for person in ("ada", "bo"):
        j.letter(f"{person}@example.org", "Camera-ready version received", sha256(final))
    j.clock.move(AFTER)
    j.narrow(olga, f"{HOME}organize/camera-ready")
    with olga.expect_download() as download:
        olga.get_by_role("link", name="Download all").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        manifest = io.StringIO(archive.read("manifest.csv").decode("utf-8-sig"))
        (row,) = csv.DictReader(manifest)
        assert sorted(archive.namelist()) == sorted([row["file"], "manifest.csv"])
        assert archive.read(row["file"]) == final
    assert (row["title"], row["authors"]) == (PAPER.title, "Ada Abel; Bo Brandt")
    assert row["sha256"] == sha256(final)
    assert [text for sent in j.smtp.delivered if "{" in (text := text_of(sent.message))] == []
    nel = j.browser()
    j.go(nel, "/")
    j.sees(nel, PAPER.title)
    j.go(nel, f"{HOME}call")
