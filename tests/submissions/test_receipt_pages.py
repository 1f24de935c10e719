"""Signed receipts from the door to the public page: what is shown, to whom, and what arrives by mail."""

import hashlib
import quopri
import re
import subprocess
import sys
import textwrap
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from camera_ready.models import FinalVersion
from core import signing
from mail import sending
from submissions.models import Version
from tests.season import NOTIFICATION, PDF, Season
from tests.servers import ROOT, Smtp
from tests.submissions import door

TITLE = 'Über "Scores" → und > mehr, Schrödinger-Brücken mit 扩散模型 und é in zwei Formen: e\u0301'
VALID, NOT_VALID = ("callout-success", "Valid."), ("callout-danger", "Not valid.")
SAME = ("callout-success", "Valid, and the PDF is the one it names.")
SHA = hashlib.sha256(PDF).hexdigest()
OTHER = ("callout-warning", "The receipt is valid, but the PDF is another one.")


def answer(page: str) -> tuple[str, str]:
    (found,) = re.findall(
        r'class="callout (callout-\w+)">.*?<p class="callout-title">(.*?)</p>', page, re.DOTALL
    )
    return str(found[0]), str(found[1])


@pytest.fixture
def number(season: Season) -> int:
    return door.begin(season.client(season.ada), title=TITLE)


def shown(season: Season, number: int) -> str:
    page = season.client(season.ada).page(f"{door.HOME}/{number}/receipt")
    (found,) = re.findall(r'<pre class="receipt">(.*?)</pre>', page, re.DOTALL)
    return str(found).replace("&#34;", '"').replace("&gt;", ">").replace("&amp;", "&")


def test_the_receipt_on_the_page_in_the_file_and_in_the_letter_is_one(season: Season, number: int) -> None:
    text = shown(season, number)
    got = season.client(season.ada).get(f"{door.HOME}/{number}/versions/1/receipt.txt")
    assert got.text == text + "\n"
    assert got.headers["Content-Disposition"] == f"attachment; filename=sbm2022-paper{number}-v1-receipt.txt"
    assert got.headers["Cache-Control"] == "private, no-store"
    assert (
        f"What: submission\nCheck: http://dateline.test/receipts\nVenue: sbm2022\nNumber: {number}\n" in text
    )
    assert "Received: 2022-09-26 10:00:00 UTC\n" in text
    assert SHA in text
    assert 'Author 1: "Ada Abel"\nAuthor 2: "Bo Brandt"\n' in text


def test_the_page_says_valid_or_not_to_anybody_and_nothing_else(season: Season, number: int) -> None:
    stranger, text = season.client(), shown(season, number)
    assert "callout" not in stranger.page("/receipts")
    with season.statements() as seen:
        valid = stranger.send("/receipts", 200, receipt=text).text
        spoiled = stranger.send("/receipts", 200, receipt=text.replace("Number: 1", "Number: 2")).text
    assert seen == []  # it asks no table: no answer depends on what is there
    assert (answer(valid), answer(spoiled)) == (VALID, NOT_VALID)
    # What was pasted stays in its field; beside it the page holds nothing of the receipt.
    around = re.sub(r"<textarea.*?</textarea>", "", valid, flags=re.DOTALL)
    for secret in ("sbm2022", "Ada", "Scores", SHA):
        assert secret in text
        assert secret not in around
    file = door.file(text.encode("utf-16"), "receipt.txt")
    assert answer(stranger.send("/receipts", 200, file=file).text) == VALID
    assert answer(stranger.send("/receipts", 200, file=door.file(b"\xff\x00%PDF", "x")).text) == NOT_VALID


def test_the_page_says_whether_the_pdf_is_the_one(season: Season, number: int) -> None:
    stranger, text = season.client(), shown(season, number)

    def said(text: str, content: bytes) -> tuple[str, str]:
        return answer(stranger.send("/receipts", 200, receipt=text, paper=door.file(content)).text)

    assert said(text, PDF) == SAME
    assert said(text, PDF + b"\n") == OTHER
    assert said(text.replace("Number: 1", "Number: 2"), PDF) == NOT_VALID
    stored = list(season.store.root.rglob("*"))
    assert said(text, b"%PDF-never stored") == (
        "callout-warning",
        "The receipt is valid, but the PDF is another one.",
    )
    assert list(season.store.root.rglob("*")) == stored


