"""What the check of a PDF answers to good, broken and murderous files."""

import hashlib
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from core import pdf
from core.pdf import NOT_READ, PROBLEMS
from tests import hostile_pdfs

FLAGS = ["has_title", "has_author", "has_attachments", "has_javascript"]
DAMAGED, TOO_BIG = PROBLEMS["damaged"], PROBLEMS["size"]
# file: pages, problem, whether there is a picture, whether there is an anonymous copy
EXPECTED: dict[str, tuple[int | None, str, bool, bool]] = {
    "good": (2, "", True, True),
    "named": (2, "", True, True),
    "many pages": (5000, "", True, True),
    "huge picture": (1, "", True, True),
    "huge page": (1, TOO_BIG, False, True),
    "tiny page": (1, TOO_BIG, False, True),
    "truncated": (1, DAMAGED, True, True),
    "cut short": (2, DAMAGED, True, True),
    "password": (None, PROBLEMS["password"], False, False),
    "encrypted": (2, PROBLEMS["encrypted"], False, False),
    "no pages": (None, PROBLEMS["no pages"], False, False),
    "empty": (None, NOT_READ, False, False),
    "html": (None, NOT_READ, False, False),
    "noise": (None, NOT_READ, False, False),
    "page tree loop": (None, NOT_READ, False, False),
    "flate bomb": (1, NOT_READ, False, False),
    "double flate bomb": (1, NOT_READ, False, False),
    "self-calling form": (1, NOT_READ, False, False),
    "billion laughs": (1, NOT_READ, False, False),
}


def test_every_hostile_file_has_an_expectation() -> None:
    assert EXPECTED.keys() == hostile_pdfs.HOSTILE.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_hostile_file(name: str, tmp_path: Path) -> None:
    pages, problem, has_picture, has_copy = EXPECTED[name]
    report = pdf.check(hostile_pdfs.write(name, tmp_path), tmp_path)
    assert (report.pages, report.problem) == (pages, problem)
    assert report.picture == (tmp_path / "picture.png" if has_picture else None)
    assert report.anonymous == (tmp_path / "anonymous.pdf" if has_copy else None)
    assert report.is_readable == (pages is not None and problem != NOT_READ)


def test_facts(tmp_path: Path) -> None:
    report = pdf.check(hostile_pdfs.write("named", tmp_path), tmp_path)
    assert {name: getattr(report, name) for name in FLAGS} == dict.fromkeys(FLAGS, True)
    assert (report.width, report.height, report.is_encrypted) == (612, 792, False)
    plain = pdf.check(hostile_pdfs.write("good", tmp_path), tmp_path)
    assert {name: getattr(plain, name) for name in FLAGS} == dict.fromkeys(FLAGS, False)
    assert pdf.check(hostile_pdfs.write("encrypted", tmp_path), tmp_path).is_encrypted
    assert pdf.check(hostile_pdfs.write("password", tmp_path), tmp_path).is_encrypted


def test_picture_shows_the_first_page(tmp_path: Path) -> None:
    pdf.check(hostile_pdfs.write("good", tmp_path), tmp_path)
    with Image.open(tmp_path / "picture.png") as picture:
        assert picture.size == (400, 518)
        seen = picture.convert("L")
        assert seen.getpixel((5, 5)) == 255
        # The square spans 100..300 x 600..700 points, measured from the page's lower left corner.
        assert abs(int(seen.getpixel((130, 95))) - 128) <= 2  # type: ignore[arg-type]


def test_rotated_page_is_measured_as_seen(tmp_path: Path) -> None:
    path = tmp_path / "rotated.pdf"
    content = hostile_pdfs.stream(b"")
    path.write_bytes(hostile_pdfs.one_page(content).replace(b"/Type /Page /P", b"/Rotate 90 /Type /Page /P"))
    report = pdf.check(path, tmp_path)
    assert (report.width, report.height) == (792, 612)


