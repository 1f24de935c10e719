"""Papers that their reviewers cannot read."""

from sqlalchemy import and_
from sqlalchemy.orm import Session

from core.problem import Problem
from reviews.assignment import queries
from submissions.models import FileCheck, Submission, Version
from venues.models import Venue


def problems(session: Session, venue: Venue, viewer_id: int) -> list[Problem]:
    """Assigned papers without a reviewers' copy of their file."""
    query = (
        queries.known_to(viewer_id, venue.id)
        .join(Version, and_(Version.submission_id == Submission.id, Version.number == Submission.version))
        .join(FileCheck, FileCheck.sha256 == Version.paper_sha256, isouter=True)
        .where(FileCheck.anonymous_sha256.is_(None))
        .with_only_columns(Submission.number)
        .distinct()
        .order_by(Submission.number)
    )
    return [
        Problem(
            f"Paper {number}: its reviewers cannot read it, because there is no reviewers' copy of the file yet.",
            "assignment.paper",
            {"slug": venue.slug, "number": number},
        )
        for number in session.scalars(query)
    ]
