"""A file of scores is taken as a whole, or every bad row is told."""

import tracemalloc

import numpy as np

from reviews.assignment.affinity import score_file

PAPERS, PEOPLE = {"p1": 0, "p2": 1, "p3": 2}, {"~Rey_Ross1": 0, "~Rut_Ruiz1": 1}


def read(text: str):
    told: list[tuple[int, str]] = []
    found = score_file.read(text.splitlines(keepends=True), PAPERS, PEOPLE, lambda *bad: told.append(bad))
    return found, told


def test_what_the_expertise_tool_writes_is_read() -> None:
    found, told = read("p2,~Rey_Ross1,0.25\np1,~Rut_Ruiz1,-1e-2\r\n\np3, ~Rey_Ross1 ,1\n")
    assert told == []
    assert found is not None
    assert found.dense((3, 2), missing=-9).tolist() == [[-9, np.float32(-0.01)], [0.25, -9], [1, -9]]


def test_a_heading_is_passed_over() -> None:
    found, told = read('submission,reviewer,score\n"p1","~Rey_Ross1","0.5"\n')
    assert told == []
    assert found is not None
    assert found.values.tolist() == [0.5]


def test_every_bad_row_is_told_and_nothing_is_taken() -> None:
    found, told = read(
        "p1,~Rey_Ross1,0.5\n"
        "p9,~Rey_Ross1,0.5\n"
        "p1,~Nel_Noor1,0.5\n"
        "p2,~Rey_Ross1,nan\n"
        "p2,~Rey_Ross1,inf\n"
        "p2,~Rey_Ross1,1_0\n"
        "p2,~Rey_Ross1,\n"
        "p2,~Rey_Ross1\n"
        'p2,"~Rey_Ross1,0.5\n'
        "p3,~Rut_Ruiz1,0.1\n"
        "p1,~Rey_Ross1,0.5\n"
        "p1,~Rey_Ross1,0.7\n" + f"{'x' * 500},~Rey_Ross1,0.5\n"
    )
    assert found is None
    assert told == [
        (2, "There is no submission 'p9'."),
        (3, "There is no reviewer '~Nel_Noor1'."),
        (4, "The score 'nan' is not a finite number."),
        (5, "The score 'inf' is not a finite number."),
        (6, "The score '1_0' is not a number."),
        (7, "The score '' is not a number."),
        (8, "There are 2 values, not three: submission, reviewer, score."),
        (9, "There is no reviewer '\"~Rey_Ross1'."),
        (13, f"There is no submission '{'x' * 60}…'."),
        (11, "This pair has a score already, in line 1."),
        (12, "This pair has a score already, in line 1."),
    ]


def test_an_empty_file_holds_no_scores() -> None:
    found, told = read("")
    assert told == []
    assert found is not None
    assert len(found) == 0


def test_many_bad_rows_cost_no_memory() -> None:
    """Nothing is kept of a bad row, and 24 bytes of a good one."""
    papers, people = {f"p{i}": i for i in range(400)}, {f"r{i}": i for i in range(500)}
    told = [0, 0]

    def tell(line: int, _sentence: str) -> None:
        told[0], told[1] = told[0] + 1, line

    bad = (f"p{i % 400},nobody{i},0.5\n" for i in range(100_000))
    tracemalloc.start()
    assert score_file.read(bad, papers, people, tell) is None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert told == [100_000, 100_000]
    assert peak < 1_000_000
    good = (f"p{i // 500},r{i % 500},{i}\n" for i in range(200_000))
    found = score_file.read(good, papers, people, tell)
    assert found is not None
    assert np.array_equal(found.dense((400, 500)).ravel(), np.arange(200_000, dtype=np.float32))
