"""The authors' form as a browser without JavaScript fills it in."""

import io
import re
from typing import Any

from sqlalchemy import select

from accounts.models import Person
from mail.models import Message
from submissions.models import Submission, Version
from tests.season import PDF, Client, Season

HOME = "/sbm2022/submissions"
AUTHORS = [["Ada Abel", "ada@example.org", "Score Lab"], ["Bo Brandt", "bo@example.org", ""]]


def hidden(html: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'<input[^>]* name="{name}"[^>]*>', html)
    assert found, name
    value = re.search(r' value="([^"]*)"', found[0])
    return value[1] if value else ""


def file(content: bytes, name: str = "paper.pdf") -> tuple[io.BytesIO, str]:
    """A file for a form."""
    return io.BytesIO(content), name


def fields(authors: list[list[str]] = AUTHORS, **more: Any) -> dict[str, Any]:
    """A form filled in, without files."""
    found: dict[str, Any] = {"title": "On scores", "abstract": "We *study* scores.", **more}
    for place, author in enumerate(authors):
        found |= zip_names(place, author)
    return found


def zip_names(place: int, author: list[str]) -> dict[str, str]:
    names = (f"authors-{place}-{part}" for part in ("name", "email", "affiliation"))
    return dict(zip(names, author, strict=True))


def begin(client: Client, content: bytes | None = PDF, **more: Any) -> int:
    """Make a submission by the form; its number."""
    sent = fields(form_key=hidden(client.page(f"{HOME}/new"), "form_key"), **more)
    if content is not None:
        sent["paper"] = file(content)
    where = client.send(f"{HOME}/new", **sent).headers["Location"]
    return int(where.rstrip("/").rpartition("/")[2])


def change(client: Client, number: int, status: int = 303, **more: Any) -> str:
    """Save the form of a submission, from its present version unless told; the answer's text."""
    if "started_from" not in more:
        more["started_from"] = hidden(client.page(f"{HOME}/{number}/edit"), "started_from")
    return client.send(f"{HOME}/{number}/edit", status, **fields(**more)).text


def submission(season: Season, number: int = 1) -> Submission:
    """The submission as it is now."""
    season.session.rollback()
    return season.session.scalars(select(Submission).where(Submission.number == number)).one()


def versions(season: Season, number: int = 1) -> list[Version]:
    """Its versions as they are now."""
    return list(submission(season, number).versions)


def letters(season: Season) -> list[tuple[str, str]]:
    """(occasion, to) of every letter, in the order in which they were queued."""
    season.session.rollback()
    rows = season.session.execute(select(Message.occasion, Message.to_email).order_by(Message.id))
    return [(occasion, to) for occasion, to in rows]


def numbers(season: Season, person: Person) -> list[str]:
    """The numbers on the person's own list."""
    html = season.client(person).page(f"{HOME}/")
    return re.findall(rf'href="{HOME}/(\d+)/"', html)
