"""The entrance, ./dateline, as a person on a bare machine meets it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from cli.__main__ import COMMANDS
from tests.servers import ROOT


def run(*command: object, cwd: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    bare = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    return subprocess.run([str(part) for part in command], cwd=cwd, env=bare, capture_output=True, text=True)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """The script in a folder with a space in its name, before any environment was made."""
    folder = tmp_path / "my papers"
    (folder / "cli").mkdir(parents=True)
    shutil.copy(ROOT / "dateline", folder)
    shutil.copy(ROOT / "cli" / "__main__.py", folder / "cli")
    return folder


def test_help_needs_no_environment_and_names_every_command(elsewhere: Path) -> None:
    shown = run(elsewhere / "dateline", "--help", cwd=Path("/"))
    assert (shown.returncode, shown.stderr) == (0, "")
    lines = dict(line.strip().split(None, 1) for line in shown.stdout.splitlines() if line.startswith("  "))
    assert COMMANDS.items() <= lines.items()
    assert set(lines) - set(COMMANDS) == {"test", "check", "lock"}
    assert sorted(path.name for path in elsewhere.iterdir()) == ["cli", "dateline"]


def test_the_script_finds_itself_through_a_link(elsewhere: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(elsewhere / "dateline")
    assert run(link, "--help").stdout == run(elsewhere / "dateline", "--help").stdout != ""


@pytest.mark.parametrize("command", ["publish", ".*", "--version"])
def test_an_unknown_command_is_refused_before_anything_is_made(elsewhere: Path, command: str) -> None:
    refused = run(elsewhere / "dateline", command)
    assert refused.returncode == 2
    assert refused.stderr.endswith(f"dateline: there is no command '{command}'.\n")
    assert sorted(path.name for path in elsewhere.iterdir()) == ["cli", "dateline"]
