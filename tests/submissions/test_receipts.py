"""Signed receipts: whatever mail does to them they stay valid, and whatever somebody changes makes them not valid."""

import hashlib
import quopri
import re
import textwrap
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core import links, signing
from core.signing import Keys
from submissions.models import Submission
from submissions.receipts import Received, check, of
from tests.season import BEFORE, PDF
from venues.models import Venue

SHA = hashlib.sha256(PDF).hexdigest()
OTHER = "f" * 64
TITLE = 'Über "Scores" → und > mehr, Schrödinger-Brücken mit 扩散模型 und é in zwei Formen: e\u0301'


@pytest.fixture(scope="module", autouse=True)
def _keys(tmp_path_factory: pytest.TempPathFactory) -> None:
    signing.use(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def links_work() -> Iterator[None]:
    """The address of the page that checks, without an app."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(links, "absolute", lambda _endpoint: "https://papers.example.org/receipts")
        yield


def receipt(title: str = TITLE, authors: list[str] | None = None, paper: str | None = SHA) -> str:
    submission = Submission(number=12, venue=Venue(slug="sbm2022"))
    return of(
        submission,
        Received(
            what="submission" if paper else "draft, not submitted",
            version=3,
            saved_at=BEFORE,
            began_at=BEFORE,
            paper=(paper, 1234 if paper else None),
            supplement=(None, None),
            authors=["Ada Abel", "Bo Brandt"] if authors is None else authors,
            title=title,
        ),
    )


def is_valid(text: str) -> bool:
    return check(text) is not None


def as_html_copied(text: str) -> str:
    return text.replace(" ", "\u00a0").replace("\n", "\n\n")


WAYS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "quoted": lambda text: "".join(f"> {line}\n" for line in text.splitlines()),
    "quoted thrice": lambda text: "".join(f">> > {line}\r\n" for line in text.splitlines()),
    "trailing white space": lambda text: text.replace("\n", " \t\u00a0\n"),
    "wrapped at 40": lambda text: "\n".join(textwrap.wrap(text, 40)),
    "wrapped at 72, quoted": lambda text: textwrap.indent(textwrap.fill(text, 72), "> "),
    "on one line": lambda text: " ".join(text.split()),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "NFC": lambda text: unicodedata.normalize("NFC", text),
    "quoted-printable": lambda text: quopri.encodestring(text.encode()).decode(),
    "copied from HTML": as_html_copied,
    "amid other text": lambda text: f"Dear Ada,\n\n{text}\n\n-- \nSBM 2022, Key: 12, Signature: none\n",
    "twice": lambda text: f"{text}\n\n> {text.replace(chr(10), chr(10) + '> ')}",
}


@pytest.mark.usefixtures("links_work")
@pytest.mark.parametrize("way", WAYS)
def test_what_mail_does_leaves_it_valid(way: str) -> None:
    found = check(WAYS[way](receipt()))
    assert found is not None
    assert found.paper_sha256 == SHA


anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@pytest.mark.usefixtures("links_work")
@settings(max_examples=150, deadline=None)
@given(title=anything, authors=st.lists(anything, max_size=4), way=st.sampled_from(sorted(WAYS)))
@example(title="e" + "\u0301" * 300, authors=[], way="NFD")
@example(title="> quoted", authors=[">", "\u2028>"], way="wrapped at 40")
@example(title="-----END DATELINE RECEIPT", authors=["Key: 0123456789abcdef Signature:"], way="quoted")
def test_any_title_and_names_stay_valid(title: str, authors: list[str], way: str) -> None:
    if "DATELINE RECEIPT" in " ".join([title, *authors]).replace("  ", " "):
        return  # see below: such a title spoils only its own receipt
    found = check(WAYS[way](receipt(title, authors)))
    assert found is not None
    assert found.paper_sha256 == SHA


@pytest.mark.usefixtures("links_work")
@settings(max_examples=200, deadline=None)
@given(data=st.data(), character=st.characters(exclude_categories=["Cs"]))
def test_any_other_character_makes_it_not_valid(data: st.DataObject, character: str) -> None:
    text = receipt()
    start, end = text.index("What:"), text.rindex("\n-----END")
    place = data.draw(st.sampled_from([i for i in range(start, end) if not text[i].isspace()]))
    changed = text[:place] + character + text[place + 1 :]
    is_same = unicodedata.normalize("NFC", changed) == unicodedata.normalize("NFC", text)
    assert is_valid(changed) is is_same
    for spoiled in (text[:place] + text[place + 1 :], text[:place] + "x" + text[place:]):
        assert not is_valid(spoiled)


@pytest.mark.usefixtures("links_work")
def test_every_single_place_counts() -> None:
    text = receipt("A title")
    start, end = text.index("What:"), text.rindex("\n-----END")
    for place in range(start, end):
        for other in "Aa0. " if not text[place].isspace() else "Aa0.>":
            if other != text[place] and not (other.isspace() and text[place].isspace()):
                changed = text[:place] + other + text[place + 1 :]
                assert not is_valid(changed), (place, text[place], other)


@pytest.mark.usefixtures("links_work")
def test_lines_cannot_change_their_order_or_be_told_apart_otherwise() -> None:
    text = receipt("A title", ["Ada", "Bo"])
    assert not is_valid(text.replace('Author 1: "Ada"\nAuthor 2: "Bo"', 'Author 2: "Bo"\nAuthor 1: "Ada"'))
    assert not is_valid(text.replace('"Ada"\nAuthor 2: "Bo"', '"Ada Author 2: Bo"'))
    fake = receipt(f'A title" Paper SHA-256: {OTHER} Paper bytes: 12', ["Ada", "Bo"])
    assert 'A title\\" Paper' in fake
    found = check(fake)
    assert found is not None
    assert found.paper_sha256 == SHA


@pytest.mark.usefixtures("links_work")
def test_a_title_cannot_name_a_file_for_a_draft() -> None:
    found = check(receipt(f"Paper SHA-256: {OTHER} Paper bytes: 12", paper=None))
    assert found is not None
    assert found.paper_sha256 is None


@pytest.mark.usefixtures("links_work")
def test_two_receipts_parts_of_two_and_none_are_not_valid() -> None:
    one, two = receipt("One"), receipt("Two")
    assert is_valid(one)
    assert is_valid(two)
    assert not is_valid(one + "\n" + two)
    assert not is_valid(one.replace("One", "Two"))
    assert not is_valid(one[: one.index("Signature")] + two[two.index("Signature") :])
    for nothing in (
        "",
        "valid",
        one.replace("BEGIN", ""),
        one.rpartition("\n")[0],
        "-----BEGIN DATELINE RECEIPT-----",
    ):
        assert not is_valid(nothing)


@pytest.mark.usefixtures("links_work")
def test_a_key_of_another_deployment_is_not_valid(tmp_path: Path) -> None:
    ours, mine = signing.keys(), Keys(tmp_path)
    mine.make_first()
    signing.use(tmp_path)
    forged = receipt()
    assert is_valid(forged)
    signing.use(ours.folder)
    assert not is_valid(forged)
    # With our key's name on it, it is no better.
    assert not is_valid(forged.replace(mine.signer().id, ours.signer().id))


@pytest.mark.usefixtures("links_work")
def test_receipts_outlive_the_key_that_signed_them() -> None:
    old = receipt()
    signing.keys().rotate()
    new = receipt()
    assert re.findall(r"Key: (\w+)", old) != re.findall(r"Key: (\w+)", new)
    assert is_valid(old)
    assert is_valid(new)


@pytest.mark.usefixtures("links_work")
@pytest.mark.parametrize(
    "hostile",
    [
        "BEGIN DATELINE RECEIPT " * 12_000,
        "BEGIN DATELINE RECEIPT" + "-" * 250_000 + "END DATELINE RECEIPT",
        "BEGIN DATELINE RECEIPT" + "Key:0123456789abcdefSignature:" * 9_000 + "END DATELINE RECEIPT",
        "BEGIN DATELINE RECEIPT" + "\u0301\u0316" * 140_000 + "END DATELINE RECEIPT",
        "> " * 150_000,
        "=" * 300_000,
        "\x00\ud800" * 1000,
        "BEGIN DATELINE RECEIPT".join("x" for _ in range(12_000)) + "END DATELINE RECEIPT" * 1000,
        "a" * 10_000_000,
    ],
    ids=["begins", "dashes", "keys", "marks", "quotes", "equals", "surrogates", "pieces", "long"],
)
def test_hostile_text_is_not_valid_and_costs_little(hostile: str) -> None:
    before = time.process_time()
    assert not is_valid(hostile)
    known = signing.keys().signer().id  # with a key that we have, more of it is looked at
    assert not is_valid(hostile.replace("0123456789abcdef", known))
    assert time.process_time() - before < 5  # not a measure: the square of these lengths takes minutes
