"""A venue and its people for tests: rows put straight into the database, a clock that stands still, signed-in clients.

The dates are the model workshop's: submission closes 2022-09-27T12:00:00Z, reviews 2022-10-15T12:00:00Z, notification
Oct 20, camera-ready closes 2022-11-26T12:00:00Z.
"""

import io
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.test import EnvironBuilder, TestResponse, encode_multipart

import core.config
from accounts.models import Email, Person
from core import clock
from core.files import Blob, DiskStore
from core.prepared import Prepared
from decisions.models import Decision, Outcome, Release
from mail.models import Batch
from reviews.assignment.models import Assignment
from reviews.reviewing.actions import html_of
from reviews.reviewing.models import Review
from submissions.models import (
    Author,
    CheckState,
    Conflict,
    FileCheck,
    State,
    Submission,
    SubmissionTopic,
    Version,
)
from tests.servers import free_port
from venues.deadlines import DateKind, Meaning, parse
from venues.models import Membership, Role, Topic, Venue, VenueDate
from web import create_app
from web.server import Server

BEFORE = datetime(2022, 9, 26, 10, 0, tzinfo=UTC)  # the call is open
LAST_SECOND = datetime(2022, 9, 27, 11, 59, 59, tzinfo=UTC)
CLOSED = datetime(2022, 9, 27, 12, 0, tzinfo=UTC)
REVIEWING = datetime(2022, 10, 3, 9, 0, tzinfo=UTC)
NOTIFICATION = datetime(2022, 10, 20, 14, 0, tzinfo=UTC)
CAMERA_READY = datetime(2022, 11, 20, 9, 0, tzinfo=UTC)
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    + (b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
)
DATES = {
    DateKind.CALL_OPENS: ("2022-08-12", Meaning.OPENING, "AoE"),
    DateKind.SUBMISSION: ("Sept 26, 2022 (11:59 pm AOE)", Meaning.DEADLINE, "AoE"),
    DateKind.REVIEW: ("Oct 14, 2022", Meaning.DEADLINE, "AoE"),
    DateKind.NOTIFICATION: ("Oct 20, 2022", Meaning.DEADLINE, "AoE"),
    DateKind.CAMERA_READY: ("Nov 25, 2022", Meaning.DEADLINE, "AoE"),
    DateKind.EVENT_STARTS: ("2022-12-02 08:50", Meaning.MOMENT, "America/Chicago"),
    DateKind.EVENT_ENDS: ("2022-12-02 17:00", Meaning.MOMENT, "America/Chicago"),
}
ANSWERS = {
    "summary": "It fits a score.",
    "strengths_and_weaknesses": "Clear, short.",
    "quality": 3,
    "clarity": 4,
    "significance": 3,
    "originality": 2,
    "questions": "Why so?",
    "limitations": "None seen.",
    "overall": 5,
    "confidence": 4,
    "ethics": False,
    "conduct": True,
}


