"""The authors' form: what is saved, and what comes back when something is wrong."""

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from core.jobs import Job
from submissions.models import FileCheck, State, Submission, Version
from tests import hostile_pdfs
from tests.season import BEFORE, PDF, Season
from tests.submissions.door import (
    AUTHORS,
    HOME,
    begin,
    change,
    fields,
    file,
    hidden,
    letters,
    numbers,
    submission,
    versions,
)

ZIP = b"PK\x03\x04 some code"


def count(season: Season, what: type) -> int:
    season.session.rollback()
    return season.session.scalars(select(func.count()).select_from(what)).one()


def blobs(season: Season) -> int:
    return sum(1 for path in season.store.root.rglob("*") if path.is_file())


def errors(html: str) -> list[str]:
    """The sentences beside the fields, and those of the form as a whole."""
    beside = re.findall(r'<div class="field-error"[^>]*>.*?<div>(.*?)</div>', html, re.S)
    return [sentence for group in beside for sentence in re.findall(r"<p>(.*?)</p>", group)]


def test_with_a_pdf_it_is_submitted(season: Season) -> None:
    topic = season.venue.topics[1].id
    number = begin(season.client(season.ada), topics=[topic], supplement=file(ZIP, "code.zip"))
    made = submission(season)
    assert (number, made.number, made.state, made.version) == (1, 1, State.SUBMITTED, 1)
    assert (made.title, made.abstract) == ("On scores", "We *study* scores.")
    assert made.abstract_html == "<p>We <em>study</em> scores.</p>\n"
    assert [[a.name, a.email, a.affiliation] for a in made.authors] == AUTHORS
    assert [chosen.topic_id for chosen in made.topics] == [topic]
    assert (made.submitted_at, made.created_at, made.created_by_id) == (BEFORE, BEFORE, season.ada.id)
    (version,) = made.versions
    paper, supplement = season.put(PDF), season.put(ZIP)
    assert (version.paper_sha256, version.paper_size, version.paper_name) == (
        paper.sha256,
        len(PDF),
        "paper.pdf",
    )
    assert (version.supplement_sha256, version.supplement_size, version.supplement_name) == (
        supplement.sha256,
        len(ZIP),
        "code.zip",
    )
    assert (version.authors, version.topics, version.is_late) == (AUTHORS, ["Molecules"], False)
    assert letters(season) == [
        ("submission_received", "ada@example.org"),
        ("submission_received", "bo@example.org"),
    ]
    jobs = season.session.scalars(select(Job)).all()
    assert [(job.name, job.arguments) for job in jobs] == [("check_file", {"sha256": paper.sha256})]


def test_without_a_pdf_it_is_a_draft_and_says_so_everywhere(season: Season) -> None:
    client = season.client(season.ada)
    assert begin(client, None) == 1
    made = submission(season)
    assert (made.state, made.submitted_at, letters(season)) == (State.DRAFT, None, [])
    for page in (f"{HOME}/", f"{HOME}/1/", f"{HOME}/1/receipt"):
        assert "Not submitted: the PDF is missing." in client.page(page)
    change(client, 1, paper=file(PDF))
    assert submission(season).state is State.SUBMITTED
    for page in (f"{HOME}/", f"{HOME}/1/", f"{HOME}/1/receipt"):
        assert "Not submitted" not in client.page(page)


def test_its_maker_stands_first_in_a_new_form_with_room_for_one_more(season: Season) -> None:
    ada = season.client(season.ada)
    html = ada.page(f"{HOME}/new")
    shown = [
        [hidden(html, f"authors-{n}-{part}") for part in ("name", "email", "affiliation")] for n in (0, 1)
    ]
    assert shown == [["Ada Abel", "ada@example.org", ""], ["", "", ""]]
    assert 'name="authors-2-name"' not in html
    begin(ada, authors=[["Ada Abel", "ada@example.org", ""], ["", " ", ""]])
    assert [author.name for author in submission(season).authors] == ["Ada Abel"]


