"""A large venue for measuring: 1000 submissions with 3000 reviews, put in by bulk."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from accounts.models import Email, Person
from core.db import transaction
from core.markdown import to_html
from reviews.assignment.models import Assignment
from reviews.reviewing.models import Review
from submissions.models import Author, CheckState, FileCheck, State, Submission, SubmissionTopic, Version
from venues.deadlines import DateKind, Meaning, parse
from venues.models import Membership, Role, Topic, Venue, VenueDate

SUBMISSIONS, REVIEWERS, PER_PAPER = 1000, 500, 3
SLUG = "bench"
# The season's clock stands in the weeks of reviewing.
AT = datetime(2022, 10, 3, 9, 0, tzinfo=UTC)
DATES = {
    DateKind.CALL_OPENS: ("2022-08-12", Meaning.OPENING),
    DateKind.SUBMISSION: ("2022-09-26 23:59 AoE", Meaning.DEADLINE),
    DateKind.REVIEW: ("2022-10-14", Meaning.DEADLINE),
    DateKind.NOTIFICATION: ("2022-10-20", Meaning.DEADLINE),
    DateKind.CAMERA_READY: ("2022-11-25", Meaning.DEADLINE),
}
TEXT = (
    "The method estimates the score of a **noisy** density and follows it backwards. The experiments cover three data "
    "sets and two ablations; the bound of the second section holds for every step size below the constant.\n\n"
    "- It is simple to implement.\n- The baselines are tuned with the same budget.\n"
)


@dataclass(frozen=True)
class People:
    """Session keys ("id.key") of the people whose pages are measured."""

    author: str
    reviewer: str
    organizer: str


def fill(session: Session) -> People:
    """Put the venue in; returns who may sign in."""
    random.seed(7)
    with transaction(session):
        venue = new_venue(SLUG, "A Workshop to Measure")
        venue.introduction, venue.introduction_html = TEXT * 3, to_html(TEXT * 3)
        venue.topics = [Topic(position=i, name=f"Topic {i}") for i in range(12)]
        session.add(venue)
        session.flush()
        names = (
            [f"Author {i}" for i in range(SUBMISSIONS)]
            + [f"Reviewer {i}" for i in range(REVIEWERS)]
            + ["Organizer"]
        )
        people = [
            dict(id=i, name=name, affiliation="University", session_key=f"{i:016x}", created_at=AT)
            for i, name in enumerate(names, 1)
        ]
        emails = [
            dict(person_id=i, address=f"p{i}@example.org", is_primary=True, verified_at=AT)
            for i in range(1, len(names) + 1)
        ]
        session.execute(insert(Person), people)
        session.execute(insert(Email), emails)
        reviewers = list(range(SUBMISSIONS + 1, SUBMISSIONS + REVIEWERS + 1))
        organizer = SUBMISSIONS + REVIEWERS + 1
        granted = dict(venue_id=venue.id, granted_at=AT)
        roles = [dict(person_id=p, role=Role.REVIEWER, **granted) for p in reviewers]
        session.execute(
            insert(Membership), [*roles, dict(person_id=organizer, role=Role.ORGANIZER, **granted)]
        )
        _fill_submissions(session, venue)
        _fill_reviews(session, reviewers, organizer)
        _count_on(session)
    return People(key(1), key(reviewers[0]), key(organizer))


def new_venue(slug: str, name: str) -> Venue:
    """A venue with the dates, not yet in a session."""
    venue = Venue(slug=slug, name=name, short_name="Bench", created_at=AT, contact="bench@example.org")
    for kind, (text, meaning) in DATES.items():
        found = parse(text, meaning=meaning)
        kept = dict(announced=text, meaning=meaning, zone=found.zone, precision=found.precision)
        venue.dates.append(VenueDate(kind=kind, at=found.at, **kept))
    return venue


def key(person_id: int) -> str:
    """What the session cookie of this person holds."""
    return f"{person_id}.{person_id:016x}"


def _count_on(session: Session) -> None:
    """Let PostgreSQL number what comes next after the ids that were given here; SQLite does so by itself."""
    if session.connection().dialect.name == "postgresql":
        for table in (Person, Submission, Assignment):
            name = table.__tablename__
            newest = select(func.max(table.id)).scalar_subquery()
            session.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), newest)))


def _fill_submissions(session: Session, venue: Venue) -> None:
    submissions, authors, versions, checks, topics = [], [], [], [], []
    for i in range(1, SUBMISSIONS + 1):
        text = dict(title=f"On the score of the density number {i}", abstract=TEXT)
        sha256, when = f"{i:064x}", AT - timedelta(days=10, minutes=i)
        named = [
            (f"Author {i}", f"p{i}@example.org"),
            *((f"Other {i} {k}", f"o{i}.{k}@example.org") for k in range(3)),
        ]
        submissions.append(
            dict(
                id=i, venue_id=venue.id, number=i, state=State.SUBMITTED, version=1, form_key=f"k{i}", **text
            )
            | dict(abstract_html=to_html(TEXT), created_by_id=i, created_at=when, submitted_at=when)
        )
        authors += [dict(submission_id=i, position=k, name=n, email=e) for k, (n, e) in enumerate(named)]
        topics += [dict(submission_id=i, topic_id=venue.topics[(i + k) % 12].id) for k in range(2)]
        versions.append(
            dict(
                submission_id=i, number=1, authors=[[n, e, ""] for n, e in named], topics=["Topic 1"], **text
            )
            | dict(paper_sha256=sha256, paper_size=400_000, paper_name="paper.pdf", saved_by_id=i)
            | dict(saved_at=when, began_at=when)
        )
        checks.append(dict(sha256=sha256, state=CheckState.DONE, pages=4, anonymous_sha256=sha256))
    session.execute(insert(Submission), submissions)
    session.execute(insert(Author), authors)
    session.execute(insert(SubmissionTopic), topics)
    session.execute(insert(Version), versions)
    session.execute(insert(FileCheck), checks)


def _fill_reviews(session: Session, reviewers: list[int], organizer: int) -> None:
    assignments, reviews = [], []
    for i in range(SUBMISSIONS * PER_PAPER):
        assignments.append(
            dict(id=i + 1, submission_id=i // PER_PAPER + 1, person_id=reviewers[i % REVIEWERS])
            | dict(
                pseudonym=f"r{i % PER_PAPER}", assigned_by_id=organizer, assigned_at=AT - timedelta(days=3)
            )
        )
        kept = dict(overall=random.randint(1, 6), confidence=random.randint(1, 5))
        answers = dict(
            summary=TEXT, strengths_and_weaknesses=TEXT * 2, questions=TEXT, limitations="None.", **kept
        )
        answers |= {
            name: random.randint(1, 4) for name in ("quality", "clarity", "significance", "originality")
        }
        answers |= dict(ethics=False, conduct=True)
        reviews.append(
            dict(assignment_id=i + 1, form="neurips2025", revision=1, draft=answers, answers=answers, **kept)
            | dict(draft_saved_at=AT, submitted_at=AT, changed_at=AT)
        )
    session.execute(insert(Assignment), assignments)
    session.execute(insert(Review), reviews)
