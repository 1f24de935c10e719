"""./dateline assign affinity PAPERS REVIEWERS, ./dateline assign check SCORES PAPERS REVIEWERS"""

import argparse
import csv
import sys
from collections.abc import Callable
from pathlib import Path

from core import pdf
from reviews.assignment.affinity import papers_file, score_file
from reviews.assignment.affinity.scores import Text, affinities


def configure(affinity: argparse.ArgumentParser, check: argparse.ArgumentParser) -> None:
    _add_people(affinity)
    affinity.set_defaults(act=print_affinities)
    check.add_argument("scores", type=Path, metavar="SCORES.csv")
    _add_people(check)
    check.set_defaults(act=print_bad_rows)


def _add_people(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "papers", type=Path, metavar="PAPERS.jsonl", help='a line each: {"id", "title", "abstract"}'
    )
    parser.add_argument(
        "reviewers",
        type=Path,
        metavar="REVIEWERS.jsonl",
        help='a line each: {"id", "papers": [{"title", "abstract"}]}',
    )


def _people(
    args: argparse.Namespace, *, with_pdfs: bool
) -> tuple[dict[str, Text], dict[str, list[Text]]] | None:
    """The submissions and the reviewers' papers; None, said to standard error, when they cannot be read."""

    def words(beside: Path) -> Callable[[str], str]:
        """PDFs are named from the folder of the file that names them; whoever needs no texts opens none."""
        return (lambda name: _words_of(beside.parent / name)) if with_pdfs else lambda _: ""

    try:
        with args.papers.open(encoding="utf-8-sig") as lines:
            papers = papers_file.submissions(lines, words(args.papers))
        with args.reviewers.open(encoding="utf-8-sig") as lines:
            return papers, papers_file.reviewers(lines, words(args.reviewers))
    except (OSError, UnicodeDecodeError, papers_file.BadLine) as error:
        print(f"dateline: {error}", file=sys.stderr)
        return None


def _words_of(path: Path) -> str:
    with path.open("rb"):  # what is not there is told; what cannot be understood has no words
        return pdf.text(path)


def print_affinities(args: argparse.Namespace) -> int:
    """Print a line for each pair: submission, reviewer, score."""
    if (found := _people(args, with_pdfs=True)) is None:
        return 2
    papers, reviewers = found
    for name, own in reviewers.items():
        if not own:
            print(f"dateline: reviewer {name} has no papers: 0 throughout", file=sys.stderr)
    out, names = csv.writer(sys.stdout, lineterminator="\n"), iter(papers)
    for block in affinities(list(papers.values()), list(reviewers.values())):
        for line in block.tolist():
            name = next(names)
            out.writerows((name, who, f"{score:.6f}") for who, score in zip(reviewers, line, strict=True))
    return 0


def print_bad_rows(args: argparse.Namespace) -> int:
    """Print every bad row of a file of scores, as it is met; status 1 when there is one."""
    if (found := _people(args, with_pdfs=False)) is None:
        return 2
    papers, reviewers = found
    bad = 0

    def tell(line: int, sentence: str) -> None:
        nonlocal bad
        bad += 1
        print(f"line {line}: {sentence}")

    rows, columns = ({name: at for at, name in enumerate(names)} for names in (papers, reviewers))
    try:
        # Bytes that are no UTF-8 make unknown names, which are told as such.
        with args.scores.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
            scores = score_file.read(lines, rows, columns, tell)
    except OSError as error:
        print(f"dateline: {error}", file=sys.stderr)
        return 2
    if scores is None:
        print(f"{bad} bad rows: nothing of this file can be used.")
        return 1
    pairs = len(papers) * len(reviewers)
    print(
        f"{len(scores)} scores, of {pairs} pairs of {len(papers)} submissions and {len(reviewers)} reviewers."
    )
    return 0
