"""The only statement of which papers somebody on the committee reads."""

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Boolean, and_, bindparam, select, true

from reviews.assignment.models import Assignment
from submissions import conflicts
from submissions.models import State, Submission
from venues.deadlines import Calendar, DateKind, Phase
from venues.deadlines import State as Window
from venues.models import Membership, Role

# Papers under review that a reviewer of the venue was given, is not in conflict with, and can no longer change.
# Joined with the reviewer's own assignment, whose columns may be asked for. Built once, executed with `reader(…)`:
# building it costs more than its execution.
_PERSON: BindParameter[int] = bindparam("person_id")
_VENUE: BindParameter[int] = bindparam("venue_id")
VISIBLE = (
    select(Submission)
    .join(
        Assignment,
        and_(
            Assignment.submission_id == Submission.id,
            Assignment.person_id == _PERSON,
            Assignment.removed_at.is_(None),
        ),
    )
    .where(
        Submission.venue_id == _VENUE,
        Submission.state == State.SUBMITTED,
        Submission.id.not_in(conflicts.of(_PERSON)),
        Submission.id.not_in(bindparam("still_open", expanding=True)),
        select(Membership.id)
        .where(
            Membership.venue_id == _VENUE,
            Membership.person_id == _PERSON,
            Membership.role == Role.REVIEWER,
        )
        .exists(),
        bindparam("is_closed", type_=Boolean()) == true(),
    )
)


def reader(person_id: int, venue_id: int, calendar: Calendar, at: datetime) -> dict[str, Any]:
    """The values that VISIBLE, and what is made of it, is executed with: who asks where, and what is still open."""
    extended = {row.submission_id for row in calendar.extensions if row.kind == DateKind.SUBMISSION}
    still_open = [
        submission_id
        for submission_id in extended - {None}
        if calendar.window(Phase.SUBMISSION, submission_id=submission_id).is_open(at)
    ]
    return {
        "person_id": person_id,
        "venue_id": venue_id,
        "is_closed": calendar.window(Phase.SUBMISSION).state(at) is Window.CLOSED,
        "still_open": still_open,
    }
