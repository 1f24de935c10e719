"""What organizers should look at among the submissions. A paper's own facts, no word of reviewers or reviews."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from core.problem import Problem
from submissions import conflicts, queries
from submissions.models import CheckState, FileCheck, State, Submission, Version
from venues.models import Venue


def problems(session: Session, venue: Venue, viewer_id: int) -> list[Problem]:
    """Papers that reviewers cannot be given, drafts without a PDF, late versions that wait, equal titles; by number.

    Left out are those that the viewer is in conflict with.
    """
    here = (Submission.venue_id == venue.id) & Submission.id.not_in(conflicts.of(viewer_id))
    found = sorted(row for finder in (_files, _drafts, _late, _twins) for row in finder(session, here))
    return [
        Problem(
            f"Paper {number} {what}", "organizers_submissions.show", {"slug": venue.slug, "number": number}
        )
        for number, what in found
    ]


def _files(session: Session, here: ColumnElement[bool]) -> Iterator[tuple[int, str]]:
    bad = or_(
        FileCheck.state == CheckState.UNREADABLE,
        FileCheck.is_encrypted,
        and_(FileCheck.state == CheckState.DONE, FileCheck.anonymous_sha256.is_(None)),
    )
    query = (
        select(Submission.number, FileCheck.problem)
        .join(Version, and_(Version.submission_id == Submission.id, Version.number == Submission.version))
        .join(FileCheck, FileCheck.sha256 == Version.paper_sha256)
        .where(here, Submission.state == State.SUBMITTED, bad)
    )
    for number, problem in session.execute(query):
        yield number, f"has no reviewers' copy. {problem}".strip()


def _drafts(session: Session, here: ColumnElement[bool]) -> Iterator[tuple[int, str]]:
    query = (
        select(Submission.number)
        .join(Version, and_(Version.submission_id == Submission.id, Version.number == Submission.version))
        .where(here, Submission.state == State.DRAFT, Version.paper_sha256.is_(None))
    )
    for number in session.scalars(query):
        yield number, "is not submitted: the PDF is missing."


def _late(session: Session, here: ColumnElement[bool]) -> Iterator[tuple[int, str]]:
    waiting = queries.late_versions().with_only_columns(Version.submission_id)
    query = select(Submission.number).where(
        here, Submission.state != State.WITHDRAWN, Submission.id.in_(waiting)
    )
    for number in session.scalars(query):
        yield number, "has a version that came too late and waits for your leave."


def _twins(session: Session, here: ColumnElement[bool]) -> Iterator[tuple[int, str]]:
    """Submitted papers that say the same in their title, but for case."""
    title = func.lower(Submission.title)
    submitted = here & (Submission.state == State.SUBMITTED)
    twice = select(title).where(submitted).group_by(title).having(func.count() > 1)
    query = select(Submission.number, title).where(submitted, title.in_(twice)).order_by(Submission.number)
    by_title: dict[str, list[int]] = {}
    for number, text in session.execute(query):
        by_title.setdefault(text, []).append(number)
    for numbers in by_title.values():
        for number in numbers:
            yield number, f"has the same title as {', '.join(f'#{one}' for one in numbers if one != number)}."
