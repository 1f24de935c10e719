"""Debian's Chromium for tests: pages that notice what goes wrong in them, and axe."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from tests.servers import INSTALL

# No sandbox as root; nothing that reaches for the network by itself.
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Colours on their way from light to dark have no contrast that means anything.
END_TRANSITIONS = """() => document.getAnimations().forEach(
    each => each.effect.getComputedTiming().endTime === Infinity || each.finish())"""
PATIENCE = (
    60_000  # milliseconds: a busy machine may stand still for ten seconds, and no test is slower for it
)
expect.set_options(timeout=PATIENCE)
WIDTHS = {1280: 900, 390: 844}  # a laptop and a telephone: width and height


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running Chromium."""
    program = shutil.which("chromium")
    if program is None:
        pytest.fail(f"Chromium is missing. {INSTALL} chromium libatomic1 fonts-liberation fonts-dejavu-core")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS + sandbox)
        yield browser
        browser.close()


class Visitor:
    """Opens pages, each as a new person with no cookies, and keeps a list of what went wrong in any of them."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.problems: list[str] = []

    def open(self, width: int = 1280, **options: Any) -> Page:
        """A blank page of this width in a context of its own; `options` as in Playwright's new_context."""
        context = self._browser.new_context(viewport={"width": width, "height": WIDTHS[width]}, **options)
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self._note(message.type == "error", f"console: {message.text}"))
        page.on("pageerror", lambda error: self._note(True, f"script: {error}"))
        page.on(
            "response",
            lambda got: self._note(got.status >= 400, f"{got.status} {got.request.method} {got.url}"),
        )
        page.on("requestfailed", self._failed)
        return page

    def close(self) -> None:
        """Close every page."""
        for context in self._contexts:
            context.close()

    def _note(self, is_problem: bool, what: str) -> None:
        if is_problem:
            self.problems.append(what)

    def _failed(self, request: Request) -> None:
        # Aborted: the page was left, or the answer was a download.
        self._note(
            request.failure != "net::ERR_ABORTED", f"{request.failure}: {request.method} {request.url}"
        )


def accessibility_problems(page: Page) -> list[str]:
    """What axe finds in the page, with all its rules: "rule: selector", in light and dark.

    What it finds is looked for once more: on a busy machine it can meet a page that is still being drawn.
    """
    found = _axe(page)
    if found:
        page.wait_for_timeout(1000)
        again = _axe(page)
        found = [one for one in found if one in again]
    return found


def _axe(page: Page) -> list[str]:
    found = []
    schemes: tuple[Literal["dark", "light"], ...] = ("dark", "light")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        page.evaluate(END_TRANSITIONS)
        options = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
        for violation in Axe().run(page, options=options).response["violations"]:
            found += [f"{violation['id']} ({scheme}): {node['target']}" for node in violation["nodes"]]
    return found


def assert_accessible(page: Page) -> None:
    """Fail when axe finds anything in the page as it stands."""
    problems = accessibility_problems(page)
    assert not problems, f"{page.url}: " + "; ".join(problems)
