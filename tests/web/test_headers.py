"""What every answer says to the browser about safety and about keeping it, whatever kind of answer it is."""

from dataclasses import replace

import pytest
from flask import Response, session

from tests.season import Season

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HOME, OWN = "/sbm2022/", "/sbm2022/submissions/"
ONE_YEAR = "max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("path", "who", "status", "keep", "vary"),
    [
        (HOME, None, 200, "no-cache", ["Cookie"]),
        (HOME, "ada", 200, "no-store", ["Cookie"]),
        (OWN, "ada", 200, "no-store", ["Cookie"]),
        (OWN, None, 302, "no-cache", ["Cookie"]),
        ("/nowhere/at/all", None, 404, "no-cache", ["Cookie"]),
        ("/sbm2022/organize/", "ada", 404, "no-store", ["Cookie"]),
        ("/static/dateline.css?v=1", None, 200, ONE_YEAR, []),
        ("/static/dateline.css", None, 200, "no-cache", []),
        ("/static/dateline.css?v=1", "ada", 200, ONE_YEAR, []),
        ("/static/dateline.css?v=%ff", "ada", 200, ONE_YEAR, []),
        ("/static/none.css?v=1", "ada", 404, "no-store", ["Cookie"]),
        ("/bootstrap/none.css?v=1", None, 404, "no-cache", ["Cookie"]),
        ("/breaks", "ada", 500, "no-store", ["Cookie"]),
        ("/own", "ada", 200, "public, max-age=60", ["Cookie"]),
    ],
)
def test_every_answer_says_it_once(season: Season, path, who, status, keep, vary) -> None:
    season.app.config["PROPAGATE_EXCEPTIONS"] = False
    season.app.add_url_rule("/breaks", "breaks", lambda: str(1 // 0))
    season.app.add_url_rule("/own", "own", own)
    client = season.client(getattr(season, who) if who else None)
    client.get(path).close()  # the day's cookie is sent
    answer = client.get(path)
    answer.close()
    found = answer.headers
    assert answer.status_code == status
    assert {name: found.getlist(name) for name in ALWAYS} == {name: [value] for name, value in ALWAYS.items()}
    assert found.getlist("Content-Security-Policy") == ["sandbox" if path == "/own" else POLICY]
    assert found.getlist("Cache-Control") == [keep]
    assert found.getlist("Vary") == vary
    assert "Strict-Transport-Security" not in found
    assert "Set-Cookie" not in found


def own() -> Response:
    """An answer that says itself how long it keeps, and what it depends on."""
    session.get("name")
    answer = Response("mine")
    answer.cache_control.public = True
    answer.cache_control.max_age = 60
    answer.headers["content-security-policy"] = "sandbox"
    answer.vary.add("Cookie")
    return answer


@pytest.mark.parametrize(
    ("url", "expected"), [("https://a.example.org", ["max-age=31536000"]), ("http://a.example.org", [])]
)
def test_only_behind_https_a_browser_is_told_to_insist_on_it(season: Season, url, expected) -> None:
    season.app.config["DATELINE"] = replace(season.app.config["DATELINE"], url=url)
    assert season.client().get(HOME).headers.getlist("Strict-Transport-Security") == expected


def test_a_page_that_is_kept_says_so_each_time(season: Season) -> None:
    season.app.config["KEEP_PAGES"] = True
    for status, headers in ((200, {}), (200, {}), (304, {"If-None-Match": "*"})):
        answer = season.client().get(HOME, headers=headers)
        assert (answer.status_code, answer.headers.getlist("Vary")) == (status, ["Cookie"])


def test_bytes_that_are_no_text_break_nothing(season: Season) -> None:
    client = season.client(season.ada)
    client.get(OWN)
    cookie = client.get_cookie("session")
    assert cookie
    raw = season.app.test_client(use_cookies=False)
    odd = {"HTTP_COOKIE": f"a=\xff; session={cookie.value}", "QUERY_STRING": "v=\xff"}
    with raw.get("/static/dateline.css", environ_overrides=odd) as answer:
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, ONE_YEAR)
    page = raw.get(OWN, environ_overrides={**odd, "QUERY_STRING": ""})
    assert page.status_code == 200
    assert "Ada Abel" in page.text
