"""The machine's clock jumps an hour forth and back: nobody is signed out, nothing goes twice, nothing hides again."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from accounts import signed_links
from core import clock, jobs
from core.db import transaction
from core.tokens import TokenError, is_spent, spend
from decisions import jobs as decisions
from mail import sending
from tests.decisions.test_release import LIST, WHEN, prepared
from tests.season import BEFORE, Season
from tests.servers import Smtp
from tests.submissions.door import begin, submission

HOUR = timedelta(hours=1)
REAL = clock.real


@pytest.fixture
def machine(season: Season, monkeypatch: pytest.MonkeyPatch) -> Iterator[time_machine.Traveller]:
    """The machine's own clock, for every library, too."""
    monkeypatch.setattr(clock, "real", REAL)
    with time_machine.travel(BEFORE, tick=True) as traveller:
        yield traveller


def deliver(season: Season, smtp: Smtp) -> int:
    sessions = season.app.extensions["sessions"]
    with sessions() as session:
        decisions.stamp_first_use(session, at=clock.now())
    return sending.deliver_due(sessions, smtp.url, "dateline@example.org", "w")


def test_sessions_links_and_letters(season: Season, machine: time_machine.Traveller, smtp: Smtp) -> None:
    ada = season.client(season.ada)
    machine.shift(HOUR)
    begin(ada)
    reset = f"/reset/{signed_links.reset(season.nel, season.nel.primary_email)}"
    assert deliver(season, smtp) == 2
    machine.shift(-HOUR)
    assert "On scores" in ada.page("/sbm2022/submissions/1/")  # still signed in, by a cookie from the future
    assert season.client().get(reset).status_code == 200
    assert deliver(season, smtp) == 0
    begin(ada, title="Another")
    assert deliver(season, smtp) == 2
    machine.shift(HOUR)
    assert deliver(season, smtp) == 0
    ids = [taken.message["Message-ID"] for taken in smtp.delivered]
    assert len(ids) == len(set(ids)) == 4


def test_a_link_that_was_used_stays_used(season: Season, machine: time_machine.Traveller) -> None:
    session, age = season.session, timedelta(minutes=30)
    with transaction(session):
        spend(session, "of nel", max_age=age)
    machine.shift(HOUR)
    with transaction(session):
        spend(session, "of ada", max_age=age)  # sweeps away what has expired
    machine.shift(-HOUR)
    assert is_spent(session, "of nel")
    with pytest.raises(TokenError, match="used already"), transaction(session):
        spend(session, "of nel", max_age=age)


def test_a_release_stays_released_and_goes_once(
    season: Season, machine: time_machine.Traveller, smtp: Smtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(season)
    monkeypatch.setattr(clock, "real", REAL)
    season.client(season.olga).send(f"{LIST}/release", moment="2022-10-20 17:00 UTC")
    machine.move_to(WHEN + timedelta(minutes=1))
    assert deliver(season, smtp) > 0
    ada, count = season.client(season.ada), len(smtp.delivered)
    for shift in (-HOUR, -HOUR, HOUR, 2 * HOUR, -HOUR):
        machine.shift(shift)
        assert "Accepted as a poster" in ada.page("/sbm2022/submissions/1/decision")
        assert deliver(season, smtp) == 0
    assert len({taken.message["Message-ID"] for taken in smtp.delivered}) == len(smtp.delivered) == count


def test_leases_and_retries(season: Season, machine: time_machine.Traveller) -> None:
    """A job whose worker died is taken up once, and a failing one is tried again, whatever the clock did in between."""
    sessions, ran = season.app.extensions["sessions"], list[str]()
    with sessions() as session, transaction(session):
        jobs.enqueue(session, "note", what="left")
    with sessions() as session:
        assert jobs.claim(session, "dead") is not None
    machine.shift(HOUR)
    known = {"note": lambda _session, what: ran.append(what)}
    assert jobs.run_next(sessions, known, "w")
    machine.shift(-HOUR)
    assert not jobs.run_next(sessions, known, "w")
    with sessions() as session, transaction(session):
        jobs.enqueue(session, "note", what="new")
    assert jobs.run_next(sessions, known, "w")
    assert ran == ["left", "new"]


def test_a_deadline_is_asked_of_the_clock_as_it_is(season: Season, machine: time_machine.Traveller) -> None:
    """A submission that was taken stays taken; the form closes and opens with the clock."""
    ada = season.client(season.ada)
    machine.move_to(BEFORE.replace(day=27, hour=11, minute=30))
    begin(ada)
    machine.shift(HOUR)
    assert season.client(season.nel).get("/sbm2022/submissions/new").status_code == 403
    machine.shift(-HOUR)
    assert season.client(season.nel).get("/sbm2022/submissions/new").status_code == 200
    assert submission(season).submitted_at is not None
