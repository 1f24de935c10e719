"""Submissions and their versions."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, Id, Sha256
from venues.models import Venue


class State(StrEnum):
    DRAFT = "draft"  # something is missing, usually the PDF
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


class Submission(Base):
    """One paper handed in to a venue. What it says now is its version of number `version`."""

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("venue_id", "number"),
        UniqueConstraint("created_by_id", "form_key"),
        CheckConstraint("state != 'submitted' OR submitted_at IS NOT NULL", name="submitted_has_time"),
        CheckConstraint("state != 'withdrawn' OR withdrawn_at IS NOT NULL", name="withdrawn_has_time"),
    )
    id: Mapped[Id]
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"))
    number: Mapped[int]
    state: Mapped[State] = mapped_column(default=State.DRAFT, index=True)
    title: Mapped[str] = mapped_column(String(300))
    abstract: Mapped[str]
    abstract_html: Mapped[str]
    version: Mapped[int]
    form_key: Mapped[str] = mapped_column(String(40))  # of the form that made it: sent twice, it makes one
    created_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(default="")
    venue: Mapped[Venue] = relationship()
    authors: Mapped[list["Author"]] = relationship(
        back_populates="submission", order_by="Author.position", cascade="all, delete-orphan"
    )
    topics: Mapped[list["SubmissionTopic"]] = relationship(cascade="all, delete-orphan")
    versions: Mapped[list["Version"]] = relationship(back_populates="submission", order_by="Version.number")


class Author(Base):
    """A name on the paper, in order. Whoever has shown this e-mail to be theirs may see and edit."""

    __tablename__ = "authors"
    __table_args__ = (
        UniqueConstraint("submission_id", "position"),
        UniqueConstraint("submission_id", "email"),
        Index("ix_authors_email", "email"),
    )
    id: Mapped[Id]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))
    affiliation: Mapped[str] = mapped_column(String(200), default="")
    submission: Mapped[Submission] = relationship(back_populates="authors")


class SubmissionTopic(Base):
    """A topic that the authors chose."""

    __tablename__ = "submission_topics"
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"), primary_key=True)


class Version(Base):
    """What a submission said at one time; every one is kept. A late one is kept aside until an organizer accepts it."""

    __tablename__ = "versions"
    __table_args__ = (
        UniqueConstraint("submission_id", "number"),
        CheckConstraint("(paper_sha256 IS NULL) = (paper_size IS NULL)", name="paper_whole"),
        CheckConstraint("(supplement_sha256 IS NULL) = (supplement_size IS NULL)", name="supplement_whole"),
    )
    id: Mapped[Id]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    abstract: Mapped[str]
    # [name, e-mail, affiliation] of each author in order, and the names of the topics, as they were.
    authors: Mapped[list[list[str]]]
    topics: Mapped[list[str]]
    paper_sha256: Mapped[Sha256 | None] = mapped_column(index=True)
    paper_size: Mapped[int | None]
    paper_name: Mapped[str] = mapped_column(String(200), default="")
    supplement_sha256: Mapped[Sha256 | None]
    supplement_size: Mapped[int | None]
    supplement_name: Mapped[str] = mapped_column(String(200), default="")
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    saved_at: Mapped[datetime]
    began_at: Mapped[datetime]  # when the request or upload that brought it began: what the deadline asks
    is_late: Mapped[bool] = mapped_column(default=False)
    accepted_by_id: Mapped[int | None]
    accepted_at: Mapped[datetime | None]
    submission: Mapped[Submission] = relationship(back_populates="versions")


class Upload(Base):
    """An upload announced before its bytes came, so that one begun before the deadline counts."""

    __tablename__ = "uploads"
    token: Mapped[str] = mapped_column(String(43), primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    begun_at: Mapped[datetime]
    size: Mapped[int]
    used_at: Mapped[datetime | None]


class CheckState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    UNREADABLE = "unreadable"


class FileCheck(Base):
    """What a sandboxed child found in a PDF, by its content: the same bytes are looked at once."""

    __tablename__ = "file_checks"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[CheckState] = mapped_column(default=CheckState.WAITING)
    pages: Mapped[int | None]
    is_encrypted: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[str] = mapped_column(default="")
    picture_sha256: Mapped[Sha256 | None]
    anonymous_sha256: Mapped[Sha256 | None]  # the reviewers' copy; without it they are served nothing
    checked_at: Mapped[datetime | None]


class Conflict(Base):
    """A person who must not see or decide anything about a submission, beside its authors."""

    __tablename__ = "conflicts"
    __table_args__ = (
        UniqueConstraint("submission_id", "person_id"),
        Index("ix_conflicts_person_id", "person_id"),
    )
    id: Mapped[Id]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(String(300), default="")
    recorded_by_id: Mapped[int]
    recorded_at: Mapped[datetime]
