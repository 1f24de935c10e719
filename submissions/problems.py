"""What organizers should look at among the submissions."""

from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from submissions import queries
from submissions.models import CheckState, FileCheck, State, Submission, Version


@dataclass(frozen=True)
class Problem:
    """One sentence about one submission; `number` leads to its page."""

    number: int
    sentence: str


def of(session: Session, venue_id: int) -> list[Problem]:
    """The problems of a venue's submissions, by number. Whoever shows them leaves out those in conflict."""
    return sorted(
        [
            *_files(session, venue_id),
            *_drafts(session, venue_id),
            *_late(session, venue_id),
            *_twins(session, venue_id),
        ],
        key=lambda problem: problem.number,
    )


def _files(session: Session, venue_id: int) -> list[Problem]:
    bad = or_(
        FileCheck.state == CheckState.UNREADABLE,
        FileCheck.is_encrypted,
        and_(FileCheck.state == CheckState.DONE, FileCheck.anonymous_sha256.is_(None)),
    )
    query = (
        select(Submission.number, FileCheck.problem)
        .join(Version, and_(Version.submission_id == Submission.id, Version.number == Submission.version))
        .join(FileCheck, FileCheck.sha256 == Version.paper_sha256)
        .where(Submission.venue_id == venue_id, Submission.state == State.SUBMITTED, bad)
    )
    return [
        Problem(number, f"There is no reviewers' copy of the PDF. {problem}".strip())
        for number, problem in session.execute(query)
    ]


def _drafts(session: Session, venue_id: int) -> list[Problem]:
    query = (
        select(Submission.number)
        .join(Version, and_(Version.submission_id == Submission.id, Version.number == Submission.version))
        .where(
            Submission.venue_id == venue_id, Submission.state == State.DRAFT, Version.paper_sha256.is_(None)
        )
    )
    return [Problem(number, "Not submitted: the PDF is missing.") for number in session.scalars(query)]


def _late(session: Session, venue_id: int) -> list[Problem]:
    waiting = queries.late_versions().with_only_columns(Version.submission_id)
    query = select(Submission.number).where(
        Submission.venue_id == venue_id, Submission.state != State.WITHDRAWN, Submission.id.in_(waiting)
    )
    return [
        Problem(number, "A version came too late and waits for your leave.")
        for number in session.scalars(query)
    ]


def _twins(session: Session, venue_id: int) -> list[Problem]:
    """Submitted papers that say the same in their title, but for case."""
    title = func.lower(Submission.title)
    submitted = (Submission.venue_id == venue_id) & (Submission.state == State.SUBMITTED)
    twice = select(title).where(submitted).group_by(title).having(func.count() > 1)
    query = select(Submission.number, title).where(submitted, title.in_(twice)).order_by(Submission.number)
    by_title: dict[str, list[int]] = {}
    for number, text in session.execute(query):
        by_title.setdefault(text, []).append(number)
    return [
        Problem(number, f"Same title as {', '.join(f'#{other}' for other in numbers if other != number)}.")
        for numbers in by_title.values()
        for number in numbers
    ]
