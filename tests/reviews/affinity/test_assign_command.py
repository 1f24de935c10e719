"""./dateline assign affinity and check."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.servers import ROOT

PAPERS: list[dict[str, Any]] = [
    {
        "id": 1,
        "title": "Score matching for proteins",
        "abstract": "Diffusion of proteins, by score matching.",
    },
    {"id": "B2", "content": {"title": {"value": "Graphs"}, "abstract": "Graph networks for molecules."}},
]
REVIEWERS: list[dict[str, Any]] = [
    {"id": "~Rey_Ross1", "papers": [{"title": "Score matching", "abstract": "On diffusion of proteins."}]},
    {"id": "~Rut_Ruiz1", "papers": [{"content": {"title": "Graph networks", "abstract": "For molecules."}}]},
    {"id": "~New_Noor1", "papers": []},
]


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    made = [tmp_path / "papers.jsonl", tmp_path / "reviewers.jsonl"]
    for path, entries in zip(made, (PAPERS, REVIEWERS), strict=True):
        path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return made


def assign(*words: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "cli", "assign", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_scores_are_printed_and_read_back(files: list[Path], tmp_path: Path) -> None:
    printed = assign("affinity", *files)
    assert printed.returncode == 0, printed.stderr
    rows = [line.split(",") for line in printed.stdout.splitlines()]
    assert [row[:2] for row in rows] == [[str(p["id"]), r["id"]] for p in PAPERS for r in REVIEWERS]
    near, far, none, other, same, _ = (float(row[2]) for row in rows)
    assert near > 0.5 > far == none == other == 0
    assert same > 0.5
    assert printed.stderr == "dateline: reviewer ~New_Noor1 has no papers: 0 throughout\n"
    (tmp_path / "scores.csv").write_text(printed.stdout)
    checked = assign("check", tmp_path / "scores.csv", *files)
    assert (checked.returncode, checked.stdout) == (
        0,
        "6 scores, of 6 pairs of 2 submissions and 3 reviewers.\n",
    )


def test_bad_rows_are_printed(files: list[Path], tmp_path: Path) -> None:
    (tmp_path / "scores.csv").write_bytes(b"1,~Rey_Ross1,nan\n1,~Rut_Ruiz1,0.5\n\xff,~Rey_Ross1,0.5\n")
    checked = assign("check", tmp_path / "scores.csv", *files)
    assert checked.returncode == 1
    assert checked.stdout.splitlines() == [
        "line 1: The score 'nan' is not a finite number.",
        "line 3: There is no submission '\ufffd'.",
        "2 bad rows: nothing of this file can be used.",
    ]


def test_the_full_text_of_a_pdf_counts(files: list[Path], tmp_path: Path) -> None:
    """What stands in the PDF alone tells the reviewers apart; one that is no PDF counts by its title."""
    page = Canvas(str(tmp_path / "one.pdf"))
    page.drawString(72, 720, "Stein discrepancies of langevin samplers")
    page.save()
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    papers = [
        {"id": 1, "title": "Untitled", "pdf": "one.pdf"},
        {"id": 2, "title": "Langevin", "pdf": "broken.pdf"},
    ]
    files[0].write_text("".join(json.dumps(paper) + "\n" for paper in papers))
    people = [
        {"id": "a", "papers": [{"title": "Stein discrepancies"}]},
        {"id": "b", "papers": [{"title": "Graphs"}]},
    ]
    files[1].write_text("".join(json.dumps(one) + "\n" for one in people))
    printed = assign("affinity", *files)
    assert printed.returncode == 0, printed.stderr
    scores = [float(line.split(",")[2]) for line in printed.stdout.splitlines()]
    assert scores[0] > 0.5
    assert scores[1:] == [0, 0, 0]
    files[0].write_text(json.dumps({"id": 1, "title": "Untitled", "pdf": "absent.pdf"}))
    refused = assign("affinity", *files)
    assert refused.returncode == 2
    assert "Line 1: the PDF 'absent.pdf' cannot be read (No such file or directory)." in refused.stderr


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", "is not JSON"),
        ("[]", 'must be an "id"'),
        ('{"id": 1, "papers": 7}', "must be a list"),
        ('{"id": 1, "papers": ["x"]}', "must be an object"),
        ('{"id": 1, "papers": [{"title": 7}]}', "must be a text"),
        ('{"id": 1}\n{"id": "1"}', "stands in line 1, too"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(files: list[Path], line: str, sentence: str) -> None:
    files[1].write_text(line)
    refused = assign("affinity", *files)
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert refused.stderr.startswith("dateline: Line ")
    assert sentence in refused.stderr
