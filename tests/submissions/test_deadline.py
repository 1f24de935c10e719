"""What counts is when it began: in time, late, too slow; late versions and their acceptance; announced uploads."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from core.verdict import Refused
from mail.models import Message
from submissions import actions, uploads
from submissions.models import State, Upload, Version
from submissions.uploads import Kind
from tests.season import BEFORE, CLOSED, LAST_SECOND, PDF, Client, Season
from tests.submissions.door import (
    AUTHORS,
    HOME,
    begin,
    change,
    fields,
    file,
    hidden,
    letters,
    submission,
    versions,
)

SECOND = timedelta(seconds=1)
WINDOW = timedelta(minutes=20)
AOE_LATE = "2022-09-27 12:00:00 UTC = 2022-09-27 00:00:00 AoE"


def announce(client: Client, size: int = len(PDF), status: int = 201) -> dict[str, str]:
    answer = client.post(f"{HOME}/uploads", json={"size": size})
    assert answer.status_code == status, answer.text
    return dict(answer.json or {})


def put(client: Client, url: str, content: bytes = PDF, status: int = 201, query: str = "") -> dict[str, str]:
    answer = client.put(url + (query or "?kind=paper&name=scores.pdf"), data=content)
    assert answer.status_code == status, answer.text
    return dict(answer.json or {})


def accept(season: Season, version: Version) -> None:
    """As an organizer's page will."""
    with season.app.test_request_context():
        actions.accept_late(season.session, version, by=season.olga, at=CLOSED + SECOND)
    season.session.commit()


@pytest.mark.parametrize(("at", "is_late"), [(LAST_SECOND, False), (CLOSED, True)])
def test_a_new_submission_over_the_last_second(season: Season, at: datetime, is_late: bool) -> None:
    client = season.client(season.ada)
    key = hidden(client.page(f"{HOME}/new"), "form_key")
    season.at(at)
    client.send(f"{HOME}/new", **fields(form_key=key, paper=file(PDF)))
    made = submission(season)
    assert (made.state, made.version) == (State.DRAFT if is_late else State.SUBMITTED, 1)
    (version,) = made.versions
    assert (version.is_late, version.began_at, version.paper_size) == (is_late, at, 193)
    assert [author.email for author in made.authors] == ["ada@example.org", "bo@example.org"]
    occasion = "version_late" if is_late else "submission_received"
    assert letters(season) == [(occasion, "ada@example.org"), (occasion, "bo@example.org")]


def test_a_late_submission_says_so_everywhere(season: Season) -> None:
    client = season.client(season.ada)
    season.at(CLOSED)
    client.send(f"{HOME}/new", **fields(form_key="k", paper=file(PDF)))
    html = client.page(f"{HOME}/1/")
    assert (
        f"Too late: it began {AOE_LATE} and was saved {AOE_LATE}. It is kept aside and not submitted;" in html
    )
    assert (
        "Not submitted: it came after the deadline. It is kept aside, and an organizer can accept it." in html
    )
    assert "Too late: kept aside, not submitted." in client.page(f"{HOME}/1/receipt")
    assert "Not submitted: it came after the deadline." in client.page(f"{HOME}/")
    season.session.rollback()
    letter = season.session.scalars(select(Message).order_by(Message.id).limit(1)).one()
    assert letter.subject == "Kept aside, too late: #1 On scores (SBM 2022)"
    assert f"This upload began {AOE_LATE}, after the close" in letter.text


@pytest.mark.parametrize(("at", "is_late"), [(LAST_SECOND, False), (CLOSED, True)])
def test_a_change_over_the_last_second(season: Season, at: datetime, is_late: bool) -> None:
    client = season.client(season.ada)
    begin(client)
    season.at(at)
    change(client, 1, started_from="1", title="At the end", paper=file(b"%PDF-1.7 new"))
    made = submission(season)
    assert (made.state, made.version, made.title) == (
        State.SUBMITTED,
        1 if is_late else 2,
        "On scores" if is_late else "At the end",
    )
    assert [version.is_late for version in made.versions] == [False, is_late]
    with client.get(f"{HOME}/1/versions/2/paper.pdf") as kept:
        assert kept.data == b"%PDF-1.7 new"


def test_late_saves_of_the_same_are_kept_once(season: Season) -> None:
    client = season.client(season.ada)
    begin(client)
    season.at(CLOSED)
    for title in ("On scores", "Late", "Late", "Later"):
        change(client, 1, started_from="1", title=title)
    assert [version.title for version in versions(season)] == ["On scores", "Late", "Later"]


def test_before_the_call_nothing_is_taken_and_nothing_lost(season: Season) -> None:
    season.at(datetime.fromisoformat("2022-08-12T11:59:59Z"))
    client = season.client(season.ada)
    client.page(f"{HOME}/new", 403)
    html = client.send(f"{HOME}/new", 403, **fields(form_key="k"), paper=file(PDF)).text
    assert "Submission is not open yet" in html
    assert "We *study* scores.</textarea>" in html
    assert season.session.scalars(select(Version)).all() == []


