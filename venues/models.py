"""Venues and what belongs to them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, Id
from venues.deadlines import DateKind, Meaning, Precision


class Blindness(StrEnum):
    DOUBLE = "double"  # reviewers do not see authors, authors do not see reviewers
    SINGLE = "single"  # reviewers see authors, authors do not see reviewers


class Role(StrEnum):
    ORGANIZER = "organizer"
    AREA_CHAIR = "area_chair"
    REVIEWER = "reviewer"


class Section(StrEnum):
    """Where a listed person stands on the home page."""

    SPEAKER = "speaker"
    PANELIST = "panelist"
    ORGANIZER = "organizer"


class Venue(Base):
    """One edition of a workshop or conference, at /<slug>/."""

    __tablename__ = "venues"
    __table_args__ = (
        CheckConstraint("page_limit IS NULL OR page_limit > 0", name="page_limit_positive"),
        CheckConstraint("max_file_mb > 0", name="max_file_mb_positive"),
    )
    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(60))
    parent: Mapped[str] = mapped_column(String(200), default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    event_zone: Mapped[str] = mapped_column(String(60), default="UTC")
    contact: Mapped[str] = mapped_column(String(320), default="")
    registration_url: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    blindness: Mapped[Blindness] = mapped_column(default=Blindness.DOUBLE)
    page_limit: Mapped[int | None]
    max_file_mb: Mapped[int] = mapped_column(default=50)
    upload_minutes: Mapped[int] = mapped_column(
        default=20
    )  # an upload that began in time must end within this
    # Markdown, and the safe HTML made of it when it was saved.
    introduction: Mapped[str] = mapped_column(default="")
    introduction_html: Mapped[str] = mapped_column(default="")
    call: Mapped[str] = mapped_column(default="")
    call_html: Mapped[str] = mapped_column(default="")
    camera_ready_text: Mapped[str] = mapped_column(default="")
    camera_ready_html: Mapped[str] = mapped_column(default="")
    support: Mapped[str] = mapped_column(default="")
    support_html: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    dates: Mapped[list["VenueDate"]] = relationship(back_populates="venue", order_by="VenueDate.at")
    topics: Mapped[list["Topic"]] = relationship(order_by="Topic.position")


class VenueDate(Base):
    """A date as it was announced, and the instant it means (see venues/deadlines.py)."""

    __tablename__ = "venue_dates"
    __table_args__ = (UniqueConstraint("venue_id", "kind"),)
    id: Mapped[Id]
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"))
    kind: Mapped[DateKind]
    announced: Mapped[str] = mapped_column(String(200))
    meaning: Mapped[Meaning]
    zone: Mapped[str] = mapped_column(String(60))
    precision: Mapped[Precision]
    at: Mapped[datetime]
    venue: Mapped[Venue] = relationship(back_populates="dates")


class Extension(Base):
    """More time, for the whole venue, one submission or one person: until when, by whom, why. Grace is shown to all."""

    __tablename__ = "extensions"
    __table_args__ = (
        CheckConstraint("submission_id IS NULL OR person_id IS NULL", name="one_scope"),
        CheckConstraint(
            "NOT is_grace OR (submission_id IS NULL AND person_id IS NULL)", name="grace_for_all"
        ),
    )
    id: Mapped[Id]
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"), index=True)
    kind: Mapped[DateKind]
    submission_id: Mapped[int | None]  # plain: submissions are above
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    until: Mapped[datetime]
    is_grace: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(default="")
    by_id: Mapped[int | None]
    granted_at: Mapped[datetime]


class Membership(Base):
    """A person's role in a venue."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("venue_id", "person_id", "role"),
        Index("ix_memberships_person_id", "person_id"),
    )
    id: Mapped[Id]
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    role: Mapped[Role]
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int | None]


class Topic(Base):
    """A topic that authors may choose."""

    __tablename__ = "topics"
    __table_args__ = (UniqueConstraint("venue_id", "name"),)
    id: Mapped[Id]
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))


class ListedPerson(Base):
    """Somebody named on the home page; needs no account."""

    __tablename__ = "listed_people"
    id: Mapped[Id]
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"), index=True)
    section: Mapped[Section]
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    affiliation: Mapped[str] = mapped_column(String(200), default="")
    url: Mapped[str] = mapped_column(default="")
    picture_sha256: Mapped[str | None] = mapped_column(String(64))  # a small square JPEG (core/portrait.py)


class Sponsor(Base):
    """Who gives something to the venue, named on the home page."""

    __tablename__ = "sponsors"
    id: Mapped[Id]
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    gives: Mapped[str] = mapped_column(String(200), default="")
    url: Mapped[str] = mapped_column(default="")


class ScheduleEntry(Base):
    """A line of the day's program, in the venue's event zone."""

    __tablename__ = "schedule_entries"
    id: Mapped[Id]
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"), index=True)
    starts_at: Mapped[datetime]
    title: Mapped[str] = mapped_column(String(300))
