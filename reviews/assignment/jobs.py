"""What reviewers are told when something happens to their papers below. Each function opens its own transaction."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from accounts.models import Person
from core import clock
from core.db import transaction
from mail import outbox
from mail.models import Message
from reviews.assignment import letters
from reviews.assignment.models import Assignment
from submissions.models import State, Submission
from venues.queries import calendar_of

_HOLDERS = (
    select(Assignment, Person)
    .join(Person, Person.id == Assignment.person_id)
    .where(Assignment.removed_at.is_(None))
    .options(selectinload(Person.emails))
    .order_by(Assignment.id)
)


def tell_of_withdrawal(session: Session, submission_id: int, withdrawn: int) -> None:
    """A paper was withdrawn in this second: its reviewers need not read on, unless it is back already."""
    with transaction(session):
        submission = _locked(session, submission_id)
        if submission.state is State.WITHDRAWN and _second(submission.withdrawn_at) == withdrawn:
            holders = session.execute(_HOLDERS.where(Assignment.submission_id == submission_id))
            told = [letters.paper_withdrawn(one, submission, who, withdrawn) for one, who in holders]
            outbox.enqueue_all(session, told, at=clock.now())


def tell_of_return(session: Session, submission_id: int, withdrawn: int) -> None:
    """The withdrawal of that second was taken back: who was told of it is told."""
    with transaction(session):
        submission, at = _locked(session, submission_id), clock.now()
        if submission.state is not State.SUBMITTED:
            return
        calendar = calendar_of(session, submission.venue_id)
        holders = session.execute(_HOLDERS.where(Assignment.submission_id == submission_id))
        found = [
            letters.paper_restored(one, submission, who, withdrawn, calendar, at) for one, who in holders
        ]
        query = select(Message.thing).where(
            Message.occasion == "paper_withdrawn", Message.thing.in_([letter.thing for letter in found])
        )
        told = set(session.scalars(query))
        outbox.enqueue_all(session, [letter for letter in found if letter.thing in told], at=at)


def _locked(session: Session, submission_id: int) -> Submission:
    return session.scalars(select(Submission).where(Submission.id == submission_id).with_for_update()).one()


def _second(at: datetime | None) -> int:
    return int(at.timestamp()) if at else 0
