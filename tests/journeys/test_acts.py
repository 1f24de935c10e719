"""The ten most frequent acts on a laptop and on a telephone.

docs/comparison.md tells how many clicks and typed fields each takes, and these tests count them. axe finds nothing in
the page on which an act ends.
"""

import re
from pathlib import Path

import pytest

from tests.browser import assert_accessible
from tests.journeys.hands import ACTS, Keyboard, Mouse, Opener

ROOT = Path(__file__).parents[2]


def documented() -> dict[str, tuple[int, int]]:
    """(clicks, typed fields) of each act as docs/comparison.md tells them."""
    rows = re.findall(
        r"^\| ([^|]+?) \| \*\*(\d+) clicks?(?:, (\d+) fields?)?\*\* \|",
        (ROOT / "docs" / "comparison.md").read_text(),
        re.MULTILINE,
    )
    return {act: (int(clicks), int(fields or 0)) for act, clicks, fields in rows}


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
