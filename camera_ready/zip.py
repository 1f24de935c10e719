"""One ZIP with every final file and a manifest, streamed: it is never whole in memory or on disk."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.engine import Row

from core.files import DiskStore
from venues.deadlines import utc

COLUMNS = ("number", "title", "authors", "decision", "file", "bytes", "sha256", "pages", "received")


class _Pipe(io.RawIOBase):
    """Collects what the ZIP writer writes until it is taken."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.waiting.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken, self.waiting = b"".join(self.waiting), []
        return taken


def file_name(number: int, title: str, last: int) -> str:
    """Such as `012-score-matching.pdf`: sorts as the numbers do, safe on every system."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].strip("-")
    return f"{number:0{max(3, len(str(last)))}d}-{words or 'paper'}.pdf"


def stream(
    store: DiskStore, rows: Sequence[Row[*tuple[Any, ...]]], authors: dict[int, str]
) -> Iterator[bytes]:
    """The bytes of the ZIP: `rows` of `queries.desk`, `authors` by submission id. All papers are listed."""
    last = max((row.number for row in rows), default=0)
    manifest = io.StringIO()
    table = csv.writer(manifest)
    table.writerow(COLUMNS)
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for row in rows:
            name = file_name(row.number, row.title, last) if row.final else ""
            received = utc(row.saved_at) if row.final else ""
            known = (row.number, row.title, authors.get(row.id, ""), row.outcome, name)
            cells = [*known, row.paper_size, row.paper_sha256, row.pages, received]
            table.writerow(["" if cell is None else _cell(cell) for cell in cells])
            if row.final:
                with (
                    store.open(row.paper_sha256) as file,
                    archive.open(_entry(name), "w", force_zip64=True) as entry,
                ):
                    while chunk := file.read(1 << 18):
                        entry.write(chunk)
                        yield pipe.take()
        archive.writestr(_entry("manifest.csv"), manifest.getvalue().encode("utf-8-sig"))
    yield pipe.take()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # dated 1980: the same papers give the same bytes
    entry.external_attr = 0o644 << 16
    return entry


def _cell(value: object) -> str:
    """As text that no spreadsheet takes for a formula."""
    text = str(value)
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
