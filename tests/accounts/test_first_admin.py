"""The first administrator."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from accounts import first_admin, passwords
from accounts.models import Person
from core.config import ConfigError, read
from tests.accounts.mailbox import PASSWORD, count, who
from tests.season import Season

WELCOME: dict[str, Any] = {"name": "Una Uhl", "affiliation": "", "new_password": PASSWORD}


def invite(app: Flask, address: str = "") -> str:
    """The path of the link, "" when there is none."""
    with app.test_request_context():
        link = first_admin.invite(app.extensions["sessions"], address)
    assert link is None or link.startswith("http://dateline.test/welcome/")
    return urlsplit(link or "").path


def administrators(season: Season) -> list[str]:
    season.session.rollback()
    return [person.name for person in season.session.query(Person).where(Person.is_site_admin)]


def test_with_a_configured_e_mail(season: Season) -> None:
    path = invite(season.app, "una@example.org")
    browser = season.client()
    page = browser.page(path)
    assert "una@example.org" in page
    assert 'name="email"' not in page
    browser.send(path, **WELCOME, email="eve@example.org")
    assert administrators(season) == ["Una Uhl"]
    assert who(browser) == "Una Uhl"
    season.client().send("/sign-in", email="una@example.org", password=PASSWORD)
    assert invite(season.app, "una@example.org") == ""


def test_without_one_the_e_mail_is_asked_for(season: Season) -> None:
    path = invite(season.app)
    assert "Type your e-mail." in season.client().send(path, 422, **WELCOME).text
    answer = season.client().send(
        path, 422, **{**WELCOME, "new_password": "una@example.org"}, email="Una@example.org"
    )
    assert "Your e-mail is known to others" in answer.text
    season.client().send(path, **WELCOME, email="Una@example.org")
    assert administrators(season) == ["Una Uhl"]
    season.client().send("/sign-in", email="una@example.org", password=PASSWORD)


def test_of_the_links_of_several_starts_one_works(season: Season) -> None:
    first, second = invite(season.app), invite(season.app)
    assert first != second
    season.client().send(second, **WELCOME, email="una@example.org")
    answer = season.client().send(first, 410, **{**WELCOME, "name": "Eve"}, email="eve@example.org")
    assert "Dateline has its administrator already." in answer.text
    assert administrators(season) == ["Una Uhl"]


def test_somebody_known_from_a_venues_file_becomes_administrator(season: Season) -> None:
    people, before = count(season, Person), season.client(season.olga)
    season.client().send(invite(season.app, "olga@example.org"), **{**WELCOME, "name": "Olga Orlova"})
    assert administrators(season) == ["Olga Orlova"]
    assert count(season, Person) == people
    season.session.refresh(season.olga)
    assert passwords.fits(season.olga, PASSWORD)
    assert who(before) == ""


def test_a_wrong_address_stops_the_start(tmp_path) -> None:
    environ = {"DATELINE_DATA": str(tmp_path), "DATELINE_ADMIN": "una at example.org"}
    with pytest.raises(ConfigError, match=r"^DATELINE_ADMIN: 'una at example\.org' is not an e-mail address"):
        read(environ)
    assert read({**environ, "DATELINE_ADMIN": "Una@Example.org"}).admin == "una@example.org"
