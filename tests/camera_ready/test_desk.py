import csv
import hashlib
import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from camera_ready.models import FinalVersion
from camera_ready.zip import file_name
from decisions.models import Outcome, Release
from mail.models import Batch, Message
from submissions.models import State, Submission
from tests.season import CAMERA_READY, NOTIFICATION, PDF, Season
from venues.models import Role

LAST = datetime(2022, 11, 26, 11, 59, 59, tzinfo=UTC)
CLOSED = datetime(2022, 11, 26, 12, 0, tzinfo=UTC)
MINE = "/sbm2022/submissions/1/camera-ready"
DESK = "/sbm2022/organize/camera-ready"


def pdf(text: str) -> bytes:
    return PDF + b"% " + text.encode() + b"\n"


def send(season: Season, content: bytes, status: int = 303, name: str = "final.pdf", by: str = "ada") -> str:
    client = season.client(getattr(season, by))
    return client.send(MINE, status, paper=(io.BytesIO(content), name)).text


def released(season: Season, *outcomes: Outcome) -> list[Submission]:
    """Papers with these outcomes, released on the announced day, in the weeks of the camera-ready versions."""
    papers = [season.submission(f"Paper {outcome}") for outcome in outcomes]
    for paper, outcome in zip(papers, outcomes, strict=True):
        season.decide(paper, outcome)
    batch = Batch(venue_id=season.venue.id, occasion="decision_released", not_before=NOTIFICATION)
    season.add(batch)
    at = {"prepared_at": NOTIFICATION, "effective_at": NOTIFICATION}
    season.add(Release(venue_id=season.venue.id, batch_id=batch.id, prepared_by_id=season.olga.id, **at))
    season.at(CAMERA_READY)
    return papers


def finals(season: Season) -> list[tuple[int, str, bool]]:
    season.session.rollback()
    rows = season.session.scalars(select(FinalVersion).order_by(FinalVersion.id))
    return [(row.number, row.paper_sha256, row.is_late) for row in rows]


def test_authors_of_accepted_papers_upload_and_all_get_a_receipt(season_on_both: Season) -> None:
    released(season_on_both, Outcome.POSTER)
    one, two = pdf("one"), pdf("two")
    send(season_on_both, one)
    send(season_on_both, two, by="bo")
    hashes = [hashlib.sha256(content).hexdigest() for content in (one, two)]
    assert finals(season_on_both) == [(1, hashes[0], False), (2, hashes[1], False)]
    receipts = season_on_both.session.scalars(
        select(Message).where(Message.occasion == "final_received").order_by(Message.id)
    ).all()
    assert [(m.to_email, hashes[0] in m.text, hashes[1] in m.text) for m in receipts] == [
        ("ada@example.org", True, False),
        ("bo@example.org", True, False),
        ("ada@example.org", False, True),
        ("bo@example.org", False, True),
    ]
    page = season_on_both.client(season_on_both.ada).page(MINE)
    assert hashes[0][:10] in page
    assert hashes[1][:10] in page


def test_the_last_second_counts_and_the_next_is_kept_aside(season: Season) -> None:
    released(season, Outcome.ORAL)
    season.at(LAST)
    send(season, pdf("in time"))
    season.at(CLOSED)
    send(season, pdf("late"))
    late = hashlib.sha256(pdf("late")).hexdigest()
    assert [is_late for _, _, is_late in finals(season)] == [False, True]
    olga = season.client(season.olga)
    with zipfile.ZipFile(io.BytesIO(olga.get(f"{DESK}.zip").data)) as archive:
        assert archive.read(archive.namelist()[0]) == pdf("in time")
    olga.send(f"{DESK}/1/2/accept")
    with zipfile.ZipFile(io.BytesIO(olga.get(f"{DESK}.zip").data)) as archive:
        assert archive.read(archive.namelist()[0]) == pdf("late")
    assert late[:10] in olga.page(DESK)
    assert "not waiting" in olga.send(f"{DESK}/1/2/accept", 403).text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "empty"), (b"<html>hello</html>", "not a PDF"), (PDF + b"x" * (51 << 20), "at most 50 MB")],
)
def test_a_file_that_is_none_is_refused_beside_the_field(
    season: Season, content: bytes, sentence: str
) -> None:
    released(season, Outcome.POSTER)
    assert sentence in send(season, content, 422)
    assert finals(season) == []


