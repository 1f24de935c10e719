"""Sign-in and sign-out."""

from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from accounts import current, passwords
from accounts.models import Email
from tests.accounts.mailbox import HASH, PASSWORD, letters, who
from tests.season import BEFORE, Season, make_app

WRONG = "This e-mail and this password don&#39;t belong together."


@pytest.fixture(autouse=True)
def _ada_has_a_password(season: Season) -> None:
    season.ada.password_hash = HASH
    season.add(Email(address="abel@lab.example", person_id=season.ada.id, verified_at=BEFORE))


@pytest.mark.parametrize("address", ["ada@example.org", " ADA@Example.org ", "abel@lab.example"])
def test_with_any_of_ones_e_mails(season: Season, address: str) -> None:
    browser = season.client()
    assert who(browser) == ""
    assert browser.send("/sign-in", email=address, password=PASSWORD).location == "/"
    assert who(browser) == "Ada Abel"


def test_signing_out(season: Season) -> None:
    browser = season.client()
    browser.send("/sign-in", email="ada@example.org", password=PASSWORD)
    assert browser.get("/sign-out").status_code == 405
    assert who(browser) == "Ada Abel"
    assert browser.send("/sign-out").location == "/"
    assert who(browser) == ""
    assert browser.send("/sign-out").location == "/"


def test_wrong_password_unknown_e_mail_and_no_password_look_and_cost_the_same(
    season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified = []

    class Counting(PasswordHasher):
        def verify(self, kept, password):
            verified.append(kept)
            return super().verify(kept, password)

    monkeypatch.setattr(passwords, "hasher", Counting(time_cost=2, memory_cost=19456, parallelism=1))
    answers = []
    for address in ("ada@example.org", "xda@example.org", "bo@example.org"):  # wrong, unknown, has none
        with season.statements() as seen:
            answer = season.client().send("/sign-in", 422, email=address, password="a wrong password")
        assert WRONG in answer.text
        answers.append((answer.text.replace(address, ""), answer.headers.to_wsgi_list()[:1], len(seen)))
    assert answers[0] == answers[1] == answers[2]
    # One check each, with the same parameters.
    assert verified == [HASH, passwords.NOBODYS, passwords.NOBODYS]
    assert {kept.rsplit("$", 2)[0] for kept in verified} == {"$argon2id$v=19$m=19456,t=2,p=1"}


def test_what_was_typed_stays_but_the_password(season: Season) -> None:
    answer = season.client().send("/sign-in", 422, email="Ada@Example.org", password="a wrong password")
    assert 'value="Ada@Example.org"' in answer.text
    assert "a wrong password" not in answer.text
    assert "Type your password." in season.client().send("/sign-in", 422, email="ada@example.org").text
    assert "is not an e-mail address" in season.client().send("/sign-in", 422, email="ada", password="x").text


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/sbm2022/submissions/?page=2", "/sbm2022/submissions/?page=2"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("\\\\evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.example", "/"),
        ("/\n/evil.example", "/"),
        ("\x00//evil.example", "/"),
        (" //evil.example", "/"),
        ("/" + "x" * 2000, "/"),
        ("", "/"),
        ("/sign-out", "/"),
        ("/reset/abc", "/"),
    ],
)
def test_going_on_to_our_own_pages_only(season: Season, path: str, leads_to: str) -> None:
    browser = season.client()
    answer = browser.send("/sign-in", email="ada@example.org", password=PASSWORD, next=path)
    assert answer.location == leads_to
    assert browser.get("/sign-in", query_string={"next": path}).location == leads_to


def test_a_page_asks_for_sign_in_and_comes_back(season: Season) -> None:
    browser = season.client()
    asked = browser.get("/account?x=1")
    assert (asked.status_code, asked.location) == (302, "/sign-in?next=/account?x%3D1")
    page = browser.page(asked.location)
    assert 'name="next" type="hidden" value="/account?x=1"' in page
    assert (
        browser.send("/sign-in", email="ada@example.org", password=PASSWORD, next="/account?x=1").location
        == "/account?x=1"
    )


