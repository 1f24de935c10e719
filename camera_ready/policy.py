"""Who may upload a final file, and until when."""

from datetime import datetime

from sqlalchemy.orm import Session

from accounts.models import Person
from camera_ready import queries
from camera_ready.models import FinalVersion
from core.verdict import ALLOWED, HIDDEN, Verdict
from decisions import queries as decisions
from submissions.models import Submission
from submissions.policy import is_author
from venues.deadlines import Calendar, State
from venues.policy import may_organize


def may_see(session: Session, person: Person | None, submission: Submission, at: datetime) -> Verdict:
    """Open the camera-ready page: every author, of accepted and rejected papers alike."""
    return ALLOWED if person and is_author(session, person, submission) else HIDDEN


def may_upload(
    session: Session, person: Person | None, submission: Submission, calendar: Calendar, at: datetime
) -> Verdict:
    """Send a final file that arrives at this instant; a late one is kept aside, which is not asked here."""
    verdict = may_see(session, person, submission, at)
    if not verdict or person is None:
        return verdict
    found = session.execute(decisions.visible_to(person.id, at).where(Submission.id == submission.id)).first()
    phase = queries.window(session, submission, person, calendar, at)
    if found is None or phase.state(at) is State.NOT_YET:
        return Verdict(phase.sentence(at))
    if not found.outcome.is_accepted:
        return Verdict("This paper was not accepted, so there is no final version to upload.")
    return ALLOWED


def may_accept_late(
    session: Session, person: Person | None, submission: Submission, final: FinalVersion, at: datetime
) -> Verdict:
    """Accept a final file that came late."""
    verdict = may_organize(session, person, submission.venue)
    if not verdict:
        return verdict
    if not final.is_late or final.accepted_at is not None:
        return Verdict("This file is not waiting to be accepted.")
    return ALLOWED
