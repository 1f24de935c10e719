"""People of the journeys in Chromium: hands that act with clicks or with the keyboard alone, and the frequent acts.

Each act begins on the front page of whoever acts (that of a reviewer who is invited: in the letter) and ends when the
page says that it is done.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect
from sqlalchemy import select

from accounts.models import Person
from core import jobs
from mail.models import Message
from tests.browser import Visitor
from tests.season import BEFORE, CAMERA_READY, NOTIFICATION, PDF, REVIEWING, Season
from web.jobs import JOBS

TEXTS = ("Summary", "Strengths and weaknesses", "Questions to the authors", "Limitations")
CHOICES = ("quality", "clarity", "significance", "originality", "overall", "confidence", "ethics")
# What sticks out of the page, or is cut off by a frame around it.
CUT_OFF = """() => {
  const found = [];
  const width = document.documentElement.scrollWidth;
  if (width > innerWidth) found.push(`the page is ${width} wide`);
  const all = "a[href], button, summary, input:not([type=hidden]), select, textarea";
  for (const one of document.querySelectorAll(all)) {
    const box = one.getBoundingClientRect();
    const is_hidden = box.width < 2 || box.height < 2 || !one.checkVisibility();
    if (is_hidden || one.closest(".skip-link, .visually-hidden")) continue;
    let [left, right] = [0, innerWidth];
    for (let each = one.parentElement; each; each = each.parentElement)
      if (getComputedStyle(each).overflowX !== "visible") {
        const frame = each.getBoundingClientRect();
        [left, right] = [Math.max(left, frame.left), Math.min(right, frame.right)];
      }
    if (box.left < left - 1 || box.right > right + 1)
      found.push(`${one.tagName} ${one.textContent.trim().slice(0, 40)} is cut off`);
  }
  return found;
}"""
# Where the focus is, and whether one sees it: drawn, on the screen and under nothing else.
FOCUS = """target => {
  const one = document.activeElement;
  if (!one || one === document.body) return { is_there: false, problem: "" };
  const is_of_group = target.type === "radio" && one.type === "radio" && one.name === target.name;
  const style = getComputedStyle(one.closest(".scale-option") ?? one);
  const is_outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  const box = one.getBoundingClientRect();
  const x = (Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2;
  const y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
  const hit = document.elementFromPoint(x, y);
  const labels = [...one.labels ?? []];
  const is_free = hit && (one.contains(hit) || hit.contains(one) || labels.some(label => label.contains(hit)));
  let problem = "";
  if (!is_outlined && style.boxShadow === "none") problem = "the focus is not drawn on ";
  else if (!is_free) problem = "the focus is hidden or off the screen on ";
  if (problem) problem += `${one.tagName} ${(one.textContent || one.name || "").trim().slice(0, 40)}`;
  if (problem) problem += ` at ${Math.round(x)}, ${Math.round(y)}, under ${hit?.outerHTML.slice(0, 120)}`;
  return { is_there: one === target || is_of_group, problem };
}"""


class Mouse:
    """Acts with clicks, and counts them; `fields` are those that were typed into. Each page that it sees must fit."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks, self.fields = page, 0, 0

    def press(self, role: Any, name: str | re.Pattern[str]) -> None:
        """Click a link or a button."""
        self.clicks += 1
        self._press(self.page.get_by_role(role, name=name).first)

    def tick(self, box: Locator) -> None:
        """Choose a box or a radio button."""
        self.clicks += 1
        self._tick(box)

    def type(self, label: str, text: str) -> None:
        """Fill a field."""
        self.fields += 1
        self._type(self.page.get_by_label(label).first, text)

    def attach(self, label: str, file: Path) -> None:
        """Choose a file: a click, and what the system's own window takes."""
        self.clicks += 1
        self._attach(self.page.get_by_label(label).first, file)

    def sees(self, text: str) -> None:
        """The page says this, and nothing of it is cut off."""
        expect(self.page.locator("body")).to_contain_text(text)
        assert self.page.evaluate(CUT_OFF) == [], self.page.url

    def _press(self, target: Locator) -> None:
        target.click()

    def _tick(self, target: Locator) -> None:
        target.check()

    def _type(self, target: Locator, text: str) -> None:
        target.fill(text)

    def _attach(self, target: Locator, file: Path) -> None:
        target.set_input_files(file)


class Keyboard(Mouse):
    """The same with Tab, Enter, Space and the arrows alone; wherever the focus stops one must see it."""

    def _press(self, target: Locator) -> None:
        self._tab_to(target)
        self.page.keyboard.press("Enter")

    def _tick(self, target: Locator) -> None:
        self._tab_to(target)
        if target.get_attribute("type") == "checkbox":
            self.page.keyboard.press("Space")
        for _ in range(8):  # Space chooses a radio button, arrows go on to the next
            if target.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        pytest.fail(f"{target} is not to be chosen with the arrows")

    def _type(self, target: Locator, text: str) -> None:
        self._tab_to(target)
        self.page.keyboard.insert_text(text)

    def _attach(self, target: Locator, file: Path) -> None:
        # Asked for before the keys: on a busy machine Space may otherwise come first, and no window is seen to open.
        self.page.once("filechooser", lambda _chooser: None)
        self._tab_to(target)
        for patience in (5_000, 10_000, 30_000):  # milliseconds; whoever sees no window presses again
            try:
                with self.page.expect_file_chooser(timeout=patience) as chooser:
                    self.page.keyboard.press("Space")
            except TimeoutError:
                continue
            chooser.value.set_files(file)
            return
        pytest.fail(f"{target} opens no window")

    def _tab_to(self, target: Locator) -> None:
        element = target.element_handle()
        for _ in range(120):
            self.page.keyboard.press("Tab")
            found = self.page.evaluate(FOCUS, element)
            if found["problem"]:  # perhaps the page is just being laid out or scrolled
                self.page.wait_for_timeout(300)
                found = self.page.evaluate(FOCUS, element)
            assert not found["problem"], f"{self.page.url}: {found['problem']}"
            if found["is_there"]:
                return
        pytest.fail(f"{target} is not reached with the Tab key")


@dataclass
class Site:
    """A season, served to a browser."""

    season: Season
    visitor: Visitor
    address: str
    folder: Path
    width: int
    hand: type[Mouse]

    def open(self, person: Person | None, path: str = "/") -> Mouse:
        """A page of this person's browser."""
        # Pages that glide to the focus show it only when they have arrived.
        page = self.visitor.open(width=self.width, reduced_motion="reduce")
        if person:
            cookie = self.season.client(person).get_cookie("session")
            assert cookie
            page.context.add_cookies([{"name": "session", "value": cookie.value, "url": self.address}])
        page.goto(self.address + path)
        return self.hand(page)

    def pdf(self) -> Path:
        """Another file each time."""
        made = self.folder / f"paper-{len(list(self.folder.glob('*.pdf')))}.pdf"
        made.write_bytes(PDF + f"% {made.name}\n".encode())
        return made

    def work(self) -> None:
        """Do what waits for the worker."""
        app = self.season.app
        with app.test_request_context(base_url=app.config["DATELINE"].url):
            while jobs.run_next(self.season.app.extensions["sessions"], JOBS, "test"):
                pass


Opener = Callable[..., Site]


def submit(site: Site) -> Mouse:
    """With one co-author."""
    hand = site.open(site.season.ada)
    hand.press("link", re.compile("^Submit a paper"))
    hand.type("Title", "Waves of the sea")
    hand.type("Abstract", "They come and go.")
    hand.type("Author 2: Name", "Bo Brandt")
    hand.type("Author 2: E-mail", "bo@example.org")
    hand.attach("Paper", site.pdf())
    hand.press("button", "Save")
    hand.sees("Submitted.")
    return hand


def replace(site: Site) -> Mouse:
    hand = site.open(site.season.ada)
    hand.press("link", re.compile("^Change: .* is submitted"))
    hand.attach("Paper", site.pdf())
    hand.press("button", "Save")
    hand.sees("The current version is 2")
    return hand


def accept(site: Site) -> Mouse:
    """The letter's link is the first click."""
    site.season.session.rollback()
    query = select(Message.text).where(Message.to_email == "mia@example.org")
    link = re.search(r"/sbm2022/invitations/\S+", site.season.session.scalars(query).one())
    assert link
    hand = site.open(None, link[0])
    hand.clicks += 1
    hand.press("button", "I will review")
    hand.sees("you are a reviewer of SBM 2022")
    return hand


def invite(site: Site) -> Mouse:
    """Two people at once."""
    hand = site.open(site.season.olga)
    hand.press("link", "Reviewers")
    hand.type("People to invite", "Mia Moor <mia@example.org>\nNed Nash <ned@example.org>")
    hand.press("button", "Check the list")
    hand.sees("This will happen")
    hand.press("button", "Send 2 invitations")
    hand.sees("2 people were invited")
    return hand


def assign(site: Site) -> Mouse:
    """Two reviewers to one paper."""
    hand = site.open(site.season.olga)
    hand.press("link", re.compile("Find reviewers for 1 paper"))
    hand.press("link", "Waves of the sea")
    hand.tick(hand.page.get_by_label("Rey Ross"))
    hand.tick(hand.page.get_by_label("Rut Ruiz"))
    hand.press("button", "Assign")
    hand.sees("2 reviewers were assigned")
    return hand


def review(site: Site) -> Mouse:
    """All twelve questions."""
    hand = site.open(site.season.rey)
    hand.press("link", re.compile("Review paper 1"))
    for label in TEXTS[:2]:
        hand.type(label, f"{label}: none.")
    for name in CHOICES[:4]:
        hand.tick(hand.page.locator(f"[name={name}]").nth(1))
    for label in TEXTS[2:]:
        hand.type(label, f"{label}: none.")
    for name in CHOICES[4:]:
        hand.tick(hand.page.locator(f"[name={name}]").nth(1))
    hand.tick(hand.page.get_by_label("I wrote this review myself"))
    hand.press("button", "Hand the review in")
    hand.sees("Your review is handed in.")
    return hand


def decide(site: Site) -> Mouse:
    hand = site.open(site.season.olga)
    hand.press("link", re.compile("Decide on 1 paper"))
    hand.press("button", "poster for paper 1")
    hand.sees("Paper 1: poster.")
    return hand


def release(site: Site) -> Mouse:
    """The letters are looked at in between."""
    hand = site.open(site.season.olga)
    hand.press("link", re.compile("Release the decisions"))
    hand.press("button", "Write the letters")
    hand.sees("Decision letters")
    site.work()
    expect(
        hand.page.get_by_role("button", name=re.compile("^Release$"))
    ).to_be_enabled()  # the page came anew
    hand.press("button", re.compile("^Release$"))
    expect(hand.page.get_by_role("dialog")).to_be_visible()
    hand.clicks += 1
    button = hand.page.get_by_role("dialog").get_by_role("button", name="Release")
    hand._press(button)
    hand.sees("Released: authors see their decisions")
    return hand


def read_the_decision(site: Site) -> Mouse:
    hand = site.open(site.season.ada)
    hand.press("link", re.compile("The decision on #1"))
    hand.sees("Accepted as a poster")
    hand.sees("Summary: none.")
    return hand


def upload_the_final_version(site: Site) -> Mouse:
    hand = site.open(site.season.ada)
    hand.press("link", re.compile("The final version of #1"))
    hand.attach("Final PDF", site.pdf())
    hand.press("button", "Upload final file")
    hand.sees("Received. Every author gets a receipt by mail.")
    return hand


ACTS = {
    BEFORE: {
        "Submit a paper": submit,
        "Replace its PDF": replace,
        "Invite reviewers": invite,
        "Accept to review": accept,
    },
    REVIEWING: {"Assign reviewers": assign, "Write a review": review},
    NOTIFICATION: {
        "Decide on a paper": decide,
        "Release all decisions": release,
        "Read decision and reviews": read_the_decision,
    },
    CAMERA_READY: {"Upload the final version": upload_the_final_version},
}
