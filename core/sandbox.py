"""Runs a Python script on untrusted input in a child process with limits, so that only the child can die of it.

The script is run isolated (`python -I`) with an empty environment. It may import installed packages, nothing of ours.
It prints JSON objects, one a line; what it said before it died is not lost.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

MEMORY = 1 << 30  # bytes of address space
CPU_SECONDS = 10
WALL_SECONDS = 20.0
OPEN_FILES = 64
FILE_SIZE = 64 << 20  # bytes of any one file that it writes
OUTPUT = 64 << 10  # bytes that it may print
ENTRY = Path(__file__).with_name("sandbox_child.py")


class SandboxError(Exception):
    """Why the child gave no whole answer, as a sentence; `said` is what it had answered by then."""

    def __init__(self, reason: str, said: dict[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.said = said or {}


def run(
    script: Path,
    *arguments: str,
    memory: int = MEMORY,
    cpu_seconds: int = CPU_SECONDS,
    wall_seconds: float = WALL_SECONDS,
    file_size: int = FILE_SIZE,
) -> dict[str, Any]:
    """The JSON objects that the script printed, merged into one. Raises SandboxError, and nothing else."""
    limits = {
        "RLIMIT_AS": memory,
        "RLIMIT_CPU": cpu_seconds,
        "RLIMIT_FSIZE": file_size,
        "RLIMIT_NOFILE": OPEN_FILES,
        "RLIMIT_CORE": 0,
    }
    # The limits are set by the child itself: doing it between fork and exec is not safe in a process with threads.
    command = [
        sys.executable,
        "-I",
        str(ENTRY),
        json.dumps(limits),
        str(wall_seconds),
        str(script),
        *arguments,
    ]
    try:
        with (
            tempfile.TemporaryFile() as output
        ):  # a file, not a pipe: bounded by RLIMIT_FSIZE, read after the end
            status = _run(command, output.fileno(), wall_seconds)
            output.seek(0)
            printed = output.read(OUTPUT + 1)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise SandboxError(f"The child could not be started ({error}).") from error
    said, is_whole = _understood(printed)
    if status is None:
        raise SandboxError(f"It took more than {wall_seconds:g} seconds.", said)
    if status == -signal.SIGXCPU:
        raise SandboxError(f"It took more than {cpu_seconds} seconds of computing.", said)
    if status < 0:
        raise SandboxError(f"It was ended by {signal.Signals(-status).name}.", said)
    if status > 0:
        raise SandboxError(f"It ended with exit status {status}.", said)
    if not is_whole:
        raise SandboxError("Its answer makes no sense.", said)
    return said


def _run(command: list[str], output: int, wall_seconds: float) -> int | None:
    """The exit status, negative for a signal; None when time ran out and its process group was killed."""
    process = subprocess.Popen(  # noqa: S603  (our own interpreter and script)
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    )
    try:
        return process.wait(wall_seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _understood(printed: bytes) -> tuple[dict[str, Any], bool]:
    """What the whole lines say, and whether that was all: some line, all lines good, not too much."""
    said: dict[str, Any] = {}
    lines = printed.splitlines()
    if not lines or len(printed) > OUTPUT:
        return said, False
    for line in lines:
        try:
            said |= json.loads(line)
        except (ValueError, TypeError, RecursionError):
            return said, False
    return said, True
