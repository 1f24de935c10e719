"""Passwords: what they must be, how they are kept, and one amount of work for every check."""

import unicodedata
from collections.abc import Collection

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from accounts.models import Person

LEAST, MOST = 10, 200  # characters
# OWASP's smaller profile: 19 MiB for each sign-in at the same time, about 40 ms.
hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# The hash of a password that nobody has: checking it takes as long as checking somebody's.
NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$2/e5Xd1vb/FOI05jR/9lRw$P4BD2yUQiZUXSlK4cHFfnLgQ/Gf51Nt2+AN6BPWi9qk"


def fault(password: str, addresses: Collection[str]) -> str:
    """Why the password cannot be used by the owner of these e-mails, as a sentence; empty when it can."""
    text = _normal(password)
    if len(text) < LEAST:
        return f"Use at least {LEAST} characters. A few words are easy to remember."
    if len(text) > MOST:
        return f"Use at most {MOST} characters."
    if text.strip().casefold() in {address.casefold() for address in addresses}:
        return "Your e-mail is known to others: use something else as your password."
    return ""


def hashed(password: str) -> str:
    """What is kept of a password."""
    return hasher.hash(_normal(password))


def fits(person: Person | None, password: str) -> bool:
    """Whether this is the person's password; as much work when there is no such person or password."""
    kept = person.password_hash if person else None
    try:
        hasher.verify(kept or NOBODYS, _normal(password))
    except VerificationError:
        return False
    return kept is not None


def _normal(password: str) -> str:
    # Keyboards write the same letter in different ways (é as one character or as two).
    return unicodedata.normalize("NFKC", password)
