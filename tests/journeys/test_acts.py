"""The ten most frequent acts on a laptop and on a telephone.

docs/comparison.md tells how many clicks and typed fields each takes, and these tests count them. axe finds nothing in
the page on which an act ends.
"""

import re
from pathlib import Path

import pytest

from tests.browser import assert_accessible
from tests.journeys.hands import ACTS, Keyboard, Mouse, Opener

COMPARISON = (Path(__file__).parents[2] / "docs" / "comparison.md").read_text()
SYSTEMS = ("HotCRP", "OpenReview", "pretalx", "Indico")
OF_THE_FORM = 8  # clicks of a review that any system with the same form needs


def documented() -> dict[str, tuple[int, int]]:
    """(clicks, typed fields) of each act as docs/comparison.md tells them."""
    rows = re.findall(
        r"^\| ([^|]+?) \| \*\*(\d+) clicks?(?:, (\d+) fields?)?\*\* \|", COMPARISON, re.MULTILINE
    )
    return {act: (int(clicks), int(fields or 0)) for act, clicks, fields in rows}


def test_the_sums_are_those_of_the_table() -> None:
    """Of the acts for which both sides have a number: how many, Dateline's clicks, the other's."""
    sums = dict.fromkeys(SYSTEMS, (0, 0, 0))
    for act, (clicks, _) in documented().items():
        row = re.search(rf"^\| {act} \|.*$", COMPARISON, re.MULTILINE)
        assert row
        ours = clicks - (OF_THE_FORM if act == "Write a review" else 0)
        cells = [cell.strip() for cell in row[0].strip("|").split("|")][2:]
        for name, cell in zip(SYSTEMS, cells, strict=True):
            if known := re.match(r"\d+", cell):
                acts, mine, theirs = sums[name]
                sums[name] = (acts + 1, mine + ours, theirs + int(known[0]))
    told = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \| (\d+) \|$", COMPARISON, re.MULTILINE)
    assert {name: tuple(map(int, numbers)) for name, *numbers in told} == sums


@pytest.mark.parametrize("hand", [Mouse, Keyboard])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_ten_acts_take_what_the_comparison_says(opened: Opener, width: int, hand: type[Mouse]) -> None:
    site, counted = opened(width, hand), {}
    for at, acts in ACTS.items():
        site.season.at(at)
        for name, act in acts.items():
            done = act(site)
            counted[name] = (done.clicks, done.fields)
            assert_accessible(done.page)
            site.work()
            done.page.close()
    assert counted == documented()
