"""Handing reviews in; what authors and organizers get to read."""

from datetime import timedelta
from typing import Any

import pytest
from markupsafe import escape
from sqlalchemy import select

from core.audit import AuditEntry
from core.db import transaction
from core.verdict import Refused
from reviews.assignment.models import Assignment
from reviews.reviewing import actions, duties, form, presenters, problems, queries
from tests.reviews.writing import FIELDS, LAST, PAGE, put, review_of
from tests.season import ANSWERS, BEFORE, CLOSED, NOTIFICATION, REVIEWING, Season
from venues.models import Role
from venues.queries import calendar_of, places


def test_handing_in(reviewing: Season) -> None:
    client = reviewing.client(reviewing.rey)
    client.send(PAGE, revision="0", submit="1", **FIELDS)
    found = review_of(reviewing, reviewing.rey)
    assert found
    assert found.answers == found.draft == ANSWERS
    assert (found.form, found.overall, found.confidence) == ("neurips2025", 5, 4)
    assert found.submitted_at == found.changed_at == REVIEWING
    assert found.answers_html["summary"] == "<p>It fits a score.</p>\n"
    assert "handed in" in client.page("/sbm2022/papers/")

    # Sent twice it is one; changed it is the same review, anew.
    client.send(PAGE, revision="0", submit="1", **FIELDS)
    reviewing.at(REVIEWING + timedelta(days=1))
    put(reviewing, 1, {**FIELDS, "overall": "2"})
    assert "changes not handed in" in client.page("/sbm2022/papers/")
    client.send(PAGE, revision="2", submit="1", **{**FIELDS, "overall": "2"})
    found = review_of(reviewing, reviewing.rey)
    assert found
    assert (found.overall, found.submitted_at, found.changed_at) == (
        2,
        REVIEWING,
        REVIEWING + timedelta(days=1),
    )
    acts = reviewing.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts == ["review.submitted", "review.changed"]


@pytest.mark.parametrize("name", [*FIELDS])
def test_an_incomplete_review_is_kept_as_a_draft_and_not_handed_in(reviewing: Season, name: str) -> None:
    fields = {key: value for key, value in FIELDS.items() if key != name}
    if form.BY_NAME[name].kind == "text":
        fields[name] = " \r\n "
    text = reviewing.client(reviewing.rey).send(PAGE, 422, revision="0", submit="1", **fields).text
    assert "The draft is saved, but it cannot be handed in yet." in text
    sentence = escape(form.BY_NAME[name].missing)
    assert text.count(sentence) == 2  # in the summary and beside the field
    assert 'name="revision" type="hidden" value="1"' in text
    found = review_of(reviewing, reviewing.rey)
    assert found
    assert (found.submitted_at, found.revision) == (None, 1)
    kept = {key: value for key, value in found.draft.items() if key != name}
    assert kept == {key: value for key, value in ANSWERS.items() if key != name}


def test_too_long_a_text_stays_in_the_form(reviewing: Season) -> None:
    fields = {**FIELDS, "questions": "y" * 200_001}
    text = reviewing.client(reviewing.rey).send(PAGE, 422, revision="0", submit="1", **fields).text
    assert "“Questions to the authors” has 200,001 characters; at most 200,000 can be kept." in text
    assert "y" * 200_001 in text
    assert "It fits a score.</textarea>" in text
    assert review_of(reviewing, reviewing.rey) is None


