"""SIGKILL for web and worker at random moments, and afterwards a look at what was promised.

Nothing acknowledged is lost; no letter goes out twice beyond the one in flight, which keeps its Message-ID.
"""

import email
import hashlib
import http.client
import itertools
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
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from sqlalchemy import func, select

import core.config
from bench import data
from bench.measure import Client
from bench.site import csrf_token
from core import clock
from core.config import Config
from core.db import transaction
from core.files import DiskStore
from mail.models import Message, MessageState
from reviews.reviewing.models import Review
from submissions.models import Version
from venues.deadlines import DateKind
from venues.models import Extension, Venue
from web import create_app

ROOT = Path(__file__).parent.parent
BROKEN = (OSError, http.client.HTTPException, RuntimeError)  # what a client sees of a killed server
AUTHORS = 30  # who submit in turn: one alone would meet the limit of submissions in an hour
PATIENCE = 200.0  # seconds for the outbox to empty: a letter in flight waits for its lease of two minutes


@dataclass
class Report:
    """What was done, and what of it was found afterwards."""

    kills: int = 0
    files: int = 0  # acknowledged
    files_lost: int = 0
    drafts: int = 0  # acknowledged
    drafts_lost: int = 0
    letters: int = 0  # delivered at least once
    letters_lost: int = 0
    letters_twice: int = 0  # the same message, delivered again because its worker died before it noted so
    letters_doubled: int = 0  # another message of the same text to the same person: must not be

    @property
    def is_good(self) -> bool:
        lost = self.files_lost + self.drafts_lost + self.letters_lost + self.letters_doubled
        return lost == 0 and self.letters_twice <= self.kills and self.files > 0 and self.drafts > 0


@dataclass
class Sink:
    """An SMTP server that counts what it takes."""

    delivered: list[tuple[str, str, str]] = field(default_factory=list)  # (Message-ID, to, text)

    async def handle_DATA(self, _server: SMTP, _session: SmtpSession, envelope: Envelope) -> str:
        """Note a letter."""
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content)
        parts = message.get_payload()
        text = str(parts[0]) if isinstance(parts, list) else str(parts)
        self.delivered.append((str(message["Message-ID"]), str(message["To"]), text))
        return "250 OK"


class Trial:
    """Web and worker on one folder, killed and started again."""

    def __init__(self, config: Config, environ: dict[str, str]) -> None:
        self.config, self.environ, self.report = config, environ, Report()
        self.app = create_app(config)
        with self.app.extensions["sessions"]() as session:
            self.people = data.fill(session)
            with transaction(session):
                venue = session.scalars(select(Venue)).one()
                # Reviewing has begun, and the authors may still submit: both go on at once.
                until = {"until": data.AT + timedelta(days=9), "granted_at": data.AT, "by_id": None}
                session.add_all(
                    Extension(venue_id=venue.id, kind=DateKind.SUBMISSION, person_id=author, **until)
                    for author in range(1, AUTHORS + 1)
                )
        clock.move_to(data.AT)
        self.processes = {name: self._start(name) for name in ("web", "worker")}
        self.stop = threading.Event()
        self.files: dict[str, bytes] = {}
        self.draft = 0
        self.authors = itertools.count()

    def _start(self, name: str) -> "subprocess.Popen[bytes]":
        command = ["-m", "bench.server", "dateline"] if name == "web" else ["-m", "cli", "work"]
        started = subprocess.Popen(  # noqa: S603 (our own modules)
            [sys.executable, *command], env=self.environ, cwd=ROOT, stderr=subprocess.DEVNULL
        )
        if name == "web":
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                with socket.socket() as probe:
                    if probe.connect_ex((self.config.host, self.config.port)) == 0:
                        break
                time.sleep(0.02)
        return started

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

    def submit(self) -> None:
        """A new submission with a file of its own, noted once the server has acknowledged it."""
        author = next(self.authors) % AUTHORS + 1
        with self.client(data.key(author)) as client:
            content = self._send_new(client, f"p{author}@example.org")
        self.files[hashlib.sha256(content).hexdigest()] = content

    def _send_new(self, client: Client, address: str) -> bytes:
        page = client.ask("GET", f"/{data.SLUG}/submissions/new")
        key = re.search(rb'name="form_key"[^>]*value="([^"]+)"', page)
        content = b"%PDF-1.4\n" + os.urandom(20_000)
        fields = {
            "csrf_token": csrf_token(page),
            "form_key": key[1].decode() if key else "",
            "started_from": "0",
            "title": f"Paper {uuid.uuid4().hex}",
            "abstract": "An abstract.",
            "authors-0-name": "Author 1",
            "authors-0-email": address,
            "authors-0-affiliation": "",
        }
        boundary = uuid.uuid4().hex
        text = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="paper"; filename="p.pdf"\r\n\r\n'
        body = (text + head).encode() + content + f"\r\n--{boundary}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        client.ask("POST", f"/{data.SLUG}/submissions/new", body, status=303, headers=kind)
        return content

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
        client.ask("PUT", f"/{data.SLUG}/papers/1/review/draft", json.dumps(asked).encode(), headers=kind)
        self.draft = number
        self.report.drafts += 1

    def check(self, sink: Sink) -> None:
        """Wait for the outbox to empty, then compare what was acknowledged with what is there."""
        sessions, store = self.app.extensions["sessions"], DiskStore(self.config.data / "files")
        waiting = select(func.count()).select_from(Message).where(Message.state != MessageState.SENT)
        end = time.monotonic() + PATIENCE
        with sessions() as session:
            while session.scalar(waiting) and time.monotonic() < end:
                session.rollback()
                time.sleep(0.5)
            known = set(session.scalars(select(Version.paper_sha256)))
            sent = set(session.scalars(select(Message.message_id)))
            draft = session.scalars(select(Review).where(Review.assignment_id == 1)).one().draft
        self.report.files = len(self.files)
        for sha256, content in self.files.items():
            kept = store.has(sha256) and store.path(sha256).read_bytes() == content
            self.report.files_lost += not (kept and sha256 in known)
        found = int(str(draft.get("summary", "word 0")).rpartition(" ")[2])
        self.report.drafts_lost = max(0, self.draft - found)
        times = Counter(message_id for message_id, _, _ in sink.delivered)
        texts = {(message_id, to, text) for message_id, to, text in sink.delivered}
        self.report.letters = len(times)
        self.report.letters_lost = len(sent - set(times))
        self.report.letters_twice = sum(count - 1 for count in times.values())
        bodies = Counter((to, text.partition("\n\n")[2]) for _, to, text in texts)
        self.report.letters_doubled = sum(count - 1 for count in bodies.values())

    def end(self) -> None:
        """Stop both processes."""
        for process in self.processes.values():
            process.terminate()
            process.wait()


def run(folder: Path, database_url: str, kills: int, seed: int) -> dict[str, int]:
    """The trial with this many kills on an empty, migrated database; its report, `good` is 1 or 0."""
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
    trial = Trial(core.config.read(settings), kept | settings)
    threads = [
        threading.Thread(target=trial.go_on, args=(act,)) for act in (trial.submit, trial.submit, trial.write)
    ]
    try:
        for thread in threads:
            thread.start()
        for _ in range(kills):
            time.sleep(chance.uniform(0.3, 1.5))
            trial.kill(chance.choice(("web", "worker")))
        time.sleep(1)
        trial.stop.set()
        for thread in threads:
            thread.join()
        trial.check(sink)
    finally:
        trial.stop.set()
        trial.end()
        mails.stop()
        trial.app.extensions["engine"].dispose()
    return asdict(trial.report) | {"good": int(trial.report.is_good)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