def everything_in(path: Path) -> bytes:
    """The file's bytes, each of its objects in writing, and all its streams, as they stand and unpacked."""
    with pikepdf.open(path) as opened:
        parts = [path.read_bytes(), opened.trailer.unparse(resolved=True)]
        for thing in opened.objects:
            parts.append(thing.unparse(resolved=True))
            if isinstance(thing, pikepdf.Stream):
                parts += [thing.read_raw_bytes()]
                if thing.get("/Filter") != "/DCTDecode":
                    parts += [thing.read_bytes()]
    return b"\n".join(parts)


def test_anonymous_copy_has_no_names(tmp_path: Path) -> None:
    original = hostile_pdfs.write("named", tmp_path)
    assert everything_in(original).count(hostile_pdfs.PLANTED.encode()) > 40
    pdf.check(original, tmp_path)
    copy = everything_in(tmp_path / "anonymous.pdf")
    assert hostile_pdfs.PLANTED.encode() not in copy
    assert b"JavaScript" not in copy


def test_anonymous_copy_has_the_same_pages(tmp_path: Path) -> None:
    pdf.check(hostile_pdfs.write("named", tmp_path), tmp_path)
    with pikepdf.open(tmp_path / "anonymous.pdf") as copy, pikepdf.open(tmp_path / "named.pdf") as original:
        assert len(copy.pages) == len(original.pages) == 2
        for mine, theirs in zip(copy.pages, original.pages, strict=True):
            assert mine.Contents.read_bytes() == theirs.Contents.read_bytes()
        # Links stay, less what was hung on them; nothing else that lay over the page does.
        assert [str(link.Subtype) for link in copy.pages[0].Annots] == ["/Link"]
        action = copy.pages[0].Annots[0].A
        assert {key: str(value) for key, value in action.items()} == {
            "/S": "/URI",
            "/URI": "https://example.org/",
        }
        assert str(copy.Root.Outlines.First.Title) == "1 Introduction"
        assert "/A" not in copy.Root.Outlines.First


def test_anonymous_copy_of_the_same_file_is_the_same(tmp_path: Path) -> None:
    path = hostile_pdfs.write("named", tmp_path)
    digests = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        pdf.check(path, tmp_path / name)
        digests.add(hashlib.sha256((tmp_path / name / "anonymous.pdf").read_bytes()).hexdigest())
    assert len(digests) == 1


def test_glyphs_and_resources_named_like_notes_stay(tmp_path: Path) -> None:
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] /FontMatrix [1 0 0 1 0 0] /FirstChar 65 /LastChar 65 "
        b"/Widths [1] /CharProcs << /T 6 0 R /M 6 0 R /A 6 0 R /Contents 6 0 R >> "
        b"/Encoding << /Differences [65 /A] >> >>"
    )
    glyph = hostile_pdfs.stream(b"1 0 d0 0 0 1 1 re f")
    path = tmp_path / "glyphs.pdf"
    path.write_bytes(
        hostile_pdfs.one_page(hostile_pdfs.stream(b""), font, glyph, resources="/Font << /T 5 0 R >>")
    )
    pdf.check(path, tmp_path)
    with pikepdf.open(tmp_path / "anonymous.pdf") as copy:
        kept = copy.pages[0].Resources.Font["/T"]
        assert set(kept.CharProcs.keys()) == {"/T", "/M", "/A", "/Contents"}


@pytest.mark.parametrize(
    ("start", "is_pdf"),
    [
        (b"%PDF-1.7\n", True),
        (b"\xef\xbb\xbf\r\n%PDF-1.4", True),
        (b"x" * 1019 + b"%PDF-", True),
        (b"x" * 1020 + b"%PDF-", False),
        (b"%PDF", False),
        (b"", False),
        (b"<!doctype html>", False),
    ],
)
def test_looks_like_pdf(start: bytes, is_pdf: bool) -> None:
    assert pdf.looks_like_pdf(start) is is_pdf
