"""The two servers of a measurement, Dateline with a large venue and the bare pages, each a process of its own."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask

from bench import data
from bench.measure import Client
from core import clock
from core.config import Config
from core.engine import analyze
from web import create_app

PATIENCE = 30.0  # seconds for a server to listen
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Server:
    """A running server."""

    pid: int
    port: int


@dataclass(frozen=True)
class Site:
    """What the figures measure, and who is signed in there."""

    app: Flask
    people: data.People
    dateline: Server
    bare: Server
    clients: list[Client] = field(default_factory=list)

    def client(self, key: str = "") -> Client:
        """A connection to Dateline, signed in as the person of this session key."""
        session = {"_user_id": key, "_fresh": True, "_permanent": True}
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        return self._open(self.dateline, signer.dumps(session) if key else "")

    def bare_client(self) -> Client:
        """A connection to the bare pages."""
        return self._open(self.bare, "")

    def _open(self, server: Server, session: str) -> Client:
        """A connection that is closed with the site."""
        self.clients.append(Client(server.port, session))
        return self.clients[-1]


def csrf_token(page: bytes) -> str:
    """The token in a page's forms."""
    found = re.search(rb'name="csrf_token"[^>]*? value="([^"]+)"', page)
    if found is None:
        raise RuntimeError("there is no form on the page")
    return found[1].decode()


@contextmanager
def running(config: Config) -> Iterator[Site]:
    """Fill the empty, migrated database of a rehearsal's configuration; both servers run until the block ends."""
    app = create_app(config)
    with app.extensions["sessions"]() as session:
        people = data.fill(session)
    analyze(app.extensions["engine"])  # as the worker does
    app.extensions["engine"].dispose()
    clock.move_to(data.AT)
    processes = []
    try:
        for name in ("dateline", "bare"):
            port = _free_port()
            processes.append((_start(name, config, port), port))
        for process, port in processes:
            _wait(process, port)
        dateline, bare = (Server(process.pid, port) for process, port in processes)
        site = Site(app, people, dateline, bare)
        try:
            yield site
        finally:
            for client in site.clients:
                client.connection.close()
    finally:
        for process, _ in processes:
            process.terminate()
            process.wait()


def _start(name: str, config: Config, port: int) -> "subprocess.Popen[bytes]":
    environ = {key: value for key, value in os.environ.items() if not key.startswith("DATELINE_")}
    environ |= {
        "DATELINE_DATA": str(config.data),
        "DATABASE_URL": config.database_url,
        "DATELINE_PORT": str(port),
        "DATELINE_REHEARSAL": "1",
    }
    command = [sys.executable, "-m", "bench.server", name]
    return subprocess.Popen(command, env=environ, cwd=ROOT)  # noqa: S603 (our own module)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    """Until the server listens."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("a server to measure did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
