"""Leaks planted on purpose, in a copy of the code, to see that the crawl and the matrix of the tests find them."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
LIST = ROOT / "tests" / "policy" / "planted.toml"
# What a copy of the code does without.
LEFT = shutil.ignore_patterns(
    ".git", ".venv", ".tools", "data", "docs", "__pycache__", ".*_cache", ".hypothesis"
)


@dataclass(frozen=True)
class Leak:
    """One leak: the test that must fail of it, and what its report must say in one line."""

    name: str
    test: str
    found: tuple[str, ...]
    patches: tuple[tuple[str, str, str], ...]  # (file, old, new)

    @property
    def finder(self) -> str:
        return "crawl" if "test_leaks" in self.test else "matrix"


def planted() -> list[Leak]:
    """All leaks of the list."""
    return [
        Leak(
            entry["name"],
            entry["test"],
            tuple(entry["found"]),
            tuple((patch["file"], patch["old"], patch["new"]) for patch in entry["patch"]),
        )
        for entry in tomllib.loads(LIST.read_text())["leak"]
    ]


def misfit(leak: Leak, root: Path = ROOT) -> str:
    """Why the leak cannot be planted; empty when it can."""
    for file, old, _ in leak.patches:
        path = root / file
        count = path.read_text().count(old) if path.exists() else 0
        if count != 1:
            return f"{leak.name}: {file} holds {count} times, not once: {old.strip()!r}"
    return ""


@contextmanager
def copy_of_the_code() -> Iterator[Path]:
    """A folder with the code and its tests, which may be changed."""
    with tempfile.TemporaryDirectory(prefix="dateline-leaks-") as folder:
        copy = Path(folder) / "dateline"
        shutil.copytree(ROOT, copy, ignore=LEFT)
        yield copy


def find(copy: Path, leaks: list[Leak]) -> dict[str, str]:
    """Plant these leaks together in the copy, run their tests, take the leaks out again.

    Gives, for each leak, the line of the report that names it, or an empty text when it was not found.
    """
    kept: dict[str, str] = {}
    try:
        for leak in leaks:
            for file, old, new in leak.patches:
                text = (copy / file).read_text()
                kept.setdefault(file, text)
                # Two leaks may share a patch: the second finds it done.
                assert text.count(old) == 1 or new in text, misfit(leak, copy)
                (copy / file).write_text(text.replace(old, new))
        tests = sorted({f"tests/policy/{leak.test}" for leak in leaks})
        command = [
            sys.executable,
            "-m",
            "pytest",
            "--tb=short",
            "-vv",
            "-p",
            "no:cacheprovider",
            *tests,
        ]
        # Without the compiled files: two patches of a file may fall into the same second.
        environ = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
        ran = subprocess.run(command, cwd=copy, env=environ, capture_output=True, text=True)  # noqa: S603 (our own tests)
    finally:
        for file, text in kept.items():
            (copy / file).write_text(text)
    lines = [
        re.sub(r"^E\s+(AssertionError: )?", "", line) for line in ran.stdout.splitlines() if line[:2] == "E "
    ]
    return {
        leak.name: next((line for line in lines if all(word in line for word in leak.found)), "")
        for leak in leaks
    }
