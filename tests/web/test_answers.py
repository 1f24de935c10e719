"""What the server is handed for an answer, and where redirects lead."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import flask
import pytest
from flask import Flask, Response, after_this_request
from werkzeug.test import create_environ

from tests.season import Season, make_app


@pytest.fixture
def app(season: Season) -> Flask:
    return season.app


def handed(
    app: Flask, path: str, method: str = "GET", *, host: str = "", **headers: str
) -> tuple[str, str | None, Iterable[bytes]]:
    """The status, where it leads, and what the server iterates over."""
    environ = create_environ("/", method=method, headers=headers)
    environ["PATH_INFO"], _, environ["QUERY_STRING"] = path.partition("?")
    environ["HTTP_HOST"] = host or environ["HTTP_HOST"]
    seen: list[Any] = []

    def start(status: str, said: list[tuple[str, str]], _error: Any = None, /) -> Any:
        seen.extend([status, dict(said).get("Location")])

    body = app.wsgi_app(environ, start)
    return seen[0], seen[1], body


def test_a_page_is_handed_over_as_it_is(app: Flask) -> None:
    status, _, body = handed(app, "/sbm2022/")
    assert (status, type(body), len(list(body))) == ("200 OK", list, 1)


def test_a_head_and_what_the_browser_has_kept_have_no_body(app: Flask) -> None:
    app.config["KEEP_PAGES"] = True
    _, _, page = handed(app, "/sbm2022/")
    status, _, body = handed(app, "/sbm2022/", "HEAD")
    assert (status, b"".join(body), len(b"".join(page)) > 1000) == ("200 OK", b"", True)
    tag = app.test_client(use_cookies=False).get("/sbm2022/").headers["ETag"]
    status, _, body = handed(app, "/sbm2022/", **{"If-None-Match": tag})
    assert (status, b"".join(body)) == ("304 NOT MODIFIED", b"")


def test_what_waits_for_the_end_of_an_answer_is_called(app: Flask) -> None:
    closed: list[str] = []

    def close_later(response: Response) -> Response:
        response.call_on_close(lambda: closed.append("called"))
        return response

    @app.before_request
    def _wait() -> None:
        after_this_request(close_later)

    _, _, body = handed(app, "/sbm2022/")
    assert closed == []
    b"".join(body)
    body.close()  # type: ignore[attr-defined]
    assert closed == ["called"]


@pytest.mark.parametrize(
    "host",
    ["localhost", "evil.example", "EXAMPLE.org:8080", "exa mple", "a/b", f"{'a' * 70}.example", ".x..y"],
)
def test_whatever_host_is_asked_redirects_stay_there(app: Flask, host: str) -> None:
    assert handed(app, "/sbm2022/", host=host)[:2] == ("200 OK", None)
    for path, leads_to in {
        "/sbm2022": "/sbm2022/",
        "/sbm2022?x=%C3%BC&y=//evil.example": "/sbm2022/?x=%C3%BC&y=//evil.example",
        "/sbm2022//call": "/sbm2022/call",
        "//sbm2022": "/sbm2022/",
        "//evil//call": "/evil/call",
    }.items():
        assert handed(app, path, host=host)[:2] == ("308 PERMANENT REDIRECT", leads_to), path


def test_whole_addresses_are_the_deployments_own(tmp_path: Path, sqlite_url: str) -> None:
    app = make_app(tmp_path, sqlite_url, DATELINE_URL="https://papers.example")
    with app.test_request_context("/", base_url="http://evil.example"):
        assert flask.url_for("accounts.sign_in", _external=True) == "https://papers.example/sign-in"
    app.extensions["engine"].dispose()
