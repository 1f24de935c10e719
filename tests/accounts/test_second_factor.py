"""The second factor: turned on, asked for at every door, never taken twice, turned off."""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import func, select

from accounts import codes, signed_links
from accounts.models import RecoveryCode, SecondFactor
from core import clock
from core.db import transaction
from tests.accounts.mailbox import HASH, PASSWORD, letters, who
from tests.browser import Visitor, assert_accessible
from tests.season import Client, Season, make_app, open_season
from tests.servers import ROOT, Dateline, wait_until
from tests.submissions.door import hidden

WRONG = "This is no code of your app for this minute."
SETTING = "/account/second-factor"


class App:
    """An authenticator app with its own clock."""

    def __init__(self, secret: str) -> None:
        self.totp = pyotp.TOTP(secret)

    def code(self, ahead: int = 0) -> str:
        return self.totp.at(clock.real() + timedelta(seconds=ahead))


def pass_by(season: Season, **time: float) -> None:
    season.at(clock.real() + timedelta(**time))


def turn_on(season: Season, browser: Client) -> tuple[App, list[str]]:
    """Turn it on as a person does; the app, and the recovery codes."""
    page = browser.page(SETTING)
    app = App(re.findall(r"<code[^>]*>([A-Z2-7]{32})</code>", page)[0])
    sent = {"carried": hidden(page, "carried"), "code": app.code(), "current_password": PASSWORD}
    shown = browser.send(SETTING, 200, **sent).text
    pass_by(season, minutes=1)
    return app, re.findall(r"<li><code>([a-z0-9-]{19})</code></li>", shown)


@pytest.fixture
def ada(season: Season) -> Client:
    season.ada.password_hash = HASH
    season.add(season.ada)
    return season.client(season.ada)


def half_in(season: Season, **more: str) -> tuple[Client, str]:
    """A browser that has shown the password, and the page it got."""
    browser = season.client()
    return browser, browser.send("/sign-in", 200, email="ada@example.org", password=PASSWORD, **more).text


def count(season: Season, table: type[SecondFactor] | type[RecoveryCode]) -> int:
    """How many rows there are now."""
    season.session.rollback()
    return season.session.scalar(select(func.count()).select_from(table)) or 0


def tell(season: Season) -> list[str]:
    found = [letter for letter in letters(season) if letter.occasion == "second_factor_changed"]
    return [letter.text.split("\n\n")[1] for letter in found]


def test_turned_on_it_is_asked_for_after_the_password(season: Season, ada: Client) -> None:
    app, recovery = turn_on(season, ada)
    assert (len(recovery), len(set(recovery))) == (10, 10)
    assert tell(season) == ["Signing in to it asks for a code of your authenticator app from now on."]
    browser, page = half_in(season, next="/account?x=1")
    assert "<h1>Your code</h1>" in page
    assert who(browser) == ""
    assert WRONG in browser.send("/sign-in/code", 422, code="000000", next="/account?x=1").text
    assert who(browser) == ""
    assert (
        browser.send(
            "/sign-in/code", code=f" {app.code()[:3]} {app.code()[3:]} ", next="/account?x=1"
        ).location
        == "/account?x=1"
    )
    assert who(browser) == "Ada Abel"


def test_a_wrong_password_never_leads_to_the_code(season: Season, ada: Client) -> None:
    turn_on(season, ada)
    answers = [
        season.client()
        .send("/sign-in", 422, email=email, password="a wrong password")
        .text.replace(email, "")
        for email in ("ada@example.org", "bo@example.org")
    ]
    assert answers[0] == answers[1]
    browser = season.client()
    assert browser.send("/sign-in/code", code="123456").location == "/sign-in"
    assert who(browser) == ""


def test_a_code_works_once_and_for_three_half_minutes(season: Season, ada: Client) -> None:
    app, _ = turn_on(season, ada)
    code = app.code()
    browser, _ = half_in(season)
    browser.send("/sign-in/code", code=code)
    again, _ = half_in(season)
    assert WRONG in again.send("/sign-in/code", 422, code=code).text
    assert WRONG in again.send("/sign-in/code", 422, code=app.code(ahead=-30)).text  # an older one, unused
    for ahead in (90, -90):
        assert WRONG in again.send("/sign-in/code", 422, code=app.code(ahead=ahead)).text
    assert again.send("/sign-in/code", code=app.code(ahead=30)).status_code == 303
    assert who(again) == "Ada Abel"


def test_the_code_that_turned_it_on_is_used_up(season: Season, ada: Client) -> None:
    app, _ = turn_on(season, ada)
    pass_by(season, minutes=-1)
    browser, _ = half_in(season)
    assert WRONG in browser.send("/sign-in/code", 422, code=app.code()).text


