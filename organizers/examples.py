"""A letter as somebody of the venue would get it, for the organizer who edits it. Nothing is stored or sent here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Person
from camera_ready.letters import final_received
from camera_ready.models import FinalVersion
from decisions.letters import decision_released
from decisions.models import Outcome
from mail.letters import Letter, Own
from organizers import queries
from reviews.assignment.letters import paper_assigned
from reviews.assignment.models import Assignment
from reviews.pool.letters import reviewer_invited
from reviews.pool.models import Invitation
from reviews.reviewing.letters import review_received
from submissions.letters import submission_received
from submissions.models import Author, State, Submission, Version
from venues import queries as venues
from venues.deadlines import Calendar, DateKind
from venues.models import Role, Venue

# Nothing that was not received is ever signed.
UNSIGNED = "(here stands the signed receipt)"
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@dataclass(frozen=True)
class Example:
    """A letter, and whom and what it takes for an example. `submission_id` is 0 where it is about none that exists."""

    letter: Letter
    about: str
    submission_id: int = 0


@dataclass(frozen=True)
class _Ground:
    """What an example is made of: a submission that the viewer may look into (or an invented one), and people."""

    venue: Venue
    calendar: Calendar
    viewer: Person
    version: Version
    reader: Person
    at: datetime

    @property
    def submission(self) -> Submission:
        return self.version.submission


def example(
    session: Session, name: str, own: Own, venue: Venue, calendar: Calendar, *, viewer: Person, at: datetime
) -> Example:
    """The letter of this name in the words `own`, filled with a real submission and reviewer if there are any."""
    if name == "reviewer_invited":
        return _invitation(session, own, venue, calendar, viewer, at)
    version = _version(session, venue, viewer, at)
    reader = session.scalar(venues.members(venue.id, Role.REVIEWER).limit(1)) or viewer
    ground = _Ground(venue, calendar, viewer, version, reader, at)
    letter, paper = MAKERS[name](ground, own), ground.submission
    which = f"submission {paper.number}" if paper.id else "an invented submission, for there is none yet"
    who = (
        f" and {reader.name} as its reviewer, whoever that really is"
        if name in ("paper_assigned", "review_received")
        else ""
    )
    return Example(letter, which + who, paper.id or 0)


def _version(session: Session, venue: Venue, viewer: Person, at: datetime) -> Version:
    """The current version of the first submission that the viewer is not in conflict with; else an invented one."""
    mine = queries.visible_to(viewer.id, venue.id).where(Submission.state == State.SUBMITTED)
    if found := session.scalar(mine.order_by(Submission.number).limit(1)):
        return session.scalars(
            select(Version).where(Version.submission_id == found.id, Version.number == found.version)
        ).one()
    authors = [
        ["Ada Abel", "ada@example.org", "University of Trieste"],
        ["Bo Brandt", "bo@example.org", ""],
    ]
    title = "An example of a title"
    paper = Submission(venue=venue, number=1, title=title, version=1, state=State.SUBMITTED)
    paper.authors = [Author(name=name, email=email, affiliation=place) for name, email, place in authors]
    return Version(
        submission=paper,
        number=1,
        title=title,
        authors=authors,
        paper_sha256=SHA256,
        paper_size=412_345,
        paper_name="paper.pdf",
        saved_at=at,
    )


def _decision(outcome: Outcome) -> Callable[[_Ground, Own], Letter]:
    def make(ground: _Ground, own: Own) -> Letter:
        paper, due = ground.submission, ground.calendar.dates.get(DateKind.CAMERA_READY)
        return decision_released(paper, paper.authors[0], outcome, due, own)

    return make


def _receipt(ground: _Ground, own: Own) -> Letter:
    return submission_received(ground.version, _first_author(ground), own, UNSIGNED)[0]


def _final(ground: _Ground, own: Own) -> Letter:
    version = ground.version
    final = FinalVersion(
        number=1,
        paper_sha256=version.paper_sha256,
        paper_size=version.paper_size,
        paper_name=version.paper_name,
        saved_at=ground.at,
        is_late=False,
    )
    return final_received(ground.submission, final, ground.submission.authors[0], own, UNSIGNED)


def _assigned(ground: _Ground, own: Own) -> Letter:
    assignment = Assignment(id=0, assigned_at=ground.at)
    return paper_assigned(assignment, ground.submission, ground.reader, ground.calendar, own, ground.at)


def _review(ground: _Ground, own: Own) -> Letter:
    assignment = Assignment(id=0, assigned_at=ground.at)
    return review_received(assignment, ground.submission, ground.reader, ground.calendar, own, ground.at)


MAKERS: Mapping[str, Callable[[_Ground, Own], Letter]] = {
    "submission_received": _receipt,
    "final_received": _final,
    "paper_assigned": _assigned,
    "review_received": _review,
    "accepted_oral": _decision(Outcome.ORAL),
    "accepted_poster": _decision(Outcome.POSTER),
    "rejected": _decision(Outcome.REJECT),
}


def _first_author(ground: _Ground) -> Person:
    return Person(name=ground.version.authors[0][0])


def _invitation(
    session: Session, own: Own, venue: Venue, calendar: Calendar, viewer: Person, at: datetime
) -> Example:
    """To the last person invited, else to the viewer; the link in it is nobody's, for the real one answers for them."""
    newest = select(Invitation).where(Invitation.venue_id == venue.id).order_by(Invitation.id.desc()).limit(1)
    found = session.scalar(newest)
    email, name = (found.email, found.name) if found else (viewer.primary_email, viewer.name)
    stand_in = Invitation(id=0, email=email, name=name, letters=1)
    about = f"the invitation of {name}" if found else "you, for nobody is invited yet"
    return Example(reviewer_invited(stand_in, venue, calendar, own), about + "; its link leads nowhere")
