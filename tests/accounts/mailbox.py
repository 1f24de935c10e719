"""The letters that wait in the outbox, and the links in them."""

import re
from urllib.parse import urlsplit

from sqlalchemy import func, select

from accounts import passwords
from accounts.models import Email, Person
from mail.models import Message
from tests.season import Client, Season

PASSWORD = "correct horse battery"
HASH = passwords.hashed(PASSWORD)


def letters(season: Season, address: str = "") -> list[Message]:
    """What was sent to this address (or to anybody), oldest first."""
    season.session.rollback()
    query = select(Message).order_by(Message.id)
    return list(season.session.scalars(query.where(Message.to_email == address) if address else query))


def link(letter: Message) -> str:
    """The path of the only link in a letter."""
    (found,) = re.findall(r"https?://\S+", letter.text)
    return str(urlsplit(found).path)


def the_link(season: Season, address: str) -> str:
    """The path of the link in the newest letter to this address."""
    return link(letters(season, address)[-1])


def count(season: Season, table: type[Person] | type[Email]) -> int:
    """How many rows there are."""
    season.session.rollback()
    return season.session.scalar(select(func.count()).select_from(table)) or 0


def who(browser: Client) -> str:
    """The name that the account's page shows in this browser, "" when it is signed out."""
    answer = browser.get("/account")
    if answer.status_code == 302:
        return ""
    (name,) = re.findall(r'<p class="page-header-subtitle">(.*?)</p>', answer.text)
    return str(name)
