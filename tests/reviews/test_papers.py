"""Reviewers read their papers, and nothing that tells whose they are."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from accounts.models import Email, Person
from core.db import transaction
from reviews.assignment import actions
from reviews.assignment.models import Assignment
from reviews.papers import problems
from submissions.models import CheckState, FileCheck, State, Submission, Version
from tests.season import BEFORE, CLOSED, LAST_SECOND, NOTIFICATION, PDF, REVIEWING, Season
from venues.deadlines import DateKind
from venues.models import Blindness, Extension, Membership, Role

PAPER = "/sbm2022/papers/1/"
SIGNED = PDF + b"% /Author (Ada Abel) /Title (ada-abel-draft)\n"
COPY = PDF + b"% nobody\n"
PATHS = (PAPER, PAPER + "paper.pdf", PAPER + "supplement", PAPER + "review", "/sbm2022/papers/")
# What would tell a reviewer who wrote the paper, or who else reviews it.
SECRETS = ("Ada", "Abel", "ada@", "ada-abel", "Bo Brandt", "bo@", "Byteford", "Rut", "rut@", "Olga", "10:0")


def get(season: Season, path: str, person: Person | None = None) -> TestResponse:
    """The whole answer, read and closed."""
    client = season.client(person or season.rey)
    answer = client.get(path)
    assert answer.data is not None
    answer.close()
    return answer


def paper_of(season: Season, supplement: bytes = b"", name: str = "") -> Submission:
    """Paper 1 by ada and bo, reviewed by rey and rut, with a signed original and a clean copy."""
    season.ada.affiliation = "Byteford"
    season.session.commit()
    made = season.submission("A score for all", content=SIGNED)
    version = season.session.scalars(select(Version)).one()
    check = season.session.get_one(FileCheck, version.paper_sha256)
    check.anonymous_sha256 = season.put(COPY).sha256
    if supplement:
        blob = season.put(supplement)
        version.supplement_sha256, version.supplement_size, version.supplement_name = (
            blob.sha256,
            blob.size,
            name,
        )
    season.session.commit()
    season.assign(made, season.rey, "aaaaa")
    season.assign(made, season.rut, "bbbbb")
    return made


def test_nothing_a_reviewer_gets_names_anybody(season: Season) -> None:
    paper_of(season, b"PK Ada Abel", "ada-abel-code.zip")
    season.review(season.session.scalars(select(Assignment).filter_by(person_id=season.rut.id)).one())
    season.at(REVIEWING)
    for path in PATHS:
        answer = get(season, path)
        shown = f"{answer.headers}\n{answer.data.decode('latin-1')}"
        for secret in SECRETS:
            assert secret not in shown, (path, secret)
        assert "Last-Modified" not in answer.headers
        assert "ETag" not in answer.headers


def test_the_paper_and_its_neutral_file(season: Season) -> None:
    paper_of(season)
    season.at(REVIEWING)
    text = get(season, PAPER).text
    for part in ("Paper 1", "A score for all", "<p>About A score for all.</p>", "Topics: Theory", "4 pages"):
        assert part in text
    answer = get(season, PAPER + "paper.pdf")
    assert answer.data == COPY
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"] == "inline; filename=sbm2022-paper1.pdf"
    assert answer.headers["Cache-Control"] == "no-store"


def test_without_a_reviewers_copy_nothing_is_served(season: Season) -> None:
    made = paper_of(season)
    season.at(REVIEWING)
    check = season.session.scalars(select(FileCheck)).one()
    check.state, check.anonymous_sha256 = CheckState.UNREADABLE, None
    season.session.commit()
    answer = get(season, PAPER + "paper.pdf")
    assert answer.status_code == 404
    assert "is being prepared; the organizers see this" in answer.text
    assert "The file is being prepared for reviewers" in get(season, PAPER).text
    with season.app.test_request_context():
        (problem,) = problems.problems(season.session, season.venue, season.olga.id)
    assert problem.sentence == (
        "Paper 1: its reviewers cannot read it, because there is no reviewers' copy of the file yet."
    )
    # An organizer in conflict does not even learn that it has reviewers.
    season.conflict(made, season.olga)
    with season.app.test_request_context():
        assert problems.problems(season.session, season.venue, season.olga.id) == []


def test_a_lost_copy_is_not_replaced_by_the_original(season: Season) -> None:
    paper_of(season)
    season.at(REVIEWING)
    check = season.session.scalars(select(FileCheck)).one()
    season.store.path(str(check.anonymous_sha256)).unlink()
    assert get(season, PAPER + "paper.pdf").status_code == 404


@pytest.mark.parametrize(
    ("blindness", "status", "disposition"),
    [
        (Blindness.DOUBLE, 404, None),
        (Blindness.SINGLE, 200, "attachment; filename=sbm2022-paper1-supplement.zip"),
    ],
)
def test_a_zip_is_kept_back_where_it_could_name_the_authors(
    season: Season, blindness: Blindness, status: int, disposition: str | None
) -> None:
    paper_of(season, b"PK Ada Abel", "ada-abel-code.zip")
    season.venue.blindness = blindness
    season.session.commit()
    season.at(REVIEWING)
    answer = get(season, PAPER + "supplement")
    assert (answer.status_code, answer.headers.get("Content-Disposition")) == (status, disposition)
    kept = "There is a supplement that may name the authors, so it is not shown"
    assert (kept in get(season, PAPER).text) is (blindness is Blindness.DOUBLE)
    assert ("Ada Abel, Bo Brandt" in get(season, PAPER).text) is (blindness is Blindness.SINGLE)


def test_a_supplement_in_pdf_is_served_as_its_copy(season: Season) -> None:
    paper_of(season, SIGNED + b"% more\n", "ada-abel-appendix.pdf")
    version = season.session.scalars(select(Version)).one()
    copy = season.put(COPY + b"% more\n")
    season.add(
        FileCheck(
            sha256=version.supplement_sha256,
            state=CheckState.DONE,
            anonymous_sha256=copy.sha256,
            checked_at=BEFORE,
        )
    )
    season.at(REVIEWING)
    answer = get(season, PAPER + "supplement")
    assert answer.data == COPY + b"% more\n"
    assert answer.headers["Content-Disposition"] == "inline; filename=sbm2022-paper1-supplement.pdf"


def test_no_paper_before_submission_has_closed(season: Season) -> None:
    paper_of(season)
    season.at(LAST_SECOND)
    for path in PATHS[:-1]:
        assert get(season, path).status_code == 404, path
    text = get(season, "/sbm2022/papers/").text
    assert "Papers come when submission has closed" in text
    assert "A score for all" not in text
    season.at(CLOSED)
    assert "A score for all" in get(season, "/sbm2022/papers/").text
    assert get(season, PAPER).status_code == 200


def test_a_paper_with_more_time_waits_for_its_own_end(season: Season) -> None:
    made = paper_of(season)
    other = season.submission("Not extended")
    season.assign(other, season.rey)
    season.add(
        Extension(
            venue_id=season.venue.id,
            kind=DateKind.SUBMISSION,
            submission_id=made.id,
            until=CLOSED + timedelta(days=1),
            granted_at=BEFORE,
        )
    )
    season.at(CLOSED)
    text = get(season, "/sbm2022/papers/").text
    assert "Not extended" in text
    assert "A score for all" not in text
    season.at(CLOSED + timedelta(days=1))
    assert "A score for all" in get(season, "/sbm2022/papers/").text


def is_hidden(season: Season, person: Person | None = None) -> bool:
    """Whether every page of paper 1 is as if it were not there."""
    statuses = {get(season, path, person).status_code for path in PATHS[:-1]}
    client = season.client(person or season.rey)
    statuses.add(client.put(PAPER + "review/draft", json={"revision": 0, "fields": {}}).status_code)
    statuses.add(client.post(PAPER + "review", data={"draft": "1"}).status_code)
    return statuses == {404}


def test_others_do_not_see_it(season: Season) -> None:
    paper_of(season)
    season.at(REVIEWING)
    third = season.person("Tom Tan")
    season.grant(third, Role.REVIEWER)
    for person in (season.ada, season.bo, season.nel, season.olga, third):
        assert is_hidden(season, person), person.name
    assert not is_hidden(season, season.rut)
    for path in PATHS:
        assert season.client().get(path).status_code == 302


def test_a_paper_taken_back_is_gone(season: Season) -> None:
    made = paper_of(season)
    season.at(REVIEWING)
    with transaction(season.session), season.app.test_request_context():
        actions.unassign(season.session, made, season.rey, by=season.olga, at=REVIEWING)
    assert is_hidden(season)


def test_a_conflict_found_late_hides_it(season: Season) -> None:
    made = paper_of(season)
    season.at(REVIEWING)
    season.conflict(made, season.rey)
    assert is_hidden(season)


def test_an_author_who_shows_another_address_loses_it(season: Season) -> None:
    """Nobody knew that r.ross@example.org on the author list is the reviewer."""
    made = paper_of(season)
    season.at(REVIEWING)
    made.authors[1].email = "r.ross@example.org"
    season.session.commit()
    assert not is_hidden(season)
    season.add(Email(person_id=season.rey.id, address="r.ross@example.org", verified_at=BEFORE))
    assert is_hidden(season)


def test_who_is_no_longer_a_reviewer_reads_nothing(season: Season) -> None:
    paper_of(season)
    season.at(REVIEWING)
    with transaction(season.session):
        season.session.execute(delete(Membership).where(Membership.person_id == season.rey.id))
    assert is_hidden(season)
    assert get(season, "/sbm2022/papers/").status_code == 404


def test_a_withdrawn_paper_is_gone(season: Season) -> None:
    made = paper_of(season)
    season.at(REVIEWING)
    with transaction(season.session):
        made.state, made.withdrawn_at = State.WITHDRAWN, REVIEWING
    assert is_hidden(season)


def test_the_number_counts_in_its_own_venue(season: Season) -> None:
    paper_of(season)
    other = season.make_venue("other2022")
    season.submission("Of another venue", venue=other)
    season.grant(season.rey, Role.REVIEWER, other)
    season.at(REVIEWING)
    assert get(season, "/other2022/papers/1/").status_code == 404
    for path in ("/sbm2022/papers/0/", "/sbm2022/papers/999999999999999999999/", "/sbm2022/papers/-1/"):
        assert get(season, path).status_code == 404


def test_the_current_version_is_read(season: Season) -> None:
    made = paper_of(season)
    late = season.put(PDF + b"% late\n")
    season.add(
        Version(
            submission_id=made.id,
            number=2,
            title="Late",
            abstract="",
            authors=[],
            topics=[],
            paper_sha256=late.sha256,
            paper_size=late.size,
            saved_by_id=season.ada.id,
            saved_at=CLOSED,
            began_at=CLOSED,
            is_late=True,
        )
    )
    season.at(REVIEWING)
    assert get(season, PAPER + "paper.pdf").data == COPY
    assert "Late" not in get(season, PAPER).text


def test_reading_stays_possible_after_reviewing(season: Season) -> None:
    paper_of(season)
    season.at(NOTIFICATION)
    assert get(season, PAPER + "paper.pdf").data == COPY


def test_statements_of_a_page(season: Season) -> None:
    paper_of(season)
    season.at(REVIEWING)
    with season.statements() as seen:
        get(season, PAPER)
    assert len(seen) <= 10, seen
    assert not any("authors.name" in re.sub(r"\s+", " ", statement) for statement in seen)
