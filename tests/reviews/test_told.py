"""What reviewers are told by mail: the receipt of a review, and that a paper was withdrawn or is back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core import jobs
from mail.models import Message
from tests.season import ANSWERS, REVIEWING, Season
from venues.models import Role
from web.jobs import JOBS

SUBMISSION = "/sbm2022/submissions/1"
FIELDS: dict[str, Any] = {
    **{name: str(value) for name, value in ANSWERS.items()},
    "ethics": "no",
    "conduct": "y",
}


@pytest.fixture
def reviewing(season_on_both: Season) -> Season:
    """Rey and rut review paper 1, rut another as well; nel reviewed it until it was taken back from her."""
    season = season_on_both
    made, other = season.submission("Kept"), season.submission("Other")
    season.assign(made, season.rey)
    season.assign(made, season.rut)
    season.assign(other, season.rut)
    season.assign(made, season.nel).removed_at = REVIEWING
    season.session.commit()
    season.at(REVIEWING)
    return season


def work(season: Season) -> None:
    """Run the jobs that wait."""
    with season.app.test_request_context(base_url="http://dateline.test"):
        while jobs.run_next(season.app.extensions["sessions"], JOBS, "w"):
            pass


def told(season: Season, occasion: str) -> list[tuple[str, str]]:
    season.session.rollback()
    rows = season.session.scalars(select(Message).where(Message.occasion == occasion).order_by(Message.id))
    return [(row.to_email, row.subject) for row in rows]


def withdraw(season: Season, reason: str = "A secret reason.") -> None:
    season.client(season.ada).send(f"{SUBMISSION}/withdraw", confirmation="1", reason=reason)


def test_a_review_that_is_handed_in_is_receipted_once(reviewing: Season) -> None:
    rey, page = reviewing.client(reviewing.rey), "/sbm2022/papers/1/review"
    rey.send(page, draft="1", revision="0", **FIELDS)
    assert told(reviewing, "review_received") == []
    rey.send(page, submit="1", revision="1", **FIELDS)
    rey.send(page, submit="1", revision="1", **{**FIELDS, "overall": "2"})
    assert told(reviewing, "review_received") == [
        ("rey@example.org", "SBM 2022: your review of paper 1 was received")
    ]
    text = reviewing.session.scalars(select(Message.text)).one()
    assert "your review of paper 1, Kept, was received at 2022-10-03 09:00:00 UTC" in text
    assert "until Oct 14, 2022 AoE:\n\nhttp://dateline.test/sbm2022/papers/1/review" in text
    assert str(ANSWERS["summary"]) not in text


def test_an_incomplete_review_has_no_receipt(reviewing: Season) -> None:
    rey = reviewing.client(reviewing.rey)
    rey.send("/sbm2022/papers/1/review", 422, submit="1", revision="0", **{**FIELDS, "summary": ""})
    assert told(reviewing, "review_received") == []


def test_a_withdrawal_is_told_to_its_reviewers_and_to_nobody_else(reviewing: Season) -> None:
    withdraw(reviewing)
    work(reviewing)
    expected = [
        ("rey@example.org", "SBM 2022: paper 1 was withdrawn"),
        ("rut@example.org", "SBM 2022: paper 1 was withdrawn"),
    ]
    assert told(reviewing, "paper_withdrawn") == expected
    letters = reviewing.session.scalars(select(Message).where(Message.occasion == "paper_withdrawn")).all()
    for secret in ("Ada", "Bo Brandt", "secret reason", "ada@"):
        assert not any(secret in letter.text + letter.html for letter in letters)
    with reviewing.app.test_request_context(base_url="http://dateline.test"):
        second = int(REVIEWING.timestamp())
        JOBS["tell_reviewers_of_withdrawal"](reviewing.session, submission_id=1, withdrawn=second)
    assert told(reviewing, "paper_withdrawn") == expected


def test_a_withdrawal_that_is_taken_back_is_told_to_who_was_told(reviewing: Season) -> None:
    withdraw(reviewing)
    work(reviewing)
    reviewing.assign(reviewing.session.get_one(type(reviewing.submission()), 1), reviewing.olga)
    reviewing.at(REVIEWING + timedelta(minutes=5))
    reviewing.client(reviewing.ada).send(f"{SUBMISSION}/restore")
    work(reviewing)
    assert told(reviewing, "paper_restored") == [
        ("rey@example.org", "SBM 2022: paper 1 is back"),
        ("rut@example.org", "SBM 2022: paper 1 is back"),
    ]
    reviewing.at(REVIEWING + timedelta(minutes=9))
    withdraw(reviewing)
    work(reviewing)
    assert len(told(reviewing, "paper_withdrawn")) == 5  # the second time, olga too


def test_a_withdrawal_taken_back_before_anybody_was_told_is_told_to_nobody(reviewing: Season) -> None:
    withdraw(reviewing)
    reviewing.client(reviewing.ada).send(f"{SUBMISSION}/restore")
    work(reviewing)
    assert (told(reviewing, "paper_withdrawn"), told(reviewing, "paper_restored")) == ([], [])
    assert len(told(reviewing, "submission_withdrawn")) == 2


def test_an_organizer_in_conflict_meets_none_of_these_letters(reviewing: Season) -> None:
    """They would say who reviews the paper."""
    reviewing.grant(reviewing.bo, Role.ORGANIZER)
    reviewing.client(reviewing.rey).send("/sbm2022/papers/1/review", submit="1", revision="0", **FIELDS)
    withdraw(reviewing)
    work(reviewing)
    outbox = "/sbm2022/organize/outbox"
    olga, bo = reviewing.client(reviewing.olga).page(outbox), reviewing.client(reviewing.bo).page(outbox)
    for subject in ("your review of paper 1 was received", "paper 1 was withdrawn"):
        assert subject in olga
        assert subject not in bo
