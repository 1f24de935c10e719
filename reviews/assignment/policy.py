"""Who may hand out papers, and to whom."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Person
from core.verdict import ALLOWED, HIDDEN, Verdict
from submissions import conflicts
from submissions.models import State, Submission
from venues import policy
from venues.models import Membership, Role


def may_hand_out(session: Session, person: Person | None, submission: Submission, at: datetime) -> Verdict:
    """See who reviews a submission, and change it: its organizers, except those in conflict with it."""
    if not (verdict := policy.may_organize(session, person, submission.venue)):
        return verdict
    if person is None or conflicts.has(session, person.id, submission.id):
        return HIDDEN
    if submission.state != State.SUBMITTED:
        return Verdict(
            f"Paper {submission.number} is {submission.state}: only submitted papers have reviewers."
        )
    return ALLOWED


def may_assign(
    session: Session, person: Person | None, submission: Submission, reviewer: Person, at: datetime
) -> Verdict:
    """Give this submission to this reviewer. Conflicts are derived afresh, whatever the page had shown."""
    if not (verdict := may_hand_out(session, person, submission, at)):
        return verdict
    member = select(Membership.id).filter_by(
        venue_id=submission.venue_id, person_id=reviewer.id, role=Role.REVIEWER
    )
    if session.scalar(member) is None:
        return Verdict(f"{reviewer.name} is not among the venue's reviewers.")
    if reason := conflicts.reasons(session, submission.id).get(reviewer.id):
        return Verdict(f"{reviewer.name} cannot review paper {submission.number}. {reason}")
    return ALLOWED
