"""Papers with their reviewers as an organizer may see them, and whom a paper can be given to."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from core.paging import Page
from reviews.assignment import queries
from submissions import conflicts
from submissions.models import Submission

IN_CONFLICT = "You are in conflict with this paper; other organizers look after it."


@dataclass(frozen=True)
class PaperRow:
    """A submission under review; `why_hidden` says that the viewer is in conflict with it, and hides all else."""

    number: int
    title: str
    why_hidden: str = ""
    reviewers: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Candidate:
    """A reviewer of the venue as somebody to give a paper to: `why_not` is a sentence, empty when they can have it."""

    person_id: int
    name: str
    affiliation: str
    load: int | None  # not known of who has left
    why_not: str
    is_assigned: bool


def paper_rows(session: Session, page: Page, venue_id: int, viewer_id: int) -> list[PaperRow]:
    """The submissions of a page of `queries.papers`, with their reviewers' names."""
    names: dict[int, list[str]] = {}
    query = queries.reviewers(viewer_id, venue_id, [row.id for row in page.rows])
    for row in session.execute(query):
        names.setdefault(row.submission_id, []).append(row.name)
    return [
        PaperRow(row.number, row.title, IN_CONFLICT if row.is_in_conflict else "", names.get(row.id, []))
        for row in page.rows
    ]


def candidates(session: Session, submission: Submission, viewer_id: int) -> list[Candidate]:
    """Every reviewer of the venue and whoever has the paper, those with the fewest papers first."""
    why_not = conflicts.reasons(session, submission.id)
    assigned = {
        row.person_id: row
        for row in session.execute(queries.reviewers(viewer_id, submission.venue_id, [submission.id]))
    }
    found = [
        Candidate(
            row.person_id,
            row.name,
            row.affiliation,
            row.load,
            why_not.get(row.person_id, ""),
            row.person_id in assigned,
        )
        for row in session.execute(queries.loads(submission.venue_id, viewer_id))
    ]
    left = [
        Candidate(row.person_id, row.name, "", None, "No longer a reviewer of this venue.", True)
        for row in assigned.values()
        if not row.is_member
    ]
    return sorted(found + left, key=lambda one: (bool(one.why_not), one.load or 0, one.name))
