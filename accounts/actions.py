"""What changes people and their e-mails."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from accounts import codes, letters, passwords, policy, queries, signed_links
from accounts.models import Email, Person, RecoveryCode, SecondFactor, new_session_key
from core import audit, clock, tokens
from core.tokens import TokenError
from core.verdict import HIDDEN, Refused
from mail import outbox


def ask_for_account(session: Session, address: str, after: str = "", *, at: datetime) -> None:
    """Send a letter to this e-mail: a link to make an account and go on to `after`, or that there is one already."""
    person = session.scalar(queries.by_address(address))
    letter = letters.sign_up_known(person, address, after) if person else letters.sign_up(address, after)
    outbox.enqueue(session, letter, at=at)


def sign_up(
    session: Session,
    token: str,
    *,
    name: str,
    affiliation: str,
    password: str,
    at: datetime,
    address: str = "",
) -> Person:
    """Make the account that a welcome link allows, with `address` where the link names none. Raises TokenError."""
    welcome = signed_links.read_welcome(session, token)
    tokens.spend(session, token, max_age=signed_links.WELCOME_AGE)
    address = welcome.address or address
    if welcome.is_admin:
        # Several starts made several links; two used at once meet here.
        tokens.spend(session, "the first administrator", max_age=signed_links.WELCOME_AGE)
    person = _make(session, address, name, at)
    if person is None:
        # Only an administrator's link goes on with somebody who was known before: a venue's file named them.
        if not welcome.is_admin:
            raise TokenError(
                f"There is an account for {address} already. Sign in, or ask for a new password."
            )
        person = session.scalars(queries.by_address(address)).one()
        person.name = name
        person.session_key = new_session_key()
    person.affiliation = affiliation
    person.password_hash = passwords.hashed(password)
    person.is_site_admin = welcome.is_admin
    audit.record(
        session, "person.signed_up", f"person:{person.id}", by=person.id, at=at, is_admin=welcome.is_admin
    )
    return person


def person_for_verified_email(session: Session, address: str, name: str, *, at: datetime) -> Person:
    """The owner of an e-mail, made without a password when there is none: whoever calls knows that it is theirs."""
    person = session.scalar(queries.by_address(address)) or _make(session, address, name, at)
    return person or session.scalars(queries.by_address(address)).one()


def ask_for_link(session: Session, address: str, *, at: datetime) -> None:
    """Send a letter to this e-mail: a link to a new password, or that there is no such account."""
    person = session.scalar(queries.by_address(address))
    letter = letters.forgotten(person, address) if person else letters.forgotten_unknown(address)
    outbox.enqueue(session, letter, at=at)


def reset_password(session: Session, token: str, password: str, *, at: datetime) -> Person:
    """Give the owner of the link a new password and end all their sessions. Raises TokenError."""
    person = signed_links.read_reset(session, token)
    tokens.spend(session, token, max_age=signed_links.RESET_AGE)
    change_password(session, password, by=person, at=at)
    return person


def open_by_link(session: Session, token: str, *, at: datetime) -> Person:
    """Let somebody without a password in by their link, once. Raises TokenError."""
    person = signed_links.read_reset(session, token)
    if person.password_hash is not None:
        raise TokenError("You have a password: sign in with it, or use this link to choose a new one.")
    tokens.spend(session, token, max_age=signed_links.RESET_AGE)
    audit.record(session, "person.opened_link", f"person:{person.id}", by=person.id, at=at)
    return person


def change_password(session: Session, password: str, *, by: Person, at: datetime) -> None:
    """Set the person's password and end all their sessions."""
    by.password_hash = passwords.hashed(password)
    by.session_key = new_session_key()
    audit.record(session, "person.password_changed", f"person:{by.id}", by=by.id, at=at)
    what = "Your password was changed. Everybody who was signed in with the old one is signed out."
    _tell(session, by, what, [by.primary_email], at)


def end_sessions(session: Session, *, by: Person, at: datetime) -> None:
    """Sign the person out everywhere."""
    by.session_key = new_session_key()
    audit.record(session, "person.sessions_ended", f"person:{by.id}", by=by.id, at=at)


def change_profile(session: Session, name: str, affiliation: str, *, by: Person, at: datetime) -> None:
    """Change what others see of the person."""
    by.name, by.affiliation = name, affiliation
    audit.record(session, "person.changed", f"person:{by.id}", by=by.id, at=at)


def ask_to_add_email(session: Session, address: str, *, by: Person, at: datetime) -> None:
    """Send a letter to this e-mail: a link to add it to the account, or word to the one who has it."""
    account = by.primary_email  # read in both cases: the time taken doesn't tell whose the e-mail is
    owner = session.scalar(queries.by_address(address))
    letter = letters.email_taken(owner, address) if owner else letters.email_added(by, account, address)
    outbox.enqueue(session, letter, at=at)


def add_email(session: Session, token: str, *, by: Person, at: datetime) -> str:
    """Add the e-mail of an opened link to the person's account; returns it. Raises TokenError."""
    address = signed_links.read_add_email(session, token, by)
    tokens.spend(session, token, max_age=signed_links.ADD_EMAIL_AGE)
    if not _own(session, address, by, at, is_primary=False):
        raise TokenError(f"{address} belongs to an account already.")
    audit.record(session, "email.added", f"person:{by.id}", by=by.id, at=at, address=address)
    what = f"The e-mail {address} was added. Whatever is sent to it can be opened from this account."
    _tell(session, by, what, [by.primary_email], at)
    return address


