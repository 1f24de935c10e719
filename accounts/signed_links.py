"""The links in our letters: what each says, how long it lives, and when it dies before."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from accounts import queries
from accounts.models import Person
from core import tokens
from core.tokens import TokenError

WELCOME_AGE = timedelta(days=7)
RESET_AGE = timedelta(days=1)
ADD_EMAIL_AGE = timedelta(days=1)


@dataclass(frozen=True)
class Welcome:
    """Whoever opens the link may make an account with this e-mail ("": with any, as the first administrator)."""

    address: str
    after: str
    is_admin: bool


def welcome(address: str, after: str = "", *, is_admin: bool = False) -> str:
    """The token of a link to make an account and go on to the page `after`."""
    return tokens.issue("welcome", [address, after, is_admin, secrets.token_hex(8)])


def read_welcome(session: Session, token: str) -> Welcome:
    """What a welcome link says. Raises TokenError."""
    address, after, is_admin, _nonce = tokens.read("welcome", token, max_age=WELCOME_AGE)
    found = Welcome(address, after, is_admin)
    if tokens.is_spent(session, token):
        raise TokenError("This link was used already. Sign in, or ask for a new link.")
    if is_admin and session.scalar(queries.administrators().limit(1)):
        raise TokenError("Dateline has its administrator already. Sign in, or ask them.")
    if not is_admin and session.scalar(queries.by_address(address)):
        raise TokenError(f"There is an account for {address} already. Sign in, or ask for a new password.")
    return found


def reset(person: Person, address: str) -> str:
    """The token of a link to a new password, sent to one of the person's e-mails."""
    return tokens.issue("reset", [address, _stamp(person), secrets.token_hex(8)])


def read_reset(session: Session, token: str) -> Person:
    """Whose password the link may change. Raises TokenError, also when it was changed since."""
    address, stamp, _nonce = tokens.read("reset", token, max_age=RESET_AGE)
    person: Person | None = session.scalar(queries.by_address(address).with_for_update(of=Person))
    if person is None or stamp != _stamp(person) or tokens.is_spent(session, token):
        raise TokenError("This link was used already, or the password was changed since. Ask for a new one.")
    return person


def add_email(person: Person, address: str) -> str:
    """The token of a link to add an e-mail to the person's account."""
    return tokens.issue("add-email", [person.id, address, secrets.token_hex(8)])


def read_add_email(session: Session, token: str, person: Person) -> str:
    """The e-mail that the link adds to this person's account. Raises TokenError."""
    person_id, address, _nonce = tokens.read("add-email", token, max_age=ADD_EMAIL_AGE)
    if person_id != person.id:
        raise TokenError(
            f"This link is for another account than yours, {person.name}. Sign out, sign in to that one, and open "
            "the link again. If you didn't ask for it, do nothing."
        )
    if tokens.is_spent(session, token):
        raise TokenError("This link was used already.")
    return str(address)


def _stamp(person: Person) -> str:
    # Changes with the password, and when all sessions are ended.
    return hashlib.sha256(person.session_key.encode()).hexdigest()[:16]
