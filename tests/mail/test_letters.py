from pathlib import Path
from typing import Any

import pytest

from mail import letters
from mail.letters import UnknownPlaceholder, compose, fill


def test_values_show_as_they_are_in_both_parts() -> None:
    source = "Received: {title}\n\nDear {name},\n\n**{title}** is at\n\n{page}\n"
    values = {"title": "A *b* <i> $x$ [l](http://e)", "name": "Zoë", "page": "http://d.test/x?a=1&b=2"}
    subject, text, html = fill(source, values)
    assert subject == "Received: A *b* <i> $x$ [l](http://e)"
    assert text == "Dear Zoë,\n\nA *b* <i> $x$ [l](http://e) is at\n\nhttp://d.test/x?a=1&b=2\n"
    assert "<strong>A *b* &lt;i&gt; $x$ [l](http://e)</strong>" in html
    assert '<a href="http://d.test/x?a=1&amp;b=2" rel="nofollow noopener noreferrer">' in html


def test_a_line_break_in_a_value_cannot_add_a_header_or_a_second_subject() -> None:
    subject, _, _ = fill("Received: {title}\n\nx", {"title": "one\r\nBcc: nel@example.org\n\ntwo"})
    assert subject == "Received: one Bcc: nel@example.org two"


def test_a_placeholder_in_a_value_stays_text() -> None:
    _, text, _ = fill("S\n\n{title}", {"title": "{name} {title} {secret}"})
    assert text == "{name} {title} {secret}\n"


def test_a_placeholder_may_hold_digits() -> None:
    _, text, html = fill("S\n\nSHA-256: {sha256}", {"sha256": "ab12"})
    assert (text, "ab12" in html) == ("SHA-256: ab12\n", True)


def test_an_unknown_placeholder_is_named() -> None:
    with pytest.raises(
        UnknownPlaceholder, match=r"\{author\} is not known in this letter; known are name, title"
    ):
        fill("S\n\n{author}", {"name": "Ada", "title": "T"})


def test_the_occasion_is_the_files_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "FOLDER", tmp_path)
    (tmp_path / "venues").mkdir()
    (tmp_path / "venues" / "opened.md").write_text("Open: {venue}\n\nDear {name}")
    letter = compose("venues/opened", thing="venue:1", to_email="ada@example.org", to_name="Ada", venue="SBM")
    assert (letter.occasion, letter.subject, letter.text) == ("opened", "Open: SBM", "Dear Ada\n")


def test_a_venues_own_words_take_the_place_of_the_files_and_of_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "FOLDER", tmp_path)
    (tmp_path / "one.md").write_text("Open\nDear {name}")
    (tmp_path / "two.md").write_text("Closed\n\nDear {name}")
    own = {"one": ("Our {venue}", "Hello {name},\n\n**welcome**")}
    to: dict[str, Any] = {"thing": "venue:1", "to_email": "ada@example.org", "to_name": "Ada", "venue": "SBM"}
    one, two = compose("one", own=own, **to), compose("two", own=own, **to)
    assert (one.subject, one.text) == ("Our SBM", "Hello Ada,\n\nwelcome\n")
    assert "<strong>welcome</strong>" in one.html
    assert (two.subject, two.text) == ("Closed", "Dear Ada\n")


def test_the_facts_of_a_receipt_stay_below_a_venues_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "FOLDER", tmp_path)
    (tmp_path / "received.md").write_text("Received\n\nDear {name},\n\nkeep it.\n\n---\n\nSHA-256 {sha256}\n")
    letter = compose(
        "received",
        thing="venue:1",
        to_email="ada@example.org",
        to_name="Ada",
        own={"received": ("Thanks", "Only this.\n\n---\n\nNothing below.")},
        sha256="ab12",
    )
    assert letter.text == "Only this.\n\n---\n\nNothing below.\n\n---\n\nSHA-256 ab12\n"
    assert "<h2>" not in letter.html
    assert letters.standard("received") == ("Received", "Dear {name},\n\nkeep it.", "SHA-256 {sha256}")
