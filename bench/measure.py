"""CPU time per request of a running server, by the kernel's own count."""

import http.client
from collections.abc import Callable
from pathlib import Path

ROUNDS = 48  # short ones, so that what else the machine does falls on both sides alike


class Client:
    """One kept connection, with the session cookie of one person, replaced as a browser would."""

    def __init__(self, port: int, session: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.session = session

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        """The body of the answer, which must have this status. Raises RuntimeError otherwise."""
        sent = dict(headers or {})
        if self.session:
            sent["Cookie"] = f"session={self.session}"
        self.connection.request(method, path, body, sent)
        answer = self.connection.getresponse()
        received = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            if name == "session":
                self.session = value
        if answer.status != status:
            raise RuntimeError(f"{method} {path}: {answer.status}, not {status}: {received[:300]!r}")
        return received


def cpu_seconds(pid: int) -> float:
    """CPU time that all threads of a process have used."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def cost(pid: int, act: Callable[[], None], count: int) -> float:
    """CPU seconds of the process for each of `count` acts."""
    before = cpu_seconds(pid)
    for _ in range(count):
        act()
    return (cpu_seconds(pid) - before) / count


def ratio(measured: Callable[[], float], base: Callable[[], float], rounds: int) -> float:
    """All that was measured over all of base, taken in turn.

    A shared machine is faster at one moment than at the next. The least of measured over the least of base met two such
    moments, and scattered twice to four times as much (`docs/performance.md`).
    """
    pairs = [(measured(), base()) for _ in range(rounds)]
    return sum(pair[0] for pair in pairs) / sum(pair[1] for pair in pairs)
