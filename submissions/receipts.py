"""Receipts that anybody can check: a block of text that tells what was received, signed with the deployment's key.

The block goes through mail and the clipboard, so what is signed is its text without what these change: quoting, white
space, and the two ways of writing é. Free text comes last and stands in quotes, as JSON writes it, so that nothing in
a title can pass for another line. docs/authors.md says how to check a receipt without us.
"""

import base64
import json
import quopri
import re
import textwrap
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core import links, signing
from submissions.models import Submission, Version
from venues.deadlines import utc

BEGIN, END = "BEGIN DATELINE RECEIPT", "END DATELINE RECEIPT"
MOST = 300_000  # characters, of what is looked at
MARKS = 30  # combining marks in a row, as they are: normalising a long run takes the square of its length
SIGNED = re.compile(r"(.*Key:([0-9a-f]{16}))Signature:([A-Za-z0-9+/]{86})")
PAPER = re.compile(r'[^"]*PaperSHA-256:([0-9a-f]{64})Paperbytes:')  # before any free text


@dataclass(frozen=True)
class Received:
    """What a receipt tells. Files are (SHA-256, bytes)."""

    what: str
    version: int
    saved_at: datetime
    began_at: datetime
    paper: tuple[str | None, int | None]
    supplement: tuple[str | None, int | None]
    authors: list[str]
    title: str


@dataclass(frozen=True)
class Genuine:
    """A receipt that is as it was signed, and the SHA-256 of the paper that it names."""

    paper_sha256: str | None


def of_version(version: Version) -> str:
    """The receipt of a version."""
    what = "submission"
    if version.paper_sha256 is None:
        what = "draft, not submitted"
    elif version.is_late:
        what = "late submission, accepted" if version.accepted_at else "late submission, kept aside"
    received = Received(
        what=what,
        version=version.number,
        saved_at=version.saved_at,
        began_at=version.began_at,
        paper=(version.paper_sha256, version.paper_size),
        supplement=(version.supplement_sha256, version.supplement_size),
        authors=[name for name, _, _ in version.authors],
        title=version.title,
    )
    return of(version.submission, received)


def of(submission: Submission, received: Received) -> str:
    """The signed block, in short lines."""
    signer = signing.keys().signer()
    lines = [
        f"What: {received.what}",
        f"Check: {links.absolute('receipts.check')}",
        f"Venue: {submission.venue.slug}",
        f"Number: {submission.number}",
        f"Version: {received.version}",
        f"Received: {utc(received.saved_at)}",
        f"Began: {utc(received.began_at)}",
        *_file("Paper", *received.paper),
        *_file("Supplement", *received.supplement),
        *(f"Author {place}: {_quoted(name)}" for place, name in enumerate(received.authors, 1)),
        f"Title: {_quoted(received.title)}",
        f"Key: {signer.id}",
    ]
    signature = signer.sign(_message(_compact("\n".join(lines))))
    return "\n".join(
        [f"-----{BEGIN}-----", *map(_wrapped, lines), *_signature(signature), f"-----{END}-----"]
    )


def check(text: str) -> Genuine | None:
    """The receipt in a text, if there is exactly one and it is as this deployment signed it."""
    if len(text) > MOST:
        return None
    for reading in _readings(text):
        blocks = _blocks(_compact(reading))
        if len(blocks) == 1 and (found := _genuine(blocks.pop())):
            return found
    return None


def _readings(text: str) -> Iterator[str]:
    """The text, and if it has what the source of a letter has, as quoted-printable."""
    yield text
    if "=" in text:
        yield quopri.decodestring(text.encode(errors="replace")).decode(errors="replace")


def _file(name: str, sha256: str | None, size: int | None) -> list[str]:
    return [f"{name} SHA-256: {sha256}", f"{name} bytes: {size}"] if sha256 else [f"{name} SHA-256: none"]


def _quoted(text: str) -> str:
    """In quotes, as JSON; what doesn't show, and what might be taken for quoting, is escaped."""
    shown, marks = [], 0
    for character in json.dumps(text, ensure_ascii=False):
        marks = marks + 1 if unicodedata.combining(character) else 0
        is_safe = character.isprintable() and character != ">" and marks <= MARKS
        shown.append(character if is_safe else json.dumps(character)[1:-1].replace(">", "\\u003e"))
    return "".join(shown)


def _signature(signature: bytes) -> list[str]:
    text = base64.b64encode(signature).decode().rstrip("=")
    return [f"Signature: {text[:43]}", text[43:]]


def _wrapped(line: str) -> str:
    return textwrap.fill(line, 76, break_long_words=False, break_on_hyphens=False)


def _compact(text: str) -> str:
    """The text without the marks of quoting and without white space."""
    return "".join("".join(line.lstrip("> \t").split()) for line in text.splitlines())


def _message(compact: str) -> bytes:
    """The bytes that are signed."""
    return unicodedata.normalize("NFC", compact).encode()


def _blocks(compact: str) -> set[str]:
    """What stands between each beginning and the end after it."""
    begin, end = BEGIN.replace(" ", ""), END.replace(" ", "")
    return {part.partition(end)[0].strip("-") for part in compact.split(begin)[1:] if end in part}


def _genuine(block: str) -> Genuine | None:
    match = SIGNED.fullmatch(block)
    key = signing.keys().public().get(match[2]) if match else None
    if match is None or key is None or _has_long_runs(block):
        return None
    signature = base64.b64decode(match[3] + "==")
    # The last letter of the signature has bits to spare: only one way of writing it counts.
    if "".join(_signature(signature)).removeprefix("Signature: ") != match[3]:
        return None
    if not signing.is_signed(key, signature, _message(match[1])):
        return None
    paper = PAPER.match(block)
    return Genuine(paper[1] if paper else None)


def _has_long_runs(text: str) -> bool:
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > 2 * MARKS:  # é may be two characters here that were one
            return True
    return False