class Season:
    """Makes rows, keeps time, counts statements."""

    def __init__(self, app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app, self.session, self._monkeypatch = app, session, monkeypatch
        self.store: DiskStore = app.extensions["store"]
        self.at(BEFORE)
        self.ada = self.person("Ada Abel")  # the maker and first author
        self.bo = self.person("Bo Brandt")  # her co-author
        self.rey = self.person("Rey Ross")  # reviewers
        self.rut = self.person("Rut Ruiz")
        self.olga = self.person("Olga Orlova")  # an organizer
        self.nel = self.person("Nel Noor")  # a stranger
        self.venue = self.make_venue("sbm2022", short_name="SBM 2022")
        self.grant(self.olga, Role.ORGANIZER)
        self.grant(self.rey, Role.REVIEWER)
        self.grant(self.rut, Role.REVIEWER)

    def at(self, instant: datetime) -> None:
        """From now on it is this instant, for the season and for the wall."""
        self._monkeypatch.setattr(clock, "real", lambda: instant)

    def add(self, *rows: Any) -> None:
        """Commit rows."""
        self.session.add_all(rows)
        self.session.commit()

    def person(self, name: str, **fields: Any) -> Person:
        """Somebody with a verified e-mail: ada@example.org for "Ada Abel"."""
        address = fields.pop("email", f"{name.split()[0].lower()}@example.org")
        made = Person(name=name, created_at=clock.real(), **fields)
        made.emails.append(Email(address=address, is_primary=True, verified_at=clock.real()))
        self.add(made)
        return made

    def make_venue(self, slug: str, **fields: Any) -> Venue:
        """A venue with the model's dates and two topics."""
        fields = {
            "name": f"Workshop {slug}",
            "short_name": slug.upper(),
            "contact": f"{slug}@example.org",
            **fields,
        }
        made = Venue(slug=slug, page_limit=4, event_zone="America/Chicago", created_at=clock.real(), **fields)
        for kind, (text, meaning, zone) in DATES.items():
            found = parse(text, meaning=meaning, zone=zone)
            made.dates.append(
                VenueDate(
                    kind=kind,
                    announced=text,
                    meaning=meaning,
                    zone=found.zone,
                    precision=found.precision,
                    at=found.at,
                )
            )
        made.topics = [Topic(position=i, name=name) for i, name in enumerate(("Theory", "Molecules"))]
        self.add(made)
        return made

    def grant(self, person: Person, role: Role, venue: Venue | None = None) -> None:
        """Give a role."""
        venue = venue or self.venue
        self.add(Membership(venue_id=venue.id, person_id=person.id, role=role, granted_at=clock.real()))

    def put(self, content: bytes) -> Blob:
        """Store a file."""
        return self.store.put(io.BytesIO(content), limit=1 << 30)

    def submission(
        self,
        title: str = "A score for all",
        *,
        authors: list[Person] | None = None,
        state: State = State.SUBMITTED,
        content: bytes = PDF,
        venue: Venue | None = None,
        at: datetime = BEFORE,
    ) -> Submission:
        """A submission by ada and bo with a stored PDF that was checked and has a reviewers' copy."""
        venue, people = venue or self.venue, authors or [self.ada, self.bo]
        query = select(func.coalesce(func.max(Submission.number), 0) + 1).where(
            Submission.venue_id == venue.id
        )
        number = self.session.scalar(query)
        made = Submission(
            venue=venue,
            number=number,
            state=state,
            title=title,
            abstract=f"About {title}.",
            abstract_html=f"<p>About {title}.</p>",
            version=1,
            form_key=f"key-{venue.id}-{number}",
            created_by_id=people[0].id,
            created_at=at,
            submitted_at=at if state != State.DRAFT else None,
            withdrawn_at=at if state == State.WITHDRAWN else None,
        )
        rows = [[p.name, p.primary_email, p.affiliation] for p in people]
        made.authors = [
            Author(position=i, name=n, email=e, affiliation=a) for i, (n, e, a) in enumerate(rows)
        ]
        made.topics = [SubmissionTopic(topic_id=venue.topics[0].id)]
        version = Version(
            number=1,
            title=title,
            abstract=made.abstract,
            authors=rows,
            topics=[venue.topics[0].name],
            saved_by_id=people[0].id,
            saved_at=at,
            began_at=at,
        )
        checked: list[FileCheck] = []
        if state != State.DRAFT:
            blob, copy = self.put(content), self.put(content + b"% reviewers' copy\n")
            version.paper_sha256, version.paper_size, version.paper_name = (
                blob.sha256,
                blob.size,
                "ada-abel.pdf",
            )
            if self.session.get(FileCheck, blob.sha256) is None:
                found = {"pages": 4, "anonymous_sha256": copy.sha256, "checked_at": at}
                checked.append(FileCheck(sha256=blob.sha256, state=CheckState.DONE, **found))
        made.versions = [version]
        self.add(made, *checked)
        return made

    def assign(self, submission: Submission, person: Person, pseudonym: str = "") -> Assignment:
        """Assign a reviewer."""
        made = Assignment(
            submission_id=submission.id,
            person_id=person.id,
            pseudonym=pseudonym or f"r{person.id}",
            assigned_by_id=self.olga.id,
            assigned_at=clock.real(),
        )
        self.add(made)
        return made

    def review(self, assignment: Assignment, **answers: Any) -> Review:
        """A review that was handed in."""
        found = {**ANSWERS, **answers}
        made = Review(
            assignment_id=assignment.id,
            form="neurips2025",
            revision=1,
            draft=found,
            draft_saved_at=clock.real(),
            answers=found,
            answers_html=html_of(found),
            overall=found["overall"],
            confidence=found["confidence"],
            submitted_at=clock.real(),
            changed_at=clock.real(),
        )
        self.add(made)
        return made

    def conflict(self, submission: Submission, person: Person) -> None:
        """Record a conflict of interest."""
        fields = {"reason": "co-authors", "recorded_by_id": self.olga.id, "recorded_at": clock.real()}
        self.add(Conflict(submission_id=submission.id, person_id=person.id, **fields))

    def decide(self, submission: Submission, outcome: Outcome) -> None:
        """Note a decision."""
        fields = {"decided_by_id": self.olga.id, "decided_at": clock.real()}
        self.add(Decision(submission_id=submission.id, outcome=outcome, **fields))

    def release(self, effective_at: datetime) -> None:
        """The decisions' release, prepared before and scheduled; its letters are not written yet."""
        batch = Batch(venue_id=self.venue.id, occasion="decision_released", not_before=effective_at)
        self.add(batch)
        by = {"prepared_by_id": self.olga.id, "scheduled_by_id": self.olga.id}
        self.add(
            Release(
                venue_id=self.venue.id, batch_id=batch.id, prepared_at=BEFORE, effective_at=effective_at, **by
            )
        )

    def client(self, person: Person | None = None) -> "Client":
        """A browser without JavaScript, signed in as this person or signed out."""
        client = self.app.test_client()
        assert isinstance(client, Client)
        if person is not None:
            with client.session_transaction() as cookie:
                cookie["_user_id"] = person.get_id()
                cookie["_fresh"] = True
        self.session.commit()  # what the client changes is seen by whoever looks afterwards
        return client

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """The SQL statements that run inside."""
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        def asked(prepared: Prepared, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
            seen.append(prepared.text)
            return ask(prepared, connection, values)

        engine, ask = self.app.extensions["engine"], Prepared.ask
        event.listen(engine, "before_cursor_execute", note)
        Prepared.ask = asked  # type: ignore[assignment, method-assign]
        try:
            yield seen
        finally:
            Prepared.ask = ask  # type: ignore[method-assign]
            event.remove(engine, "before_cursor_execute", note)


class Client(FlaskClient):
    """A test client whose `page` follows redirects and insists on the status."""

    def page(self, path: str, status: int = 200) -> str:
        """The text of a page."""
        answer = self.get(path, follow_redirects=True)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:500])
        return answer.text

    def send(self, path: str, status: int = 303, **fields: Any) -> TestResponse:
        """Post a form."""
        form = EnvironBuilder(data=fields)
        # In memory: the client would leave a temporary file open.
        boundary, body = encode_multipart(CombinedMultiDict([form.form, form.files]))
        form.close()
        answer = self.post(path, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')
        assert answer.status_code == status, (path, answer.status_code, answer.text[:1500])
        return answer


def make_app(data: Path, database_url: str, **environ: str) -> Flask:
    """An app on this folder and database, without CSRF tokens and rate limits (they have tests of their own)."""
    environ = {
        "DATELINE_DATA": str(data),
        "DATABASE_URL": database_url,
        "DATELINE_URL": "http://dateline.test",
        **environ,
    }
    app = create_app(core.config.read(environ))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False, KEEP_PAGES=False)
    app.test_client_class = Client
    return app


