"""Letters about accounts. Each occasion may recur, so each letter gets a thing of its own."""

import secrets
from collections.abc import Sequence

from accounts import signed_links
from accounts.models import Person
from core import links
from mail.letters import Letter, compose


def sign_up(address: str, after: str) -> Letter:
    """Somebody wants an account for an e-mail that has none."""
    link = links.absolute("accounts.welcome", token=signed_links.welcome(address, after))
    thing = _thing("sign-up")
    return compose("accounts/sign_up", thing=thing, to_email=address, to_name="", is_secret=True, link=link)


def sign_up_known(person: Person, address: str, after: str) -> Letter:
    """Somebody wants an account for an e-mail that has one."""
    return compose(
        "accounts/sign_up_known",
        thing=_thing("sign-up"),
        to_email=address,
        to_name=person.name,
        email=address,
        sign_in=links.absolute("accounts.sign_in", next=after or None),
        forgot=links.absolute("accounts.forgot"),
    )


def forgotten(person: Person, address: str) -> Letter:
    """The link to a new password, or for those who have none: to sign in."""
    link = links.absolute("accounts.reset", token=signed_links.reset(person, address))
    return compose(
        "accounts/forgotten",
        thing=_thing(f"person:{person.id}"),
        to_email=address,
        to_name=person.name,
        is_secret=True,
        email=address,
        link=link,
    )


def forgotten_unknown(address: str) -> Letter:
    """Somebody asked for a new password for an e-mail that has no account."""
    return compose(
        "accounts/forgotten_unknown",
        thing=_thing("forgotten"),
        to_email=address,
        to_name="",
        email=address,
        sign_up=links.absolute("accounts.sign_up"),
    )


def email_added(person: Person, account: str, address: str) -> Letter:
    """The link that adds an e-mail to an account. Strangers may get it, so it has no text of the asker's own."""
    link = links.absolute("accounts.verify_email", token=signed_links.add_email(person, address))
    return compose(
        "accounts/email_added",
        thing=_thing(f"person:{person.id}"),
        to_email=address,
        to_name="",
        is_secret=True,
        email=address,
        account=account,
        link=link,
    )


def email_taken(owner: Person, address: str) -> Letter:
    """Somebody wants to add an e-mail that belongs to another account: its owner is told, nobody else."""
    return compose(
        "accounts/email_taken",
        thing=_thing(f"person:{owner.id}"),
        to_email=address,
        to_name=owner.name,
        email=address,
        sign_in=links.absolute("accounts.sign_in"),
    )


def changed(person: Person, what: str, addresses: Sequence[str]) -> list[Letter]:
    """A notice to each of these e-mails that the account was changed: `what` is a sentence."""
    thing, forgot = _thing(f"person:{person.id}"), links.absolute("accounts.forgot")
    return [
        compose("accounts/changed", thing=thing, to_email=to, to_name=person.name, what=what, forgot=forgot)
        for to in addresses
    ]


def second_factor_changed(person: Person, what: str) -> Letter:
    """A notice that something about the second factor was changed or used: `what` is a sentence."""
    return compose(
        "accounts/second_factor_changed",
        thing=_thing(f"person:{person.id}"),
        to_email=person.primary_email,
        to_name=person.name,
        what=what,
        forgot=links.absolute("accounts.forgot"),
    )


def _thing(kind: str) -> str:
    return f"{kind}:{secrets.token_hex(8)}"
