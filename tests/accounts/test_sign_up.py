"""Sign-up: an e-mail, a letter, a link that works once."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from accounts import actions, passwords, signed_links
from accounts.models import Email, Person
from core import tokens
from core.audit import AuditEntry
from tests.accounts.mailbox import HASH, PASSWORD, count, letters, link, the_link, who
from tests.season import BEFORE, Season

WELCOME: dict[str, Any] = {"name": "Una Uhl", "affiliation": "Uhl Lab", "new_password": PASSWORD}


def test_from_an_e_mail_to_an_account(season: Season) -> None:
    browser = season.client()
    sent = browser.send("/sign-up", email="  Una@Example.ORG ")
    assert sent.location == "/sign-up/sent"
    assert "We sent a letter to <strong>una@example.org</strong>" in browser.page(sent.location)
    (letter,) = letters(season)
    assert (letter.to_email, letter.occasion, letter.is_secret) == ("una@example.org", "sign_up", True)
    assert "una@example.org" in browser.page(link(letter))
    welcomed = browser.send(link(letter), **WELCOME)
    assert welcomed.location == "/"
    assert who(browser) == "Una Uhl"
    season.session.rollback()
    una = season.session.scalars(select(Person).where(Person.name == "Una Uhl")).one()
    (email,) = una.emails
    assert (email.address, email.is_primary, email.verified_at) == ("una@example.org", True, BEFORE)
    assert (una.affiliation, una.is_site_admin, una.created_at) == ("Uhl Lab", False, BEFORE)
    assert passwords.fits(una, PASSWORD)
    acts = season.session.scalars(select(AuditEntry.act).where(AuditEntry.about == f"person:{una.id}")).all()
    assert acts == ["person.signed_up"]


def test_the_answer_does_not_tell_whether_an_account_exists(season: Season) -> None:
    answers, statements = [], []
    for address in ("ada@example.org", "xda@example.org"):  # the first has an account
        browser = season.client()
        with season.statements() as seen:
            sent = browser.send("/sign-up", email=address)
        page = browser.page(sent.location)
        assert address in page
        answers.append((sent.location, sent.text, page.replace(address, "")))
        statements.append(len(seen))
    assert answers[0] == answers[1]
    assert statements[0] == statements[1]


def test_a_known_e_mail_gets_a_letter_that_says_so_and_no_link_to_an_account(season: Season) -> None:
    season.client().send("/sign-up?next=/sbm2022/submissions/", email="ADA@example.org")
    (letter,) = letters(season)
    assert (letter.to_email, letter.subject) == ("ada@example.org", "You have a Dateline account already")
    assert "http://dateline.test/sign-in?next=/sbm2022/submissions/\n" in letter.text
    assert "http://dateline.test/forgot\n" in letter.text
    assert "/welcome/" not in letter.text


def test_the_link_leads_on_to_where_one_was_going(season: Season) -> None:
    browser = season.client()
    browser.send("/sign-up", email="una@example.org", next="/sbm2022/submissions/")
    assert browser.send(the_link(season, "una@example.org"), **WELCOME).location == "/sbm2022/submissions/"


def test_the_link_works_once_and_looking_at_it_uses_nothing_up(season: Season) -> None:
    browser = season.client()
    browser.send("/sign-up", email="una@example.org")
    path = the_link(season, "una@example.org")
    for _ in range(3):
        season.client().page(path)
        assert season.client().head(path).status_code == 200
    people = count(season, Person)
    browser.send(path, **WELCOME)
    assert "was used already" in season.client().send(path, 410, **{**WELCOME, "name": "Eve"}).text
    assert "was used already" in season.client().page(path, 410)
    assert count(season, Person) == people + 1


def test_two_letters_make_one_account(season: Season) -> None:
    browser = season.client()
    browser.send("/sign-up", email="una@example.org")
    browser.send("/sign-up", email="una@example.org")
    first, second = (link(letter) for letter in letters(season, "una@example.org"))
    assert first != second
    browser.send(second, **WELCOME)
    answer = season.client().send(first, 410, **{**WELCOME, "name": "Eve"})
    assert "There is an account for una@example.org already." in answer.text


def test_the_link_lives_seven_days(season: Season) -> None:
    season.client().send("/sign-up", email="una@example.org")
    path = the_link(season, "una@example.org")
    season.at(BEFORE + timedelta(days=7))
    season.client().page(path)
    season.at(BEFORE + timedelta(days=7, seconds=1))
    assert "This link has expired." in season.client().page(path, 410)
    assert season.client().send(path, 410, **WELCOME)


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + "A", lambda t: "x" + t, lambda t: "x"])
def test_a_changed_link_is_refused(season: Season, change) -> None:
    token = change(signed_links.welcome("una@example.org"))
    people = count(season, Person)
    assert "This link is not complete." in season.client().page(f"/welcome/{token}", 410)
    season.client().send(f"/welcome/{token}", 410, **WELCOME)
    assert count(season, Person) == people


def test_a_link_for_another_purpose_is_refused(season: Season) -> None:
    others = [
        signed_links.reset(season.ada, "ada@example.org"),
        signed_links.add_email(season.ada, "una@example.org"),
        tokens.issue("invitation", ["una@example.org", "", True, "nonce"]),
    ]
    for token in others:
        assert "This link is not complete." in season.client().send(f"/welcome/{token}", 410, **WELCOME).text


def test_an_ordinary_link_makes_no_administrator(season: Season) -> None:
    browser = season.client()
    browser.send("/sign-up", email="una@example.org", is_admin="1", is_site_admin="1")
    browser.send(
        the_link(season, "una@example.org"), **WELCOME, is_admin="1", is_site_admin="1", email="x@example.org"
    )
    season.session.rollback()
    una = season.session.scalars(select(Person).where(Person.name == "Una Uhl")).one()
    assert (una.is_site_admin, una.primary_email) == (False, "una@example.org")


def test_a_false_host_does_not_get_into_letters(season: Season) -> None:
    for headers in ({"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}):
        season.client().post("/sign-up", data={"email": "una@example.org"}, headers=headers)
        season.client().post("/forgot", data={"email": "ada@example.org"}, headers=headers)
    found = {
        part.split("/")[2] for letter in letters(season) for part in re.findall(r"https?://\S+", letter.text)
    }
    assert found == {"dateline.test"}
    assert not any("evil" in letter.html for letter in letters(season))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": "  "}, "Type your name."),
        ({"name": "x" * 201}, "Use at most 200 characters."),
        ({"affiliation": "x" * 201}, "Use at most 200 characters."),
        ({"new_password": ""}, "Choose a password."),
        ({"new_password": "123456789"}, "Use at least 10 characters."),
        ({"new_password": "x" * 201}, "Use at most 200 characters."),
        ({"new_password": " UNA@example.org"}, "Your e-mail is known to others"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(season: Season, changed, sentence: str) -> None:
    season.client().send("/sign-up", email="una@example.org")
    path = the_link(season, "una@example.org")
    answer = season.client().send(path, 422, **{**WELCOME, **changed})
    assert sentence in answer.text
    assert ('value="Uhl Lab"' in answer.text) == ("affiliation" not in changed)
    assert PASSWORD not in answer.text
    season.client().send(path, **WELCOME)  # the link still works


@pytest.mark.parametrize(
    "text", ["", "una", "una@", "una@@example.org", "una@example.org\r\nBcc: x@example.org", "a" * 500]
)
def test_what_is_no_e_mail_gets_no_letter(season: Season, text: str) -> None:
    answer = season.client().send("/sign-up", 422, email=text)
    assert "is not an e-mail address" in answer.text or "Type your e-mail." in answer.text
    assert letters(season) == []


def test_names_and_e_mails_of_all_the_world(season: Season) -> None:
    browser = season.client()
    browser.send("/sign-up", email="Zoë@BÜCHER.example")
    path = the_link(season, "zoë@bücher.example")
    browser.send(path, **{**WELCOME, "name": "李 明\r\n\x00\u202eZoë  👩‍🔬", "new_password": "пароль-密码-é"})
    assert who(browser) == "李 明 Zoë 👩‍🔬"
    # The same letter typed on another keyboard: e and its accent apart.
    other = season.client()
    other.send("/sign-in", email="ZOË@bücher.example", password="пароль-密码-e\u0301")
    assert who(other) == "李 明 Zoë 👩‍🔬"


def test_a_person_for_an_e_mail_that_was_shown_to_be_theirs(season_on_both: Season) -> None:
    season, session = season_on_both, season_on_both.session
    people = count(season, Person)
    made = actions.person_for_verified_email(session, "una@example.org", "Una Uhl", at=BEFORE)
    session.commit()
    again = actions.person_for_verified_email(session, "una@example.org", "Somebody Else", at=BEFORE)
    known = actions.person_for_verified_email(session, "ada@example.org", "Somebody Else", at=BEFORE)
    assert (made.name, made.password_hash, made.primary_email) == ("Una Uhl", None, "una@example.org")
    assert (again.id, again.name, known.id, known.name) == (made.id, "Una Uhl", season.ada.id, "Ada Abel")
    assert count(season, Person) == people + 1


def test_the_database_holds_no_two_owners_of_an_e_mail(season_on_both: Season) -> None:
    session = season_on_both.session
    twin = Email(address="ada@example.org", person_id=season_on_both.bo.id, verified_at=BEFORE)
    session.add(twin)
    with pytest.raises(Exception, match=r"(?i)unique"):
        session.commit()
    session.rollback()


def test_the_stored_hash_is_argon2_with_the_smaller_profile() -> None:
    assert HASH.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.hasher.check_needs_rehash(passwords.NOBODYS) is False
