"""SIGKILL for web and worker at random moments, and afterwards a look at what was promised.

Nothing acknowledged is lost; no letter goes out twice beyond the one in flight, which keeps its Message-ID; no decision
is read that no letter tells. One kill in five strikes at any moment, the others a few milliseconds after an upload, a
save, a release or a delivery has begun.
"""

import email
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from sqlalchemy import func, or_, select

import core.config
from bench import data
from bench.measure import Client
from bench.releases import Releases
from bench.site import csrf_token
from bench.uploads import AUTHORS, Uploads
from core import clock
from core.config import Config
from core.db import transaction
from core.files import DiskStore
from mail.models import Batch, Message, MessageState
from reviews.reviewing.models import Review
from venues.deadlines import DateKind
from venues.models import Extension, Venue
from web import create_app

ROOT = Path(__file__).parent.parent
BROKEN = (OSError, http.client.HTTPException, RuntimeError)  # what a client sees of a killed server
PATIENCE = 120.0  # seconds for the outbox to empty: a letter in flight waits for its lease
AIMS = ("uploads", "saves", "releases", "deliveries", "")  # what a kill waits for; "" strikes at any moment


@dataclass
class Report:
    """What was done, and what of it was found afterwards."""

    kills: int = 0
    files: int = 0  # of submissions, acknowledged
    files_lost: int = 0
    finals: int = 0  # final versions, acknowledged
    finals_lost: int = 0
    drafts: int = 0  # acknowledged
    drafts_lost: int = 0
    letters: int = 0  # delivered at least once
    letters_lost: int = 0
    letters_twice: int = 0  # the same message, delivered again because its worker died before it noted so
    letters_doubled: int = 0  # another message of the same text to the same person: must not be
    releases: int = 0  # acknowledged
    releases_lost: int = 0  # decisions of an acknowledged release that an author does not read
    decisions_silent: int = 0  # read by an author, during the trial or after it, and told in no letter
    letters_early: int = 0  # decision letters that tell what the page does not say
    uploads_cut: int = 0  # the connection broke between the request and its answer
    saves_cut: int = 0
    releases_cut: int = 0

    @property
    def is_good(self) -> bool:
        lost = self.files_lost + self.finals_lost + self.drafts_lost + self.letters_lost + self.releases_lost
        wrong = lost + self.letters_doubled + self.decisions_silent + self.letters_early
        return wrong == 0 and self.letters_twice <= self.kills and self.has_begun

    @property
    def has_begun(self) -> bool:
        """Whether there is one of everything, so that it could have been lost."""
        return min(self.files, self.finals, self.drafts, self.releases, self.letters) > 0


@dataclass
class Sink:
    """An SMTP server that counts what it takes."""

    delivered: list[tuple[str, str, str]] = field(default_factory=list)  # (Message-ID, to, text)
    begun: threading.Event = field(default_factory=threading.Event)

    async def handle_DATA(self, _server: SMTP, _session: SmtpSession, envelope: Envelope) -> str:
        """Note a letter."""
        self.begun.set()
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content)
        parts = message.get_payload()
        text = str(parts[0]) if isinstance(parts, list) else str(parts)
        self.delivered.append((str(message["Message-ID"]), str(message["To"]), text))
        return "250 OK"