def test_rejected_papers_and_other_people_have_no_upload(season: Season) -> None:
    released(season, Outcome.REJECT)
    assert "was not accepted" in send(season, pdf("x"), 403)
    for person in (season.rey, season.nel, season.olga):
        season.client(person).page(MINE, 404)
        season.client(person).send(MINE, 404, paper=(io.BytesIO(PDF), "x.pdf"))
    assert finals(season) == []


def test_before_the_release_nobody_uploads_and_a_planned_one_is_not_told(season: Season) -> None:
    paper = season.submission()
    season.decide(paper, Outcome.ORAL)
    batch = Batch(venue_id=season.venue.id, occasion="decision_released", not_before=NOTIFICATION)
    season.add(batch)
    planned = {"prepared_at": CAMERA_READY, "effective_at": CAMERA_READY + timedelta(days=2)}
    season.add(Release(venue_id=season.venue.id, batch_id=batch.id, prepared_by_id=season.olga.id, **planned))
    season.at(CAMERA_READY)
    text = send(season, pdf("x"), 403)
    assert "opens when decisions are released" in text
    assert "Nov 22" not in text
    assert finals(season) == []
    assert "No accepted papers yet" in season.client(season.olga).page(DESK)


def test_the_zip_holds_each_file_once_and_a_manifest_that_agrees(season: Season) -> None:
    one, two, three = released(season, Outcome.POSTER, Outcome.ORAL, Outcome.REJECT)
    send(season, pdf("first try"))
    send(season, pdf("final"))
    answer = season.client(season.olga).get(f"{DESK}.zip")
    assert answer.headers["Content-Disposition"] == "attachment; filename=sbm2022-camera-ready.zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["001-paper-poster.pdf", "manifest.csv"]
        rows = list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode("utf-8-sig"))))
        content = archive.read("001-paper-poster.pdf")
    assert content == pdf("final")
    assert [(row["number"], row["decision"], row["file"], row["authors"]) for row in rows] == [
        ("1", "poster", "001-paper-poster.pdf", "Ada Abel; Bo Brandt"),
        ("2", "oral", "", "Ada Abel; Bo Brandt"),
    ]
    assert rows[0]["sha256"] == hashlib.sha256(content).hexdigest()
    assert (int(rows[0]["bytes"]), rows[0]["received"]) == (len(content), "2022-11-20 09:00:00 UTC")
    desk = season.client(season.olga).page(DESK)
    assert "1 of 2" in desk
    assert three.title not in desk
    assert (one.title in desk, two.title in desk) == (True, True)


def test_a_withdrawn_paper_leaves_the_desk(season: Season) -> None:
    (paper,) = released(season, Outcome.POSTER)
    send(season, pdf("x"))
    season.session.rollback()
    paper.state, paper.withdrawn_at = State.WITHDRAWN, CAMERA_READY
    season.session.commit()
    assert "No accepted papers yet" in season.client(season.olga).page(DESK)


def test_only_organizers_of_this_venue_see_the_desk(season: Season) -> None:
    released(season, Outcome.POSTER)
    send(season, pdf("x"))
    season.grant(season.nel, Role.ORGANIZER, season.make_venue("other"))
    for person in (season.ada, season.rey, season.nel):
        client = season.client(person)
        for path in (DESK, f"{DESK}.zip", f"{DESK}/1/1/paper.pdf"):
            client.page(path, 404)
    for person, path in ((season.olga, f"{DESK}/1/1/paper.pdf"), (season.ada, f"{MINE}/1/paper.pdf")):
        with season.client(person).get(path) as answer:
            assert answer.data == pdf("x")
            assert answer.headers["Cache-Control"] == "private, no-store"
    season.client(season.nel).page(f"{MINE}/1/paper.pdf", 404)


@pytest.mark.parametrize("count", [1, 30])
def test_the_desk_costs_the_same_statements_for_any_number_of_papers(season: Season, count: int) -> None:
    released(season, *[Outcome.POSTER] * count)
    olga = season.client(season.olga)
    with season.statements() as statements:
        olga.page(DESK)
    assert len([s for s in statements if s.startswith("SELECT")]) <= 9, statements


def test_names_in_the_zip_are_safe_everywhere() -> None:
    assert file_name(7, "../../etc/passwd: Ünïcode & 'quotes'", 9) == "007-etc-passwd-n-code-quotes.pdf"
    assert file_name(7, "…", 12345) == "00007-paper.pdf"
    assert file_name(1, "a " * 200, 1) == "001-" + "-".join("a" * 30) + ".pdf"
