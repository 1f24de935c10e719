"""The states of a submission: the only writer of `state`."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from accounts.models import Person
from core import audit
from submissions.models import State, Submission

MOVES = {
    State.DRAFT: {State.SUBMITTED, State.WITHDRAWN},
    State.SUBMITTED: {State.WITHDRAWN},
    State.WITHDRAWN: {State.DRAFT, State.SUBMITTED},
}


def move(
    session: Session, submission: Submission, state: State, *, by: Person, at: datetime, **data: Any
) -> None:
    """Move the submission to another state and note it in the log, with `data`. Raises ValueError for no move."""
    before = submission.state
    if state not in MOVES[before]:
        raise ValueError(f"a submission does not go from {before} to {state}")
    submission.state = state
    audit.record(
        session,
        f"submission.{state}",
        f"submission:{submission.id}",
        by=by.id,
        at=at,
        venue_id=submission.venue_id,
        before=before,
        **data,
    )