@pytest.mark.parametrize(
    ("pressed", "order"),
    [
        ({"authors-add": "1"}, ["Ada Abel", "Bo Brandt", ""]),
        ({"authors-move-down": "0"}, ["Bo Brandt", "Ada Abel"]),
        ({"authors-move-up": "1"}, ["Bo Brandt", "Ada Abel"]),
        ({"authors-move-up": "0"}, ["Ada Abel", "Bo Brandt"]),
        ({"authors-remove": "0"}, ["Bo Brandt"]),
    ],
)
def test_buttons_beside_authors_work_without_script_and_keep_the_file(
    season: Season, pressed: dict[str, str], order: list[str]
) -> None:
    client = season.client(season.ada)
    html = client.send(f"{HOME}/new", 200, **fields(form_key="k", paper=file(PDF)), **pressed).text
    assert re.findall(r'name="authors-\d+-name"[^>]*value="([^"]*)"', html) == order
    assert count(season, Submission) == 0
    # The next press of Save sends no file: the form carries what came.
    token = hidden(html, "paper_token")
    client.send(f"{HOME}/new", **fields(form_key="k", paper_token=token))
    assert versions(season)[0].paper_sha256 == season.put(PDF).sha256


def test_the_order_of_authors_is_kept_when_it_changes(season: Season) -> None:
    client = season.client(season.ada)
    begin(client)
    third = ["Cid Cole", "cid@example.org", "Far"]
    change(client, 1, authors=[third, *reversed(AUTHORS)])
    made = submission(season)
    assert [author.email for author in made.authors] == [
        "cid@example.org",
        "bo@example.org",
        "ada@example.org",
    ]
    assert [version.authors for version in made.versions] == [AUTHORS, [third, *reversed(AUTHORS)]]


def test_addresses_are_canonical_and_empty_rows_are_dropped(season: Season) -> None:
    rows = [["Ada  Abel ", " Ada@Example.ORG", ""], ["", "", ""]]
    begin(season.client(season.ada), authors=rows)
    assert [[a.name, a.email] for a in submission(season).authors] == [["Ada Abel", "ada@example.org"]]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": " "}, "The submission needs a title."),
        ({"title": "x" * 301}, "At most 300 characters."),
        ({"abstract": ""}, "A paper needs an abstract."),
        ({"abstract": "x" * 6001}, "At most 6000 characters."),
        ({"authors": []}, "Every author needs a name."),
        ({"authors": [["Ada", "", ""]]}, "Every author needs an e-mail: the receipt goes there."),
        (
            {"authors": [AUTHORS[0], ["Bo", "Ada@example.org", ""]]},
            "ada@example.org stands there twice; every author needs an e-mail of their own.",
        ),
        ({"topics": ["9999"]}, "&#39;9999&#39; is not a valid choice for this field."),
    ],
)
def test_a_wrong_text_loses_neither_text_nor_file(
    season: Season, wrong: dict[str, Any], sentence: str
) -> None:
    client = season.client(season.ada)
    typed = {**fields(form_key="k", abstract="Kept < as typed"), "supplement": file(ZIP, "code.zip")}
    if "authors" in wrong:
        typed = {name: value for name, value in typed.items() if not name.startswith("authors-")}
        typed |= {name: v for name, v in fields(wrong["authors"]).items() if name.startswith("authors-")}
    typed |= {name: value for name, value in wrong.items() if name != "authors"}
    html = client.send(f"{HOME}/new", 422, **typed, paper=file(PDF, "ada.pdf")).text
    assert sentence in errors(html)
    assert count(season, Submission) == count(season, Version) == count(season, FileCheck) == 0
    for name, shown in (("ada.pdf", "193 Bytes"), ("code.zip", "14 Bytes")):
        assert f'<span class="file-chip-name">{name}</span><span class="file-chip-fact">{shown}' in html
    if "abstract" not in wrong:
        assert "Kept &lt; as typed</textarea>" in html
    tokens: dict[str, Any] = {name: hidden(html, name) for name in ("paper_token", "supplement_token")}
    client.send(f"{HOME}/new", **fields(form_key="k"), **tokens)
    (version,) = versions(season)
    assert (version.paper_name, version.supplement_name) == ("ada.pdf", "code.zip")
    assert version.supplement_sha256 == season.put(ZIP).sha256


