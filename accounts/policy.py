"""What people may do with their own e-mails."""

from datetime import datetime

from sqlalchemy.orm import Session

from accounts.models import Email, Person
from core.verdict import ALLOWED, HIDDEN, Verdict


def may_remove_email(session: Session, person: Person, email: Email, at: datetime) -> Verdict:
    """Take an e-mail off one's account. The primary one stays, so the last one does."""
    if email.person_id != person.id:
        return HIDDEN
    if email.is_primary:
        return Verdict("Letters go to this e-mail. Make another one primary first.")
    return ALLOWED


def may_make_primary(session: Session, person: Person, email: Email, at: datetime) -> Verdict:
    """Have letters sent to an e-mail from now on."""
    if email.person_id != person.id:
        return HIDDEN
    if email.is_primary:
        return Verdict("Letters go to this e-mail already.")
    return ALLOWED
