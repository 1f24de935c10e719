"""The crawl and the matrix find what is planted: here many leaks at once, by `./dateline soak leaks` each alone."""

from itertools import groupby

import pytest

from bench import leaks

SHORT = {
    "crawl": "test_leaks.py::test_nobody_comes_across_what_is_not_for_them[reviewing]",
    "matrix": "test_matrix.py::test_who_sees_which_page[reviewing]",
}


def test_every_leak_of_the_list_can_be_planted() -> None:
    planted = leaks.planted()
    assert [found for leak in planted if (found := leaks.misfit(leak))] == []
    counts = {name: len(list(of)) for name, of in groupby(planted, lambda leak: leak.finder)}
    assert counts["crawl"] >= 10
    assert counts["matrix"] >= 10


@pytest.mark.parametrize("finder", SHORT)
def test_leaks_planted_together_are_all_found(finder: str) -> None:
    some = [leak for leak in leaks.planted() if leak.test == SHORT[finder]]
    assert len(some) >= 5
    with leaks.copy_of_the_code() as copy:
        found = leaks.find(copy, some)
    assert {name: line for name, line in found.items() if not line} == {}