def test_a_recovery_code_works_once_and_only_for_its_owner(season: Season, ada: Client) -> None:
    _, recovery = turn_on(season, ada)
    bo = season.client(season.bo)
    season.bo.password_hash = HASH
    season.add(season.bo)
    turn_on(season, bo)
    browser, _ = half_in(season)
    browser.send("/sign-in/code", code=recovery[3].upper().replace("-", " "))
    assert who(browser) == "Ada Abel"
    assert tell(season)[-1] == "A recovery code was used in place of the app; 9 are left."
    again, _ = half_in(season)
    assert WRONG in again.send("/sign-in/code", 422, code=recovery[3]).text
    other = season.client()
    other.send("/sign-in", 200, email="bo@example.org", password=PASSWORD)
    assert WRONG in other.send("/sign-in/code", 422, code=recovery[4]).text
    season.session.rollback()
    kept = season.session.scalars(select(RecoveryCode.digest)).all()
    assert len(kept) == 19
    assert not set(kept) & set(recovery)
    assert codes.digest(recovery[4]) in kept


def test_the_second_step_waits_ten_minutes_and_dies_with_the_password(season: Season, ada: Client) -> None:
    app, _ = turn_on(season, ada)
    late, _ = half_in(season)
    pass_by(season, minutes=10, seconds=1)
    assert late.send("/sign-in/code", code=app.code()).location == "/sign-in"
    assert who(late) == ""
    half, _ = half_in(season)
    with transaction(season.session):
        season.ada.session_key = "changed"
    assert half.send("/sign-in/code", code=app.code()).location == "/sign-in"
    assert who(half) == ""


def test_links_ask_for_the_code_as_well(season: Season, ada: Client) -> None:
    app, _ = turn_on(season, ada)
    browser = season.client()
    path = f"/reset/{signed_links.reset(season.ada, 'ada@example.org')}"
    page = browser.send(path, 200, new_password="another password of mine").text
    assert "<h1>Your code</h1>" in page
    assert who(browser) == ""
    browser.send("/sign-in/code", code=app.code())
    assert who(browser) == "Ada Abel"


def test_what_was_typed_survives_the_second_step(season: Season, ada: Client) -> None:
    app, _ = turn_on(season, ada)
    typed = {"resume_to": "/account/profile", "typed:name": "Ada <Abel>"}
    browser, page = half_in(season, **typed)
    assert 'name="typed:name" value="Ada &lt;Abel&gt;"' in page
    wrong = browser.send("/sign-in/code", 422, code="000000", **typed).text
    assert 'name="typed:name" value="Ada &lt;Abel&gt;"' in wrong
    done = browser.send("/sign-in/code", 200, code=app.code(), **typed).text
    assert "<h1>You are signed in again</h1>" in done
    assert 'name="name" value="Ada &lt;Abel&gt;"' in done


def test_tries_are_counted_for_the_person_however_often_the_sign_in_is_begun(
    season: Season, ada: Client
) -> None:
    app, _ = turn_on(season, ada)
    browsers = [half_in(season)[0] for _ in range(11)]
    season.app.config["RATELIMIT_ENABLED"] = True
    for browser in browsers[:10]:
        assert browser.send("/sign-in/code", 422, code="000000")
    browsers[10].send("/sign-in/code", 429, code=app.code())
    assert who(browsers[10]) == ""


def test_turning_it_on_needs_the_password_and_a_code_of_that_very_picture(
    season: Season, ada: Client
) -> None:
    page = ada.page(SETTING)
    app = App(re.findall(r"<code[^>]*>([A-Z2-7]{32})</code>", page)[0])
    carried = hidden(page, "carried")
    assert WRONG in ada.send(SETTING, 422, carried=carried, code="000000", current_password=PASSWORD).text
    refused = ada.send(SETTING, 422, carried=carried, code=app.code(), current_password="wrong").text
    assert "This is not your current password." in refused
    assert app.totp.secret in refused  # the same picture stays
    bo = season.client(season.bo)
    assert "take the new picture" in bo.send(SETTING, 422, carried=carried, code=app.code()).text
    assert count(season, SecondFactor) == 0
    assert ada.send(SETTING, 200, carried=carried, code=app.code(), current_password=PASSWORD)
    assert count(season, SecondFactor) == 1
    assert season.session.scalars(select(SecondFactor.person_id)).all() == [season.ada.id]
    assert app.totp.secret not in ada.page(SETTING)


