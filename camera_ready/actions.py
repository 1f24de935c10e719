"""The verbs of the camera-ready desk."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.models import Person
from camera_ready import letters, policy, queries
from camera_ready.models import FinalVersion
from core import audit
from core.files import Blob
from mail import outbox
from submissions.checks import request_check
from submissions.models import Submission
from venues.deadlines import Arrival, Calendar, arrival


def upload(
    session: Session,
    submission: Submission,
    blob: Blob,
    name: str,
    calendar: Calendar,
    *,
    by: Person,
    at: datetime,
    began_at: datetime,
) -> tuple[FinalVersion, Arrival]:
    """Take a stored file as the newest final version, or keep it aside when it is late; every author gets a receipt."""
    policy.may_upload(session, by, submission, calendar, at).enforce()
    came = arrival(
        queries.window(session, submission, by, calendar),
        began_at=began_at,
        ended_at=at,
        upload_window=timedelta(minutes=submission.venue.upload_minutes),
    )
    newest = select(func.max(FinalVersion.number)).where(FinalVersion.submission_id == submission.id)
    final = FinalVersion(
        submission_id=submission.id,
        number=(session.scalar(newest) or 0) + 1,
        paper_sha256=blob.sha256,
        paper_size=blob.size,
        paper_name=name,
        saved_by_id=by.id,
        saved_at=at,
        began_at=began_at,
        is_late=not came.is_on_time,
    )
    session.add(final)
    request_check(session, blob.sha256)
    about, venue_id = f"submission:{submission.id}", submission.venue_id
    audit.record(session, "final.uploaded", about, by=by.id, at=at, venue_id=venue_id, sha256=blob.sha256)
    receipts = [letters.final_received(submission, final, author) for author in submission.authors]
    outbox.enqueue_all(session, receipts, at=at)
    return final, came


def accept_late(
    session: Session, submission: Submission, final: FinalVersion, *, by: Person, at: datetime
) -> None:
    """Let a late final file count."""
    policy.may_accept_late(session, by, submission, final, at).enforce()
    final.accepted_by_id, final.accepted_at = by.id, at
    about, venue_id = f"submission:{submission.id}", submission.venue_id
    audit.record(session, "final.accepted", about, by=by.id, at=at, venue_id=venue_id, number=final.number)
