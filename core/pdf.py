"""What Dateline knows of a PDF. Untrusted bytes are opened in a sandboxed child only, never in this process."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import logs, sandbox

CHILD = Path(__file__).with_name("pdf_child.py")
TEXT_CHILD = Path(__file__).with_name("pdf_text_child.py")
log = logs.get(__name__)

NOT_READ = "The file could not be read."
PROBLEMS = {
    "damaged": "The file is damaged; pages may be missing.",
    "encrypted": "The file is encrypted; save it without protection.",
    "no pages": "The file has no pages.",
    "password": "The file cannot be opened without a password.",
    "size": "The first page has a size that cannot be drawn.",
    "unreadable": NOT_READ,
}


@dataclass(frozen=True)
class PdfReport:
    """What was found. Sizes in points (1/72 inch) as the first page is seen; `problem` is a sentence for the author."""

    pages: int | None = None
    width: float | None = None
    height: float | None = None
    is_encrypted: bool = False
    has_title: bool = False  # in the document's information
    has_author: bool = False
    has_attachments: bool = False
    has_javascript: bool = False
    problem: str = ""
    picture: Path | None = None  # PNG of the first page, at most 400 x 566 pixels
    anonymous: Path | None = None  # the same pages, with nothing beside them that tells who made them

    @property
    def is_readable(self) -> bool:
        """Whether the check came to its end and found pages."""
        return self.pages is not None and self.problem != NOT_READ


FACTS = {
    "pages": int,
    "width": float,
    "height": float,
    "is_encrypted": bool,
    "has_title": bool,
    "has_author": bool,
    "has_attachments": bool,
    "has_javascript": bool,
}


def looks_like_pdf(first_1024: bytes) -> bool:
    """Whether a file that begins with these bytes says of itself that it is a PDF."""
    return b"%PDF-" in first_1024[:1024]


def check(path: Path, out: Path) -> PdfReport:
    """Look at the PDF at `path`; write its picture and its anonymous copy into the folder `out`.

    Takes one child start, 0.2 s for a paper of a few pages. Never raises for what is in the file: a check that dies
    says that the file could not be read, keeps the facts found by then and gives neither picture nor copy.
    """
    size = path.stat().st_size
    try:
        said = sandbox.run(CHILD, str(path), str(out), file_size=2 * size + (1 << 20))
    except sandbox.SandboxError as error:
        log.warning("check of PDF %s: %s", path.name, error)
        return PdfReport(**_facts(error.said), problem=NOT_READ)
    problem = said.get("problem", "")
    return PdfReport(
        **_facts(said),
        problem=PROBLEMS.get(problem, NOT_READ) if problem else "",
        picture=_made(out / "picture.png", said),
        anonymous=_made(out / "anonymous.pdf", said),
    )


def text(path: Path) -> str:
    """The words of the PDF at `path`, as far as they can be read: of the pages before it breaks, or none at all."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "text"
        try:
            sandbox.run(TEXT_CHILD, str(path.absolute()), str(out))
        except sandbox.SandboxError as error:
            log.warning("text of PDF %s: %s", path.name, error)
        return out.read_text("utf-8", "replace") if out.is_file() else ""


def _facts(said: dict[str, Any]) -> dict[str, Any]:
    """Those of the child's answers that are facts; the child is not believed to keep to the form."""
    return {name: said[name] for name, kind in FACTS.items() if type(said.get(name)) is kind}


def _made(path: Path, said: dict[str, Any]) -> Path | None:
    """The file, if the child says that it finished it."""
    return path if said.get(path.name) is True and path.is_file() else None
