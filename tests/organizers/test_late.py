"""Versions that came too late: the organizer sees what accepting them changes, and accepts."""

import re
from typing import Any

import pytest

from submissions.models import State, Submission, Version
from tests.season import CLOSED, Season

PAGE = "/sbm2022/organize/submissions/1/"
MORE = [("Title", "Late"), ("Authors", "Ada Abel, ada@example.org"), ("Abstract", "Late.")]


def late(season: Season, paper: Submission, **fields: Any) -> None:
    """A second version, which came too late."""
    blob = season.put(b"%PDF-1.4 late")
    texts = {"title": "Late", "abstract": "Late.", "authors": [["Ada Abel", "ada@example.org", ""]]}
    file = {"paper_sha256": blob.sha256, "paper_size": blob.size, "paper_name": "late.pdf"}
    kept = {"saved_by_id": season.ada.id, "saved_at": CLOSED, "began_at": CLOSED, "is_late": True}
    values = {"number": 2, "topics": ["Theory"], **texts, **file, **kept, **fields}
    season.add(Version(submission_id=paper.id, **values))
    season.at(CLOSED)


def changes(html: str, version: int = 2) -> list[tuple[str, str]] | None:
    """What the page of a submission says that accepting this version changes; None when it says nothing of it."""
    _, found, rest = html.partition(f"What accepting version {version} changes")
    panel = rest.partition("</section>")[0]
    return re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", panel) if found else None


def test_a_late_version_is_accepted(season: Season) -> None:
    paper = season.submission("Early")
    late(season, paper)
    client = season.client(season.olga)
    assert changes(client.page(PAGE)) == [*MORE, ("Paper", "another file")]
    client.send(PAGE + "versions/2/accept")
    season.session.rollback()
    assert (paper.title, paper.version) == ("Late", 2)
    page = client.page(PAGE)
    assert changes(page) is None
    assert "versions/2/accept" not in page
    client.send(PAGE + "versions/2/accept", status=403)
    season.client(season.ada).send(PAGE + "versions/2/accept", status=404)


def test_a_draft_is_submitted_by_its_late_file(season: Season) -> None:
    paper = season.submission("Early", state=State.DRAFT)
    late(season, paper)
    client = season.client(season.olga)
    assert changes(client.page(PAGE)) == [("State", "submitted"), *MORE, ("Paper", "a file")]
    client.send(PAGE + "versions/2/accept")
    season.session.rollback()
    assert paper.state is State.SUBMITTED


def test_of_a_submission_that_came_wholly_late(season: Season) -> None:
    """Its only version is current and waits: nothing changes but that it is submitted."""
    paper = season.submission("Late")
    season.at(CLOSED)
    paper.state, paper.submitted_at, paper.versions[0].is_late = State.DRAFT, None, True
    season.session.commit()
    client = season.client(season.olga)
    assert changes(client.page(PAGE), 1) == [("State", "submitted")]
    client.send(PAGE + "versions/1/accept")
    season.session.rollback()
    assert paper.state is State.SUBMITTED


@pytest.mark.parametrize("state", [State.SUBMITTED, State.WITHDRAWN])
def test_what_says_the_same_and_what_is_withdrawn(season: Season, state: State) -> None:
    paper = season.submission("Early", state=state)
    first = paper.versions[0]
    names = ("title", "abstract", "authors", "topics", "paper_sha256", "paper_size", "paper_name")
    late(season, paper, **{name: getattr(first, name) for name in names})
    page = season.client(season.olga).page(PAGE)
    is_waiting = state is State.SUBMITTED
    assert changes(page) == ([] if is_waiting else None)
    assert ("Nothing: it says what the current version says." in page) is is_waiting
    assert (PAGE + "versions/2/accept" in page) is is_waiting


def test_a_late_supplement_can_be_opened(season: Season) -> None:
    paper = season.submission("Early")
    blob = season.put(b"PK\x03\x04 proofs")
    late(
        season,
        paper,
        supplement_sha256=blob.sha256,
        supplement_size=blob.size,
        supplement_name="proofs.zip",
    )
    client = season.client(season.olga)
    page = client.page(PAGE)
    assert changes(page) == [*MORE, ("Paper", "another file"), ("Supplement", "a file")]
    assert PAGE + "versions/2/supplement" in page
    with client.get(PAGE + "versions/2/supplement") as answer:
        assert answer.data == b"PK\x03\x04 proofs"
