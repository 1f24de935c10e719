"""./dateline deadline: a JSON line for each text."""

import json
import subprocess
import sys

import pytest


def deadline(*args, stdin=b""):
    done = subprocess.run(
        [sys.executable, "-m", "cli", "deadline", *args], input=stdin, capture_output=True, check=False
    )
    assert done.stderr == b""
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_a_text_is_answered_with_its_instant():
    assert deadline("Sept 26, 2022 (11:59 pm AOE)") == (
        0,
        [
            {
                "closes_at": "2022-09-27T12:00:00Z",
                "zone": "AoE",
                "shown": "Sept 26, 2022, 23:59 AoE",
                "warnings": [],
            }
        ],
    )


def test_zone_and_year_can_be_given():
    status, [answer] = deadline("6 November 1:30", "--zone", "America/Chicago", "--year", "2022")
    assert (status, answer["closes_at"], answer["zone"]) == (0, "2022-11-06T07:31:00Z", "America/Chicago")
    assert len(answer["warnings"]) == 1


def test_what_cannot_be_taken_is_an_error():
    assert deadline("Sept 31, 2022") == (
        1,
        [{"error": "There is no Sept 31 in 2022: write Sept 30, 2022 or Oct 1, 2022."}],
    )
    status, [answer] = deadline("Sept 26, 2022", "--zone", "EST")
    assert (status, list(answer)) == (1, ["error"])


def test_a_dash_reads_one_text_a_line():
    texts = (
        "2022-09-26\r\n\nSept 26, 2022 \u2013 23:59 AoE\n".encode()
        + b"\xff\xfe\n"
        + b"9" * 10_000
        + b"\nNov 25, 2022"
    )
    status, answers = deadline("-", stdin=texts)
    assert status == 1
    assert [answer.get("closes_at", "error") for answer in answers] == [
        "2022-09-27T12:00:00Z",
        "error",
        "2022-09-27T12:00:00Z",
        "error",
        "error",
        "2022-11-26T12:00:00Z",
    ]
    assert deadline("-", stdin=b"Nov 25, 2022\n")[0] == 0


@pytest.mark.parametrize("heavy", ["sqlalchemy", "flask"])
def test_the_reader_needs_no_database_and_no_web(heavy):
    code = f"import sys, cli.deadline; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
