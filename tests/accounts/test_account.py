"""One's own account: name, e-mails, password, sessions."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts import passwords, signed_links
from accounts.models import Email, Person
from core.audit import AuditEntry
from tests.accounts.mailbox import HASH, PASSWORD, letters, the_link, who
from tests.season import BEFORE, Client, Season

NEW = "a password of the new kind"


@pytest.fixture(autouse=True)
def _ada_has_a_password(season: Season) -> None:
    season.ada.password_hash = HASH
    season.session.commit()


def emails(season: Season, person: Person) -> dict[str, bool]:
    """The person's e-mails, and whether they are primary."""
    season.session.rollback()
    query = select(Email.address, Email.is_primary).where(Email.person_id == person.id).order_by(Email.id)
    return {row.address: row.is_primary for row in season.session.execute(query)}


def email_id(season: Season, address: str) -> int:
    season.session.rollback()
    return season.session.scalars(select(Email.id).where(Email.address == address)).one()


def acts(season: Season, person: Person) -> list[str]:
    season.session.rollback()
    query = select(AuditEntry.act).where(AuditEntry.actor_id == person.id).order_by(AuditEntry.id)
    return list(season.session.scalars(query))


def add(season: Season, browser: Client, address: str) -> None:
    """Ask for an e-mail and open the link in its letter."""
    browser.send("/account/emails", email=address)
    path = the_link(season, address)
    assert path.startswith("/account/emails/verify/")
    assert f"Add {address}?" in browser.page(path)
    browser.send(path)


def test_name_and_affiliation(season: Season) -> None:
    browser = season.client(season.ada)
    browser.send("/account/profile", name=" Ada  Abel-Ohm ", affiliation="Lab & Co")
    assert who(browser) == "Ada Abel-Ohm"
    assert 'value="Lab &amp; Co"' in browser.page("/account")
    answer = browser.send("/account/profile", 422, name=" ", affiliation="Lab 2")
    assert "Type your name." in answer.text
    assert 'value="Lab 2"' in answer.text
    assert who(browser) == "Ada Abel-Ohm"


def test_an_e_mail_is_added_by_its_letter(season: Season) -> None:
    browser = season.client(season.ada)
    sent = browser.send("/account/emails", email="Abel@Lab.example")
    assert sent.location == "/account"
    assert "We sent a letter to abel@lab.example." in browser.page("/account")
    assert emails(season, season.ada) == {"ada@example.org": True}
    path = the_link(season, "abel@lab.example")
    browser.page(path)
    browser.page(path)
    assert emails(season, season.ada) == {"ada@example.org": True}
    browser.send(path)
    assert emails(season, season.ada) == {"ada@example.org": True, "abel@lab.example": False}
    assert "was used already" in browser.send(path, 410).text
    (notice,) = letters(season, "ada@example.org")
    assert "The e-mail abel@lab.example was added." in notice.text
    assert acts(season, season.ada) == ["email.added"]


def test_the_page_does_not_tell_whose_an_e_mail_is(season: Season) -> None:
    answers = []
    for address in ("bo@example.org", "xo@example.org"):  # the first is Bo's
        browser = season.client(season.ada)
        with season.statements() as seen:
            browser.send("/account/emails", email=address)
        page = re.sub(r'name="csrf_token" value=".*?"', "", browser.page("/account"))
        answers.append((page.replace(address, ""), len(seen)))
    assert answers[0] == answers[1]
    (told,) = letters(season, "bo@example.org")
    assert (told.to_name, told.is_secret) == ("Bo Brandt", False)
    assert "It belongs to yours, so nothing was changed." in told.text
    assert "/verify/" not in told.text
    assert "ada" not in told.text.lower()
    assert emails(season, season.bo) == {"bo@example.org": True}


def test_the_link_adds_to_the_account_that_asked_and_to_no_other(season: Season) -> None:
    season.client(season.nel).send("/account/emails", email="una@example.org")
    path = the_link(season, "una@example.org")
    una = season.client(season.ada)
    assert "This link is for another account than yours, Ada Abel." in una.page(path, 410)
    una.send(path, 410)
    assert season.client().get(path).location.startswith("/sign-in?next=/account/emails/verify/")
    season.client().send(path, 401)
    assert emails(season, season.ada) == {"ada@example.org": True}
    assert emails(season, season.nel) == {"nel@example.org": True}


def test_the_link_expires_and_fits_its_purpose(season: Season) -> None:
    browser = season.client(season.ada)
    path = f"/account/emails/verify/{signed_links.add_email(season.ada, 'una@example.org')}"
    browser.send(f"/account/emails/verify/{signed_links.welcome('una@example.org')}", 410)
    browser.send(path[:-1], 410)
    season.at(BEFORE + timedelta(days=1, seconds=1))
    browser.send(path, 410)
    assert emails(season, season.ada) == {"ada@example.org": True}


def test_an_e_mail_that_somebody_took_meanwhile_is_not_added(season: Season) -> None:
    browser = season.client(season.ada)
    browser.send("/account/emails", email="una@example.org")
    path = the_link(season, "una@example.org")
    season.person("Una Uhl")
    assert "una@example.org belongs to an account already." in browser.send(path, 410).text
    assert emails(season, season.ada) == {"ada@example.org": True}


def test_own_and_wrong_e_mails_are_refused_beside_the_field(season: Season) -> None:
    browser = season.client(season.ada)
    assert (
        "You have this e-mail already." in browser.send("/account/emails", 422, email="ADA@example.org").text
    )
    answer = browser.send("/account/emails", 422, email="not an e-mail")
    assert "is not an e-mail address" in answer.text
    assert 'value="not an e-mail"' in answer.text
    assert letters(season) == []