def test_too_many_tries_for_one_e_mail(season: Season) -> None:
    season.app.config["RATELIMIT_ENABLED"] = True
    wrong = {"email": "ada@example.org", "password": "a wrong password"}
    for number in range(10):
        # From ten addresses, in other letters: it is the e-mail that counts.
        spelled = "ada@example.org" if number % 2 else " ADA@example.org"
        answer = season.client().post(
            "/sign-in", data={**wrong, "email": spelled}, environ_base={"REMOTE_ADDR": f"192.0.2.{number}"}
        )
        assert answer.status_code == 422
    answer = season.client().send("/sign-in", 429, email="ada@example.org", password=PASSWORD)
    assert "Too many tries with a wrong e-mail or password. Wait ten minutes, then try again." in answer.text
    season.client().send("/sign-in", 422, email="rey@example.org", password="a wrong password")
    season.at(BEFORE + timedelta(minutes=10, seconds=1))
    season.client().send("/sign-in", email="ada@example.org", password=PASSWORD)


def test_too_many_tries_from_one_address(season: Season) -> None:
    season.app.config["RATELIMIT_ENABLED"] = True
    for number in range(100):
        season.client().send("/sign-in", 422, email=f"nobody{number}@example.org")
    season.client().send("/sign-in", 429, email="ada@example.org", password=PASSWORD)
    elsewhere = season.client().post(
        "/sign-in",
        data={"email": "ada@example.org", "password": PASSWORD},
        environ_base={"REMOTE_ADDR": "192.0.2.7"},
    )
    assert elsewhere.status_code == 303


def test_who_knows_the_password_is_never_kept_waiting(season: Season) -> None:
    season.app.config["RATELIMIT_ENABLED"] = True
    for _ in range(15):
        season.client().send("/sign-in", email="ada@example.org", password=PASSWORD)


def test_letters_are_not_sent_without_end(season: Season) -> None:
    season.app.config["RATELIMIT_ENABLED"] = True
    for path in ("/sign-up", "/forgot"):
        for address in ("ada@example.org", "una@example.org"):  # known and unknown alike
            before = len(letters(season, address))
            for _ in range(5):
                season.client().send(path, email=address)
            assert (
                "Too many letters were asked for."
                in season.client().send(path, 429, email=address.upper()).text
            )
            assert len(letters(season, address)) == before + 5


def test_without_a_token_nobody_is_signed_in(season: Season) -> None:
    season.app.config["WTF_CSRF_ENABLED"] = True
    browser = season.client()
    answer = browser.send("/sign-in", 400, email="ada@example.org", password=PASSWORD)
    assert "This page was open for too long" in answer.text
    assert PASSWORD not in answer.text
    assert who(browser) == ""


@pytest.mark.parametrize(
    ("url", "is_secure"), [("https://papers.example", True), ("http://dateline.test", False)]
)
def test_the_cookie(season: Season, tmp_path: Path, sqlite_url: str, url: str, is_secure: bool) -> None:
    app = make_app(tmp_path / "data", sqlite_url, DATELINE_URL=url)
    answer = app.test_client().post("/sign-in", data={"email": "ada@example.org", "password": PASSWORD})
    (cookie,) = answer.headers.getlist("Set-Cookie")
    parts = {part.strip() for part in cookie.split(";")}
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= parts
    assert ("Secure" in parts) is is_secure
    assert any(part.startswith("Expires=") for part in parts)
    assert answer.headers["Cache-Control"] in ("no-store", "no-cache")
    app.extensions["engine"].dispose()


def test_who_is_signed_in_is_known_at_once(season: Season) -> None:
    with season.app.test_request_context("/"):
        assert current.person() is None
        current.sign_in(season.ada)
        assert current.person() is season.ada
        current.sign_out()
        assert current.person() is None
