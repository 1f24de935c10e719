"""The only statement of which papers somebody on the committee reads."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Boolean, ColumnElement, Select, and_, bindparam, select, true

from reviews.assignment.models import Assignment
from submissions import conflicts
from submissions.models import State, Submission
from venues.deadlines import Calendar, DateKind, Phase
from venues.deadlines import State as Window
from venues.models import Membership, Role

_PERSON: BindParameter[int] = bindparam("person_id")
_VENUE: BindParameter[int] = bindparam("venue_id")


def _visible(is_here: ColumnElement[bool], reviews_here: ColumnElement[bool]) -> Select[Submission]:
    """Papers under review that a reviewer of their venue was given, is not in conflict with, and can no longer change.

    Joined with the reviewer's own assignment, whose columns may be asked for.
    """
    reviewers = select(Membership.id).where(reviews_here, Membership.person_id == _PERSON)
    return (
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
            is_here,
            Submission.state == State.SUBMITTED,
            Submission.id.not_in(conflicts.of(_PERSON)),
            Submission.id.not_in(bindparam("still_open", expanding=True)),
            reviewers.where(Membership.role == Role.REVIEWER).exists(),
        )
    )


# Built once: building them costs more than their execution. The first is executed with `reader(…)` for one venue, the
# second with `reader_everywhere(…)` for some.
VISIBLE = _visible(Submission.venue_id == _VENUE, Membership.venue_id == _VENUE).where(
    bindparam("is_closed", type_=Boolean()) == true()
)
VISIBLE_EVERYWHERE = _visible(
    Submission.venue_id.in_(bindparam("venue_ids", expanding=True)),
    Membership.venue_id == Submission.venue_id,
)


def reader(person_id: int, venue_id: int, calendar: Calendar, at: datetime) -> dict[str, Any]:
    """The values that VISIBLE, and what is made of it, is executed with: who asks where, and what is still open."""
    return {
        "person_id": person_id,
        "venue_id": venue_id,
        "is_closed": calendar.window(Phase.SUBMISSION).state(at) is Window.CLOSED,
        "still_open": _still_open(calendar, at),
    }


def reader_everywhere(person_id: int, calendars: Mapping[int, Calendar], at: datetime) -> dict[str, Any]:
    """The values that VISIBLE_EVERYWHERE is executed with; `calendars`: of the venues, by their ids."""
    closed = {
        venue_id: calendar
        for venue_id, calendar in calendars.items()
        if calendar.window(Phase.SUBMISSION).state(at) is Window.CLOSED
    }
    still_open = [one for calendar in closed.values() for one in _still_open(calendar, at)]
    return {"person_id": person_id, "venue_ids": list(closed), "still_open": still_open}


def _still_open(calendar: Calendar, at: datetime) -> list[int]:
    """Ids of the submissions that an extension keeps open."""
    extended = {row.submission_id for row in calendar.extensions if row.kind == DateKind.SUBMISSION}
    return [
        submission_id
        for submission_id in extended
        if submission_id is not None
        and calendar.window(Phase.SUBMISSION, submission_id=submission_id).is_open(at)
    ]
