"""Blobs named by their SHA-256 on the local disk. When `put` returns, the bytes are durable."""

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from datetime import datetime
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO, cast

CHUNK = 1 << 18
NAME = re.compile(r"[0-9a-f]{64}")


class TooLarge(Exception):
    """The stream had more bytes than allowed."""


class DiskFull(Exception):
    """The bytes could not be stored; nothing was kept."""


@dataclass(frozen=True)
class Blob:
    """A stored file: its name and its size in bytes."""

    sha256: str
    size: int


class DiskStore:
    """Blobs below one folder, spread over 256 subfolders."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming, self._aside = root / "incoming", root / "aside"
        self.incoming.mkdir(parents=True, exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Where the blob of this name lies, whether or not it is there."""
        if not NAME.fullmatch(sha256):
            raise ValueError("not a SHA-256")
        return self.root / sha256[:2] / sha256

    def has(self, sha256: str) -> bool:
        """Whether a blob of this name is stored."""
        return self.path(sha256).is_file()

    def keep(self, sha256: str) -> bool:
        """Whether it is stored; if so it counts as new, so that a save which names it finds it (housekeeping.py)."""
        try:
            os.utime(self.path(sha256))
        except FileNotFoundError:
            return False
        return True

    def older_than(self, before: datetime) -> list[str]:
        """The names of the blobs that were last put or kept before this instant."""
        return [path.name for path in self.root.glob("[0-9a-f][0-9a-f]/*") if _is_older(path, before)]

    def set_aside(self, sha256: str, *, at: datetime, before: datetime) -> bool:
        """Take a blob out of the store, noting when; not when it has been put or kept since `before`."""
        there = self._aside / str(int(at.timestamp())) / sha256
        there.parent.mkdir(parents=True, exist_ok=True)
        self.path(sha256).rename(there)
        if _is_older(there, before):
            return True
        there.rename(self.path(sha256))  # somebody came in between
        return False

    def aside(self) -> list[str]:
        """The names of the blobs that are set aside."""
        return [path.name for path in self._aside.glob("*/*")]

    def bring_back(self, sha256: str) -> None:
        """Put a blob that was set aside back into its place."""
        for path in self._aside.glob(f"*/{sha256}"):
            path.rename(self.path(sha256))

    def remove_aside(self, sha256: str, *, before: datetime) -> None:
        """Remove a blob that was set aside before this instant."""
        for path in self._aside.glob(f"*/{sha256}"):
            if int(path.parent.name) < before.timestamp():
                path.unlink()
                if not any(path.parent.iterdir()):
                    path.parent.rmdir()

    def put(self, stream: BinaryIO, *, limit: int) -> Blob:
        """Store all of the stream: hashed while written to a temporary file, fsynced, renamed, the folder fsynced.

        Raises TooLarge beyond `limit` bytes and DiskFull when the disk refuses; then nothing is kept.
        """
        digest, size = hashlib.sha256(), 0
        # One buffer for all: new bytes for each chunk cost as much as hashing them.
        buffer, readinto = memoryview(bytearray(CHUNK)), cast(RawIOBase, stream).readinto
        try:
            descriptor, temporary = tempfile.mkstemp(dir=self.incoming)
            try:
                with os.fdopen(descriptor, "wb", buffering=0) as file:
                    while count := readinto(buffer):
                        size += count
                        if size > limit:
                            raise TooLarge
                        view = buffer[:count]
                        digest.update(view)
                        while view:  # an unbuffered write may take less than it was given
                            view = view[file.write(view) :]
                    os.fsync(file.fileno())
                target = self.path(digest.hexdigest())
                new_folder = not target.parent.exists()
                target.parent.mkdir(exist_ok=True)
                Path(temporary).replace(target)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
            sync_folder(target.parent)
            if new_folder:
                sync_folder(self.root)
        except OSError as error:
            raise DiskFull(str(error)) from error
        return Blob(digest.hexdigest(), size)

    def try_to_write(self) -> None:
        """Write a byte durably, and remove it. Raises OSError."""
        with tempfile.NamedTemporaryFile(dir=self.incoming, buffering=0) as file:
            file.write(b"1")
            os.fsync(file.fileno())

    def open(self, sha256: str) -> BinaryIO:
        """The blob, opened for reading; FileNotFoundError when it is not there."""
        return self.path(sha256).open("rb")


def _is_older(path: Path, before: datetime) -> bool:
    return path.stat().st_mtime < before.timestamp()


def sync_folder(folder: Path) -> None:
    """Make the names in this folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
