"""The only statement of which papers somebody on the committee reads."""

from datetime import datetime

from sqlalchemy import Select, and_, false, select, true

from reviews.assignment.models import Assignment
from submissions import conflicts
from submissions.models import State, Submission
from venues.deadlines import Calendar, DateKind, Phase
from venues.deadlines import State as Window
from venues.models import Membership, Role


def visible_to(person_id: int, venue_id: int, calendar: Calendar, at: datetime) -> Select[Submission]:
    """Papers under review that a reviewer of the venue was given, is not in conflict with, and can no longer change.

    Joined with the reviewer's own assignment, whose columns may be asked for.
    """
    is_closed = calendar.window(Phase.SUBMISSION).state(at) is Window.CLOSED
    extended = {row.submission_id for row in calendar.extensions if row.kind == DateKind.SUBMISSION}
    still_open = {
        submission_id
        for submission_id in extended - {None}
        if calendar.window(Phase.SUBMISSION, submission_id=submission_id).is_open(at)
    }
    is_reviewer = (
        select(Membership.id)
        .where(
            Membership.venue_id == venue_id,
            Membership.person_id == person_id,
            Membership.role == Role.REVIEWER,
        )
        .exists()
    )
    return (
        select(Submission)
        .join(
            Assignment,
            and_(
                Assignment.submission_id == Submission.id,
                Assignment.person_id == person_id,
                Assignment.removed_at.is_(None),
            ),
        )
        .where(
            Submission.venue_id == venue_id,
            Submission.state == State.SUBMITTED,
            Submission.id.not_in(conflicts.of(person_id)),
            Submission.id.not_in(still_open),
            is_reviewer,
            true() if is_closed else false(),
        )
    )
