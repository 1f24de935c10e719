"""The authors' door: the only statement of what an author may read."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select

from accounts.models import Email
from core.db import IdOrParameter, built_once
from submissions.models import (
    Author,
    FileCheck,
    State,
    Submission,
    Upload,
    Version,
)
from venues.models import Venue


def authored_by(person_id: IdOrParameter) -> Select[int]:
    """Ids of the submissions that name one of the person's e-mails among their authors."""
    return (
        select(Author.submission_id)
        .join(Email, Email.address == Author.email)
        .where(Email.person_id == person_id)
    )


def visible_to(person_id: IdOrParameter) -> Select[Submission]:
    """Submissions that the person sees and edits as an author: named on them, or their maker."""
    authored = Submission.id.in_(authored_by(person_id))
    return select(Submission).where(authored | (Submission.created_by_id == person_id))


@built_once
def seen_by(person_id: int, venue_id: int, number: int) -> Select[Submission]:
    """The submission of this number, if the person is its author."""
    return visible_to(person_id).where(Submission.venue_id == venue_id, Submission.number == number)


@built_once
def authorship(person_id: int, submission_id: int) -> Select[int]:
    """The submission's id, if the person is its author."""
    return visible_to(person_id).where(Submission.id == submission_id).with_only_columns(Submission.id)


def late_versions(submission_id: int | None = None) -> Select[Version]:
    """Versions that came too late and that no organizer has accepted, of one submission or of all."""
    query = select(Version).where(Version.is_late, Version.accepted_at.is_(None))
    return query if submission_id is None else query.where(Version.submission_id == submission_id)


def mine(
    person_id: int, venue_id: int
) -> Select[int, int, str, State, int, datetime | None, datetime | None, str | None, bool]:
    """(id, number, title, state, version, submitted_at, withdrawn_at, paper_sha256, has_late) of the person's
    submissions to a venue, by number."""
    waiting = late_versions().with_only_columns(Version.submission_id)
    return (
        visible_to(person_id)
        .with_only_columns(
            Submission.id,
            Submission.number,
            Submission.title,
            Submission.state,
            Submission.version,
            Submission.submitted_at,
            Submission.withdrawn_at,
            Version.paper_sha256,
            Submission.id.in_(waiting).label("has_late"),
        )
        .join(Version, and_(Version.submission_id == Submission.id, Version.number == Submission.version))
        .where(Submission.venue_id == venue_id)
        .order_by(Submission.number)
    )


def everywhere(person_id: int, venue_ids: list[int]) -> Select[int, int, int, str, State]:
    """(venue_id, id, number, title, state) of the person's submissions to these venues, by number."""
    columns = Submission.venue_id, Submission.id, Submission.number, Submission.title, Submission.state
    query = visible_to(person_id).with_only_columns(*columns).where(Submission.venue_id.in_(venue_ids))
    return query.order_by(Submission.venue_id, Submission.number)


@built_once
def versions_of(submission_id: int) -> Select[Any]:
    """All versions of a submission, newest first, each with what was found in its PDF, as columns of both."""
    return (
        select(*Version.__table__.c, *FileCheck.__table__.c)
        .select_from(Version)
        .outerjoin(FileCheck, FileCheck.sha256 == Version.paper_sha256)
        .where(Version.submission_id == submission_id)
        .order_by(Version.number.desc())
    )


@built_once
def own(person_id: int, venue_id: int, number: int) -> Select[Any]:
    """The submission of this number with all its versions, newest first, and what was found in their PDFs.

    As columns of all three. No row if the person is not its author.
    """
    columns = *Submission.__table__.c, *Version.__table__.c, *FileCheck.__table__.c
    return (
        visible_to(person_id)
        .join(Version, Version.submission_id == Submission.id)
        .outerjoin(FileCheck, FileCheck.sha256 == Version.paper_sha256)
        .where(Submission.venue_id == venue_id, Submission.number == number)
        .with_only_columns(*columns)
        .order_by(Version.number.desc())
    )


def version_of(submission_id: int, number: int) -> Select[Version, FileCheck | None]:
    """One version of a submission, and what was found in its PDF."""
    return (
        select(Version, FileCheck)
        .outerjoin(FileCheck, FileCheck.sha256 == Version.paper_sha256)
        .where(Version.submission_id == submission_id, Version.number == number)
    )


@built_once
def announced(token: str, person_id: int, slug: str) -> Select[int, datetime]:
    """(size, begun_at) of an upload that the person announced to this venue."""
    return (
        select(Upload.size, Upload.begun_at)
        .join(Venue, Venue.id == Upload.venue_id)
        .where(Upload.token == token, Upload.person_id == person_id, Venue.slug == slug)
    )
