"""The final version that counts."""

from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from accounts.models import Person
from camera_ready.models import FinalVersion
from decisions import queries as decisions
from decisions.models import Decision, Outcome, Release
from submissions.models import FileCheck, Submission
from venues.deadlines import Calendar, Phase, Window


def counting() -> Select[int, int]:
    """(submission id, number of its final version that counts): the newest that came in time or was accepted."""
    return (
        select(FinalVersion.submission_id, func.max(FinalVersion.number).label("number"))
        .where(or_(~FinalVersion.is_late, FinalVersion.accepted_at.is_not(None)))
        .group_by(FinalVersion.submission_id)
    )


def desk(venue_id: int, at: datetime) -> Select[int, str, Outcome, int, int, str, str, int, datetime, int]:
    """Each accepted paper with its final file, if there is one: what organizers chase and what the ZIP holds.

    Columns: number, title, outcome, submission id, final number, paper_sha256, paper_name, paper_size, saved_at, pages.
    Final files are public matters of the paper, so an organizer's conflicts hide nothing here.
    """
    accepted, best = decisions.accepted(venue_id, at).subquery(), counting().subquery()
    return (
        select(
            Submission.number,
            Submission.title,
            accepted.c.outcome,
            Submission.id,
            FinalVersion.number.label("final"),
            FinalVersion.paper_sha256,
            FinalVersion.paper_name,
            FinalVersion.paper_size,
            FinalVersion.saved_at,
            FileCheck.pages,
        )
        .join(accepted, accepted.c.submission_id == Submission.id)
        .outerjoin(best, best.c.submission_id == Submission.id)
        .outerjoin(
            FinalVersion,
            (FinalVersion.submission_id == best.c.submission_id) & (FinalVersion.number == best.c.number),
        )
        .outerjoin(FileCheck, FileCheck.sha256 == FinalVersion.paper_sha256)
        .order_by(Submission.number)
    )


def accepted_of(person_id: int, venue_ids: list[int], at: datetime) -> Select[int, int, int, str, int | None]:
    """(venue_id, id, number, title, number of the final file that counts) of the person's accepted papers."""
    best = counting().subquery()
    return (
        decisions.visible_to(person_id, at)
        .where(Decision.outcome != Outcome.REJECT, Submission.venue_id.in_(venue_ids))
        .outerjoin(best, best.c.submission_id == Submission.id)
        .with_only_columns(
            Submission.venue_id, Submission.id, Submission.number, Submission.title, best.c.number
        )
        .order_by(Submission.venue_id, Submission.number)
    )


def late_waiting(venue_id: int) -> Select[int, str, int, datetime, datetime]:
    """(number, title, final number, began_at, saved_at) of late files that no organizer has accepted."""
    return (
        select(
            Submission.number,
            Submission.title,
            FinalVersion.number.label("final"),
            FinalVersion.began_at,
            FinalVersion.saved_at,
        )
        .join(FinalVersion, FinalVersion.submission_id == Submission.id)
        .where(Submission.venue_id == venue_id, FinalVersion.is_late, FinalVersion.accepted_at.is_(None))
        .order_by(Submission.number, FinalVersion.number)
    )


def versions_of(submission_id: int) -> Select[FinalVersion]:
    """All final versions of a paper, newest first."""
    return (
        select(FinalVersion)
        .where(FinalVersion.submission_id == submission_id)
        .order_by(FinalVersion.number.desc())
    )


def window(
    session: Session, submission: Submission, person: Person, calendar: Calendar, at: datetime
) -> Window:
    """When this person may upload for this paper. A release that is only planned opens nothing and is not told."""
    venue_id = submission.venue_id
    released = select(Release.effective_at).where(
        Release.venue_id == venue_id, decisions.is_released(venue_id, at)
    )
    return calendar.window(
        Phase.CAMERA_READY,
        submission_id=submission.id,
        person_id=person.id,
        released_at=session.scalar(released),
    )
