"""People and their e-mails."""

import secrets
from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, Id


def new_session_key() -> str:
    """A key that every session of a person holds; a new one ends them all."""
    return secrets.token_hex(8)


class Person(UserMixin, Base):
    """Somebody who showed that at least one e-mail is theirs. Without a password they sign in by link."""

    __tablename__ = "people"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(200))
    affiliation: Mapped[str] = mapped_column(String(200), default="")
    password_hash: Mapped[str | None]
    session_key: Mapped[str] = mapped_column(String(16), default=new_session_key)
    is_site_admin: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    emails: Mapped[list["Email"]] = relationship(back_populates="person", order_by="Email.id")

    def get_id(self) -> str:
        """What the session cookie holds."""
        return f"{self.id}.{self.session_key}"

    @property
    def primary_email(self) -> str:
        return next(email.address for email in self.emails if email.is_primary)


class Email(Base):
    """An address that its person has shown to be theirs; there are no others. Kept in canonical form."""

    __tablename__ = "emails"
    __table_args__ = (
        Index(
            "uq_emails_primary",
            "person_id",
            unique=True,
            sqlite_where=text("is_primary"),
            postgresql_where=text("is_primary"),
        ),
    )
    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    address: Mapped[str] = mapped_column(String(320), unique=True)
    is_primary: Mapped[bool] = mapped_column(default=False)
    verified_at: Mapped[datetime]
    person: Mapped[Person] = relationship(back_populates="emails")


class SecondFactor(Base):
    """The authenticator app that a person must have at hand to sign in."""

    __tablename__ = "second_factors"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(String(64))
    last_step: Mapped[int]  # of the last code used: no code works twice
    turned_on_at: Mapped[datetime]


class RecoveryCode(Base):
    """The hash of a code that works once in the app's place; gone when it was used."""

    __tablename__ = "recovery_codes"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
