"""The real servers that tests talk to: PostgreSQL, SMTP, and Dateline itself. Each is ended by whoever started it."""

import asyncio
import email
import email.policy
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import make_url

ROOT = Path(__file__).parent.parent
INSTALL = "As root, run: apt-get update && apt-get install -y --no-install-recommends"


def free_port() -> int:
    """A TCP port on the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(is_true: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Return as soon as `is_true()` is; fail the test, naming `what`, when it takes longer than `seconds`."""
    end = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > end:
            pytest.fail(f"after {seconds} s there was still no {what}")
        time.sleep(0.02)


class PostgreSQL:
    """A private PostgreSQL in its own folder, reached only by a Unix socket; as root it runs as Debian's own user."""

    def __init__(self) -> None:
        programs = _postgres_programs()
        # Not pytest's folder: a socket's path has 107 bytes at most, and another user must reach it.
        self.folder = Path(tempfile.mkdtemp(prefix="dateline-pg-", dir="/tmp"))
        who: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(self.folder, "postgres", "postgres")
            who = {"user": "postgres", "group": "postgres", "extra_groups": []}
        data, self._log = self.folder / "data", self.folder / "log"
        made = subprocess.run(
            [
                programs / "initdb",
                "-D",
                data,
                "-U",
                "dateline",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "-N",
            ],
            capture_output=True,
            text=True,
            cwd=self.folder,
            **who,
        )
        assert made.returncode == 0, made.stderr
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.folder,
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "shared_buffers": "32MB",
        }
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    programs / "postgres",
                    "-D",
                    data,
                    *(f"--{name}={value}" for name, value in settings.items()),
                ],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **who,
            )
        self._names = (f"test_{number}" for number in count(1))
        self._templates: set[str] = set()
        wait_until(self._answers, "answer from PostgreSQL")

    def url(self, name: str) -> str:
        """SQLAlchemy's address of the database of this name."""
        return f"postgresql+psycopg://dateline@/{name}?host={self.folder}"

    def new_database(self, template: str = "template0") -> str:
        """The address of a new database: empty, or a copy of `template`."""
        name = next(self._names)
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def copy_of(self, template: str, fill: Callable[[str], object]) -> str:
        """The address of a new copy of a database that `fill(url)` fills when it is asked for first.

        `fill` must leave no connection open: PostgreSQL copies no database that is in use.
        """
        if template not in self._templates:
            self._execute(f'CREATE DATABASE "{template}"')
            try:
                fill(self.url(template))
            except BaseException:
                self.drop(self.url(template))
                raise
            self._templates.add(template)
        return self.new_database(template)

    def drop(self, url: str) -> None:
        """Remove this database, whoever is still connected to it."""
        self._execute(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def stop(self) -> None:
        """End the server and remove its folder."""
        self._process.send_signal(signal.SIGINT)  # "fast": does not wait for those connected
        self._process.wait(30)
        shutil.rmtree(self.folder)

    def _connect(self) -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(host=str(self.folder), user="dateline", dbname="postgres", autocommit=True)

    def _execute(self, statement: str) -> None:
        with self._connect() as connection:
            connection.execute(statement.encode())

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            pytest.fail(f"PostgreSQL ended at once:\n{self._log.read_text()}")
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True


def _postgres_programs() -> Path:
    """The folder of initdb and postgres: Debian's newest, or that of the PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    if folders:
        return folders[-1]
    if initdb := shutil.which("initdb"):
        return Path(initdb).resolve().parent
    pytest.fail(f"PostgreSQL is missing. {INSTALL} postgresql")


@dataclass
class Delivered:
    """One message as the server took it."""

    sender: str
    recipients: list[str]
    message: EmailMessage


@dataclass
class Smtp:
    """A real SMTP server on the loopback that keeps what it takes. Its moods may be changed while it runs."""

    delivered: list[Delivered] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)  # recipient -> answer, such as "550 No such user"
    answer: str = "250 OK"  # to the end of DATA
    delay: float = 0  # seconds before that answer
    drop_after_data: bool = False  # takes the message, then hangs up without an answer

    def __post_init__(self) -> None:
        self.port = free_port()
        self._controller = Controller(_Handler(self), hostname="127.0.0.1", port=self.port)
        self._controller.start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        """The messages that this address got, oldest first."""
        return [taken.message for taken in self.delivered if address in taken.recipients]

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()


class _Handler:
    def __init__(self, server: Smtp) -> None:
        self.server = server

    async def handle_RCPT(
        self, _smtp: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if refusal := self.server.refuse.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, smtp: SMTP, _session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.server.delay)
        if self.server.answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.server.delivered.append(Delivered(envelope.mail_from or "", envelope.rcpt_tos, message))
        if self.server.drop_after_data:
            assert isinstance(smtp.transport, asyncio.Transport)
            smtp.transport.abort()
        return self.server.answer


class Dateline:
    """`./dateline serve` as a process of its own, with its data in `folder` and settings as in its environment."""

    def __init__(
        self, folder: Path, command: str = "serve", *, inside: tuple[str, ...] = (), **settings: object
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"{command}-{self.port}.log"
        environ = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
        environ |= {"DATELINE_DATA": str(folder), "DATELINE_PORT": str(self.port)}
        environ |= {name: str(value) for name, value in settings.items()}
        folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*inside, sys.executable, "-m", "cli", command], cwd=ROOT, env=environ, stdout=log, stderr=log
            )
        try:
            wait_until(self._listens, f"server from ./dateline {command}", 90)
        except BaseException:
            self.kill()
            raise

    def _listens(self) -> bool:
        if self.process.poll() is not None:
            pytest.fail(f"the server ended at once:\n{self.log.read_text()}")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()


def stopping(server: Any) -> Iterator[Any]:
    """For fixtures: give the server, and stop it afterwards."""
    try:
        yield server
    finally:
        server.stop()
