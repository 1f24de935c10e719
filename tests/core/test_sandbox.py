"""Children that misbehave; the process that started them goes on."""

import sys
import time
from pathlib import Path

import pytest

from core import sandbox
from core.sandbox import SandboxError


@pytest.fixture
def script(tmp_path: Path):
    """Writes the child's script."""

    def write(text: str) -> Path:
        path = tmp_path / "script.py"
        path.write_text(text)
        return path

    return write


def test_answers_are_merged_and_arguments_handed_over(script) -> None:
    path = script("import sys, json; print(json.dumps({'a': sys.argv[1:]})); print('{\"b\": 2}')")
    assert sandbox.run(path, "x", "ÿ y") == {"a": ["x", "ÿ y"], "b": 2}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "It was ended by SIGSEGV."),
        ("import os; os.abort()", "It was ended by SIGABRT."),
        ("raise SystemExit(3)", "It ended with exit status 3."),
        ("1 / 0", "It ended with exit status 1."),
        ("x = bytearray(2 << 30)", "It ended with exit status 1."),
        ("print('{}'); open('/tmp/' + 'x' * 300, 'w')", "It ended with exit status 1."),
        ("pass", "Its answer makes no sense."),
        ("print('hello')", "Its answer makes no sense."),
        ("print('[1]')", "Its answer makes no sense."),
        ("print('[' * 50_000)", "Its answer makes no sense."),
        ("print('{}\\n' * 40_000)", "Its answer makes no sense."),
        ("import sys; sys.stdout.buffer.write(b'\\xff\\xfe{}')", "Its answer makes no sense."),
        ("print(('x' * 1023 + '\\n') * (1 << 20))", "It ended with exit status 1."),
    ],
)
def test_every_death_is_a_sentence(script, text: str, reason: str) -> None:
    with pytest.raises(SandboxError, match=f"^{reason}$"):
        sandbox.run(script(text), file_size=1 << 20)


def test_computing_time_is_limited(script) -> None:
    with pytest.raises(SandboxError, match="more than 1 seconds of computing"):
        sandbox.run(script("while True: pass"), cpu_seconds=1)


def test_said_before_death_is_kept(script) -> None:
    with pytest.raises(SandboxError) as error:
        sandbox.run(script("import os; print('{\"pages\": 4}', flush=True); os.abort()"))
    assert error.value.said == {"pages": 4}


def test_time_out_kills_the_child_and_its_children(script, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    text = (
        f"import os, time; os.fork(); open({str(pids)!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(60)"
    )
    began = time.monotonic()
    with pytest.raises(SandboxError, match="more than 1 seconds"):
        sandbox.run(script(text), wall_seconds=1)
    assert time.monotonic() - began < 5
    both = [int(pid) for pid in pids.read_text().split()]
    assert len(both) == 2
    deadline = time.monotonic() + 5
    while any(is_running(pid) for pid in both) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(is_running(pid) for pid in both)


def is_running(pid: int) -> bool:
    """Whether the process is there and not only waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_child_sees_no_environment_and_nothing_of_ours(script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret@db/x")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    text = """
import importlib.util, json, os
print(json.dumps({"secret": "DATABASE_URL" in os.environ, "core": importlib.util.find_spec("core") is not None}))
"""
    assert sandbox.run(script(text)) == {"secret": False, "core": False}


def test_limits_hold(script) -> None:
    text = """
import json, resource as r
names = ["RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CORE"]
print(json.dumps({name: r.getrlimit(getattr(r, name))[0] for name in names}))
"""
    assert sandbox.run(script(text), file_size=123456) == {
        "RLIMIT_AS": 1 << 30,
        "RLIMIT_CPU": 10,
        "RLIMIT_FSIZE": 123456,
        "RLIMIT_NOFILE": 64,
        "RLIMIT_CORE": 0,
    }


def test_missing_script(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="exit status 1"):
        sandbox.run(tmp_path / "absent.py")


def test_interpreter_that_cannot_start(script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(SandboxError, match="could not be started"):
        sandbox.run(script("print('{}')"))
