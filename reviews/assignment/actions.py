"""Handing papers out and taking them back."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Person
from core import audit
from mail import outbox
from mail.queries import own_letters
from reviews.assignment import letters, policy
from reviews.assignment.models import Assignment
from submissions.models import Submission
from venues.queries import calendar_of

LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is mistaken for another
PSEUDONYM_LENGTH = 5


def assign(
    session: Session, submission: Submission, reviewers: Sequence[Person], *, by: Person, at: datetime
) -> list[Assignment]:
    """Give the submission to these reviewers, tell each by mail; returns the assignments that are new.

    All are given it, or none. Who has it already keeps it; who had it before gets it back with what they wrote.
    """
    session.execute(select(Submission.id).where(Submission.id == submission.id).with_for_update())
    for reviewer in reviewers:
        policy.may_assign(session, by, submission, reviewer, at).enforce()
    calendar = calendar_of(session, submission.venue_id)
    own = own_letters(session, submission.venue_id, "paper_assigned")
    known = {
        one.person_id: one
        for one in session.scalars(select(Assignment).where(Assignment.submission_id == submission.id))
    }
    taken = {one.pseudonym for one in known.values()}
    new = []
    for reviewer in reviewers:
        assignment = known.get(reviewer.id)
        if assignment is None:
            assignment = Assignment(
                submission_id=submission.id, person_id=reviewer.id, pseudonym=_pseudonym(taken)
            )
            known[reviewer.id] = assignment
            session.add(assignment)
        elif assignment.removed_at is None:
            continue
        assignment.assigned_by_id, assignment.assigned_at, assignment.removed_at = by.id, at, None
        session.flush()
        letter = letters.paper_assigned(assignment, submission, reviewer, calendar, own, at)
        outbox.enqueue(session, letter, at=at)
        new.append(assignment)
    if new:
        audit.record(
            session,
            "submission.assigned",
            f"submission:{submission.id}",
            by=by.id,
            at=at,
            venue_id=submission.venue_id,
            people=[one.person_id for one in new],
        )
    return new


def _pseudonym(taken: set[str]) -> str:
    """A random name, new for this submission: it tells nothing of the person or of the order."""
    while (name := "".join(secrets.choice(LETTERS) for _ in range(PSEUDONYM_LENGTH))) in taken:
        pass
    taken.add(name)
    return name


def unassign(session: Session, submission: Submission, reviewer: Person, *, by: Person, at: datetime) -> None:
    """Take the submission back from a reviewer and tell them; what they wrote is kept, hidden from everyone."""
    policy.may_hand_out(session, by, submission, at).enforce()
    query = select(Assignment).filter_by(submission_id=submission.id, person_id=reviewer.id, removed_at=None)
    assignment = session.scalar(query.with_for_update())
    if assignment is None:
        return
    assignment.removed_at = at
    outbox.enqueue(session, letters.paper_taken_back(assignment, submission, reviewer, at), at=at)
    audit.record(
        session,
        "submission.unassigned",
        f"submission:{submission.id}",
        by=by.id,
        at=at,
        venue_id=submission.venue_id,
        person=reviewer.id,
    )
