"""Authors who send files in each of the three ways, while web and worker are killed."""

import hashlib
import itertools
import json
import os
import random
import re
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench import data
from bench.measure import Client
from bench.releases import PAPERS, OpenClient, Releases
from bench.site import csrf_token
from camera_ready.models import FinalVersion
from core.files import DiskStore
from decisions.models import Outcome
from submissions.models import Version

AUTHORS = 30  # who submit in turn: one alone would meet the limit of submissions in an hour
SIZE = 20_000  # bytes of each file, which is like no other
NEW = f"/{data.SLUG}/submissions/new"


@dataclass
class Uploads:
    """The files, by their SHA-256, noted once the server has acknowledged them."""

    releases: Releases  # whose accepted papers get final versions
    chance: random.Random
    under_way: Callable[[str], AbstractContextManager[None]]  # entered for each request that must not be lost
    open_client: OpenClient
    files: dict[str, bytes] = field(default_factory=dict)  # of submissions
    finals: dict[str, bytes] = field(default_factory=dict)
    announced: dict[str, bytes] = field(default_factory=dict)  # kept before a submission names them
    authors: Iterator[int] = field(default_factory=itertools.count)

    def submit(self) -> None:
        """A new submission, its file in the form, as a browser without the script sends it."""
        with self._form() as (client, fields):
            content = _pdf()
            self._post(client, NEW, fields, content)
        self.files[hashlib.sha256(content).hexdigest()] = content

    def announce_and_submit(self) -> None:
        """A new submission, its file announced and sent before the form, as the script does."""
        with self._form() as (client, fields):
            content, said = _pdf(), json.dumps({"size": SIZE}).encode()
            kind = {"X-CSRFToken": fields["csrf_token"], "Content-Type": "application/json"}
            path = f"/{data.SLUG}/submissions/uploads"
            url = json.loads(client.ask("POST", path, said, status=201, headers=kind))["url"]
            kind["Content-Type"] = "application/pdf"
            with self.under_way("uploads"):
                answer = client.ask("PUT", f"{url}?kind=paper&name=p.pdf", content, status=201, headers=kind)
            self.announced[hashlib.sha256(content).hexdigest()] = content
            self._post(client, NEW, fields | {"paper_token": json.loads(answer)["token"]})
        self.files[hashlib.sha256(content).hexdigest()] = content

    def send_final(self) -> None:
        """The final version of a paper whose acceptance was released."""
        released = [(slug, number) for slug in sorted(self.releases.released.copy()) for number in PAPERS]
        accepted = [paper for paper in released if self.releases.decided[paper] != Outcome.REJECT]
        if not accepted:
            time.sleep(0.1)
            return
        slug, number = self.chance.choice(accepted)
        author = self.chance.choice(self.releases.authors[slug, number])
        path, content = f"/{slug}/submissions/{number}/camera-ready", _pdf()
        with self.open_client(data.key(author)) as client:
            self._post(client, path, {"csrf_token": csrf_token(client.ask("GET", path))}, content)
        self.finals[hashlib.sha256(content).hexdigest()] = content

    def lost(self, session: Session, store: DiskStore) -> tuple[int, int]:
        """How many acknowledged files of submissions, and of final versions, are not kept whole and named by a row.

        One that was announced and acknowledged need not have a row yet.
        """
        named = set(session.scalars(select(Version.paper_sha256)))
        return (
            _lost(self.files, named, store) + _lost(self.announced, self.announced, store),
            _lost(self.finals, set(session.scalars(select(FinalVersion.paper_sha256))), store),
        )

    @contextmanager
    def _form(self) -> Iterator[tuple[Client, dict[str, str]]]:
        """One author's form of a new submission, filled in but for its file."""
        who = next(self.authors) % AUTHORS + 1
        with self.open_client(data.key(who)) as client:
            page = client.ask("GET", NEW)
            key = re.search(rb'name="form_key"[^>]*value="([^"]+)"', page)
            yield (
                client,
                {
                    "csrf_token": csrf_token(page),
                    "form_key": key[1].decode() if key else "",
                    "started_from": "0",
                    "title": f"Paper {uuid.uuid4().hex}",
                    "abstract": "An abstract.",
                    "authors-0-name": f"Author {who}",
                    "authors-0-email": f"p{who}@example.org",
                    "authors-0-affiliation": "",
                },
            )

    def _post(self, client: Client, path: str, fields: dict[str, str], paper: bytes | None = None) -> None:
        boundary = uuid.uuid4().hex
        head = f"--{boundary}\r\nContent-Disposition: form-data; name="
        body = "".join(f'{head}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()).encode()
        if paper is not None:
            body += f'{head}"paper"; filename="p.pdf"\r\n\r\n'.encode() + paper + b"\r\n"
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        with self.under_way("uploads"):
            client.ask("POST", path, body + f"--{boundary}--\r\n".encode(), status=303, headers=kind)


def _pdf() -> bytes:
    head = b"%PDF-1.4\n"
    return head + os.urandom(SIZE - len(head))


def _lost(files: dict[str, bytes], named: Collection[str | None], store: DiskStore) -> int:
    def is_kept(sha256: str, content: bytes) -> bool:
        return sha256 in named and store.has(sha256) and store.path(sha256).read_bytes() == content

    return sum(not is_kept(*file) for file in files.items())
