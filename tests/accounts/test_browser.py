"""From the first start to an account, in a browser: every page of it, wide and narrow, with axe."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.accounts.mailbox import PASSWORD
from tests.browser import Visitor, assert_accessible
from tests.servers import Dateline, Smtp, wait_until

NEW = "another password of mine"


def link_to(smtp: Smtp, address: str, count: int = 1) -> str:
    """The link in the latest of `count` letters to this address, as soon as it has come."""
    wait_until(lambda: len(smtp.to(address)) >= count, f"letter {count} to {address}")
    part = smtp.to(address)[-1].get_body(("plain",))
    assert part is not None
    (found,) = re.findall(r"https?://\S+", part.get_content())
    return str(found)


def settled(page: Page, heading: str) -> None:
    """The page with this heading is there, and axe finds nothing in it, wide and narrow."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert_accessible(page)


def test_accounts(serve: Callable[..., Dateline], smtp: Smtp, visitor: Visitor) -> None:
    server = serve(
        DATELINE_SMTP=smtp.url, DATELINE_MAIL_FROM="dateline@example.org", DATELINE_ADMIN="ada@example.org"
    )
    wait_until(lambda: "First start." in server.log.read_text(), "link of the first start")
    (first,) = re.findall(r"here: (\S+)", server.log.read_text())
    page = visitor.open()
    page.goto(first)
    settled(page, "The first administrator")
    page.get_by_role("textbox", name="Name").fill("Ada Abel")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_role("status").first).to_have_text("Welcome, Ada Abel. Your account is ready.")

    page.goto(f"{server.url}/account")
    settled(page, "Account")
    page.get_by_label("Another e-mail").fill("abel@lab.example")
    page.get_by_role("button", name="Add this e-mail").click()
    page.goto(link_to(smtp, "abel@lab.example"))
    settled(page, "Add abel@lab.example?")
    page.get_by_role("button", name="Add it").click()
    added = page.get_by_role("listitem").filter(has_text="abel@lab.example")
    added.get_by_role("button", name="Make primary").click()
    expect(added).to_contain_text("Make another one primary first.")
    settled(page, "Account")

    # The session is lost in the middle of a form.
    page.get_by_role("textbox", name="Affiliation").fill('The "Lab" <& more>')
    page.context.clear_cookies()
    page.get_by_role("button", name="Save").click()
    settled(page, "Not saved yet")
    page.get_by_role("textbox", name="E-mail").fill("ada@example.org")
    page.get_by_role("textbox", name="Password").fill("a wrong password")
    page.get_by_role("button", name="Sign in and go on").click()
    settled(page, "Sign in")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    settled(page, "You are signed in again")
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_role("textbox", name="Affiliation")).to_have_value('The "Lab" <& more>')

    page.locator("summary", has_text="Ada Abel").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.goto(f"{server.url}/sign-in")
    settled(page, "Sign in")
    page.get_by_role("link", name="I forgot my password").click()
    settled(page, "Sign in by link")
    page.get_by_role("textbox", name="E-mail").fill("abel@lab.example")
    page.get_by_role("button", name="Send me the link").click()
    settled(page, "Look into your mail")
    reset = link_to(smtp, "abel@lab.example", 3)
    page.goto(reset)
    settled(page, "Choose a new password")
    page.get_by_role("textbox", name="New password").fill(NEW)
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_role("status").first).to_have_text("Your new password counts from now on.")

    other = visitor.open()
    other.goto(f"{server.url}/sign-up")
    settled(other, "Sign up")
    other.get_by_role("textbox", name="E-mail").fill("una@example.org")
    other.get_by_role("button", name="Send me the link").click()
    other.goto(link_to(smtp, "una@example.org"))
    settled(other, "Your account")
    other.get_by_role("button", name="Make my account").click()
    settled(other, "Your account")  # with what is wrong
    expect(other.get_by_role("alert")).to_contain_text("Type your name.")
    other.goto(reset)
    settled(other, "This link does not work")
    other.goto(f"{server.url}/nothing")
    settled(other, "Not found")
    answers = [problem[:3] for problem in visitor.problems if not problem.startswith("console")]
    assert answers == ["401", "422", "422", "410", "404"]
    visitor.problems.clear()
