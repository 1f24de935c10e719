"""Conflicts of interest: authorship, and what organizers record by hand."""

from sqlalchemy import Select, exists, select, union_all
from sqlalchemy.orm import Session

from submissions import queries
from submissions.models import Conflict, Submission


def of(person_id: int) -> Select[int]:
    """Ids of the submissions that the person is in conflict with: as author, maker, or by record."""
    made = select(Submission.id).where(Submission.created_by_id == person_id)
    recorded = select(Conflict.submission_id).where(Conflict.person_id == person_id)
    return select(union_all(queries.authored_by(person_id), made, recorded).subquery().c[0])


def has(session: Session, person_id: int, submission_id: int) -> bool:
    """Whether the person is in conflict with the submission."""
    found = of(person_id).subquery()
    return bool(session.scalar(select(exists().where(found.c[0] == submission_id))))
