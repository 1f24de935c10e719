"""Makes the demo's season by the same verbs that people use, each at its own time of the season."""

import io
import itertools
import os
import random
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from accounts.actions import person_for_verified_email
from accounts.models import Person
from camera_ready.actions import upload
from core import jobs
from core.db import transaction
from core.files import DiskStore
from core.jobs import Job
from decisions.actions import decide, prepare, release
from decisions.jobs import write_decision_letters
from decisions.models import Outcome
from demo import content, papers, reviews
from demo.moments import MOMENTS, RELEASE_AT
from mail.models import Batch, Message, MessageState
from organizers.venue_loading import load
from reviews.assignment.actions import assign
from reviews.assignment.models import Assignment
from reviews.pool.actions import accept, invite
from reviews.pool.models import Invitation
from reviews.reviewing.actions import submit
from submissions.actions import Content, begin
from submissions.models import Submission
from submissions.uploads import Kind, Received, receive
from venues.models import Venue
from venues.queries import calendar_of
from web.jobs import JOBS

SEED = 2022
PER_PAPER = 3
UNWRITTEN = 12  # reviews left to write
UNDELIVERED = 4  # final files left to upload
DAY = timedelta(days=1)
Thing = TypeVar("Thing")
Progress = Callable[[str, int, int], None]


def build(app: Flask, progress: Progress) -> None:
    """Fill an empty database; `progress(what, done, total)` is told how far it is."""
    chance = random.Random(SEED)  # noqa: S311  (nothing secret)
    store: DiskStore = app.extensions["store"]
    with (
        app.test_request_context(base_url=app.config["DATELINE"].url),
        app.extensions["sessions"]() as session,
    ):
        venue, olga = _venue(session)
        reviewers = _reviewers(session, venue, olga)
        found = _submissions(session, venue, store, chance, progress)
        _run_jobs(app, progress)
        _assign(session, venue, olga, reviewers, [submission for submission, _ in found])
        _review(session, venue, found, chance, progress)
        _decide(session, venue, olga, found)
        _final_files(session, venue, store, found, progress)
        _run_jobs(app, progress)
        with transaction(session):
            session.execute(delete(Job))
            _hold_letters(session)


def _venue(session: Session) -> tuple[Venue, Person]:
    opened = MOMENTS[0].at - 60 * DAY
    with transaction(session):
        load(session, (Path(__file__).parent / "sbm2022.toml").read_bytes(), by=None, at=opened)
    venue = session.scalars(select(Venue)).one()
    with transaction(session):
        person_for_verified_email(session, "sam@example.org", "Sam Server", at=opened).is_site_admin = True
        olga = person_for_verified_email(session, "olga@example.org", "Olga Orlova", at=opened)
    return venue, olga


def _reviewers(session: Session, venue: Venue, olga: Person) -> list[Person]:
    invited = MOMENTS[0].at - 12 * DAY
    people = content.reviewers()
    with transaction(session):
        invite(session, venue, [(person.email, person.name) for person in people], by=olga, at=invited)
    accepted = []
    with transaction(session):
        for number, invitation in enumerate(
            session.scalars(select(Invitation).order_by(Invitation.id)).all()
        ):
            when = invited + timedelta(hours=3 * number + 5)
            accepted.append(accept(session, invitation, by=None, at=when))
        affiliations = {person.email: person.affiliation for person in people}
        for person in accepted:
            person.affiliation = affiliations[person.primary_email]
    return accepted


def _submissions(
    session: Session, venue: Venue, store: DiskStore, chance: random.Random, progress: Progress
) -> list[tuple[Submission, content.Paper]]:
    """All papers in a mixed order, most of them handed in during the last days."""
    everything = content.accepted() + content.rejected()
    chance.shuffle(everything)
    opened, closes = MOMENTS[0].at, MOMENTS[2].at
    found = []
    for number, paper in enumerate(_told(progress, "papers written", everything)):
        # The nearer the deadline, the more: the share that is left falls as a power of the time that is left.
        left = (1 - number / len(everything)) ** 3
        when = closes - (closes - opened) * left * 0.98 - timedelta(minutes=3)
        received = _store(store, papers.pdf(paper, number=number + 1), "paper.pdf", when)
        with transaction(session):
            maker = person_for_verified_email(session, paper.authors[0].email, paper.authors[0].name, at=when)
            text = Content(
                title=paper.title,
                abstract=paper.abstract,
                authors=[[author.name, author.email, author.affiliation] for author in paper.authors],
                topics=list(paper.topics),
                paper=received,
            )
            version = begin(session, venue, text, form_key=f"demo-{number}", by=maker, at=when, began_at=when)
            found.append((version.submission, paper))
    return found