def test_nothing_to_check_is_a_sentence(season: Season) -> None:
    page = season.client().send("/receipts", 422, paper=door.file(PDF)).text
    assert "Paste a receipt, or choose its file." in page
    assert "callout-title" not in page


def test_checks_are_limited_in_number_and_size(season: Season) -> None:
    client = season.client()
    client.send("/receipts", 413, paper=door.file(b"x" * (103 << 20)))
    season.app.config["RATELIMIT_ENABLED"] = True
    answers = [client.post("/receipts", data={"receipt": "x"}).status_code for _ in range(61)]
    assert answers == [200] * 60 + [429]
    assert client.get("/receipts").status_code == 200


def test_each_kind_says_what_it_is(season: Season, number: int) -> None:
    assert "What: submission\n" in shown(season, number)
    draft = door.begin(season.client(season.ada), None)
    assert "What: draft, not submitted\n" in shown(season, draft)
    assert "Paper SHA-256: none\n" in shown(season, draft)
    version = season.session.scalars(select(Version).where(Version.submission_id == 1)).one()
    version.is_late = True
    season.add(version)
    assert "What: late submission, kept aside\n" in shown(season, number)
    version.accepted_at = NOTIFICATION
    season.add(version)
    assert "What: late submission, accepted\n" in shown(season, number)


def test_final_files_have_receipts(season: Season) -> None:
    paper = season.submission()
    blob = season.put(PDF)
    file = {"paper_sha256": blob.sha256, "paper_size": blob.size, "paper_name": "final.pdf"}
    when = {"saved_at": NOTIFICATION, "began_at": NOTIFICATION, "saved_by_id": season.ada.id}
    season.add(FinalVersion(submission_id=paper.id, number=1, **file, **when))
    path = f"{door.HOME}/1/camera-ready/1/receipt.txt"
    text = season.client(season.bo).get(path).text
    assert "What: camera-ready version\n" in text
    assert "Received: 2022-10-20 14:00:00 UTC\n" in text
    assert (
        answer(season.client().send("/receipts", 200, receipt=text, paper=door.file(PDF)).text)[0]
        == "callout-success"
    )
    assert season.client(season.nel).get(path).status_code == 404
    assert season.client(season.ada).get(path.replace("/1/receipt", "/2/receipt")).status_code == 404


def test_through_a_real_smtp_server_it_arrives_valid(season: Season, number: int, smtp: Smtp) -> None:
    sending.deliver_due(season.app.extensions["sessions"], smtp.url, "dateline@example.org", "w")
    (arrived,) = smtp.to("bo@example.org")
    plain, rich = arrived.get_body(("plain",)), arrived.get_body(("html",))
    assert plain is not None
    assert rich is not None
    text = plain.get_content()
    again = EmailMessage()  # Bo answers Ada with all of it quoted
    again.set_content("".join(f"> {line}\n" for line in text.splitlines()))
    for way in (text, again.get_content(), quopri.encodestring(text.encode()).decode()):
        assert answer(season.client().send("/receipts", 200, receipt=way, paper=door.file(PDF)).text) == SAME
    copied = re.sub(r"<[^>]+>", "", rich.get_content())
    for entity, character in (("&quot;", '"'), ("&gt;", ">"), ("&lt;", "<"), ("&amp;", "&")):
        copied = copied.replace(entity, character)
    assert answer(season.client().send("/receipts", 200, receipt=copied).text) == VALID


def test_who_trusts_nobody_checks_with_the_public_keys_alone(
    season: Season, number: int, tmp_path: Path
) -> None:
    """The script in docs/authors.md, run as it stands there."""
    guide = (ROOT / "docs/authors.md").read_text()
    (script,) = re.findall(r"^    import base64.*?(?=^\S)", guide, re.DOTALL | re.MULTILINE)
    (tmp_path / "check.py").write_text(textwrap.dedent(script))
    text = shown(season, number)
    signing.keys().rotate()
    (tmp_path / "keys.txt").write_text(season.client().page("/receipts/keys"))

    def run(receipt: str) -> str:
        (tmp_path / "receipt.txt").write_text(receipt)
        done = subprocess.run([sys.executable, "check.py"], cwd=tmp_path, capture_output=True, text=True)
        return done.stdout.strip() or done.stderr

    assert run(text) == "valid"
    assert run(textwrap.indent(textwrap.fill(text, 72), "> ")) == "valid"
    assert run(text.replace("Number: 1", "Number: 2")) == "not valid"
