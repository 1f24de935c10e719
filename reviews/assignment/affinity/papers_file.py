"""Submissions and reviewers' papers from files of JSON, one object a line.

A submission is `{"id": …, "title": …, "abstract": …}`, a reviewer `{"id": …, "papers": [{"title": …}, …]}`.
A paper may also have its full text as `text`, or as the name of a `pdf`, which whoever reads the file turns into text.
OpenReview's way of writing is read as well: titles and abstracts inside
`content`, each perhaps as `{"value": …}`.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

from reviews.assignment.affinity.scores import Text


class BadLine(Exception):
    """What is wrong with a line; str() is a sentence that names it."""


Words = Callable[[str], str]  # the text of the PDF of this name


def submissions(lines: Iterable[str], words: Words) -> dict[str, Text]:
    """The submissions by their ids, in order. Raises BadLine."""
    return {name: _text(entry, at, words) for name, entry, at in _entries(lines)}


def reviewers(lines: Iterable[str], words: Words) -> dict[str, list[Text]]:
    """The papers of each reviewer by id, in order. Raises BadLine."""
    found = {}
    for name, entry, at in _entries(lines):
        papers = entry.get("papers", entry.get("publications", []))
        if not isinstance(papers, list):
            raise BadLine(f"Line {at}: `papers` must be a list.")
        found[name] = [_text(paper, at, words) for paper in papers]
    return found


def _entries(lines: Iterable[str]) -> Iterable[tuple[str, dict[str, Any], int]]:
    seen: dict[str, int] = {}
    for at, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadLine(f"Line {at} is not JSON: {error}.") from None
        name = entry.get("id", entry.get("name")) if isinstance(entry, dict) else None
        if isinstance(name, bool) or not isinstance(name, str | int) or not str(name).strip():
            raise BadLine(f'Line {at}: there must be an "id", a text or a number.')
        name = str(name).strip()
        if name in seen:
            raise BadLine(f"Line {at}: {name!r} stands in line {seen[name]}, too.")
        seen[name] = at
        yield name, entry, at


def _text(entry: Any, at: int, words: Words) -> Text:
    if not isinstance(entry, dict):
        raise BadLine(f'Line {at}: a paper must be an object with a "title".')
    content = entry.get("content")
    inside = content if isinstance(content, dict) else entry

    def part(*names: str) -> str:
        for name in names:
            value = inside.get(name, entry.get(name))
            value = value.get("value") if isinstance(value, dict) else value
            if isinstance(value, str):
                return value
            if value is not None:
                raise BadLine(f"Line {at}: `{name}` must be a text.")
        return ""

    body = part("text", "full_text", "body")
    if not body and (name := part("pdf")):
        try:
            body = words(name)
        except OSError as error:
            raise BadLine(f"Line {at}: the PDF {name!r} cannot be read ({error.strerror}).") from None
    return Text(part("title"), part("abstract"), body)
