"""The authors' door: the only statement of what an author may read."""

from sqlalchemy import Select, select

from accounts.models import Email
from submissions.models import Author, Submission


def authored_by(person_id: int) -> Select[int]:
    """Ids of the submissions that name one of the person's e-mails among their authors."""
    return (
        select(Author.submission_id)
        .join(Email, Email.address == Author.email)
        .where(Email.person_id == person_id)
    )


def visible_to(person_id: int) -> Select[Submission]:
    """Submissions that the person sees and edits as an author: named on them, or their maker."""
    authored = Submission.id.in_(authored_by(person_id))
    return select(Submission).where(authored | (Submission.created_by_id == person_id))
