from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core import clock

OCTOBER = datetime(2022, 10, 20, 12, 0, tzinfo=UTC)


def test_outside_of_rehearsals_the_clocks_agree_and_do_not_move() -> None:
    clock.rehearse(None)
    assert clock.offset() == timedelta()
    with pytest.raises(RuntimeError, match="only in rehearsals"):
        clock.move_to(OCTOBER)


def test_in_a_rehearsal_the_seasons_clock_moves_and_goes_on(tmp_path: Path) -> None:
    clock.rehearse(tmp_path / "clock")
    try:
        assert clock.offset() == timedelta()
        clock.move_to(OCTOBER)
        before = clock.now()
        assert OCTOBER <= before < OCTOBER + timedelta(seconds=5)
        assert clock.now() >= before
        assert clock.real() > datetime(2026, 1, 1, tzinfo=UTC)
    finally:
        clock.rehearse(None)
