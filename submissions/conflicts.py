"""Conflicts of interest: authorship, and what organizers record by hand."""

from sqlalchemy import Select, exists, select, union_all
from sqlalchemy.orm import Session

from accounts.models import Email
from core.db import IdOrParameter
from submissions import queries
from submissions.models import Author, Conflict, Submission


def of(person_id: IdOrParameter) -> Select[int]:
    """Ids of the submissions that the person is in conflict with: as author, maker, or by record."""
    made = select(Submission.id).where(Submission.created_by_id == person_id)
    recorded = select(Conflict.submission_id).where(Conflict.person_id == person_id)
    return select(union_all(queries.authored_by(person_id), made, recorded).subquery().c[0])


def has(session: Session, person_id: int, submission_id: int) -> bool:
    """Whether the person is in conflict with the submission."""
    found = of(person_id).subquery()
    return bool(session.scalar(select(exists().where(found.c[0] == submission_id))))


def reasons(session: Session, submission_id: int) -> dict[int, str]:
    """Why each person in conflict with the submission is: their id, and a sentence."""
    recorded = select(Conflict.person_id, Conflict.reason).where(Conflict.submission_id == submission_id)
    found = {
        person_id: f"Conflict of interest: {reason}." if reason else "Conflict of interest, recorded by hand."
        for person_id, reason in session.execute(recorded)
    }
    made = select(Submission.created_by_id).where(Submission.id == submission_id)
    found |= dict.fromkeys(session.scalars(made), "Handed this paper in.")
    authors = (
        select(Email.person_id)
        .join(Author, Author.email == Email.address)
        .where(Author.submission_id == submission_id)
    )
    return found | dict.fromkeys(session.scalars(authors), "Author of this paper.")
