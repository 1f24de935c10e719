"""Who may do what with a submission, and until when."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from accounts.models import Person
from core.verdict import ALLOWED, HIDDEN, Verdict
from submissions import conflicts, queries
from submissions.models import State, Submission, Version
from venues.deadlines import Arrival, Calendar, Phase, Window, arrival, utc
from venues.models import Venue
from venues.policy import may_organize
from venues.queries import calendar_of

UNDO = timedelta(hours=72)


def window(
    session: Session,
    person: Person,
    venue_id: int,
    submission_id: int | None = None,
    *,
    calendar: Calendar | None = None,
) -> Window:
    """When this person may hand in, to the venue or this submission of it. `calendar`: the venue's, when at hand."""
    calendar = calendar or calendar_of(session, venue_id)
    return calendar.window(Phase.SUBMISSION, submission_id=submission_id, person_id=person.id)


def is_author(session: Session, person: Person | None, submission: Submission) -> bool:
    """Whether the person sees and edits the submission as one of its authors or as its maker."""
    if person is None:
        return False
    if submission.created_by_id == person.id:
        return True
    return session.scalar(*queries.authorship(person.id, submission.id)) is not None


def may_begin(
    session: Session, person: Person, venue: Venue, at: datetime, *, calendar: Calendar | None = None
) -> Verdict:
    """Open the form of a new submission."""
    open_when = window(session, person, venue.id, calendar=calendar)
    return ALLOWED if open_when.is_open(at) else Verdict(open_when.sentence(at))


def may_save(session: Session, person: Person, submission: Submission) -> Verdict:
    """Send a new version, whenever it comes: a late one is kept aside."""
    if not is_author(session, person, submission):
        return HIDDEN
    if submission.state is State.WITHDRAWN:
        return Verdict("This submission is withdrawn. Restore it before changing it.")
    return ALLOWED


def may_edit(
    session: Session,
    person: Person,
    submission: Submission,
    at: datetime,
    *,
    calendar: Calendar | None = None,
) -> Verdict:
    """Open the form that changes a submission."""
    verdict = may_save(session, person, submission)
    if not verdict:
        return verdict
    open_when = window(session, person, submission.venue_id, submission.id, calendar=calendar)
    return ALLOWED if open_when.is_open(at) else Verdict(open_when.sentence(at))


def may_withdraw(session: Session, person: Person, submission: Submission) -> Verdict:
    """Withdraw a submission, at any time."""
    if not is_author(session, person, submission):
        return HIDDEN
    if submission.state is State.WITHDRAWN:
        return Verdict("This submission is withdrawn already.")
    return ALLOWED


def may_restore(
    session: Session,
    person: Person,
    submission: Submission,
    at: datetime,
    *,
    calendar: Calendar | None = None,
) -> Verdict:
    """Undo a withdrawal: while submission is open, or within 72 hours."""
    if not is_author(session, person, submission):
        return HIDDEN
    if submission.state is not State.WITHDRAWN or submission.withdrawn_at is None:
        return Verdict("This submission is not withdrawn.")
    until = submission.withdrawn_at + UNDO
    if at < until or window(session, person, submission.venue_id, submission.id, calendar=calendar).is_open(
        at
    ):
        return ALLOWED
    return Verdict(f"It could be restored until {utc(until)}. Ask the organizers.")


def may_accept_late(session: Session, person: Person, version: Version) -> Verdict:
    """Take a version that came too late as if it had come in time."""
    submission = version.submission
    verdict = may_handle(session, person, submission)
    if not verdict:
        return verdict
    if not version.is_late or version.accepted_at is not None:
        return Verdict("This version waits for nobody's leave.")
    if submission.state is State.WITHDRAWN:
        return Verdict("This submission is withdrawn.")
    return ALLOWED


def may_handle(session: Session, person: Person, submission: Submission) -> Verdict:
    """Act on a submission as an organizer of its venue who is not in conflict with it."""
    verdict = may_organize(session, person, submission.venue)
    if not verdict:
        return verdict
    if conflicts.has(session, person.id, submission.id):
        return Verdict("You are in conflict with this submission. Another organizer can do it.")
    return ALLOWED


def may_change_conflict(session: Session, person: Person, submission: Submission, whose: Person) -> Verdict:
    """Record or lift the conflict of somebody with a submission; nobody lifts or records their own."""
    verdict = may_organize(session, person, submission.venue)
    if not verdict:
        return verdict
    if whose.id == person.id:
        return Verdict("Another organizer decides on your own conflicts.")
    return ALLOWED


def judge(
    session: Session,
    person: Person,
    venue: Venue,
    submission_id: int | None,
    *,
    begins: list[datetime],
    at: datetime,
) -> tuple[Arrival, datetime]:
    """Whether what is saved now came in time, and when it began.

    `begins`: when its request began and when the uploads of its files did. The latest of them that lies in the window
    counts: a form that follows an upload begun before the close is in time if all ended within the upload window.
    """
    open_when = window(session, person, venue.id, submission_id)
    began_at = max((one for one in begins if open_when.is_open(one)), default=begins[0])
    allowed = timedelta(minutes=venue.upload_minutes)
    return arrival(open_when, began_at=began_at, ended_at=at, upload_window=allowed), began_at
