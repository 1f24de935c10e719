"""Takes the pictures of the guides from the real pages: `.venv/bin/python -m docs.pictures` (after `./dateline test`).

It starts a demo of its own, goes through the season as the demo's people, and writes docs/pictures/*.png.
"""

import io
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Page

from tests.browser import chromium
from tests.servers import free_port

ROOT = Path(__file__).parent.parent
FOLDER = Path(__file__).parent / "pictures"
COLOURS = 192  # of a picture: enough for these pages, and less than half the size
STARTS_WITHIN = 600  # seconds; the demo makes 74 papers first
AUTHOR, REVIEWER, ORGANIZER, ADMINISTRATOR = (
    "julius.berner@example.org",
    "cemil.aydin@example.org",
    "olga@example.org",
    "sam@example.org",
)
INVITED = "Rey Castillo <rey@example.org>\nrut@example.org, Rut Lindqvist"
DRAFT = "The paper moves particles along a functional gradient, with a preconditioner that makes steps even."


class Guide:
    """Goes through the demo's pages and takes pictures of them."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url

    def be(self, moment: str, person: str) -> None:
        """Move the clock to this moment and sign in as this person ("": nobody)."""
        self.page.goto(f"{self.url}/demo/people")
        self.page.locator(f'button[name="moment"][value="{moment}"]').click()
        self.page.goto(f"{self.url}/demo/people")
        self.page.locator(f'button[name="person"][value="{person}"]').last.evaluate(
            "button => button.click()"
        )
        self.page.wait_for_url(lambda url: "/demo/" not in url)

    def open(self, path: str) -> None:
        """Open a page of the demo's venue, which must be there."""
        answer = self.page.goto(f"{self.url}/sbm2022/{path}")
        if answer is None or not answer.ok:
            raise SystemExit(f"{path} answers {answer and answer.status}: has the demo changed?")

    def portrait(self) -> FilePayload:
        """Somebody's picture, drawn: nobody's face stands for another's."""
        side = 600
        drawn = Image.new("RGB", (side, side), "#cfe4ea")
        pen = ImageDraw.Draw(drawn)
        pen.ellipse((190, 110, 410, 350), fill="#0b5a74")
        pen.ellipse((70, 370, 530, 900), fill="#0b5a74")
        out = io.BytesIO()
        drawn.save(out, "PNG")
        return {"name": "portrait.png", "mimeType": "image/png", "buffer": out.getvalue()}

    def take(self, name: str, *, height: int = 900, from_top_of: str = "", with_bar: bool = False) -> None:
        """Write the upper part of the page, `height` pixels of it, as docs/pictures/NAME.png."""
        if not with_bar:
            self.page.evaluate("document.querySelector('.demo-bar')?.remove()")
        self.page.wait_for_load_state("networkidle")
        size = self.page.viewport_size or {"width": 1280}
        top = 0.0
        if from_top_of:
            box = self.page.locator(from_top_of).first.bounding_box()
            top = max(0.0, (box["y"] if box else 0) + self.page.evaluate("scrollY") - 24)
        whole = self.page.evaluate("document.documentElement.scrollHeight")
        shot = self.page.screenshot(
            full_page=True,
            clip={"x": 0, "y": top, "width": size["width"], "height": min(height, whole - top)},
            animations="disabled",
        )
        image = Image.open(io.BytesIO(shot)).convert("RGB")
        # No dithering: it makes flat surfaces rough, and files large.
        image.quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)
        print(f"  {name}.png", flush=True)


