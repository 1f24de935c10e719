"""Uploads that stop in the middle hold nobody up."""

import socket
from collections.abc import Callable
from contextlib import ExitStack
from urllib.request import urlopen

import pytest

from tests.servers import Dateline

HEAD = (
    "POST /sign-in HTTP/1.1\r\nHost: dateline.test\r\nContent-Type: application/octet-stream\r\n"
    "Content-Length: 5000000\r\n\r\n"
)


@pytest.mark.parametrize("count", [40, 250])  # as many as are feared; more than waitress takes unless told
def test_others_are_still_answered(serve: Callable[..., Dateline], count: int) -> None:
    server = serve(DATELINE_WORKER=0, DATELINE_THREADS=2, DATELINE_STOP_SECONDS=0)
    with ExitStack() as stack:
        for _ in range(count):
            stalled = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), 60))
            stalled.sendall(HEAD.encode() + b"x" * 100_000)
        for page in ("/sign-in", "/healthz", "/sign-in"):
            with urlopen(server.url + page, timeout=60) as answer:
                assert answer.status == 200
    server.stop()
    assert server.process.returncode == 0
