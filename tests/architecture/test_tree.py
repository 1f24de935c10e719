"""The finders find what is planted, and nothing in what is right."""

import ast

import pytest

from tests.architecture import tree


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("datetime.now(UTC)", {"datetime.now"}),
        ("dt.datetime.utcnow()", {"datetime.utcnow"}),
        ("time.time()", {"time.time"}),
        ("from time import time", {"time.time"}),
        ("mapped_column(server_default=func.now())", {"func.now"}),
        ("at = clock.now(); time.monotonic()", set()),
    ],
)
def test_reads_the_clock(source: str, found: set[str]) -> None:
    assert tree.reads_the_clock(ast.parse(source)) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("at.strftime('%d %b')", {"strftime"}),
        ("at.isoformat()", {"isoformat"}),
        ("f'{at:%d %b}'", {"f'%d %b'"}),
        ("f'{share:.1%} of {count:>3}'", set()),
    ],
)
def test_formats_instants(source: str, found: set[str]) -> None:
    assert tree.formats_instants(ast.parse(source)) == found


@pytest.mark.parametrize(
    ("source", "writes"),
    [
        ("paper.state = State.SUBMITTED", True),
        ("paper.state: State = draft", True),
        ("state = paper.state; update(Job).values(state=DONE)", False),
    ],
)
def test_writes_state(source: str, writes: bool) -> None:
    assert tree.writes_state(ast.parse(source)) is writes


@pytest.mark.parametrize(
    ("source", "lacking"),
    [
        ("def submit(session, submission, *, by, at): submission.submitted_at = at", set()),
        ("def submit(session, submission, by, at): move(session, submission)", {"by", "at"}),
        ("def submit(session, submission, *, by): session.add(submission)", {"at"}),
        ("def count(session): return session.scalar(select(func.count(Submission.id)))", set()),
    ],
)
def test_lacks_by_or_at(source: str, lacking: set[str]) -> None:
    (function,) = tree.public_functions(ast.parse(source))
    assert tree.lacks_by_or_at(function) == lacking


def test_composed() -> None:
    source = (
        "[compose('reviews/assigned', thing='paper:1', title=paper.title), letters.compose('b', **values)]"
    )
    source += "\nTEMPLATES = {True: 'yes', False: 'no'}\ncompose(TEMPLATES[found], page=page)"
    letters = {"yes": {"page"}, "no": {"page"}}
    assert tree.composed(ast.parse(source)) == letters | {"reviews/assigned": {"thing", "title"}, "b": {"**"}}
