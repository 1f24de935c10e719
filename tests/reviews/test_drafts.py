"""The draft of a review, saved while it is typed: two tabs, saves at once, hostile bodies."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from accounts.models import Person
from core.db import detached, rows, transaction
from reviews.assignment.models import Assignment
from reviews.papers.queries import reader
from reviews.reviewing import actions, form, queries
from reviews.reviewing.actions import Stale
from reviews.reviewing.models import Review
from tests.reviews.writing import DRAFT, FIELDS, LAST, PAGE, put, review_of
from tests.season import BEFORE, REVIEWING, Season
from venues.deadlines import DateKind
from venues.models import Extension
from venues.queries import calendar_of


def test_a_draft_is_saved_as_it_is_typed(reviewing: Season) -> None:
    assert put(reviewing, 0, {"summary": "It", "quality": "3"}) == (
        200,
        {"revision": 1, "saved_at": "2022-10-03T09:00:00Z"},
    )
    reviewing.at(REVIEWING + timedelta(seconds=5))
    assert put(reviewing, 1, {"summary": "It fits", "quality": "3", "conduct": ["y"], "ethics": "yes"}) == (
        200,
        {"revision": 2, "saved_at": "2022-10-03T09:00:05Z"},
    )
    found = review_of(reviewing, reviewing.rey)
    assert found
    assert {name: value for name, value in found.draft.items() if value not in ("", None)} == {
        "summary": "It fits",
        "quality": 3,
        "conduct": True,
        "ethics": True,
    }
    assert (found.submitted_at, found.overall, found.answers) == (None, None, {})
    text = reviewing.client(reviewing.rey).page(PAGE)
    assert "It fits</textarea>" in text
    assert 'name="revision" type="hidden" value="2"' in text
    assert "Saved 2022-10-03 09:00:05 UTC" in text
    assert "It fits" not in reviewing.client(reviewing.rut).page(PAGE)


def test_the_later_save_of_two_tabs_is_refused_and_given_both_texts(reviewing: Season) -> None:
    put(reviewing, 0, {"summary": "First tab"})
    status, answer = put(reviewing, 0, {"summary": "Second tab"})
    assert status == 409
    assert (answer["revision"], answer["theirs"]["summary"]) == (1, "First tab")
    assert set(answer["theirs"]) == {question.name for question in form.QUESTIONS}
    assert answer["theirs"]["conduct"] == []
    found = review_of(reviewing, reviewing.rey)
    assert found
    assert (found.revision, found.draft["summary"]) == (1, "First tab")


def test_an_answer_that_was_lost_on_the_way_is_no_conflict(reviewing: Season) -> None:
    put(reviewing, 0, {"summary": "Typed"})
    status, answer = put(reviewing, 0, {"summary": "Typed"})
    assert (status, answer["revision"]) == (200, 1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"revision": 1e400, "fields": {}}',
        b'{"revision": ' + b"9" * 5000 + b', "fields": {}}',
        b'{"revision": -1, "fields": {}}',
        b'{"revision": true, "fields": {}}',
        b'{"revision": "0", "fields": {}}',
        b'{"revision": 0}',
        b'{"revision": 0, "fields": []}',
        b'{"revision": 0, "fields": {"__class__": "x"}}',
        b'{"revision": 0, "fields": {"summary": {"a": 1}}}',
        b'{"revision": 0, "fields": {"summary": ["a", "b"]}}',
        b'{"revision": 0, "fields": {"summary": 7}}',
        b'{"revision": 0, "fields": {"quality": "5"}}',
        b'{"revision": 0, "fields": {"quality": "4; DROP TABLE reviews"}}',
        b'{"revision": 0, "fields": {"ethics": "maybe"}}',
        json.dumps({"revision": 0, "fields": {"summary": "x" * 200_001}}).encode(),
    ],
)
def test_hostile_json_is_refused_with_a_sentence(reviewing: Season, body: bytes) -> None:
    client = reviewing.client(reviewing.rey)
    answer = client.put(DRAFT, data=body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["error"].endswith((".", "”."))
    assert review_of(reviewing, reviewing.rey) is None


def test_what_cannot_be_shown_is_left_out(reviewing: Season) -> None:
    body = b'{"revision": 0, "fields": {"summary": "a\\u0000b\\u001bc\\ud800d\\r\\ne\\tf\\u0085"}}'
    answer = reviewing.client(reviewing.rey).put(DRAFT, data=body, content_type="application/json")
    assert answer.status_code == 200
    found = review_of(reviewing, reviewing.rey)
    assert found
    assert found.draft["summary"] == "abcd\ne\tf"


def test_too_long_a_body_is_not_read(reviewing: Season) -> None:
    answer = reviewing.client(reviewing.rey).put(DRAFT, data=b"x" * ((5 << 20) + 1))
    assert (answer.status_code, answer.json) == (422, {"error": "That is too much text to be saved at once."})


def test_the_longest_text_is_kept_whole(reviewing: Season) -> None:
    fields: dict[str, Any] = {
        question.name: "é" * 200_000 for question in form.QUESTIONS if question.kind == "text"
    }
    assert put(reviewing, 0, fields)[0] == 200
    client = reviewing.client(reviewing.rey)
    answer = client.send(PAGE, revision="1", draft="1", **{**fields, "summary": "ü" * 200_000})
    answer.request.environ["wsgi.input"].close()
    found = review_of(reviewing, reviewing.rey)
    assert found
    assert found.draft["summary"] == "ü" * 200_000


def test_signed_out_and_closed_are_said_in_json(reviewing: Season) -> None:
    answer = reviewing.client().put(DRAFT, json={"revision": 0, "fields": {}})
    assert (answer.status_code, answer.json) == (401, {"error": "You are signed out. Sign in to save."})
    reviewing.at(LAST)
    assert put(reviewing, 0, {"summary": "in time"})[0] == 200
    reviewing.at(LAST + timedelta(seconds=1))
    status, answer = put(reviewing, 1, {"summary": "late"})
    assert (status, answer) == (
        403,
        {
            "error": "Reviewing is closed; it was open until Oct 14, 2022 AoE "
            "(closed from Sat 15 Oct 2022 12:00 UTC)."
        },
    )
    assert reviewing.client(reviewing.rey).post(PAGE, data={**FIELDS, "submit": "1"}).status_code == 403
    text = reviewing.client(reviewing.rey).page(PAGE)
    assert "data-autosave-url" not in text
    assert "in time</textarea>" in text
    assert 'aria-disabled="true"' in text
    assert "Reviewing is closed" in text


def test_a_missing_token_does_not_save(reviewing: Season) -> None:
    reviewing.app.config["WTF_CSRF_ENABLED"] = True
    client = reviewing.client(reviewing.rey)
    answer = client.put(
        DRAFT, json={"revision": 0, "fields": {"summary": "x"}}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 400
    assert "error" in (answer.json or {})
    signed_out = reviewing.client().put(DRAFT, json={}, headers={"Accept": "application/json"})
    assert signed_out.status_code == 401
    assert review_of(reviewing, reviewing.rey) is None


def test_more_time_for_one_reviewer(reviewing: Season) -> None:
    until = LAST + timedelta(days=1)
    reviewing.add(
        Extension(
            venue_id=reviewing.venue.id,
            kind=DateKind.REVIEW,
            person_id=reviewing.rey.id,
            until=until,
            granted_at=BEFORE,
        )
    )
    reviewing.at(until - timedelta(seconds=1))
    assert put(reviewing, 0, {"summary": "x"})[0] == 200
    assert put(reviewing, 0, {"summary": "x"}, reviewing.rut)[0] == 403
    reviewing.at(until)
    assert put(reviewing, 1, {"summary": "y"})[0] == 403


def test_saving_a_draft_is_cheap(reviewing: Season) -> None:
    put(reviewing, 0, {"summary": "a"})
    client = reviewing.client(reviewing.rey)
    with reviewing.statements() as seen:
        client.put(DRAFT, json={"revision": 1, "fields": {"summary": "ab"}})
    assert len(seen) <= 8, seen


@pytest.mark.parametrize("begun", [0, 1])
def test_of_saves_at_once_one_holds(season_on_both: Season, begun: int) -> None:
    """Four tabs save the first draft at once, or change it: one is taken, three are given its text."""
    season = season_on_both
    assignment_id, rey = season.assign(season.submission(), season.rey).id, season.rey.id
    season.at(REVIEWING)
    if begun:
        assert put(season, 0, {"summary": "begun"})[0] == 200
    venue_id = season.venue.id
    season.session.rollback()
    together = threading.Barrier(4)
    outcomes: list[str] = []

    def save(text: str) -> None:
        with season.app.extensions["sessions"]() as session:
            answers = form.read({"summary": text})
            together.wait()
            try:
                with transaction(session):
                    calendar = calendar_of(session, venue_id)
                    which = {**reader(rey, venue_id, calendar, REVIEWING), "number": 1}
                    (row,) = rows(session, queries.TO_WRITE, which)
                    (found,) = detached(row, Assignment)
                    by = session.get_one(Person, rey)
                    actions.save_draft(session, found, answers, begun, calendar=calendar, by=by, at=REVIEWING)
                outcomes.append("saved")
            except Stale as stale:
                outcomes.append(f"{stale.revision} {stale.theirs['summary']}")

    threads = [threading.Thread(target=save, args=(text,)) for text in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = season.session.scalars(select(Review)).one()
    assert (kept.assignment_id, kept.revision) == (assignment_id, begun + 1)
    assert sorted(outcomes) == [f"{begun + 1} {kept.draft['summary']}"] * 3 + ["saved"]
    assert season.session.scalar(select(func.count()).select_from(Review)) == 1