def test_an_organizer_accepts_a_late_version(season: Season) -> None:
    client = season.client(season.ada)
    begin(client)
    season.at(CLOSED)
    change(
        client, 1, started_from="1", title="Late but good", authors=AUTHORS[:1], paper=file(b"%PDF-1.7 new")
    )
    late = versions(season)[1]
    for person in (season.ada, season.rey):
        with pytest.raises(Refused):
            actions.accept_late(season.session, late, by=person, at=CLOSED)
    accept(season, late)
    made = submission(season)
    assert (made.version, made.title, made.state) == (2, "Late but good", State.SUBMITTED)
    assert [author.email for author in made.authors] == ["ada@example.org"]
    assert (late.is_late, late.accepted_by_id, late.accepted_at) == (True, season.olga.id, CLOSED + SECOND)
    assert letters(season)[3:] == [
        ("submission_received", "ada@example.org"),
        ("author_removed", "bo@example.org"),
    ]
    with pytest.raises(Refused, match="waits for nobody's leave"):
        actions.accept_late(season.session, late, by=season.olga, at=CLOSED)
    assert 'Accepted by an organizer <span class="when">2022-09-27 12:00:01 UTC</span>' in client.page(
        f"{HOME}/1/"
    )


def test_a_late_draft_is_submitted_when_accepted(season: Season) -> None:
    season.at(CLOSED)
    season.client(season.ada).send(f"{HOME}/new", **fields(form_key="k", paper=file(PDF)))
    accept(season, versions(season)[0])
    made = submission(season)
    assert (made.state, made.submitted_at, made.version) == (State.SUBMITTED, CLOSED + SECOND, 1)


def test_an_organizer_in_conflict_accepts_nothing(season: Season) -> None:
    season.at(CLOSED)
    season.client(season.ada).send(f"{HOME}/new", **fields(form_key="k", paper=file(PDF)))
    season.conflict(submission(season), season.olga)
    with pytest.raises(Refused, match="You are in conflict with this submission"):
        actions.accept_late(season.session, versions(season)[0], by=season.olga, at=CLOSED)


@pytest.mark.parametrize(
    ("announced", "saved", "is_late"),
    [
        (LAST_SECOND, LAST_SECOND, False),
        (LAST_SECOND, CLOSED + SECOND, False),
        (LAST_SECOND, LAST_SECOND + WINDOW, False),
        (LAST_SECOND, LAST_SECOND + WINDOW + SECOND, True),
        (CLOSED, CLOSED, True),
        (BEFORE, LAST_SECOND, False),  # carried for hours, and saved in time
        (BEFORE, CLOSED, True),
    ],
)
def test_an_announced_upload_counts_from_its_announcement(
    season: Season, announced: datetime, saved: datetime, is_late: bool
) -> None:
    client = season.client(season.ada)
    season.at(announced)
    url = announce(client)["url"]
    season.at(saved)
    token = put(client, url)["token"]
    client.send(f"{HOME}/new", **fields(form_key="k", paper_token=token))
    (version,) = versions(season)
    began = saved if saved < CLOSED else announced if announced < CLOSED <= saved else saved
    assert (version.is_late, version.began_at, version.paper_name) == (is_late, began, "scores.pdf")


def test_an_announced_upload_works_once_and_for_its_person(season: Season) -> None:
    ada, bo = season.client(season.ada), season.client(season.bo)
    url = announce(ada)["url"]
    put(bo, url, status=404)
    put(ada, url, PDF[:100], status=400)
    put(ada, url)
    assert put(ada, url, status=409) == {"error": "This upload was used already. Send the file again."}
    put(ada, f"{HOME}/uploads/unknown", status=404)
    season.session.rollback()
    season.make_venue("other")
    put(ada, announce(ada)["url"].replace("sbm2022", "other"), status=404)
    season.session.rollback()
    assert [row.used_at is not None for row in season.session.scalars(select(Upload))] == [True, False]


def test_an_announced_upload_is_refused_like_any_file(season: Season) -> None:
    season.venue.max_file_mb = 1
    season.session.commit()
    client = season.client(season.ada)
    too_large = {"error": "This file is too large: it may have at most 1 MB."}
    assert announce(client, (1 << 20) + 1, 422) == too_large
    for size in (0, -1, "5", None, True):
        assert announce(client, size, 422) == {"error": "This file is empty. Choose it again."}  # type: ignore[arg-type]
    not_a_pdf = {"error": "This file is not a PDF: there is no %PDF- near its beginning."}
    assert put(client, announce(client, 4)["url"], b"text", 422) == not_a_pdf
    query = "?kind=supplement&name=..%2Fcode.zip"
    token = put(client, announce(client, 4)["url"], b"PK\x03\x04", query=query)["token"]
    found = uploads.carried(token, Kind.SUPPLEMENT, season.ada.id, season.store)
    assert (found.size, found.name) == (4, "code.zip")
    with pytest.raises(uploads.FileRefused):
        uploads.carried(token, Kind.PAPER, season.ada.id, season.store)


def test_a_carried_file_that_is_gone_is_asked_for_again(season: Season) -> None:
    client = season.client(season.ada)
    token = put(client, announce(client)["url"])["token"]
    season.store.path(season.put(PDF).sha256).unlink()
    html = client.send(f"{HOME}/new", 422, **fields(form_key="k", paper_token=token)).text
    assert "The file that was sent before is no longer there. Choose it again." in html
