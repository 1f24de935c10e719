"""E-mail addresses in one canonical form, so that equal people compare equal."""

from email_validator import EmailNotValidError, validate_email


class AddressError(ValueError):
    """Not an address; str() is a sentence."""


def canonical(text: str) -> str:
    """The address, checked for its syntax, in lower case. Raises AddressError.

    RFC 5321 lets the part before the @ be case-sensitive; nobody's mail is, and people type it both ways.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise AddressError(f"{text.strip()[:80]!r} is not an e-mail address: {str(error)[:200]}") from None
    return found.normalized.lower()
