from urllib.parse import quote

from playwright.sync_api import Page

from tests.browser import Visitor, accessibility_problems, assert_accessible
from tests.servers import free_port

PAGE = '<!doctype html><html lang="en"><title>A page</title><main><h1>Papers</h1>{}</main></html>'


def data_url(body: str) -> str:
    return "data:text/html;charset=utf-8," + quote(PAGE.format(body))


def test_axe_finds_a_planted_fault_in_dark_and_light(page: Page) -> None:
    page.goto(data_url("<p>All is well.</p>"))
    assert_accessible(page)
    page.goto(data_url('<img src="data:,">'))
    assert accessibility_problems(page) == ["image-alt (dark): ['img']", "image-alt (light): ['img']"]


def test_a_page_is_as_wide_as_asked(narrow_page: Page, page: Page) -> None:
    assert [opened.evaluate("innerWidth") for opened in (narrow_page, page)] == [390, 1280]


def test_what_goes_wrong_in_a_page_is_noticed(visitor: Visitor) -> None:
    page = visitor.open()
    nobody = f"http://127.0.0.1:{free_port()}/"
    page.goto(data_url("<script>console.error('a planted error')</script>"))
    with page.expect_event("console"), page.expect_event("requestfailed"):
        page.evaluate("address => fetch(address).catch(() => 0)", nobody)
    assert sorted(visitor.problems) == [
        "console: Failed to load resource: net::ERR_CONNECTION_REFUSED",
        "console: a planted error",
        f"net::ERR_CONNECTION_REFUSED: GET {nobody}",
    ]
    visitor.problems.clear()