def _assign(
    session: Session,
    venue: Venue,
    olga: Person,
    reviewers: Sequence[Person],
    submissions: Sequence[Submission],
) -> None:
    """Each paper to three reviewers in turn, so that loads are equal."""
    when = MOMENTS[2].at + DAY
    with transaction(session):
        for number, submission in enumerate(submissions):
            chosen = [reviewers[(number * PER_PAPER + k) % len(reviewers)] for k in range(PER_PAPER)]
            assign(session, submission, chosen, by=olga, at=when)


def _review(
    session: Session,
    venue: Venue,
    found: Sequence[tuple[Submission, content.Paper]],
    chance: random.Random,
    progress: Progress,
) -> None:
    paper_of = {submission.id: paper for submission, paper in found}
    assignments = session.scalars(select(Assignment).order_by(Assignment.id)).all()
    unwritten = {assignment.id for assignment in chance.sample(list(assignments), UNWRITTEN)}
    written = [assignment for assignment in assignments if assignment.id not in unwritten]
    starts, ends = MOMENTS[3].at - 5 * DAY, MOMENTS[3].at + 4 * DAY
    calendar = calendar_of(session, venue.id)
    for number, assignment in enumerate(_told(progress, "reviews written", written)):
        when = starts + (ends - starts) * (number / len(written))
        with transaction(session):
            reviewer = session.get_one(Person, assignment.person_id)
            answers = reviews.sample(paper_of[assignment.submission_id], reviewer.name)
            submit(session, assignment, answers, 0, calendar=calendar, by=reviewer, at=when)


def _decide(
    session: Session, venue: Venue, olga: Person, found: Sequence[tuple[Submission, content.Paper]]
) -> None:
    """All decisions set, all letters written, the release planned for the announced day."""
    when = RELEASE_AT - 2 * DAY
    with transaction(session):
        for submission, paper in found:
            accepted = Outcome.ORAL if paper.is_oral else Outcome.POSTER
            decide(session, submission, accepted if paper.is_accepted else Outcome.REJECT, by=olga, at=when)
        prepare(session, venue, by=olga, at=when)
    write_decision_letters(session, venue.id)
    with transaction(session):
        release(session, venue, by=olga, at=when, effective_at=RELEASE_AT)


def _final_files(
    session: Session,
    venue: Venue,
    store: DiskStore,
    found: Sequence[tuple[Submission, content.Paper]],
    progress: Progress,
) -> None:
    accepted = [(submission, paper) for submission, paper in found if paper.is_accepted][UNDELIVERED:]
    calendar = calendar_of(session, venue.id)
    for number, (submission, paper) in enumerate(_told(progress, "final files", accepted)):
        when = RELEASE_AT + 20 * DAY + timedelta(hours=7 * number)
        received = _store(
            store, papers.pdf(paper, number=submission.number, is_final=True), "final.pdf", when
        )
        with transaction(session):
            author = session.get_one(Person, submission.created_by_id)
            upload(session, submission, received, calendar, by=author, at=when)


def _hold_letters(session: Session) -> None:
    """Let the mailbox follow the clock: each letter waits for the hour in which it was written."""
    hours: dict[datetime, Batch] = {}
    held = []
    for message in session.scalars(select(Message).where(Message.state == MessageState.QUEUED)).all():
        hour = message.queued_at.replace(minute=0, second=0, microsecond=0)
        if hour not in hours:
            hours[hour] = Batch(venue_id=message.venue_id or 0, occasion="demo", not_before=message.queued_at)
            session.add(hours[hour])
            session.flush()
        held.append({"id": message.id, "state": MessageState.HELD, "batch_id": hours[hour].id})
    session.execute(update(Message), held)


def _store(store: DiskStore, pdf: bytes, name: str, began_at: datetime) -> Received:
    return receive(store, io.BytesIO(pdf), name, Kind.PAPER, began_at=began_at, limit=50 << 20)


def _run_jobs(app: Flask, progress: Progress) -> None:
    """Have every PDF looked at, as so many workers would as there are processors."""
    sessions = app.extensions["sessions"]
    with sessions() as session:
        total = len(session.scalars(select(Job.id).where(Job.state == jobs.JobState.QUEUED)).all())
    done = itertools.count(1)

    def work(number: int) -> None:
        with app.app_context():
            while jobs.run_next(sessions, JOBS, f"demo {number}"):
                progress("PDFs looked at", min(next(done), total), total)

    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(workers)))


def _told(progress: Progress, what: str, things: Sequence[Thing]) -> Iterable[Thing]:
    for number, thing in enumerate(things, 1):
        yield thing
        progress(what, number, len(things))