def test_turning_it_off_needs_a_code_or_a_recovery_code_with_the_password(
    season: Season, ada: Client
) -> None:
    app, recovery = turn_on(season, ada)
    off = f"{SETTING}/off"
    assert WRONG in ada.send(off, 422, code="000000").text
    assert "your password is needed as well" in ada.send(off, 422, code=recovery[0]).text
    assert (
        "your password is needed as well" in ada.send(off, 422, code=recovery[0], current_password="no").text
    )
    assert ada.send(off, code=recovery[0], current_password=PASSWORD).location == "/account"
    assert tell(season)[-1] == "Signing in asks for no code any more: that was turned off."
    assert count(season, RecoveryCode) == 0
    browser = season.client()
    browser.send("/sign-in", email="ada@example.org", password=PASSWORD)
    assert who(browser) == "Ada Abel"
    app, _ = turn_on(season, ada)
    assert ada.send(off, code=app.code()).location == "/account"
    assert count(season, SecondFactor) == 0


def test_organizers_are_led_to_it_where_it_is_asked_for(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(tmp_path / "data", sqlite_url, DATELINE_SECOND_FACTOR="1")
    with open_season(app, monkeypatch) as season:
        sam = season.person("Sam Sand", is_site_admin=True)
        for person, path in (
            (season.olga, "/sbm2022/organize/"),
            (season.olga, "/sbm2022/organize/settings/roles"),
            (sam, "/venue/new"),
        ):
            assert season.client(person).get(path).location == SETTING
        posted = season.client(season.olga).post("/sbm2022/organize/decisions/release")
        assert (posted.status_code, posted.location) == (303, SETTING)
        # Nobody else is, and nothing else is kept from them.
        assert season.client(season.ada).get("/sbm2022/organize/").status_code == 404
        assert season.client(season.olga).get("/sbm2022/").status_code == 200
        assert season.client(season.olga).get("/sbm2022/organize/nothing/there").status_code == 404
        assert season.client().get("/sbm2022/organize/").location.startswith("/sign-in?")
        season.olga.password_hash = HASH
        season.add(season.olga)
        olga = season.client(season.olga)
        assert "Organizers here need it." in olga.page("/sbm2022/organize/")
        turn_on(season, olga)
        assert olga.get("/sbm2022/organize/").status_code == 200


def test_without_the_setting_nobody_is_led_to_it(season: Season) -> None:
    assert season.client(season.olga).get("/sbm2022/organize/").status_code == 200


def test_the_command_lets_somebody_in_again(season: Season, ada: Client, tmp_path: Path) -> None:
    turn_on(season, ada)
    environ = {
        "DATELINE_DATA": str(tmp_path / "data"),
        "DATABASE_URL": str(season.app.extensions["engine"].url),
        "PATH": "/usr/bin:/bin",
    }

    def reset(email: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "cli", "person", "reset-second-factor", email]
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
        return done.returncode, (done.stdout + done.stderr).splitlines()[-1]

    assert reset("bo@example.org") == (1, "Bo Brandt signs in without a second factor already.")
    assert reset("nobody@example.org") == (1, "Nobody has the e-mail nobody@example.org.")
    assert reset("ADA@example.org") == (
        0,
        "Ada Abel signs in without a code from now on, and is told so by mail.",
    )
    assert (
        tell(season)[-1]
        == "Signing in asks for no code any more: that was turned off by whoever runs this site."
    )
    browser = season.client()
    browser.send("/sign-in", email="ada@example.org", password=PASSWORD)
    assert who(browser) == "Ada Abel"


def test_in_a_browser(serve: Callable[..., Dateline], visitor: Visitor) -> None:
    server = serve(DATELINE_ADMIN="ada@example.org")
    wait_until(lambda: "First start." in server.log.read_text(), "link of the first start")
    (first,) = re.findall(r"here: (\S+)", server.log.read_text())
    page = visitor.open()
    page.goto(first)
    page.get_by_role("textbox", name="Name").fill("Ada Abel")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    page.goto(f"{server.url}{SETTING}")
    picture = page.get_by_alt_text("The key as a picture for the app")
    assert picture.evaluate("image => image.naturalWidth") > 100  # the policy of the page lets it show
    app = pyotp.TOTP(page.locator("main code").inner_text())
    assert_accessible(page)
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("Code").fill(app.now())
    page.get_by_role("button", name="Turn it on").click()
    recovery = page.locator(".recovery-codes code").first.inner_text()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert_accessible(page)
    page.context.clear_cookies()
    page.goto(f"{server.url}/sign-in")
    page.get_by_role("textbox", name="E-mail").fill("ada@example.org")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Your code").wait_for()
    assert_accessible(page)
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{server.url}{SETTING}")
    assert "Recovery codes left: 9 of 10." in page.locator("main").inner_text()
    assert_accessible(page)
