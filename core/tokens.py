"""Signed links that expire, and that work once."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner, URLSafeTimedSerializer
from sqlalchemy import String, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import clock
from core.db import Base

_secret = ""


class TokenError(Exception):
    """The link is expired, used or not ours; str() is the sentence for the person."""


class SpentToken(Base):
    """A link that was used. Kept until it would have expired anyway."""

    __tablename__ = "spent_tokens"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime]


SPENT_FOR = timedelta(days=1)  # longer than a link would be good: a clock set back must not make it so again


class _Signer(TimestampSigner):
    """A signer by our clock, to whom a time in the future is young, not expired: the clock may have been set back."""

    def get_timestamp(self) -> int:
        return int(clock.real().timestamp())

    def unsign(self, signed_value: Any, max_age: int | None = None, return_timestamp: bool = False) -> Any:
        """The value, if it is ours and no older than this."""
        try:
            return super().unsign(signed_value, max_age, return_timestamp)  # type: ignore[call-overload]
        except SignatureExpired as error:
            now = self.timestamp_to_datetime(self.get_timestamp())
            if error.date_signed is None or error.date_signed <= now:
                raise
            return super().unsign(signed_value, None, return_timestamp)  # type: ignore[call-overload]


def use(secret: str) -> None:
    """Set the process's signing key."""
    global _secret
    _secret = secret


def issue(purpose: str, data: Any) -> str:
    """A token that says `data` for this purpose only."""
    return str(_serializer(purpose).dumps(data))


def read(purpose: str, token: str, *, max_age: timedelta) -> Any:
    """What the token says. Raises TokenError."""
    try:
        return _serializer(purpose).loads(token, max_age=int(max_age.total_seconds()))
    except SignatureExpired:
        raise TokenError("This link has expired. Ask for a new one.") from None
    except BadSignature:
        raise TokenError(
            "This link is not complete. Copy all of it from the letter, or ask for a new one."
        ) from None


def is_spent(session: Session, token: str) -> bool:
    """Whether the token was used before."""
    return session.get(SpentToken, _digest(token)) is not None


def spend(session: Session, token: str, *, max_age: timedelta) -> None:
    """Use the token up, inside the caller's transaction. Raises TokenError when it was used before."""
    real = clock.real()
    session.execute(delete(SpentToken).where(SpentToken.expires_at < real - SPENT_FOR))
    # Of two uses at once the second waits here for the first to commit, and then finds it.
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = insert(SpentToken).values(digest=_digest(token), expires_at=real + max_age)
    if not session.scalar(row.on_conflict_do_nothing().returning(SpentToken.digest)):
        raise TokenError("This link was used already. Ask for a new one if you need it.")


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_secret, salt=purpose, signer=_Signer)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