class Trial:
    """Web and worker on one folder, killed and started again."""

    def __init__(
        self,
        config: Config,
        environ: dict[str, str],
        sink: Sink,
        chance: random.Random,
        *,
        lease: int,
        kills: int,
    ) -> None:
        self.config, self.environ, self.lease, self.report = config, environ, lease, Report()
        self.sink, self.chance, self.app = sink, chance, create_app(config)
        self.begun = {aim: threading.Event() for aim in AIMS} | {"deliveries": sink.begun}
        sessions = self.app.extensions["sessions"]
        self.releases = Releases(sessions, random.Random(chance.random()), self.under_way)
        self.uploads = Uploads(self.releases, random.Random(chance.random()), self.under_way, self.client)
        with sessions() as session:
            self.people = data.fill(session)
            self.releases.fill(session, max(10, 2 * kills), AUTHORS, self.people.organizer)
            with transaction(session):
                venue = session.scalars(select(Venue).where(Venue.slug == data.SLUG)).one()
                # Reviewing has begun, and the authors may still submit: both go on at once.
                until = {"until": data.AT + timedelta(days=9), "granted_at": data.AT, "by_id": None}
                session.add_all(
                    Extension(venue_id=venue.id, kind=DateKind.SUBMISSION, person_id=author, **until)
                    for author in range(1, AUTHORS + 1)
                )
        clock.move_to(data.AT)
        self.processes = {name: self._start(name) for name in ("web", "worker")}
        self.stop = threading.Event()
        self.draft = 0

    def _start(self, name: str) -> "subprocess.Popen[bytes]":
        command = ["bench.server", "dateline"] if name == "web" else ["bench.worker", str(self.lease)]
        started = subprocess.Popen(  # noqa: S603 (our own modules)
            [sys.executable, "-m", *command], env=self.environ, cwd=ROOT, stderr=subprocess.DEVNULL
        )
        if name == "web":
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                with socket.socket() as probe:
                    if probe.connect_ex((self.config.host, self.config.port)) == 0:
                        break
                time.sleep(0.02)
        return started

    def kill_at(self, aim: str) -> None:
        """Kill once this has begun (or soon, when it does not), in the middle of it."""
        if aim:
            self.begun[aim].clear()
            self.begun[aim].wait(20)
            time.sleep(self.chance.uniform(0, 0.03))
        else:
            time.sleep(self.chance.uniform(0.3, 1.5))
        names = {"deliveries": ("worker",), "": ("web", "worker")}.get(aim, ("web",))
        self.kill(self.chance.choice(names))

    def kill(self, name: str) -> None:
        """End it as a power cut would, and start it again."""
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait()
        self.report.kills += 1
        self.processes[name] = self._start(name)

    @contextmanager
    def client(self, key: str) -> Iterator[Client]:
        """A connection of this person."""
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        session = {"_user_id": key, "_fresh": True, "_permanent": True}
        client = Client(self.config.port, signer.dumps(session))
        try:
            yield client
        finally:
            client.connection.close()

    def go_on(self, act: Callable[[], None]) -> None:
        """Do it again and again; what a kill breaks is not acknowledged."""
        while not self.stop.is_set():
            try:
                act()
            except BROKEN:
                time.sleep(0.05)

    @contextmanager
    def under_way(self, what: str) -> Iterator[None]:
        """Around a request that must not be lost once it is answered."""
        self.begun[what].set()
        try:
            yield
        except (OSError, http.client.HTTPException):
            name = f"{what}_cut"
            setattr(self.report, name, getattr(self.report, name) + 1)
            raise

    def write(self) -> None:
        """A draft saved, with a number that only grows."""
        with self.client(self.people.reviewer) as client:
            self._save_draft(client)

    def _save_draft(self, client: Client) -> None:
        page = client.ask("GET", f"/{data.SLUG}/papers/1/review")
        revision = re.search(rb'name="revision"[^>]*value="(\d+)"', page)
        kind = {"X-CSRFToken": csrf_token(page), "Content-Type": "application/json"}
        number = self.draft + 1
        asked = {"revision": int(revision[1]) if revision else 0, "fields": {"summary": f"word {number}"}}
        with self.under_way("saves"):
            client.ask("PUT", f"/{data.SLUG}/papers/1/review/draft", json.dumps(asked).encode(), headers=kind)
        self.draft = number
        self.report.drafts += 1

    def release(self) -> None:
        """All that an organizer does until a venue's decisions are released."""
        with self.client(self.people.organizer) as client:
            self.releases.next(client)
        self.report.releases = len(self.releases.released)

    def watch(self) -> None:
        """Look for a decision that its author reads before its letter is on its way."""
        self.releases.watch(self.client)

    def check(self) -> None:
        """Wait for the outbox to empty, then compare what was acknowledged with what is there."""
        sessions, store = self.app.extensions["sessions"], DiskStore(self.config.data / "files")
        let_go = select(Batch.id).where(Batch.not_before.is_not(None))
        due = or_(Message.state != MessageState.HELD, Message.batch_id.in_(let_go))
        waiting = select(func.count()).select_from(Message).where(Message.state != MessageState.SENT, due)
        end = time.monotonic() + PATIENCE
        with sessions() as session:
            while session.scalar(waiting) and time.monotonic() < end:
                session.rollback()
                time.sleep(0.5)
            lost = self.uploads.lost(session, store)
            sent = set(session.scalars(select(Message.message_id).where(due)))
            draft = session.scalars(select(Review).where(Review.assignment_id == 1)).one().draft
        self.report.files, self.report.finals = len(self.uploads.files), len(self.uploads.finals)
        self.report.files_lost, self.report.finals_lost = lost
        found = int(str(draft.get("summary", "word 0")).rpartition(" ")[2])
        self.report.drafts_lost = max(0, self.draft - found)
        times = Counter(message_id for message_id, _, _ in self.sink.delivered)
        texts = {(message_id, to, text) for message_id, to, text in self.sink.delivered}
        self.report.letters = len(times)
        self.report.letters_lost = len(sent - set(times))
        self.report.letters_twice = sum(count - 1 for count in times.values())
        unread, silent, early = self.releases.check(self.client)
        self.report.releases_lost, self.report.decisions_silent, self.report.letters_early = (
            unread,
            silent,
            early,
        )
        bodies = Counter((to, text.partition("\n\n")[2]) for _, to, text in texts)
        self.report.letters_doubled = sum(count - 1 for count in bodies.values())

    def end(self) -> None:
        """Stop both processes."""
        for process in self.processes.values():
            process.terminate()
            process.wait()


