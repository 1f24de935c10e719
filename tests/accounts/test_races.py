"""Two at once, on the real databases: the first commits while the second waits."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from accounts import actions, passwords, signed_links
from accounts.models import Email, Person
from core.db import transaction
from core.tokens import TokenError
from core.verdict import Refused
from tests.accounts.mailbox import PASSWORD, count
from tests.season import BEFORE, Season
from tests.servers import wait_until

Verb = Callable[[Session], object]
WELCOME: dict[str, Any] = {"affiliation": "", "password": PASSWORD, "at": BEFORE}


def race(season: Season, first: Verb, second: Verb) -> Exception | None:
    """Do `first` and hold its transaction open until `second` waits for it; returns what `second` raised."""
    raised: list[Exception | None] = []

    def run() -> None:
        with season.app.test_request_context(), season.app.extensions["sessions"]() as session:
            try:
                with transaction(session):
                    second(session)
                raised.append(None)
            except Exception as error:
                raised.append(error)

    season.session.rollback()
    other = threading.Thread(target=run)
    with (
        season.app.test_request_context(),
        season.app.extensions["sessions"]() as session,
        transaction(session),
    ):
        first(session)
        session.flush()
        other.start()
        other.join(0.5)
        assert raised == []  # it waits
    wait_until(lambda: raised, "end of the second")
    other.join()
    return raised[0]


def person(session: Session, season: Season) -> Person:
    return session.get_one(Person, season.ada.id)


def test_one_link_opened_twice_makes_one_account(season_on_both: Season) -> None:
    season = season_on_both
    token = signed_links.welcome("una@example.org")
    people, addresses = count(season, Person), count(season, Email)
    error = race(
        season,
        lambda session: actions.sign_up(session, token, name="Una Uhl", **WELCOME),
        lambda session: actions.sign_up(session, token, name="Eve", **WELCOME),
    )
    assert isinstance(error, TokenError)
    assert (count(season, Person), count(season, Email)) == (people + 1, addresses + 1)


def test_two_links_for_one_e_mail_make_one_account(season_on_both: Season) -> None:
    season = season_on_both
    tokens = [signed_links.welcome("una@example.org") for _ in range(2)]
    people = count(season, Person)
    error = race(
        season,
        lambda session: actions.sign_up(session, tokens[0], name="Una Uhl", **WELCOME),
        lambda session: actions.sign_up(session, tokens[1], name="Eve", **WELCOME),
    )
    assert "There is an account for una@example.org already." in str(error)
    assert count(season, Person) == people + 1


def test_two_invitations_opened_at_once_make_one_person(season_on_both: Season) -> None:
    season = season_on_both
    people = count(season, Person)
    found: list[str] = []
    error = race(
        season,
        lambda session: actions.person_for_verified_email(session, "una@example.org", "Una Uhl", at=BEFORE),
        lambda session: found.append(
            actions.person_for_verified_email(session, "una@example.org", "Una U.", at=BEFORE).name
        ),
    )
    assert (error, found, count(season, Person)) == (None, ["Una Uhl"], people + 1)


def test_two_first_administrators_are_one(season_on_both: Season) -> None:
    season = season_on_both
    tokens = [signed_links.welcome("", is_admin=True) for _ in range(2)]
    people = count(season, Person)
    error = race(
        season,
        lambda session: actions.sign_up(session, tokens[0], address="una@example.org", name="Una", **WELCOME),
        lambda session: actions.sign_up(session, tokens[1], address="eve@example.org", name="Eve", **WELCOME),
    )
    assert isinstance(error, TokenError)
    assert count(season, Person) == people + 1


@pytest.mark.parametrize("letters", [1, 2])
def test_a_reset_link_used_twice_sets_one_password(season_on_both: Season, letters: int) -> None:
    season = season_on_both
    links = [signed_links.reset(season.ada, "ada@example.org") for _ in range(letters)]
    error = race(
        season,
        lambda session: actions.reset_password(session, links[0], "the first one", at=BEFORE),
        lambda session: actions.reset_password(session, links[-1], "the second one", at=BEFORE),
    )
    assert isinstance(error, TokenError)
    season.session.rollback()
    assert passwords.fits(season.ada, "the first one")


def test_an_e_mail_is_added_to_one_account(season_on_both: Season) -> None:
    season = season_on_both
    mine, theirs = (signed_links.add_email(who, "una@example.org") for who in (season.ada, season.bo))
    error = race(
        season,
        lambda session: actions.add_email(session, mine, by=person(session, season), at=BEFORE),
        lambda session: actions.add_email(
            session, theirs, by=session.get_one(Person, season.bo.id), at=BEFORE
        ),
    )
    assert str(error) == "una@example.org belongs to an account already."
    season.session.rollback()
    assert [email.address for email in season.ada.emails] == ["ada@example.org", "una@example.org"]
    assert [email.address for email in season.bo.emails] == ["bo@example.org"]


@pytest.mark.parametrize("verb", ["remove_email", "make_primary"])
def test_the_primary_e_mail_is_not_removed_while_it_becomes_primary(
    season_on_both: Season, verb: str
) -> None:
    season = season_on_both
    season.add(Email(address="abel@lab.example", person_id=season.ada.id, verified_at=BEFORE))
    number = season.session.query(Email.id).where(Email.address == "abel@lab.example").scalar()
    error = race(
        season,
        lambda session: actions.make_primary(session, number, by=person(session, season), at=BEFORE),
        lambda session: getattr(actions, verb)(session, number, by=person(session, season), at=BEFORE),
    )
    assert isinstance(error, Refused)
    season.session.rollback()
    assert {email.address: email.is_primary for email in season.ada.emails} == {
        "ada@example.org": False,
        "abel@lab.example": True,
    }
