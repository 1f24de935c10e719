"""CPU time per request of a running server, by the kernel's own count."""

import http.client
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 5  # each figure and the bare page in turn, so that a busy moment hits both


@dataclass(frozen=True)
class Call:
    """One request, and the status that it must get."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""
    status: int = 200


def cpu_seconds(pid: int) -> float:
    """CPU time that all threads of a process have used."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def cost(pid: int, port: int, call: Callable[[int], Call], count: int) -> float:
    """CPU seconds per request of `count` requests on one connection; `call(i)` makes the i-th."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    before = cpu_seconds(pid)
    for i in range(count):
        wanted = call(i)
        connection.request(wanted.method, wanted.path, wanted.body or None, wanted.headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != wanted.status:
            raise RuntimeError(f"{wanted.method} {wanted.path}: {answer.status} {body[:300]!r}")
    used = cpu_seconds(pid) - before
    connection.close()
    return used / count


def ratio(measured: Callable[[], float], base: Callable[[], float]) -> float:
    """The median over the rounds of measured/base, the two taken in turn."""
    return statistics.median(measured() / base() for _ in range(ROUNDS))
