"""What a look at a PDF says: the job that has it looked at, and the hints for its authors."""

import tempfile
from pathlib import Path

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from core import clock, jobs, pdf, request
from core.db import transaction
from submissions.models import CheckState, FileCheck

# Two people may send the same bytes at once: the second waits for the first and adds nothing.
REGISTER = text(
    "INSERT INTO file_checks (sha256, state, is_encrypted, problem) VALUES (:sha256, :state, :no, '') "
    "ON CONFLICT (sha256) DO NOTHING"
)
PICTURE_LIMIT = 8 << 20  # bytes; a picture has at most 400 x 566 pixels


def order(session: Session, sha256: str) -> None:
    """Have a PDF looked at, once for the same bytes, by a job of the caller's transaction."""
    added = session.execute(REGISTER, {"sha256": sha256, "state": CheckState.WAITING.value, "no": False})
    if added.rowcount:  # type: ignore[attr-defined]
        jobs.enqueue(session, "check_file", priority=jobs.LATER, sha256=sha256)


def check_file(session: Session, sha256: str) -> None:
    """Job: look at the PDF in a sandbox and note what it is; keep its picture and the reviewers' copy."""
    store = request.store()
    picture = copy = None
    with tempfile.TemporaryDirectory(dir=store.incoming) as folder:
        report = pdf.check(store.path(sha256), Path(folder))
        if report.picture:
            with report.picture.open("rb") as file:
                picture = store.put(file, limit=PICTURE_LIMIT).sha256
        if report.anonymous:
            with report.anonymous.open("rb") as file:
                copy = store.put(file, limit=report.anonymous.stat().st_size).sha256
    found = update(FileCheck).where(FileCheck.sha256 == sha256)
    with transaction(session):
        session.execute(
            found.values(
                state=CheckState.DONE if report.is_readable else CheckState.UNREADABLE,
                pages=report.pages,
                is_encrypted=report.is_encrypted,
                problem=report.problem,
                picture_sha256=picture,
                anonymous_sha256=copy,
                checked_at=clock.now(),
            )
        )


def hints(check: FileCheck | None, page_limit: int | None) -> list[str]:
    """What the authors should look at in their PDF; nothing of it stops a submission."""
    if check is None:
        return []
    if check.state is CheckState.WAITING:
        return ["The PDF is being looked at. Come back in a minute for its first page and what was found."]
    found = [check.problem] if check.problem else []
    if check.is_encrypted and not check.problem:
        found.append("The file is encrypted; save it without protection.")
    if check.anonymous_sha256 is None:
        found.append("Reviewers can't read it as it is: send a PDF that opens without warnings and password.")
    if page_limit and check.pages and check.pages > page_limit:
        found.append(
            f"The PDF has {check.pages} pages in all. The limit is {page_limit}; references and appendices do not "
            "count, so look whether yours fits."
        )
    return found