def remove_email(session: Session, email_id: int, *, by: Person, at: datetime) -> str:
    """Take an e-mail off the account, and with it the submissions that name it; returns it."""
    email = _locked(session, email_id, by)
    policy.may_remove_email(session, by, email, at).enforce()
    audit.record(session, "email.removed", f"person:{by.id}", by=by.id, at=at, address=email.address)
    _tell(session, by, f"The e-mail {email.address} was removed.", [by.primary_email, email.address], at)
    session.delete(email)
    return email.address


def make_primary(session: Session, email_id: int, *, by: Person, at: datetime) -> str:
    """Send the person's letters to this e-mail from now on; returns it. The old one is told, too."""
    email = _locked(session, email_id, by)
    policy.may_make_primary(session, by, email, at).enforce()
    before = next(owned for owned in by.emails if owned.is_primary)
    before.is_primary = False
    session.flush()  # there is never more than one, not even inside the transaction
    email.is_primary = True
    audit.record(session, "email.made_primary", f"person:{by.id}", by=by.id, at=at, address=email.address)
    what = f"Letters go to {email.address} from now on."
    _tell(session, by, what, [email.address, before.address], at)
    return email.address


def turn_on_second_factor(
    session: Session, secret: str, code: str, *, by: Person, at: datetime
) -> list[str] | None:
    """Ask this person for a code of this app from now on; the recovery codes. None when the code is not the app's."""
    step = codes.step_of(secret, code, clock.real())
    session.execute(select(Person.id).where(Person.id == by.id).with_for_update())
    if step is None or session.scalar(queries.has_second_factor(by.id)) is not None:
        return None
    session.add(SecondFactor(person_id=by.id, secret=secret, last_step=step, turned_on_at=at))
    made = codes.new_recovery_codes()
    session.add_all(RecoveryCode(digest=codes.digest(one), person_id=by.id) for one in made)
    _tell_of_factor(
        session, by, "Signing in to it asks for a code of your authenticator app from now on.", by, at
    )
    return made


def use_code(session: Session, code: str, *, by: Person, at: datetime) -> bool:
    """Whether this is a code of the person's app, or a recovery code; it is used up by that."""
    factor = session.get(SecondFactor, by.id)
    if factor is None:
        return False
    step = codes.step_of(factor.secret, code, clock.real())
    if step is not None:
        # In one statement: of two who bring the same code at once, one gets in.
        newer = update(SecondFactor).where(SecondFactor.person_id == by.id, SecondFactor.last_step < step)
        return session.scalar(newer.values(last_step=step).returning(SecondFactor.person_id)) is not None
    kept = RecoveryCode.person_id == by.id, RecoveryCode.digest == codes.digest(code)
    if session.scalar(delete(RecoveryCode).where(*kept).returning(RecoveryCode.digest)) is None:
        return False
    left = len(session.scalars(queries.recovery_codes(by.id)).all())
    _tell_of_factor(session, by, f"A recovery code was used in place of the app; {left} are left.", by, at)
    return True


def turn_off_second_factor(session: Session, person: Person, *, by: Person | None, at: datetime) -> bool:
    """Let the person sign in without a code again; False when they did. The caller saw a code, or runs the site."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    gone = delete(SecondFactor).where(SecondFactor.person_id == person.id).returning(SecondFactor.person_id)
    if session.scalar(gone) is None:
        return False
    who = "" if by else " by whoever runs this site"
    _tell_of_factor(
        session, person, f"Signing in asks for no code any more: that was turned off{who}.", by, at
    )
    return True


def _tell_of_factor(session: Session, person: Person, what: str, by: Person | None, at: datetime) -> None:
    about = f"person:{person.id}"
    audit.record(session, "person.second_factor_changed", about, by=by.id if by else None, at=at, what=what)
    outbox.enqueue(session, letters.second_factor_changed(person, what), at=at)


def _make(session: Session, address: str, name: str, at: datetime) -> Person | None:
    """A new person with this e-mail; None when it belongs to somebody."""
    person = Person(name=name, created_at=at)
    session.add(person)
    session.flush()
    if _own(session, address, person, at, is_primary=True):
        return person
    session.delete(person)
    session.flush()
    return None


def _own(session: Session, address: str, person: Person, at: datetime, *, is_primary: bool) -> bool:
    """Make an e-mail the person's, unless somebody has it, also when two try at once."""
    if session.scalar(select(Email.id).where(Email.address == address)):
        return False
    values = {"address": address, "person_id": person.id, "is_primary": is_primary, "verified_at": at}
    try:
        with session.begin_nested():
            session.execute(insert(Email).values(**values))
    except IntegrityError:
        return False
    session.expire(person, ["emails"])
    return True


def _locked(session: Session, email_id: int, person: Person) -> Email:
    """One of the person's e-mails; from here on changes of them happen one after the other. Raises Refused."""
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    email = session.scalar(queries.email_of(person.id, email_id))
    if email is None:
        raise Refused(HIDDEN)
    return email


def _tell(session: Session, person: Person, what: str, addresses: list[str], at: datetime) -> None:
    outbox.enqueue_all(session, letters.changed(person, what, addresses), at=at)