def test_an_address_that_is_none_is_said_so(season: Season) -> None:
    sent = fields([["Bo", "bo at example.org", ""]], form_key="k")
    html = season.client(season.ada).send(f"{HOME}/new", 422, **sent).text
    (sentence,) = errors(html)
    assert sentence.startswith("&#39;bo at example.org&#39; is not an e-mail address:")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("paper", b"", "This file is empty. Choose it again."),
        (
            "paper",
            b"<html>not a paper</html>",
            "This file is not a PDF: there is no %PDF- near its beginning.",
        ),
        ("paper", b" " * 1024 + PDF, "This file is not a PDF: there is no %PDF- near its beginning."),
        ("paper", PDF + b" " * (2 << 20), "This file is too large: it may have at most 2 MB."),
        ("supplement", b"#!/bin/sh", "This file is neither a PDF nor a ZIP archive."),
        ("supplement", b"PK\x03\x04" + b" " * (2 << 20), "This file is too large: it may have at most 2 MB."),
    ],
)
def test_a_refused_file_leaves_the_text_as_typed(
    season: Season, name: str, content: bytes, sentence: str
) -> None:
    season.venue.max_file_mb = 2
    season.session.commit()
    client = season.client(season.ada)
    before = blobs(season)
    html = client.send(f"{HOME}/new", 422, **fields(form_key="k"), **{name: file(content, "x.pdf")}).text
    assert errors(html) == [sentence]
    assert "We *study* scores.</textarea>" in html
    assert hidden(html, "title") == "On scores"
    assert (count(season, Submission), blobs(season)) == (0, before)


def test_a_file_of_200_mb_is_refused_beside_its_field(season: Season) -> None:
    html = (
        season.client(season.ada)
        .send(f"{HOME}/new", 422, **fields(form_key="k"), paper=file(PDF + b" " * (200 << 20)))
        .text
    )
    assert errors(html) == ["This file is too large: it may have at most 50 MB."]
    assert "We *study* scores.</textarea>" in html
    assert (count(season, Submission), blobs(season)) == (0, 0)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\boot.pdf", "boot.pdf"),
        ("a" * 500 + ".pdf", "a" * 196 + ".pdf"),
        ("b" * 500, "b" * 200),
        ("fdp.\u202efdp.exe", "fdp. fdp.exe"),
        ("new\x07bell\u200b.pdf", "new bell .pdf"),
        ("..", "paper.pdf"),
        ("Ärger & Söhne.pdf", "Ärger & Söhne.pdf"),
    ],
)
def test_names_of_files_are_made_safe(season: Season, name: str, shown: str) -> None:
    client = season.client(season.ada)
    client.send(f"{HOME}/new", **fields(form_key="k"), paper=file(PDF, name))
    assert versions(season)[0].paper_name == shown
    answer = client.get(f"{HOME}/1/versions/1/paper.pdf")
    assert answer.headers["Content-Disposition"] == "attachment; filename=sbm2022-paper1-v1.pdf"
    answer.close()


def test_a_carried_file_is_its_persons_alone(season: Season) -> None:
    html = season.client(season.ada).send(f"{HOME}/new", 422, title="", paper=file(PDF)).text
    token = hidden(html, "paper_token")
    rows = [["Nel Noor", "nel@example.org", ""]]
    html = season.client(season.nel).send(f"{HOME}/new", 422, **fields(rows, paper_token=token)).text
    assert errors(html) == ["The file that was sent before is no longer waiting. Choose it again."]
    assert count(season, Submission) == 0


def test_a_form_sent_twice_makes_one(season: Season) -> None:
    client = season.client(season.ada)
    answers = [client.send(f"{HOME}/new", **fields(form_key="k"), paper=file(PDF)) for _ in range(2)]
    assert [answer.headers["Location"] for answer in answers] == [f"{HOME}/1/"] * 2
    assert (count(season, Submission), count(season, Version), len(letters(season))) == (1, 1, 2)


def test_a_change_sent_twice_makes_one_version(season: Season) -> None:
    client = season.client(season.ada)
    begin(client)
    for _ in range(2):
        change(client, 1, started_from="1", title="Better")
    assert [version.title for version in versions(season)] == ["On scores", "Better"]
    assert len(letters(season)) == 4


