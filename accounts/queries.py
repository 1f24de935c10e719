"""Who is who."""

from sqlalchemy import Select, select

from accounts.models import Email, Person, RecoveryCode, SecondFactor
from core.db import built_once


@built_once
def signed_in(person_id: int, session_key: str) -> Select[Person]:
    """The person whose session this is; none when its key was changed since."""
    return select(Person).where(Person.id == person_id, Person.session_key == session_key)


def by_address(address: str) -> Select[Person]:
    """The person who owns an e-mail, given in canonical form."""
    return select(Person).join(Email).where(Email.address == address)


def administrators() -> Select[Person]:
    """Who may make venues."""
    return select(Person).where(Person.is_site_admin)


def email_of(person_id: int, email_id: int) -> Select[Email]:
    """One of the person's own e-mails."""
    return select(Email).where(Email.id == email_id, Email.person_id == person_id)


def has_second_factor(person_id: int) -> Select[int]:
    """The person's id, if they sign in with a second factor."""
    return select(SecondFactor.person_id).where(SecondFactor.person_id == person_id)


def recovery_codes(person_id: int) -> Select[str]:
    """The hashes of the recovery codes that a person has left."""
    return select(RecoveryCode.digest).where(RecoveryCode.person_id == person_id)