def take_all(guide: Guide) -> None:
    """The pictures, in the order of the season."""
    page = guide.page
    guide.be("call", "")
    guide.take("home", height=880, with_bar=True)
    page.goto(f"{guide.url}/sign-up")
    guide.take("sign-up", height=640)

    guide.be("call", ADMINISTRATOR)
    page.goto(f"{guide.url}/venue/new")
    guide.take("venue-new", height=820)
    page.goto(f"{guide.url}/account/second-factor")
    guide.take("operator-second-factor", height=820)

    guide.be("call", ORGANIZER)
    guide.open("organize/reviewers")
    page.get_by_label("People to invite").fill(INVITED)
    page.get_by_role("button", name="Check the list").click()
    page.get_by_role("button", name=re.compile("^Send 2 invitations")).wait_for()
    guide.take("organize-invite", height=760)
    page.get_by_role("button", name=re.compile("^Send 2 invitations")).click()
    page.get_by_text("2 people were invited").wait_for()
    guide.be("call", "")
    _open_letter(guide, "rey@example.org")
    guide.take("letter", height=640)
    page.locator('main a[href*="/invitations/"]').first.click()
    page.get_by_role("button", name="I will review").wait_for()
    guide.take("reviewer-invitation", height=640)

    guide.be("call", AUTHOR)
    guide.open("submissions/new")
    page.get_by_label("Title").fill("What a score knows of its noise")
    guide.take("author-new", height=900)

    guide.be("minute", AUTHOR)
    guide.open("submissions/5/")
    guide.take("author-submission", height=820)
    guide.open("submissions/5/receipt")
    guide.take("author-receipt", height=860)
    page.set_viewport_size({"width": 390, "height": 844})
    guide.open("submissions/5/")
    guide.take("author-telephone", height=844)
    page.set_viewport_size({"width": 1280, "height": 900})

    guide.be("reviews", REVIEWER)
    guide.open("papers/")
    guide.take("reviewer-list", height=620)
    page.get_by_role("row").filter(has_text="not begun").get_by_role("link").last.click()
    page.get_by_label("Summary").fill(DRAFT)
    page.wait_for_timeout(2500)  # until the page says that the draft is saved
    guide.take("reviewer-form", height=900)

    guide.be("reviews", ORGANIZER)
    guide.open("organize/submissions")
    guide.take("organize-submissions", height=640)
    guide.open("organize/assignments/5")
    guide.take("organize-assign", height=820)
    guide.open("organize/dates")
    guide.take("organize-dates", height=900)
    guide.open("organize/settings/dates")
    page.get_by_label("Review deadline").fill("Oct 15, 2022")
    page.get_by_text("closed from Sun 16 Oct 2022 12:00 UTC").wait_for()
    guide.take("organize-settings", height=900)
    guide.open("organize/settings/pictures")
    page.get_by_label("Picture of Chenlin Meng").set_input_files(guide.portrait())
    page.get_by_role("button", name="Upload").first.click()
    page.get_by_alt_text("Portrait of Chenlin Meng").wait_for()
    guide.open("organize/settings/pictures")
    guide.take("organize-pictures", height=560)
    page.get_by_role("button", name="Remove the picture of Chenlin Meng").click()
    guide.open("organize/outbox")
    guide.take("organize-outbox", height=640)

    guide.be("decisions", ORGANIZER)
    guide.open("organize/")
    guide.take("organize", height=900)
    guide.open("organize/decisions")
    guide.take("organize-decisions", height=900)
    guide.open("organize/decisions/letters")
    guide.take("organize-letters", height=640)

    guide.be("camera-ready", AUTHOR)
    guide.open("submissions/5/decision")
    guide.take("author-decision", height=760)
    guide.open("submissions/5/camera-ready")
    guide.take("author-camera-ready", height=900)
    guide.be("camera-ready", ORGANIZER)
    guide.open("organize/camera-ready")
    guide.take("organize-camera-ready", height=640)


def _open_letter(guide: Guide, address: str) -> None:
    """Open the newest letter to this address, which the worker may still be delivering."""
    for _ in range(60):
        guide.page.goto(f"{guide.url}/demo/mailbox?to={address}")
        letters = guide.page.locator('main a[href*="/demo/mailbox/"]')
        if letters.count():
            letters.first.click()
            return
        time.sleep(0.5)
    raise SystemExit(f"No letter to {address} has arrived.")


@contextmanager
def demo() -> Iterator[str]:
    """The address of a demo of its own, which ends with the block."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="dateline-pictures-") as folder:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
        environ |= {"DATELINE_DATA": folder}
        command = [sys.executable, "-m", "cli", "demo", "--port", str(port)]
        server = subprocess.Popen(command, cwd=ROOT, env=environ)  # noqa: S603  (our own words)
        try:
            _wait_for(server, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(30)


def _wait_for(server: "subprocess.Popen[bytes]", port: int) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while server.poll() is None and time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise SystemExit("The demo did not start.")


def main() -> None:
    """Take all pictures anew; those of a laptop in light colours."""
    FOLDER.mkdir(exist_ok=True)
    with demo() as url, chromium() as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
        context.set_default_timeout(15_000)
        take_all(Guide(context.new_page(), url))


if __name__ == "__main__":
    main()