@contextmanager
def open_season(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Season]:
    """A season on this app; its database connections are closed afterwards."""
    with app.extensions["sessions"](expire_on_commit=True) as session:
        yield Season(app, session, monkeypatch)
    app.extensions["engine"].dispose()


@contextmanager
def open_served_season(data: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Season]:
    """A season on an app that a server serves from a thread, with CSRF tokens as people get them."""
    port = free_port()
    app = make_app(data, database_url, DATELINE_PORT=str(port), DATELINE_URL=f"http://127.0.0.1:{port}")
    app.config["WTF_CSRF_ENABLED"] = True
    server = Server(app, app.config["DATELINE"])
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        with open_season(app, monkeypatch) as made:
            yield made
    finally:
        server.stop(patience=30)
        thread.join(60)
    assert not thread.is_alive()


@pytest.fixture
def app(tmp_path: Path, sqlite_url: str) -> Flask:
    """An app on SQLite."""
    return make_app(tmp_path / "data", sqlite_url)


@pytest.fixture
def season(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Season]:
    """A season on SQLite."""
    with open_season(app, monkeypatch) as made:
        yield made


@pytest.fixture
def season_on_both(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Season]:
    """A season, once on SQLite and once on PostgreSQL."""
    with open_season(make_app(tmp_path / "data", database_url), monkeypatch) as made:
        yield made
