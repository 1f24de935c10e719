"""The paper as a reviewer may see it: nothing here names its authors, unless the venue is single-blind."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, aliased

from reviews.papers import queries
from submissions.models import Author, FileCheck, Submission, SubmissionTopic, Version
from venues.deadlines import Calendar
from venues.models import Blindness, Topic, Venue

PREPARING = (
    "The reviewers' copy of the file is being prepared; the organizers see this. Come back in a while."
)
KEPT_BACK = "There is a supplement that may name the authors, so it is not shown; ask the organizers for it."


@dataclass(frozen=True)
class AnonymousPaper:
    """What a reviewer gets. `copy` and `supplement` are blobs made for reviewers, or empty."""

    number: int
    title: str
    abstract_html: str
    pages: int | None
    copy: str
    supplement: str
    supplement_note: str  # why a supplement that exists is not served
    supplement_suffix: str = "pdf"
    topics: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)


_main, _extra = aliased(FileCheck), aliased(FileCheck)
_PAPER = (
    queries.VISIBLE.where(Submission.number == bindparam("number"))
    .join(Version, and_(Version.submission_id == Submission.id, Version.number == Submission.version))
    .join(_main, _main.sha256 == Version.paper_sha256, isouter=True)
    .join(_extra, _extra.sha256 == Version.supplement_sha256, isouter=True)
    .with_only_columns(
        Submission.id,
        Submission.title,
        Submission.abstract_html,
        _main.pages,
        _main.anonymous_sha256.label("copy"),
        Version.supplement_sha256,
        Version.supplement_name,
        _extra.anonymous_sha256.label("supplement_copy"),
    )
)
_TOPICS = (
    select(Topic.name)
    .join(SubmissionTopic, SubmissionTopic.topic_id == Topic.id)
    .where(SubmissionTopic.submission_id == bindparam("submission_id"))
    .order_by(Topic.position)
)


def paper(
    session: Session, person_id: int, venue: Venue, calendar: Calendar, at: datetime, number: int
) -> AnonymousPaper | None:
    """The paper of this number, if this person reviews it."""
    asked = {**queries.reader(person_id, venue.id, calendar, at), "number": number}
    row = session.execute(_PAPER, asked).one_or_none()
    if row is None:
        return None
    supplement, suffix, authors = row.supplement_copy or "", "pdf", []
    if venue.blindness == Blindness.SINGLE:
        in_order = select(Author.name).where(Author.submission_id == row.id).order_by(Author.position)
        authors = list(session.scalars(in_order))
        if not supplement and row.supplement_sha256:
            supplement, suffix = row.supplement_sha256, _suffix(row.supplement_name)
    return AnonymousPaper(
        number=number,
        title=row.title,
        abstract_html=row.abstract_html,
        pages=row.pages,
        copy=row.copy or "",
        supplement=supplement,
        supplement_note=KEPT_BACK if row.supplement_sha256 and not supplement else "",
        supplement_suffix=suffix,
        topics=list(session.scalars(_TOPICS, {"submission_id": row.id})),
        authors=authors,
    )


def _suffix(name: str) -> str:
    """ "zip" of "data.ZIP"; "bin" when there is none to be trusted."""
    suffix = name.rpartition(".")[2].lower()
    return suffix if suffix in ("pdf", "zip") else "bin"