def test_two_tabs_without_the_script(reviewing: Season) -> None:
    client = reviewing.client(reviewing.rey)
    client.send(PAGE, revision="0", draft="1", summary="First tab", quality="4")
    text = client.send(PAGE, 409, revision="0", draft="1", summary="Second <tab>", quality="4").text
    assert "Nothing was saved yet: this review was saved elsewhere meanwhile" in text
    for part in ("First tab", "Second &lt;tab&gt;</textarea>", 'value="1"'):
        assert part in text
    assert text.count('class="compare"') == 1
    client.send(PAGE, revision="1", draft="1", summary="Second <tab>", quality="4")
    found = review_of(reviewing, reviewing.rey)
    assert found
    assert found.draft["summary"] == "Second <tab>"


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 50, "²"])
def test_a_strange_revision_loses_nothing(reviewing: Season, revision: str) -> None:
    put(reviewing, 0, {"summary": "Saved"})
    text = reviewing.client(reviewing.rey).send(PAGE, 409, revision=revision, draft="1", summary="Typed").text
    assert "Typed</textarea>" in text
    assert "Saved" in text


def test_an_action_refuses_what_is_incomplete_whoever_asks(reviewing: Season) -> None:
    assignment = reviewing.session.scalars(select(Assignment).filter_by(person_id=reviewing.rey.id)).one()
    calendar = calendar_of(reviewing.session, reviewing.venue.id)
    arguments: dict[str, Any] = {"calendar": calendar, "at": REVIEWING}
    with pytest.raises(Refused, match=r"Grade the quality\."), transaction(reviewing.session):
        incomplete = {**ANSWERS, "quality": None}
        actions.submit(reviewing.session, assignment, incomplete, 0, by=reviewing.rey, **arguments)
    with pytest.raises(Refused) as refused, transaction(reviewing.session):
        actions.submit(reviewing.session, assignment, ANSWERS, 0, by=reviewing.rut, **arguments)
    assert refused.value.verdict.hidden
    assert review_of(reviewing, reviewing.rey) is None


def test_what_authors_get(reviewing: Season) -> None:
    """Random order that stays, no name, the day and not the minute, nothing meant for organizers."""
    unsafe = "**Bold** <script>alert(1)</script> [x](javascript:alert(1)) ![](http://evil.example/p.png)"
    for person, at in ((reviewing.rey, REVIEWING), (reviewing.rut, REVIEWING + timedelta(days=2))):
        reviewing.at(at)
        fields = {**FIELDS, "summary": f"{unsafe} {person.id}", "ethics": "yes"}
        reviewing.client(person).send(PAGE, revision="0", submit="1", **fields)
    reviewing.session.rollback()
    with reviewing.statements() as seen:
        found = presenters.for_authors(reviewing.session, 1)
    assert len(seen) == 1
    assert [(one.pseudonym, one.day) for one in found] == [("aaaaa", "Oct 5, 2022"), ("zzzzz", "Oct 3, 2022")]
    labels = [answer.label for answer in found[0].answers]
    assert labels == [
        *("Summary", "Strengths and weaknesses", "Quality", "Clarity", "Significance", "Originality"),
        *("Questions to the authors", "Limitations", "Overall", "Confidence"),
    ]
    summary, overall = found[0].answers[0].text, found[0].answers[8].text
    assert summary.startswith("<p><strong>Bold</strong> &lt;script&gt;alert(1)&lt;/script&gt;")
    assert "javascript:" not in summary.partition("href")[2]
    assert "<img" not in summary
    assert overall == "5 Accept"
    everything = repr(found)
    for secret in ("Rey", "Rut", "ethics", "09:00", "Yes"):
        assert secret not in everything


def test_drafts_and_removed_reviews_are_not_shown_to_authors(reviewing: Season) -> None:
    reviewing.client(reviewing.rey).send(PAGE, revision="0", draft="1", **FIELDS)
    reviewing.client(reviewing.rut).send(PAGE, revision="0", submit="1", **FIELDS)
    reviewing.session.rollback()
    assert [one.pseudonym for one in presenters.for_authors(reviewing.session, 1)] == ["aaaaa"]
    # What was typed after handing in is no part of the review.
    put(reviewing, 1, {**FIELDS, "summary": "Second thoughts"}, reviewing.rut)
    reviewing.session.rollback()
    assert "Second thoughts" not in repr(presenters.for_authors(reviewing.session, 1))
    with transaction(reviewing.session):
        found = reviewing.session.scalars(select(Assignment).filter_by(pseudonym="aaaaa")).one()
        found.removed_at = REVIEWING
    assert presenters.for_authors(reviewing.session, 1) == []


