"""Every page of a whole season on a telephone: nothing sticks out, and whatever one acts with is on the screen.

The acts themselves are done on a telephone in test_acts.py.
"""

import pytest

from tests.journeys.hands import CUT_OFF, Mouse, Opener
from tests.journeys.walks import WALKS, cast_of, walk


@pytest.mark.parametrize(("phase", "names"), WALKS, ids=[phase for phase, _ in WALKS])
def test_no_page_sticks_out(opened: Opener, phase: str, names: tuple[str, ...]) -> None:
    site, found = opened(390, Mouse), []
    seen: set[str] = set()
    for name, path, page in walk(site, cast_of(site), phase, names, seen):
        found += [f"{name} at {path}: {problem}" for problem in page.evaluate(CUT_OFF)]
    assert len(seen) >= 15
    assert found == [], "\n".join(found)