def test_two_tabs_the_later_save_is_refused_and_shows_both(season: Season) -> None:
    ada, bo = season.client(season.ada), season.client(season.bo)
    begin(ada)
    change(bo, 1, started_from="1", title="Bo was faster", abstract="Bo's text.")
    html = change(ada, 1, 409, started_from="1", title="Ada types longer", paper=file(b"%PDF-1.7 new"))
    assert submission(season).title == "Bo was faster"
    assert len(versions(season)) == 2
    assert "Not saved: Bo Brandt saved version 2 meanwhile, 2022-09-26 10:00:00 UTC" in html
    compared = re.findall(r'<div class="compare-text">(.*?)</div>', html, re.S)
    assert compared == [
        "Ada types longer",
        "Bo was faster",
        "We *study* scores.",
        "Bo&#39;s text.",
    ]
    assert hidden(html, "title") == "Ada types longer"
    # Having looked, she saves hers over it: text and file are still there.
    kept: dict[str, Any] = {name: hidden(html, name) for name in ("started_from", "paper_token")}
    assert kept["started_from"] == "2"
    change(ada, 1, **kept, title="Ada types longer")
    assert [version.title for version in versions(season)] == [
        "On scores",
        "Bo was faster",
        "Ada types longer",
    ]
    assert versions(season)[2].paper_sha256 == season.put(b"%PDF-1.7 new").sha256


def test_saving_over_is_refused_again_when_somebody_saved_again(season: Season) -> None:
    ada, bo = season.client(season.ada), season.client(season.bo)
    begin(ada)
    change(bo, 1, started_from="1", title="Second")
    html = change(ada, 1, 409, started_from="1", title="Mine")
    change(bo, 1, started_from="2", title="Third")
    change(ada, 1, 409, started_from=hidden(html, "started_from"), title="Mine")
    assert submission(season).title == "Third"


def test_what_changes_nothing_adds_nothing(season: Season) -> None:
    client = season.client(season.ada)
    begin(client)
    change(client, 1)
    change(client, 1, paper=file(PDF, "other name.pdf"))
    assert (len(versions(season)), len(letters(season))) == (1, 2)
    assert "Nothing was changed, so nothing was saved." in client.page(f"{HOME}/1/")


def test_a_new_file_replaces_and_the_old_stays(season: Season) -> None:
    client = season.client(season.ada)
    begin(client, supplement=file(ZIP, "code.zip"))
    change(client, 1, paper=file(b"%PDF-1.7 second"))
    change(client, 1, drops_supplement="y")
    assert [(v.paper_size, v.supplement_size) for v in versions(season)] == [(193, 14), (15, 14), (15, None)]
    with client.get(f"{HOME}/1/versions/1/paper.pdf") as first:
        assert first.data == PDF
    with client.get(f"{HOME}/1/versions/2/paper.pdf") as second:
        assert second.data == b"%PDF-1.7 second"
    with client.get(f"{HOME}/1/versions/1/supplement") as supplement:
        assert supplement.data == ZIP
        wanted = "attachment; filename=sbm2022-paper1-v1-supplement.zip"
        assert supplement.headers["Content-Disposition"] == wanted
    assert client.get(f"{HOME}/1/versions/3/supplement").status_code == 404


def test_hostile_but_whole_files_are_stored(season: Season) -> None:
    """Truncated, encrypted, a bomb: acknowledged first, looked at later."""
    client = season.client(season.ada)
    for content in (PDF[:60], hostile_pdfs.double_flate_bomb()):
        begin(client, content)
    assert numbers(season, season.ada) == ["1", "2"]
    assert count(season, FileCheck) == 2


def test_a_lost_session_loses_no_text_and_names_the_file(season: Season) -> None:
    signed_out = season.client()
    html = signed_out.send(f"{HOME}/new", 401, **fields(form_key="k"), paper=file(PDF, "scores.pdf")).text
    assert "You are signed out, so nothing was saved yet." in html
    for kept in ("On scores", "We *study* scores.", "bo@example.org", "scores.pdf"):
        assert kept in html
    assert count(season, Submission) == 0
