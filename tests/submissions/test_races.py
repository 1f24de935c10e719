"""People at the same moment, on both databases: numbers, the same form twice, two saves from one version."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Person
from core.db import transaction
from core.jobs import Job
from submissions import actions
from submissions.actions import Content, Outdated
from submissions.models import FileCheck, Submission, Version
from submissions.uploads import Received
from tests.season import BEFORE, PDF, Season
from tests.submissions.door import AUTHORS
from venues.models import Venue

PEOPLE = 6
Answer = TypeVar("Answer")


def at_once(season: Season, act: Callable[[Session, int], Answer]) -> list[Answer | type[Exception]]:
    """What each of PEOPLE threads got from its `act` in its own transaction, all begun together."""
    season.session.rollback()
    ready = Barrier(PEOPLE)

    def run(place: int) -> Answer | type[Exception]:
        with season.app.test_request_context(), season.app.extensions["sessions"]() as session:
            ready.wait(10)
            try:
                with transaction(session):
                    return act(session, place)
            except Outdated as error:
                return type(error)

    with ThreadPoolExecutor(PEOPLE) as threads:
        return list(threads.map(run, range(PEOPLE)))


def content(season: Season, title: str) -> Content:
    blob = season.put(PDF)
    return Content(title, "About it.", AUTHORS, ["Theory"], Received(blob.sha256, blob.size, "a.pdf", BEFORE))


def begin(session: Session, key: str, text: Content) -> int:
    venue, ada = session.scalars(select(Venue)).one(), session.get_one(Person, 1)
    made = actions.begin(session, venue, text, form_key=key, by=ada, at=BEFORE, began_at=BEFORE)
    return made.submission.number


def test_numbers_are_given_once_and_without_gaps(season_on_both: Season) -> None:
    text = content(season_on_both, "Mine")
    numbers = at_once(season_on_both, lambda session, place: begin(session, f"key {place}", text))
    assert sorted(map(str, numbers)) == [str(number) for number in range(1, PEOPLE + 1)]
    # All sent the same bytes: they are looked at once.
    session = season_on_both.session
    assert len(session.scalars(select(FileCheck)).all()) == len(session.scalars(select(Job)).all()) == 1


def test_the_same_form_many_times_makes_one(season_on_both: Season) -> None:
    text = content(season_on_both, "Mine")
    assert at_once(season_on_both, lambda session, _: begin(session, "key", text)) == [1] * PEOPLE
    assert len(season_on_both.session.scalars(select(Version)).all()) == 1


def test_of_many_saves_from_one_version_one_is_taken(season_on_both: Season) -> None:
    season = season_on_both
    texts = [content(season, f"Title {place}") for place in range(PEOPLE)]
    at_once(season, lambda session, _: begin(session, "key", content(season, "First")))

    def save(session: Session, place: int) -> int:
        made, ada = session.scalars(select(Submission)).one(), session.get_one(Person, 1)
        saved = actions.save(session, made, texts[place], started_from=1, by=ada, at=BEFORE, began_at=BEFORE)
        assert saved is not None
        return saved.number

    answers = at_once(season, save)
    assert answers.count(2) == 1
    assert answers.count(Outdated) == PEOPLE - 1
    first, second = season.session.scalars(select(Version).order_by(Version.number))
    assert (first.title, second.title) == ("First", f"Title {answers.index(2)}")
    assert season.session.scalars(select(Submission.title)).all() == [second.title]
