"""Deliver what is due by SMTP: claimed under a lease, one recipient per message, retried with growing delays."""

import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from email.errors import HeaderDefect
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import Select, and_, func, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from core import clock, logs
from core.db import transaction
from core.jobs import first_of
from mail.models import Batch, Message, MessageState

LEASE = timedelta(minutes=2)
RETRY_AFTER = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720))
ROUND = 50  # messages before other work gets its turn
OF_US = (
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPSenderRefused,
)
TIMEOUT = 30  # seconds for each step of the conversation
log = logs.get(__name__)


def connect(url: str) -> smtplib.SMTP:
    """An open connection to the relay named by an smtp:// or smtps:// address."""
    parts = urlsplit(url)
    assert parts.hostname
    if parts.scheme == "smtps":
        context = ssl.create_default_context()
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            parts.hostname, parts.port or 465, timeout=TIMEOUT, context=context
        )
    else:
        smtp = smtplib.SMTP(parts.hostname, parts.port or 25, timeout=TIMEOUT)
        smtp.ehlo()
        if smtp.has_extn("starttls"):
            smtp.starttls(context=ssl.create_default_context())
    if parts.username:
        smtp.login(unquote(parts.username), unquote(parts.password or ""))
    return smtp


def deliver_due(
    sessions: sessionmaker[Session],
    smtp_url: str,
    sender: str,
    worker: str,
    should_stop: Callable[[], bool] = lambda: False,
) -> int:
    """Send what is due, at most `ROUND` messages on one connection; returns how many were sent."""
    sent, smtp = 0, None
    try:
        while sent < ROUND and not should_stop():
            with sessions() as session:
                message = claim(session, worker, at=clock.now())
            if message is None:
                return sent
            try:
                mail = to_email_message(message, sender)
            except (ValueError, UnicodeError, HeaderDefect) as error:
                _settle(
                    sessions, message, worker, error=f"This letter cannot be written: {error}", is_final=True
                )
                continue
            try:
                smtp = smtp or connect(smtp_url)
                smtp.send_message(mail)
            except smtplib.SMTPRecipientsRefused as error:
                code, answer = next(iter(error.recipients.values()))
                _settle(sessions, message, worker, error=f"{code} {answer!r}", is_final=code >= 500)
            except (smtplib.SMTPResponseException, smtplib.SMTPException, OSError) as error:
                code = getattr(error, "smtp_code", 0)
                # What the relay says of us and not of a letter is the operator's to mend: no letter is given up for it.
                is_final = code >= 500 and not isinstance(error, OF_US)
                _settle(
                    sessions, message, worker, error=f"{type(error).__name__}: {error}", is_final=is_final
                )
                _close(smtp)
                smtp = None
                if code == 0 or not is_final:
                    return sent  # the relay is in trouble: leave it alone until the next poll
            else:
                _settle(sessions, message, worker)
                sent += 1
        return sent
    finally:
        _close(smtp)


def claim(session: Session, worker: str, *, at: datetime) -> Message | None:
    """Take a message under a lease; its own transaction.

    First one whose worker died, then one that was queued by itself, such as a link to sign in, then one of a batch that
    is released.
    """
    real = clock.real()
    # Each is found by its index, however many wait.
    oldest = select(Message.id).order_by(Message.retry_at, Message.id)
    abandoned = oldest.where(Message.state == MessageState.SENDING, Message.lease_until < real)
    queued = oldest.where(Message.state == MessageState.QUEUED, Message.retry_at <= real)
    is_open = or_(Batch.opened_at.is_not(None), Batch.not_before <= at)
    batch = select(Batch.id).where(is_open, _waits(Batch.id).exists()).order_by(Batch.id).limit(1)
    released = _waits(batch.scalar_subquery()).order_by(Message.id)
    kinds = (abandoned, queued, released)
    if session.scalar(select(first_of(*kinds))) is None:
        session.rollback()
        return None
    with transaction(session):
        session.execute(
            update(Batch).where(Batch.opened_at.is_(None), Batch.not_before <= at).values(opened_at=at)
        )
        message = session.scalar(
            update(Message)
            .where(Message.id == first_of(*kinds, is_locking=True))
            .values(
                state=MessageState.SENDING,
                worker=worker,
                lease_until=real + LEASE,
                attempts=Message.attempts + 1,
            )
            .returning(Message)
        )
        if message is not None:
            session.expunge(message)
    return message


def _waits(batch_id: Any) -> Select[int]:
    """The messages that a batch holds."""
    return select(Message.id).where(Message.batch_id == batch_id, Message.state == MessageState.HELD)


def longest_wait(session: Session) -> timedelta:
    """For how long the oldest letter that is due has been due."""
    real, at = clock.real(), clock.now()
    queued = session.scalar(
        select(func.min(Message.retry_at)).where(
            Message.state == MessageState.QUEUED, Message.retry_at <= real
        )
    )
    released = func.coalesce(Batch.opened_at, Batch.not_before)
    held = session.scalar(select(func.min(released)).where(released <= at, _waits(Batch.id).exists()))
    return max(real - queued if queued else timedelta(), at - held if held else timedelta())


def count_by_state(session: Session) -> dict[str, int]:
    """How many letters there are in each state."""
    query = select(Message.state, func.count()).group_by(Message.state)
    counted = {row[0]: row[1] for row in session.execute(query)}
    return {state.value: counted.get(state, 0) for state in MessageState}


def _settle(
    sessions: sessionmaker[Session], message: Message, worker: str, *, error: str = "", is_final: bool = False
) -> None:
    """Mark what came of a message that is still ours."""
    real = clock.real()
    values: dict[str, Any] = {"lease_until": None, "last_error": error}
    if not error:
        values |= {"state": MessageState.SENT, "sent_at": real}
        if message.is_secret:
            values |= {"text": "", "html": ""}
    elif is_final or message.attempts > len(RETRY_AFTER):
        values |= {"state": MessageState.FAILED}
    else:
        values |= {"state": MessageState.QUEUED, "retry_at": real + RETRY_AFTER[message.attempts - 1]}
    if error:
        state = values["state"]
        log.warning(
            "letter not sent", letter=message.id, state=state.value, attempt=message.attempts, error=error
        )
    else:
        log.info("letter sent", letter=message.id, occasion=message.occasion, message_id=message.message_id)
    ours = and_(Message.id == message.id, Message.worker == worker, Message.state == MessageState.SENDING)
    # What is not marked goes out again, and within the lease there is time.
    for is_last in (False, False, True):
        try:
            with sessions() as session, transaction(session):
                session.execute(update(Message).where(ours).values(**values))
            return
        except OperationalError:
            if is_last:
                raise
            log.warning("letter not marked yet", letter=message.id)


def to_email_message(message: Message, sender: str) -> EmailMessage:
    """The message as it goes out."""
    mail = EmailMessage()
    mail["From"] = Address("Dateline", addr_spec=sender)
    local, _, domain = message.to_email.rpartition("@")
    mail["To"] = Address(_header_text(message.to_name), local, domain.encode("idna").decode())
    if message.reply_to:
        mail["Reply-To"] = Address(addr_spec=message.reply_to)
    mail["Subject"] = _header_text(message.subject)
    mail["Message-ID"] = message.message_id
    mail["Date"] = format_datetime(clock.real())
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    return mail


def _header_text(text: str) -> str:
    return " ".join(text.split())


def _close(smtp: smtplib.SMTP | None) -> None:
    if smtp is not None:
        try:
            smtp.quit()
        except (smtplib.SMTPException, OSError):
            smtp.close()
