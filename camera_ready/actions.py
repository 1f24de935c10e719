"""The verbs of the camera-ready desk."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.models import Person
from camera_ready import letters, policy, queries
from camera_ready.models import FinalVersion
from core import audit
from mail import outbox
from mail.queries import own_letters
from submissions import checks
from submissions.models import Submission
from submissions.uploads import Received
from venues.deadlines import Arrival, Calendar, arrival


def upload(
    session: Session,
    submission: Submission,
    received: Received,
    calendar: Calendar,
    *,
    by: Person,
    at: datetime,
) -> tuple[FinalVersion, Arrival]:
    """Take a stored file as the newest final version, or keep it aside when it is late; every author gets a receipt."""
    policy.may_upload(session, by, submission, calendar, at).enforce()
    came = arrival(
        queries.window(session, submission, by, calendar, at),
        began_at=received.began_at,
        ended_at=at,
        upload_window=timedelta(minutes=submission.venue.upload_minutes),
    )
    newest = select(func.max(FinalVersion.number)).where(FinalVersion.submission_id == submission.id)
    final = FinalVersion(
        submission_id=submission.id,
        number=(session.scalar(newest) or 0) + 1,
        paper_sha256=received.sha256,
        paper_size=received.size,
        paper_name=received.name,
        saved_by_id=by.id,
        saved_at=at,
        began_at=received.began_at,
        is_late=not came.is_on_time,
    )
    session.add(final)
    checks.order(session, received.sha256)
    about, venue_id = f"submission:{submission.id}", submission.venue_id
    audit.record(session, "final.uploaded", about, by=by.id, at=at, venue_id=venue_id, sha256=received.sha256)
    own = own_letters(session, venue_id, "final_received")
    receipts = [letters.final_received(submission, final, author, own) for author in submission.authors]
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
