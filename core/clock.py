"""The season's clock and the real one: the only file that reads the time.

`now()` is the time of the season: deadlines, releases, everything that people see. `real()` is the wall clock:
leases, retries, rate limits, sessions, tokens. They differ only in rehearsals (the demo), by an offset kept in a file
beside the data, which web and worker read anew for each request and each job: the clock moves, the data stays.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

_offset_file: Path | None = None
_known: tuple[tuple[int, int, int], float] | None = None  # what was read, and of which version of the file


def rehearse(offset_file: Path | None) -> None:
    """From now on `now()` follows the offset in this file (seconds, none when the file is absent)."""
    global _offset_file
    _offset_file = offset_file


def real() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


def offset() -> timedelta:
    """How far the season's clock is ahead of the wall clock: zero outside of rehearsals."""
    return timedelta() if _offset_file is None else timedelta(seconds=_read(_offset_file))


def _read(file: Path) -> float:
    """The seconds in the offset file; opened only when another has taken its place (see move_to)."""
    global _known
    try:
        found = os.stat(file)  # noqa: PTH116 (half of what Path's costs, once for each request)
    except FileNotFoundError:
        return 0.0
    version = (found.st_ino, found.st_mtime_ns, found.st_size)
    if _known is None or _known[0] != version:
        _known = version, float(file.read_text())
    return _known[1]


def now() -> datetime:
    """The season's clock. Read it once per request or job, and hand it on as `at`."""
    return real() + offset()


def move_to(at: datetime) -> None:
    """Set the season's clock to this instant; it goes on from there. Only in rehearsals."""
    if _offset_file is None:
        raise RuntimeError("the clock moves only in rehearsals")
    temporary = _offset_file.with_suffix(".new")
    temporary.write_text(str((at - real()).total_seconds()))
    temporary.replace(_offset_file)
