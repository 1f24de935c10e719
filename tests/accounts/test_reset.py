"""Forgotten passwords, and the sign-in by link of those who have none."""

from datetime import timedelta

import pytest

from accounts import passwords, signed_links
from accounts.models import Email, Person
from core import tokens
from tests.accounts.mailbox import HASH, PASSWORD, letters, link, the_link, who
from tests.season import BEFORE, Season

NEW = "a password of the new kind"


@pytest.fixture(autouse=True)
def _ada_has_a_password(season: Season) -> None:
    season.ada.password_hash = HASH
    season.add(Email(address="abel@lab.example", person_id=season.ada.id, verified_at=BEFORE))


def now(season: Season, person: Person) -> Person:
    """The person as they stand in the database."""
    season.session.rollback()
    season.session.refresh(person)
    return person


def test_a_new_password_ends_every_other_session(season: Season) -> None:
    laptop, phone, here = season.client(season.ada), season.client(season.ada), season.client()
    assert here.send("/forgot", email="ABEL@lab.example").location == "/forgot/sent"
    assert "abel@lab.example" in here.page("/forgot/sent")
    (letter,) = letters(season)
    assert (letter.to_email, letter.to_name, letter.is_secret) == ("abel@lab.example", "Ada Abel", True)
    assert "Ada Abel" in here.page(link(letter))
    assert who(laptop) == "Ada Abel"
    assert here.send(link(letter), new_password=NEW).location == "/"
    assert (who(here), who(laptop), who(phone)) == ("Ada Abel", "", "")
    ada = now(season, season.ada)
    assert (passwords.fits(ada, NEW), passwords.fits(ada, PASSWORD)) == (True, False)
    notice = letters(season, "ada@example.org")[-1]
    assert (notice.occasion, notice.is_secret) == ("changed", False)
    assert "Your password was changed." in notice.text


def test_the_answer_does_not_tell_whether_an_account_exists(season: Season) -> None:
    answers, statements = [], []
    for address in ("ada@example.org", "xda@example.org"):
        browser = season.client()
        with season.statements() as seen:
            sent = browser.send("/forgot", email=address)
        answers.append((sent.location, sent.text, browser.page(sent.location).replace(address, "")))
        statements.append(len(seen))
    assert answers[0] == answers[1]
    assert statements[0] == statements[1]
    (letter,) = letters(season, "xda@example.org")
    assert "There is no account with this e-mail." in letter.text
    assert "http://dateline.test/sign-up\n" in letter.text


def test_the_link_works_once_and_looking_at_it_uses_nothing_up(season: Season) -> None:
    season.client().send("/forgot", email="ada@example.org")
    path = the_link(season, "ada@example.org")
    for _ in range(3):
        season.client().page(path)
    season.client().send(path, new_password=NEW)
    assert "was used already" in season.client().page(path, 410)
    season.client().send(path, 410, new_password="another password")
    assert passwords.fits(now(season, season.ada), NEW)


def test_the_link_dies_when_the_password_is_changed_and_when_its_e_mail_is_removed(season: Season) -> None:
    def asked(address: str) -> str:
        season.client().send("/forgot", email=address)
        return the_link(season, address)

    first, second = asked("ada@example.org"), asked("abel@lab.example")
    season.client().send(first, new_password=NEW)
    season.client().page(second, 410)
    third = asked("abel@lab.example")
    browser = season.client(now(season, season.ada))
    lab = next(email for email in season.ada.emails if not email.is_primary)
    browser.send(f"/account/emails/{lab.id}/remove")
    season.client().page(third, 410)
    fourth = asked("ada@example.org")
    browser.send("/account/password", current_password=NEW, new_password="yet another password")
    season.client().page(fourth, 410)
    fifth = asked("ada@example.org")
    browser.send("/account/sign-out-everywhere")
    season.client().page(fifth, 410)


def test_the_link_lives_one_day(season: Season) -> None:
    season.client().send("/forgot", email="ada@example.org")
    path = the_link(season, "ada@example.org")
    season.at(BEFORE + timedelta(days=1))
    season.client().page(path)
    season.at(BEFORE + timedelta(days=1, seconds=1))
    assert "This link has expired." in season.client().page(path, 410)
    season.client().send(path, 410, new_password=NEW)
    assert passwords.fits(now(season, season.ada), PASSWORD)


def test_links_of_another_purpose_and_changed_links_are_refused(season: Season) -> None:
    good = signed_links.reset(season.ada, "ada@example.org")
    others = [
        signed_links.welcome("ada@example.org"),
        signed_links.add_email(season.ada, "ada@example.org"),
        tokens.issue("invitation", ["ada@example.org", "x", "nonce"]),
        good[:-2],
        "x" + good,
    ]
    for token in others:
        season.client().send(f"/reset/{token}", 410, new_password=NEW)
    assert passwords.fits(now(season, season.ada), PASSWORD)
    season.client().page(f"/reset/{good}")


@pytest.mark.parametrize("password", ["", "short", "x" * 201, "abel@LAB.example"])
def test_a_password_that_cannot_be_uses_nothing_up(season: Season, password: str) -> None:
    season.client().send("/forgot", email="ada@example.org")
    path = the_link(season, "ada@example.org")
    answer = season.client().send(path, 422, new_password=password)
    assert 'aria-invalid="true"' in answer.text
    season.client().send(path, new_password=NEW)


def test_who_has_no_password_signs_in_by_link_once(season: Season) -> None:
    season.client().send("/forgot", email="rey@example.org")
    path = the_link(season, "rey@example.org")
    browser = season.client()
    assert "Go on without a password" in browser.page(path)
    assert browser.send(path, without="1").location == "/"
    assert who(browser) == "Rey Ross"
    assert now(season, season.rey).password_hash is None
    season.client().page(path, 410)
    season.client().send(path, 410, without="1")


def test_who_has_a_password_does_not_get_in_without(season: Season) -> None:
    season.client().send("/forgot", email="ada@example.org")
    path = the_link(season, "ada@example.org")
    browser = season.client()
    assert "Go on without" not in browser.page(path)
    assert "You have a password" in browser.send(path, 410, without="1").text
    assert who(browser) == ""
    browser.send(path, new_password=NEW)


def test_an_invited_person_makes_a_password_and_signs_in_with_it(season: Season) -> None:
    season.client().send("/sign-in", 422, email="rey@example.org", password="")
    season.client().send("/forgot", email="rey@example.org")
    season.client().send(the_link(season, "rey@example.org"), new_password=NEW)
    browser = season.client()
    browser.send("/sign-in", email="rey@example.org", password=NEW)
    assert who(browser) == "Rey Ross"