def test_what_organizers_get(reviewing: Season) -> None:
    fields = {**FIELDS, "ethics": "yes"}
    reviewing.client(reviewing.rey).send(PAGE, revision="0", submit="1", **fields)
    put(reviewing, 0, {"summary": "not yet"}, reviewing.rut)
    venue_id, olga_id = reviewing.venue.id, reviewing.olga.id
    reviewing.session.rollback()
    found = presenters.for_organizer(reviewing.session, olga_id, venue_id, 1)
    assert [(one.name, one.state, one.overall, one.confidence, len(one.answers)) for one in found] == [
        ("Rey Ross", "done", 5, 4, 12),
        ("Rut Ruiz", "draft", None, None, 0),
    ]
    assert (found[0].submitted, found[0].changed) == ("2022-10-03 09:00:00 UTC", "")
    assert "not yet" not in repr(found)
    with reviewing.app.test_request_context():
        template = reviewing.app.jinja_env.get_template("reviewing/_reviews.html")
        text = template.render(reviews=found)
    assert "It fits a score." in text
    assert "<strong>5</strong> of 6, confidence 4 of 5" in text


def test_an_organizer_in_conflict_gets_no_review_and_no_count(reviewing: Season) -> None:
    reviewing.client(reviewing.rey).send(PAGE, revision="0", submit="1", **FIELDS)
    second = reviewing.submission("Second")
    reviewing.assign(second, reviewing.rey)
    reviewing.submission("Third")
    session, venue_id, olga_id = reviewing.session, reviewing.venue.id, reviewing.olga.id

    def progress() -> list[tuple[int, int, int, float | None]]:
        rows = session.execute(queries.progress(venue_id, olga_id))
        return [(row.number, row.assigned, row.done, row.overall and float(row.overall)) for row in rows]

    def wanting(enough: int, *, of_reviews: bool) -> list[tuple[int, ...]]:
        found = session.execute(queries.in_want(venue_id, olga_id, enough, of_reviews=of_reviews))
        return [tuple(row) for row in found]

    def owing() -> tuple[list[tuple[str, int]], list[str]]:
        owed = session.execute(queries.owing(venue_id, olga_id))
        return [(name, many) for name, many in owed], list(session.scalars(queries.idle(venue_id, olga_id)))

    assert progress() == [(1, 2, 1, 5.0), (2, 1, 0, None), (3, 0, 0, None)]
    assert wanting(2, of_reviews=False) == [(2, 1, 0), (3, 0, 0)]
    assert wanting(1, of_reviews=True) == [(1, 2, 1), (2, 1, 0), (3, 0, 0)]
    assert owing() == ([("Rey Ross", 1), ("Rut Ruiz", 1)], [])
    reviewing.conflict(session.get_one(type(second), 1), reviewing.olga)
    assert progress() == [(2, 1, 0, None), (3, 0, 0, None)]
    assert wanting(9, of_reviews=True) == [(2, 1, 0), (3, 0, 0)]
    assert owing() == ([("Rey Ross", 1)], ["Rut Ruiz"])
    assert presenters.for_organizer(session, olga_id, venue_id, 1) == []


def test_means(reviewing: Season) -> None:
    for person, overall in ((reviewing.rey, "6"), (reviewing.rut, "3")):
        reviewing.client(person).send(PAGE, revision="0", submit="1", **{**FIELDS, "overall": overall})
    reviewing.session.rollback()
    row = reviewing.session.execute(queries.progress(reviewing.venue.id, reviewing.olga.id)).one()
    assert (row.assigned, row.done, float(row.overall), float(row.confidence)) == (2, 2, 4.5, 4.0)


