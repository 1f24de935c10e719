"""Organizers who decide and release, one small venue after the other, while web and worker are killed."""

import json
import random
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bench import data
from bench.measure import Client
from bench.site import csrf_token
from core import clock
from core.db import transaction
from decisions.models import Outcome
from decisions.queries import OCCASION
from mail.models import Batch, Message, MessageState
from submissions.models import Author, State, Submission, Version
from venues.models import Membership, Role, Venue

PAPERS = (1, 2)  # of each venue
# How a decision begins on its authors' page and in the subject of their letters.
PAGE = {
    Outcome.ORAL: b"Accepted as a talk",
    Outcome.POSTER: b"Accepted as a poster",
    Outcome.REJECT: b"Not accepted",
}
SUBJECT = {
    Outcome.ORAL: "Accepted for a talk: ",
    Outcome.POSTER: "Accepted: ",
    Outcome.REJECT: "Decision on ",
}
ON_THE_WAY = (MessageState.QUEUED, MessageState.SENDING, MessageState.SENT)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
OpenClient = Callable[[str], AbstractContextManager[Client]]  # by the session's key of a person
PATIENCE = 60.0  # seconds for the letters to be written, over the deaths of their writers


@dataclass
class Releases:
    """The venues of the trial, and what of them was acknowledged."""

    sessions: sessionmaker[Session]
    chance: random.Random
    under_way: Callable[[str], AbstractContextManager[None]]  # entered for the request that must not be lost
    waiting: deque[str] = field(default_factory=deque)
    tried: list[str] = field(default_factory=list)
    decided: dict[tuple[str, int], Outcome] = field(default_factory=dict)  # acknowledged
    released: set[str] = field(default_factory=set)  # acknowledged
    silent: set[tuple[str, int, int]] = field(default_factory=set)
    authors: dict[tuple[str, int], list[int]] = field(default_factory=dict)

    def fill(self, session: Session, count: int, people: int, organizer: str) -> None:
        """Put in so many venues of two papers with two authors each, taken in turn from the first people."""
        organizer_id = int(organizer.partition(".")[0])
        with transaction(session):
            for at in range(count):
                venue = data.new_venue(f"release-{at}", f"Release {at}")
                session.add(venue)
                session.flush()
                session.add(
                    Membership(
                        venue_id=venue.id, person_id=organizer_id, role=Role.ORGANIZER, granted_at=data.AT
                    )
                )
                for number in PAPERS:
                    first = (2 * at + number) % people + 1
                    pair = [first, first % people + 1]
                    self.authors[venue.slug, number] = pair
                    session.add(_paper(venue, number, [(f"p{who}@example.org", who) for who in pair]))
                self.waiting.append(venue.slug)

    def next(self, client: Client) -> None:
        """Decide, have the letters written, think again about one paper, release: now or in some seconds."""
        if not self.waiting:
            time.sleep(0.5)
            return
        slug = self.waiting[0]
        token = csrf_token(client.ask("GET", f"/{slug}/organize/decisions"))
        for number in PAPERS:
            self._decide(client, token, slug, number)
        self._post(client, token, f"/{slug}/organize/decisions/prepare")
        end = time.monotonic() + PATIENCE
        while self._left(client, slug) and time.monotonic() < end:
            time.sleep(0.1)
        if self.chance.random() < 0.5:
            self._decide(client, token, slug, self.chance.choice(PAPERS))
        moment = ""
        if self.chance.random() < 0.5:
            moment = (clock.now() + timedelta(seconds=self.chance.randint(1, 4))).strftime(
                "%Y-%m-%dT%H:%M:%SZ"
            )
        # Whether an answer that is cut off came after the act is not known, so it is not tried again.
        self.tried.append(self.waiting.popleft())
        with self.under_way("releases"):
            self._post(client, token, f"/{slug}/organize/decisions/release", moment=moment)
        self.released.add(slug)

    def _decide(self, client: Client, token: str, slug: str, number: int) -> None:
        outcome = self.chance.choice(list(Outcome))
        self._post(client, token, f"/{slug}/organize/decisions/{number}", outcome=str(outcome))
        self.decided[slug, number] = outcome

    def _left(self, client: Client, slug: str) -> int:
        return int(json.loads(client.ask("GET", f"/{slug}/organize/decisions/progress"))["left"])

    def _post(self, client: Client, token: str, path: str, **fields: str) -> None:
        body = urlencode({"csrf_token": token, **fields}).encode()
        client.ask("POST", path, body, status=303, headers=FORM)

    def seen(self, client: Client, slug: str, number: int) -> Outcome | None:
        """The decision that an author reads on the page of a paper."""
        page = client.ask("GET", f"/{slug}/submissions/{number}/decision")
        return next((outcome for outcome, text in PAGE.items() if text in page), None)

    def letter(self, slug: str, number: int, author: int, outcome: Outcome | None) -> MessageState | None:
        """The state of this author's letter with this decision (None: with any), QUEUED once nothing holds it back."""
        now, subject = clock.now(), SUBJECT[outcome] if outcome else ""
        query = (
            select(Message.state, Batch.not_before)
            .outerjoin(Batch, Batch.id == Message.batch_id)
            .where(
                Message.occasion == OCCASION,
                Message.to_email == f"p{author}@example.org",
                Message.subject.like(f"{subject}%{_title(slug, number)} (%"),
            )
        )
        with self.sessions() as session:
            row = session.execute(query).one_or_none()
        if row is None:
            return None
        is_free = row.state == MessageState.HELD and row.not_before is not None and row.not_before <= now
        return MessageState.QUEUED if is_free else MessageState(row.state)

    def watch(self, open_client: OpenClient) -> None:
        """Ask for one of the latest releases' papers as its author, and note a decision that no letter tells."""
        time.sleep(0.05)
        if not self.tried:
            return
        slug, number = self.chance.choice(self.tried[-4:]), self.chance.choice(PAPERS)
        author = self.chance.choice(self.authors[slug, number])
        with open_client(data.key(author)) as client:
            outcome = self.seen(client, slug, number)
        if outcome is not None and self.letter(slug, number, author, outcome) not in ON_THE_WAY:
            self.silent.add((slug, number, author))

    def check(self, open_client: OpenClient) -> tuple[int, int, int]:
        """How many acknowledged decisions an author does not read; how many were read, now or by `watch`, that no
        letter tells; how many letters told what the page does not say."""
        lost = early = 0
        for (slug, number), authors in self.authors.items():
            for author in authors:
                with open_client(data.key(author)) as client:
                    outcome = self.seen(client, slug, number)
                state = self.letter(slug, number, author, outcome)
                lost += slug in self.released and outcome != self.decided[slug, number]
                if outcome is not None and state not in ON_THE_WAY:
                    self.silent.add((slug, number, author))
                early += outcome is None and state in ON_THE_WAY
        return lost, len(self.silent), early


def _title(slug: str, number: int) -> str:
    return f"Paper {number} of {slug}"


def _paper(venue: Venue, number: int, authors: list[tuple[str, int]]) -> Submission:
    """A submission without a file, which a decision does not need."""
    text = {"title": _title(venue.slug, number), "abstract": "An abstract."}
    rows = [[f"Author {who}", address, ""] for address, who in authors]
    kept = {"saved_by_id": authors[0][1], "saved_at": data.AT, "began_at": data.AT}
    return Submission(
        venue_id=venue.id,
        number=number,
        state=State.SUBMITTED,
        abstract_html="<p>An abstract.</p>",
        version=1,
        form_key=f"{venue.slug}-{number}",
        created_by_id=authors[0][1],
        created_at=data.AT,
        submitted_at=data.AT,
        authors=[Author(position=i, name=name, email=address) for i, (name, address, _) in enumerate(rows)],
        versions=[Version(number=1, authors=rows, topics=[], **text, **kept)],
        **text,
    )