def run(folder: Path, database_url: str, kills: int, seed: int, lease: int) -> dict[str, int]:
    """The trial with this many kills on an empty, migrated database; its report, `good` is 1 or 0.

    Whatever a killed worker held is taken up again after `lease` seconds.
    """
    chance = random.Random(seed)
    sink = Sink()
    smtp_port, port = _free_port(), _free_port()
    mails = Controller(sink, hostname="127.0.0.1", port=smtp_port)
    mails.start()
    settings = {
        "DATELINE_DATA": str(folder),
        "DATABASE_URL": database_url,
        "DATELINE_PORT": str(port),
        "DATELINE_REHEARSAL": "1",
        "DATELINE_SMTP": f"smtp://127.0.0.1:{smtp_port}",
        "DATELINE_MAIL_FROM": "dateline@example.org",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
    trial = Trial(core.config.read(settings), kept | settings, sink, chance, lease=lease, kills=kills)
    uploads = trial.uploads
    sending = (uploads.submit, uploads.announce_and_submit, uploads.send_final)
    acts = (*sending, trial.write, trial.release, trial.watch)
    threads = [threading.Thread(target=trial.go_on, args=(act,)) for act in acts]
    try:
        for thread in threads:
            thread.start()
        aims: list[str] = []
        for _ in range(kills):
            aims = aims or chance.sample(AIMS, len(AIMS))
            trial.kill_at(aims.pop())
        end = time.monotonic() + PATIENCE
        while not trial.uploads.finals and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(1)
        trial.stop.set()
        for thread in threads:
            thread.join()
        trial.check()
    finally:
        trial.stop.set()
        trial.end()
        mails.stop()
        trial.app.extensions["engine"].dispose()
    return asdict(trial.report) | {"lease_seconds": lease, "good": int(trial.report.is_good)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
