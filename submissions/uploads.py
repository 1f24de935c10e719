"""Files on their way in: named, judged by their first bytes, stored, and carried in a signed token until a save."""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from io import RawIOBase
from typing import IO, Any, BinaryIO, cast

from core import metrics, tokens
from core.files import DiskFull, DiskStore, TooLarge
from core.pdf import looks_like_pdf

HEAD = 1024  # bytes within which a PDF says that it is one
MAX_NAME = 200
CARRIED = timedelta(days=7)  # a stored file waits this long for a save that names it


class Kind(Enum):
    PAPER = "paper"
    SUPPLEMENT = "supplement"


@dataclass(frozen=True)
class Received:
    """A stored file that no version names yet, and when its upload began."""

    sha256: str
    size: int
    name: str
    began_at: datetime


class FileRefused(Exception):
    """The file is not taken; str() is the sentence for the person."""


def safe_name(text: str, fallback: str) -> str:
    """A file's name as it may be shown: no folders, nothing invisible or turned around, at most 200 characters."""
    last = text.replace("\\", "/").rpartition("/")[2]
    # Categories C*: control and formatting characters (right-to-left marks), lone surrogates, unassigned ones.
    shown = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in last)
    shown = " ".join(shown.split()).lstrip(".")
    if len(shown) > MAX_NAME:
        stem, dot, ending = shown.rpartition(".")
        ending = dot + ending if stem and len(ending) <= 10 else ""
        shown = shown[: MAX_NAME - len(ending)] + ending
    return shown or fallback


def receive(
    store: DiskStore, stream: IO[bytes], name: str, kind: Kind, *, began_at: datetime, limit: int
) -> Received:
    """Store a file durably if it is of its kind and has at most `limit` bytes. Raises FileRefused."""
    try:
        received = _receive(store, stream, name, kind, began_at=began_at, limit=limit)
    except FileRefused:
        metrics.UPLOADS.labels("refused").inc()
        raise
    except DiskFull:
        metrics.UPLOADS.labels("disk full").inc()
        raise
    metrics.UPLOADS.labels("stored").inc()
    metrics.UPLOADED.inc(received.size)
    return received


def _receive(
    store: DiskStore, stream: IO[bytes], name: str, kind: Kind, *, began_at: datetime, limit: int
) -> Received:
    head = b""
    while len(head) < HEAD and (more := stream.read(HEAD - len(head))):
        head += more
    if not head:
        raise FileRefused("This file is empty. Choose it again.")
    is_pdf = looks_like_pdf(head)
    if kind is Kind.PAPER and not is_pdf:
        raise FileRefused("This file is not a PDF: there is no %PDF- near its beginning.")
    if not is_pdf and not head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise FileRefused("This file is neither a PDF nor a ZIP archive.")
    try:
        blob = store.put(cast(BinaryIO, _Rejoined(head, stream)), limit=limit)
    except TooLarge:
        raise FileRefused(too_large(limit)) from None
    ending = "pdf" if is_pdf else "zip"
    return Received(blob.sha256, blob.size, safe_name(name, f"{kind.value}.{ending}"), began_at)


def too_large(limit: int) -> str:
    """The sentence about a file beyond the limit."""
    return f"This file is too large: it may have at most {limit >> 20} MB."


class _Rejoined(RawIOBase):
    """A stream whose beginning was read already."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = head, cast(RawIOBase, rest)

    def readinto(self, buffer: Any) -> int | None:
        if not self._head:
            return self._rest.readinto(buffer)
        count = len(self._head)
        buffer[:count], self._head = self._head, b""
        return count


def carry(received: Received, kind: Kind, person_id: int) -> str:
    """A token by which this person's next form refers to the file."""
    began = received.began_at.timestamp()
    return tokens.issue(_purpose(kind, person_id), [received.sha256, received.size, received.name, began])


def carried(token: str, kind: Kind, person_id: int, store: DiskStore) -> Received:
    """The file that a token of this person refers to. Raises FileRefused."""
    try:
        sha256, size, name, began = tokens.read(_purpose(kind, person_id), token, max_age=CARRIED)
    except tokens.TokenError:
        raise FileRefused("The file that was sent before is no longer waiting. Choose it again.") from None
    if not store.keep(sha256):
        raise FileRefused("The file that was sent before is no longer there. Choose it again.")
    return Received(sha256, size, name, datetime.fromtimestamp(began, UTC))


def _purpose(kind: Kind, person_id: int) -> str:
    return f"{kind.value} of {person_id}"
