"""Files that no save named go; files that somebody names, or is about to name, stay."""

import io
import os
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from core import clock, housekeeping, jobs
from core.db import Base
from core.files import DiskStore
from submissions.models import Version
from submissions.uploads import CARRIED, FileRefused, Kind, Received, carried, carry
from tests.season import BEFORE, PDF, Season
from tests.submissions.door import HOME, fields, hidden
from web.jobs import JOBS

OLD = CARRIED + timedelta(days=1, seconds=1)


def stored(season: Season, content: bytes, age: timedelta = OLD) -> str:
    """A file that was put as long ago as this."""
    sha256 = season.put(content).sha256
    at = (BEFORE - age).timestamp()
    os.utime(season.store.path(sha256), (at, at))
    return sha256


def tidy(season: Season, at: datetime = BEFORE) -> None:
    """The worker's job, as on this day."""
    season.at(at)
    with season.app.test_request_context(), season.app.extensions["sessions"]() as session:
        JOBS[housekeeping.JOB](session)


def test_only_what_nobody_names_goes_and_only_after_a_day_aside(season_on_both: Season) -> None:
    season = season_on_both
    named = season.submission(content=PDF + b"% named").versions[0]
    assert named.paper_sha256
    with_copy = list(season.store.root.glob("??/*"))
    for path in with_copy:
        os.utime(path, (0, 0))
    lost, young = stored(season, b"lost"), stored(season, b"young", OLD - timedelta(seconds=2))
    leftover = season.store.incoming / "tmpkilled"
    leftover.write_bytes(b"half")
    os.utime(leftover, (0, 0))
    tidy(season)
    assert [season.store.has(sha256) for sha256 in (named.paper_sha256, lost, young)] == [True, False, True]
    assert (season.store.aside(), leftover.exists()) == ([lost], False)
    assert all(path.exists() for path in with_copy)
    tidy(season, BEFORE + timedelta(hours=23))
    assert sorted(season.store.aside()) == sorted([lost, young])
    tidy(season, BEFORE + timedelta(days=1, seconds=1))
    assert season.store.aside() == [young]
    assert season.store.has(named.paper_sha256)


def test_what_was_named_after_all_comes_back(season: Season) -> None:
    sha256 = stored(season, PDF + b"% late")
    tidy(season)
    assert not season.store.has(sha256)
    version: Version = season.submission().versions[0]
    version.supplement_sha256, version.supplement_size = sha256, 9
    season.session.commit()
    tidy(season, BEFORE + timedelta(days=30))
    assert (season.store.has(sha256), season.store.aside()) == (True, [])


def in_between(store: DiskStore, act: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Do this after the rows were asked and before the file is moved."""
    set_aside = store.set_aside

    def first(sha256: str, *, at: datetime, before: datetime) -> bool:
        act()
        return set_aside(sha256, at=at, before=before)

    monkeypatch.setattr(store, "set_aside", first)


def test_a_save_that_comes_in_between_keeps_its_file(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ada's form carries a file, and is sent at the very moment at which the file would go."""
    sha256 = stored(season, PDF)
    ada = season.client(season.ada)
    key = hidden(ada.page(f"{HOME}/new"), "form_key")
    token = carry(Received(sha256, len(PDF), "paper.pdf", BEFORE), Kind.PAPER, season.ada.id)
    sent = fields(form_key=key, paper_token=token)
    in_between(season.store, lambda: ada.send(f"{HOME}/new", **sent), monkeypatch)
    tidy(season)
    season.session.rollback()
    assert season.session.query(Version).one().paper_sha256 == sha256
    assert (season.store.has(sha256), season.store.aside()) == (True, [])


def test_the_same_bytes_put_in_between_stay(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    sha256 = stored(season, PDF)
    in_between(season.store, lambda: season.store.put(io.BytesIO(PDF), limit=1 << 20), monkeypatch)
    tidy(season)
    assert (season.store.has(sha256), season.store.aside()) == (True, [])


def test_a_save_after_the_file_has_gone_says_so(season: Season) -> None:
    sha256 = stored(season, PDF)
    token = carry(Received(sha256, len(PDF), "paper.pdf", BEFORE), Kind.PAPER, season.ada.id)
    tidy(season)
    with pytest.raises(FileRefused, match="no longer there"):
        carried(token, Kind.PAPER, season.ada.id, season.store)


def test_it_is_ordered_once_a_day(season: Season) -> None:
    with season.app.extensions["sessions"]() as session:
        for at in (BEFORE, BEFORE + timedelta(hours=1), BEFORE + timedelta(days=1)):
            season.at(at)
            housekeeping.order(session)
    assert jobs.count_by_state(season.session)["queued"] == 2
    assert clock.real() > BEFORE


def test_every_column_that_names_a_file_is_looked_at() -> None:
    """A new column of this shape is either named …sha256, or no file's name: look, then add it here."""
    others = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if getattr(column.type, "length", None) == 64 and not column.name.endswith(housekeeping.SUFFIX)
    }
    assert others == {"spent_tokens.digest", "recovery_codes.digest", "second_factors.secret"}