def test_the_primary_e_mail(season: Season) -> None:
    browser = season.client(season.ada)
    add(season, browser, "abel@lab.example")
    old, new = email_id(season, "ada@example.org"), email_id(season, "abel@lab.example")
    assert "Make another one primary first." in browser.page("/account")
    refused = browser.send(f"/account/emails/{old}/remove", 403)
    assert "Letters go to this e-mail. Make another one primary first." in refused.text
    browser.send(f"/account/emails/{new}/primary")
    assert emails(season, season.ada) == {"ada@example.org": False, "abel@lab.example": True}
    for address in ("ada@example.org", "abel@lab.example"):
        assert "Letters go to abel@lab.example from now on." in letters(season, address)[-1].text
    browser.send(f"/account/emails/{new}/primary", 403)
    browser.send(f"/account/emails/{old}/remove")
    assert emails(season, season.ada) == {"abel@lab.example": True}
    for address in ("ada@example.org", "abel@lab.example"):
        assert "The e-mail ada@example.org was removed." in letters(season, address)[-1].text
    browser.send(f"/account/emails/{new}/remove", 403)  # the last one
    assert acts(season, season.ada) == ["email.added", "email.made_primary", "email.removed"]
    season.client().send("/sign-in", 422, email="ada@example.org", password=PASSWORD)
    season.client().send("/sign-in", email="abel@lab.example", password=PASSWORD)


@pytest.mark.parametrize("verb", ["remove", "primary"])
def test_other_peoples_e_mails_are_not_there(season: Season, verb: str) -> None:
    add(season, season.client(season.ada), "abel@lab.example")
    browser = season.client(season.nel)
    for number in (email_id(season, "abel@lab.example"), 99999):
        browser.send(f"/account/emails/{number}/{verb}", 404)
    assert emails(season, season.ada) == {"ada@example.org": True, "abel@lab.example": False}


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(season: Season) -> None:
    here, phone = season.client(season.ada), season.client(season.ada)
    here.send("/account/password", current_password=PASSWORD, new_password=NEW)
    assert (who(here), who(phone)) == ("Ada Abel", "")
    season.client().send("/sign-in", 422, email="ada@example.org", password=PASSWORD)
    season.client().send("/sign-in", email="ada@example.org", password=NEW)
    (notice,) = letters(season, "ada@example.org")
    assert "Your password was changed." in notice.text
    assert acts(season, season.ada) == ["person.password_changed"]


def test_the_current_password_is_asked_for(season: Season) -> None:
    browser = season.client(season.ada)
    for current in ("", "a wrong password"):
        answer = browser.send("/account/password", 422, current_password=current, new_password=NEW)
        assert "This is not your current password." in answer.text
        assert NEW not in answer.text
    answer = browser.send("/account/password", 422, current_password=PASSWORD, new_password="ADA@example.org")
    assert "Your e-mail is known to others" in answer.text
    season.session.refresh(season.ada)
    assert passwords.fits(season.ada, PASSWORD)


def test_guessing_the_current_password_is_limited(season: Season) -> None:
    season.app.config["RATELIMIT_ENABLED"] = True
    browser = season.client(season.ada)
    for _ in range(10):
        browser.send("/account/password", 422, current_password="a guess", new_password=NEW)
    browser.send("/account/password", 429, current_password=PASSWORD, new_password=NEW)
    season.client(season.rey).send("/account/password", new_password=NEW)  # others go on


def test_who_has_no_password_sets_one(season: Season) -> None:
    browser = season.client(season.rey)
    page = browser.page("/account")
    assert "You have no password: you sign in by link." in page
    assert "Current password" not in page
    browser.send("/account/password", new_password=NEW)
    season.client().send("/sign-in", email="rey@example.org", password=NEW)


def test_signing_out_everywhere(season: Season) -> None:
    here, phone, other = season.client(season.ada), season.client(season.ada), season.client(season.bo)
    assert here.send("/account/sign-out-everywhere").location == "/sign-in"
    assert (who(here), who(phone), who(other)) == ("", "", "Bo Brandt")
    season.client().send("/sign-in", email="ada@example.org", password=PASSWORD)


def test_the_page_takes_as_many_statements_for_many_e_mails(season: Season) -> None:
    def statements() -> int:
        with season.statements() as seen:
            season.client(season.ada).page("/account")
        return len(seen)

    first = statements()
    rows = [
        Email(address=f"ada{i}@example.org", person_id=season.ada.id, verified_at=BEFORE) for i in range(29)
    ]
    season.add(*rows)
    assert statements() == first


@pytest.mark.parametrize(
    "path", ["profile", "password", "emails", "emails/1/remove", "emails/1/primary", "sign-out-everywhere"]
)
def test_nothing_changes_signed_out_or_without_a_token(season: Season, path: str) -> None:
    season.client().send(f"/account/{path}", 401, name="Eve", email="eve@example.org", new_password=NEW)
    season.app.config["WTF_CSRF_ENABLED"] = True
    browser = season.client(season.ada)
    fields = {"name": "Eve", "email": "eve@example.org", "current_password": PASSWORD, "new_password": NEW}
    answer = browser.send(f"/account/{path}", 400, **fields)
    assert NEW not in answer.text
    assert who(browser) == "Ada Abel"
    assert letters(season) == []
    assert acts(season, season.ada) == []