def test_duties(reviewing: Season) -> None:
    here = places(reviewing.session, [reviewing.venue.id])
    arguments = (reviewing.session, reviewing.rey, here)
    with reviewing.app.test_request_context():
        assert duties.due(*arguments, BEFORE) == []
        (duty,) = duties.due(*arguments, REVIEWING)
        assert (duty.what, duty.url, duty.done) == ("Review paper 1: A score for all", PAGE, False)
        assert (duty.due_at, duty.shown_due) == (LAST + timedelta(seconds=1), "Oct 14, 2022 AoE")
        reviewing.client(reviewing.rey).send(PAGE, revision="0", submit="1", **FIELDS)
        reviewing.session.rollback()
        assert [one.done for one in duties.due(*arguments, REVIEWING)] == [True]


def test_problems(reviewing: Season) -> None:
    idle = reviewing.person("Tom Tan")
    reviewing.grant(idle, Role.REVIEWER)
    reviewing.client(reviewing.rey).send(PAGE, revision="0", submit="1", **FIELDS)
    reviewing.session.rollback()
    calendar = calendar_of(reviewing.session, reviewing.venue.id)
    arguments = (reviewing.session, reviewing.venue, reviewing.olga.id, calendar)
    with reviewing.app.test_request_context():
        assert problems.problems(*arguments, BEFORE) == []
        assert [one.sentence for one in problems.problems(*arguments, CLOSED)] == [
            "Paper 1 has 2 reviewers.",
            "Tom Tan is a reviewer and has no paper.",
        ]
        assert [one.sentence for one in problems.problems(*arguments, NOTIFICATION)] == [
            "Paper 1 has 2 reviewers.",
            "Paper 1 lacks 1 review of 2; reviewing is over.",
            "Rut Ruiz owes 1 review; more time needs an extension.",
        ]


def test_overdue_is_said(reviewing: Season) -> None:
    reviewing.at(NOTIFICATION)
    text = reviewing.client(reviewing.rey).page("/sbm2022/papers/")
    assert "overdue" in text
    assert "See my review" in text


def test_statements_of_the_list_do_not_grow(season: Season) -> None:
    counts = []
    for size in (1, 29):
        for _ in range(size):
            season.review(season.assign(season.submission(), season.rey))
        season.at(REVIEWING)
        client = season.client(season.rey)
        with season.statements() as seen:
            client.page("/sbm2022/papers/")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 8


def test_the_pages_work_on_postgresql_too(season_on_both: Season) -> None:
    season = season_on_both
    made = season.submission()
    season.assign(made, season.rey)
    season.at(REVIEWING)
    client, olga = season.client(season.rey), season.client(season.olga)
    client.send(PAGE, revision="0", submit="1", **FIELDS)
    client.page("/sbm2022/papers/")
    client.page("/sbm2022/papers/1/")
    for path in ("reviewers", "assignments", "assignments/reviewers", "assignments/1"):
        olga.page(f"/sbm2022/organize/{path}")
    assert "Paper 1 has 1 reviewer." in olga.page("/sbm2022/organize/problems")
    assert "Rut Ruiz is a reviewer and has no paper." in olga.page("/sbm2022/organize/problems")
    season.session.rollback()
    row = season.session.execute(queries.progress(season.venue.id, season.olga.id)).one()
    assert (row.done, float(row.overall)) == (1, 5.0)
    assert [one.day for one in presenters.for_authors(season.session, made.id)] == ["Oct 3, 2022"]
    (shown,) = presenters.for_organizer(season.session, season.olga.id, season.venue.id, made.id)
    assert shown.state == "done"
    season.assign(season.submission("Second"), season.rut)
    season.at(NOTIFICATION)
    assert "Rut Ruiz owes 1 review; more time needs an extension." in season.client(season.olga).page(
        "/sbm2022/organize/problems"
    )
