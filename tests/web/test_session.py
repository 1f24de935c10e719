"""Sessions in a signed cookie, sent once a day so that it lives for thirty days after the last visit; their token."""

import re
from datetime import UTC, datetime, timedelta

import flask
import pytest
from flask import Flask
from flask_wtf.csrf import generate_csrf

from tests.season import BEFORE, REVIEWING, Season
from web.sessions import LONGEST, Sessions, _check

DRAFT = "/sbm2022/papers/1/review/draft"


def test_the_cookie_is_renewed_once_a_day_and_lives_thirty_days_more(season: Season) -> None:
    client = season.client(season.ada)
    client.get("/sbm2022/submissions/")
    assert "Set-Cookie" not in client.get("/sbm2022/submissions/").headers
    for day in (29, 58):
        season.at(BEFORE + timedelta(days=day))
        assert "Set-Cookie" in client.get("/sbm2022/submissions/").headers
        assert "Set-Cookie" not in client.get("/sbm2022/submissions/").headers


def cookie_of(app: Flask, **said: object) -> str:
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return str(signer.dumps(said))


def said_by(app: Flask, cookie: str) -> dict[str, object]:
    with app.test_request_context(headers={"Cookie": f"session={cookie}"}):
        return dict(flask.session)


def test_a_cookie_counts_while_it_is_whole_ours_and_young(season: Season) -> None:
    app, signed_at = season.app, datetime.now(UTC)
    cookie = cookie_of(app, name="Ada")
    for _ in range(2):  # looked at, and remembered
        for when, counts in ((-1, True), (0, True), (29, True), (31, False)):
            season.at(signed_at + timedelta(days=when))
            assert said_by(app, cookie) == ({"name": "Ada"} if counts else {})
    season.at(signed_at)
    payload, _, rest = cookie.partition(".")
    other, _, _ = cookie_of(app, name="Bob").partition(".")
    for broken in (f"{other}.{rest}", cookie[:-1], cookie + "a", payload, "", "."):
        assert said_by(app, broken) == {}
    assert said_by(app, cookie) == {"name": "Ada"}
    app.secret_key = "another"
    app.session_interface = Sessions()
    assert said_by(app, cookie_of(app, name="Cy")) == {"name": "Cy"}


def test_what_is_remembered_is_ours_and_short(season: Season) -> None:
    season.app.config["WTF_CSRF_ENABLED"] = True
    cookie = cookie_of(season.app, csrf_token="raw")
    sessions = season.app.session_interface
    assert isinstance(sessions, Sessions)
    with season.app.test_request_context(headers={"Cookie": f"session={cookie}"}):
        token = generate_csrf()
    client = season.app.test_client(use_cookies=False)

    def remembered(cookie: str, token: str) -> tuple[int, int]:
        client.put("/sbm2022/", headers={"X-CSRFToken": token, "Cookie": f"session={cookie}"})
        return sessions._said.cache_info().currsize, _check.cache_info().currsize

    said, checked = remembered(cookie, "")
    assert remembered(cookie, token) == (said, checked + 1)
    for size in (100, 5000, 100_000):  # of bytes that the decoding of signatures leaves out
        assert remembered(cookie[:-1] + "x" * size, token + "x" * size) == (said, checked + 1)
        if size > LONGEST:
            assert remembered(cookie + "!" * size, token) == (said, checked + 1)
            assert remembered(cookie, token + "!" * size) == (said, checked + 1)


def test_what_a_request_does_to_its_session_is_not_in_the_remembered_one(season: Season) -> None:
    cookie = cookie_of(season.app, notes=["kept"])
    with season.app.test_request_context(headers={"Cookie": f"session={cookie}"}):
        flask.session["notes"].append("of one request")
        flask.session["more"] = True
    assert said_by(season.app, cookie) == {"notes": ["kept"]}


@pytest.fixture
def guarded(season: Season) -> Season:
    """Rey and Rut review a paper; tokens are asked for."""
    paper = season.submission()
    for reviewer in (season.rey, season.rut):
        season.assign(paper, reviewer)
    season.at(REVIEWING)
    season.app.config["WTF_CSRF_ENABLED"] = True
    return season


def test_a_scripts_token_is_good_for_its_own_session_only(guarded: Season) -> None:
    rey, rut = guarded.client(guarded.rey), guarded.client(guarded.rut)

    def token(page: str) -> str:
        found = re.search(r'name="csrf_token"[^>]*? value="([^"]+)"', page)
        assert found
        return found[1]

    def save(client: object, revision: int, sent: str) -> int:
        draft = {"revision": revision, "fields": {"summary": f"Text {revision}"}}
        answer = client.put(DRAFT, json=draft, headers={"X-CSRFToken": sent} if sent else {})  # type: ignore[attr-defined]
        return int(answer.status_code)

    reys, ruts = (token(client.page("/sbm2022/papers/1/review")) for client in (rey, rut))
    assert [save(rey, 0, reys), save(rey, 1, reys)] == [200, 200]
    assert [save(rut, 0, sent) for sent in (reys, reys, "", "x", reys[:-1], reys + "a")] == [400] * 6
    assert save(rut, 0, ruts) == 200
    assert [save(rey, 2, ruts), save(rey, 2, reys)] == [400, 200]
    assert save(guarded.client(None), 0, reys) == 401
