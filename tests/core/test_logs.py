import io
import json
import logging
from collections.abc import Iterator

import pytest

from core import logs, tokens


@pytest.fixture
def log(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What is logged, as JSON unless the test asks for text."""
    before, level, to = logging.root.handlers[:], logging.root.level, io.StringIO()
    logs.configure(as_json=getattr(request, "param", "json") == "json", to=to)
    yield to
    logs.silence()
    logging.root.handlers[:] = before
    logging.root.setLevel(level)


def lines(log: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_events_are_lines_with_their_values(log: io.StringIO) -> None:
    logs.get("mail.sending").info("letter sent", letter=3, occasion="receipt")
    logging.getLogger("library").warning("from a library: %s", "seen")
    first, second = lines(log)
    assert {name: first[name] for name in ("event", "letter", "occasion", "level", "logger")} == {
        "event": "letter sent", "letter": 3, "occasion": "receipt", "level": "info", "logger": "mail.sending",
    }  # fmt: skip
    assert (second["event"], second["logger"]) == ("from a library: seen", "library")


@pytest.mark.parametrize("log", ["text"], indirect=True)
def test_text_is_for_people(log: io.StringIO) -> None:
    logs.get("mail.sending").info("letter sent", letter=3)
    logs.request("0123456789abcdef", "GET", "program.home", "200", 0.0123)
    first, second = log.getvalue().splitlines()
    assert "letter sent" in first
    assert "letter=3" in first
    assert second.endswith("request 0123456789abcdef GET program.home 200 12.3 ms")


def test_the_line_of_a_request_is_json(log: io.StringIO) -> None:
    logs.request("0123456789abcdef", "GET", "program.home", "200", 0.0123)
    [line] = lines(log)
    assert str(line.pop("timestamp")).endswith("Z")
    assert line == {
        "event": "request", "request": "0123456789abcdef", "method": "GET", "endpoint": "program.home",
        "status": 200, "ms": 12.3, "level": "info",
    }  # fmt: skip


def test_what_an_exception_says_is_cut_but_its_place_stays(log: io.StringIO) -> None:
    tokens.use("k" * 64)
    token = tokens.issue("reset", ["ada@example.org", "x"])
    try:
        try:
            int("a secret title")
        except ValueError as error:
            raise KeyError(
                f"no such link: {token} of Ada <ada@example.org>\nDETAIL: Key (name)=(Planted)"
            ) from error
    except KeyError:
        logs.get("web").exception("request broke")
    [line] = lines(log)
    assert line["error"] == ("KeyError: '…' < ValueError: invalid literal for int() with base 10: '…'"), line[
        "error"
    ]
    frames = line["frames"]
    assert isinstance(frames, list)
    assert frames[-1].endswith("test_what_an_exception_says_is_cut_but_its_place_stays")
    for secret in (token, token[:30], "ada@example.org", "secret title", "Planted"):
        assert secret not in log.getvalue()


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("550 b'5.1.1 <nel@example.org>: unknown'", "550 b'5.1.1 <[e-mail]>: unknown'"),
        ("GET /reset/WyJhZGFAZXhhbXBsZS5vcmciXQ.aZ3k1Q.u-0Jz9 broke", "GET /reset/[token] broke"),
        ("submissions.version_receipt", "submissions.version_receipt"),
        ("test_dateline_serves_until_it_is_told_to_stop", "test_dateline_serves_until_it_is_told_to_stop"),
    ],
)
def test_redacted(text: str, clean: str) -> None:
    assert logs.redact(text) == clean
