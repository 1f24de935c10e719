"""The demo's PDFs: four pages, the same each time, names only where they belong."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from core import pdf
from demo import content, papers


def text_of(file: bytes) -> list[str]:
    """The text of each page, with single spaces. The file is our own, so no sandbox is needed."""
    document = pypdfium2.PdfDocument(file)
    try:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    finally:
        document.close()


def test_every_paper_has_four_pages() -> None:
    for paper in content.accepted() + content.rejected():
        with pikepdf.open(BytesIO(papers.pdf(paper, number=7))) as opened:
            assert (paper.title, len(opened.pages)) == (paper.title, 4)


@pytest.mark.parametrize("is_final", [True, False])
def test_same_paper_same_bytes(is_final: bool) -> None:
    paper = content.accepted()[6]
    first, second = (papers.pdf(paper, number=7, is_final=is_final) for _ in range(2))
    assert first == second


def test_submission_is_anonymous() -> None:
    paper = content.rejected()[0]
    file = papers.pdf(paper, number=7)
    first = text_of(file)[0]
    assert "Anonymous authors Paper under double-blind review" in first
    assert papers.NOTE in first
    assert "Submission 7 to the NeurIPS 2022 Workshop on Score-Based Methods. Do not distribute." in first
    words = " ".join(text_of(file))
    for person in paper.authors:
        assert person.name not in words
        assert person.affiliation not in words
    with pikepdf.open(BytesIO(file)) as opened:
        assert str(opened.docinfo.get("/Author", "")) == ""


def test_final_version_has_names_with_all_their_accents() -> None:
    paper = next(paper for paper in content.accepted() if paper.title.startswith("Modeling Temporal Data"))
    file = papers.pdf(paper, number=7, is_final=True)
    first = text_of(file)[0]
    for name in ("Marin Biloš", "Kashif Rasul", "Anderson Schneider", "Yuriy Nevmyvaka", "Stephan Günnemann"):
        assert name in first
    assert "Anonymous" not in first
    assert paper.title in first
    with pikepdf.open(BytesIO(file)) as opened:
        assert str(opened.docinfo["/Title"]) == paper.title
        dictionaries = [thing for thing in opened.objects if isinstance(thing, pikepdf.Dictionary)]
        fonts = [str(thing.BaseFont) for thing in dictionaries if thing.get("/Type") == "/Font"]
        embedded = [str(thing.FontName) for thing in dictionaries if "/FontFile2" in thing]
    assert sorted(fonts) == sorted(embedded)
    assert {name.partition("+")[2] for name in fonts} == {
        f"SourceSerifPro-{face}" for face in ("Regular", "Bold", "It")
    }


def test_check_finds_nothing_wrong(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(papers.pdf(content.accepted()[0], number=7, is_final=True))
    report = pdf.check(path, tmp_path)
    assert (report.pages, report.problem, report.has_author) == (4, "", True)
    assert report.anonymous is not None
    assert b"Hannes" not in report.anonymous.read_bytes()
    # The reviewers' copy looks the same.
    assert text_of(report.anonymous.read_bytes()) == text_of(path.read_bytes())
