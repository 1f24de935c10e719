"""Who comes in at the authors' door, what they see there, and what their letters say."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from core import jobs
from core.audit import AuditEntry
from core.verdict import Refused
from mail.models import Message
from submissions import actions, conflicts, duties, problems
from submissions.models import Author, CheckState, Conflict, FileCheck, State, SubmissionTopic
from tests import hostile_pdfs
from tests.season import BEFORE, CLOSED, PDF, REVIEWING, Season
from tests.submissions.door import HOME, begin, change, file, letters, numbers, submission, versions
from venues.models import Extension
from venues.queries import extensions_of, places
from web.jobs import JOBS

PAGES = (
    "",
    "edit",
    "withdraw",
    "receipt",
    "versions/1/receipt",
    "versions/1/paper.pdf",
    "versions/1/supplement",
    "versions/1/picture.png",
)


def check_all(season: Season) -> None:
    """Run the jobs that wait, as the worker does."""
    with season.app.test_request_context(base_url="http://dateline.test"):
        while jobs.run_next(season.app.extensions["sessions"], JOBS, "test"):
            pass
    season.session.rollback()


def whole(season: Season) -> None:
    """A submission by ada and bo with everything, checked."""
    begin(season.client(season.ada), hostile_pdfs.good(), supplement=file(PDF, "proofs.pdf"))
    check_all(season)


def test_authors_see_every_page(season: Season) -> None:
    whole(season)
    for person in (season.ada, season.bo):
        assert numbers(season, person) == ["1"]
        for page in PAGES:
            with season.client(person).get(f"{HOME}/1/{page}") as answer:
                assert answer.status_code == (302 if page == "receipt" else 200), page


@pytest.mark.parametrize("name", ["nel", "rey", "olga"])
def test_others_find_nothing(season: Season, name: str) -> None:
    whole(season)
    season.assign(submission(season), season.rey)
    client = season.client(getattr(season, name))
    assert numbers(season, getattr(season, name)) == []
    for page in PAGES:
        assert client.get(f"{HOME}/1/{page}").status_code == 404, page
    for page in ("edit", "withdraw", "restore"):
        client.send(f"{HOME}/1/{page}", 404, confirmation="1", title="Stolen")
    assert (submission(season).state, submission(season).title) == (State.SUBMITTED, "On scores")


def test_the_signed_out_are_asked_to_sign_in(season: Season) -> None:
    whole(season)
    for page in PAGES:
        answer = season.client().get(f"{HOME}/1/{page}")
        assert (answer.status_code, "/sign-in" in answer.headers["Location"]) == (302, True), page


def test_a_number_belongs_to_its_venue(season: Season) -> None:
    whole(season)
    other = season.make_venue("other")
    season.submission("Elsewhere", venue=other, authors=[season.nel])
    assert season.client(season.nel).get("/other/submissions/1/").status_code == 200
    assert season.client(season.nel).get(f"{HOME}/1/").status_code == 404
    assert season.client(season.ada).get("/other/submissions/1/").status_code == 404
    assert season.client(season.ada).get(f"{HOME}/99999999999999999999/").status_code == 404


def test_a_removed_author_is_told_and_has_no_access(season: Season) -> None:
    whole(season)
    change(season.client(season.ada), 1, authors=[["Ada Abel", "ada@example.org", ""]])
    assert letters(season)[2:] == [
        ("submission_received", "ada@example.org"),
        ("author_removed", "bo@example.org"),
    ]
    letter = season.session.scalars(select(Message).where(Message.occasion == "author_removed")).one()
    assert letter.subject == "You are no longer named on #1 On scores (SBM 2022)"
    assert numbers(season, season.bo) == []
    for page in PAGES:
        assert season.client(season.bo).get(f"{HOME}/1/{page}").status_code == 404


def test_an_author_may_be_named_by_any_of_their_addresses_and_have_no_account(season: Season) -> None:
    rows = [["Nel", "nel@example.org", ""], ["Nobody Yet", "new@example.org", ""]]
    begin(season.client(season.ada), authors=rows)
    assert [numbers(season, person) for person in (season.nel, season.ada, season.bo)] == [["1"], ["1"], []]
    assert [to for _, to in letters(season)] == ["nel@example.org", "new@example.org"]


def test_the_receipt_names_everything(season: Season) -> None:
    begin(season.client(season.ada), supplement=file(b"PK\x03\x04", "code.zip"))
    season.at(BEFORE + timedelta(hours=1, seconds=7))
    change(
        season.client(season.bo),
        1,
        authors=[["Bo Brandt", "bo@example.org", ""], ["Ada Abel", "ada@example.org", "Lab"]],
    )
    season.session.rollback()
    query = select(Message).where(Message.to_email == "ada@example.org").order_by(Message.id.desc())
    letter = season.session.scalars(query.limit(1)).one()
    paper, code = season.put(PDF).sha256, season.put(b"PK\x03\x04").sha256
    assert letter.subject == "Received: #1 On scores (SBM 2022)"
    assert letter.reply_to == "sbm2022@example.org"
    expected = [
        "#1: On scores",
        "1. Bo Brandt <bo@example.org>\n2. Ada Abel, Lab <ada@example.org>",
        f"Paper: SHA-256 {paper}, 193 bytes",
        f"Supplement: SHA-256 {code}, 4 bytes",
        "Version 2, saved by Bo Brandt",
        "Server time: 2022-09-26 11:00:07 UTC = 2022-09-25 23:00:07 AoE",
        "http://dateline.test/sbm2022/submissions/1/",
    ]
    assert [part for part in expected if part not in letter.text] == []
    page = season.client(season.ada).page(f"{HOME}/1/receipt")
    shown = [paper, code, "2022-09-26 11:00:07 UTC = 2022-09-25 23:00:07 AoE", "This is the current version."]
    assert [part for part in shown if part not in page] == []
    assert page.index("Bo Brandt &lt;bo@example.org&gt;") < page.index(
        "Ada Abel, Lab &lt;ada@example.org&gt;"
    )
    assert "The current one is version 2." in season.client(season.ada).page(f"{HOME}/1/versions/1/receipt")


def test_a_checked_paper_shows_its_first_page_and_pages(season: Season) -> None:
    client = season.client(season.ada)
    begin(client, hostile_pdfs.good(6))
    assert "The PDF is being looked at." in client.page(f"{HOME}/1/")
    assert client.get(f"{HOME}/1/versions/1/picture.png").status_code == 404
    check_all(season)
    (check,) = season.session.scalars(select(FileCheck))
    assert (check.state, check.pages, check.is_encrypted, check.problem) == (CheckState.DONE, 6, False, "")
    assert check.anonymous_sha256 is not None
    html = client.page(f"{HOME}/1/")
    assert "<dt>Pages</dt><dd>6</dd>" in html
    assert "The PDF has 6 pages in all. The limit is 4;" in html
    with client.get(f"{HOME}/1/versions/1/picture.png") as picture:
        assert picture.data.startswith(b"\x89PNG")
        assert picture.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (hostile_pdfs.encrypted("secret"), "The file cannot be opened without a password."),
        (hostile_pdfs.encrypted(""), "The file is encrypted; save it without protection."),
        (hostile_pdfs.double_flate_bomb(), "The file could not be read."),
        (b"%PDF-1.7\n" + b"\x00" * 500, "The file could not be read."),
    ],
)
def test_what_cannot_be_read_is_stored_with_a_warning(season: Season, content: bytes, sentence: str) -> None:
    client = season.client(season.ada)
    begin(client, content)
    check_all(season)
    html = client.page(f"{HOME}/1/")
    assert f"<p>{sentence}</p>" in html
    assert submission(season).state is State.SUBMITTED
    with season.app.test_request_context():
        (problem,) = problems.problems(season.session, season.venue, season.olga.id)
    assert problem.sentence == f"Paper 1 has no reviewers' copy. {sentence}"
    with client.get(f"{HOME}/1/versions/1/paper.pdf") as answer:
        assert answer.data == content


def test_the_same_bytes_are_looked_at_once(season: Season) -> None:
    begin(season.client(season.ada))
    begin(season.client(season.nel), authors=[["Nel", "nel@example.org", ""]])
    season.session.rollback()
    assert len(season.session.scalars(select(jobs.Job)).all()) == 1


def test_files_are_served_as_files_and_in_ranges(season: Season) -> None:
    whole(season)
    client = season.client(season.bo)
    with client.get(f"{HOME}/1/versions/1/supplement") as answer:
        assert answer.headers["Content-Type"] == "application/pdf"
        wanted = "attachment; filename=sbm2022-paper1-v1-supplement.pdf"
        assert answer.headers["Content-Disposition"] == wanted
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-store"
        tag = answer.headers["ETag"]
    with client.get(f"{HOME}/1/versions/1/supplement", headers={"Range": "bytes=0-3"}) as part:
        assert (part.status_code, part.data) == (206, PDF[:4])
    with client.get(f"{HOME}/1/versions/1/supplement", headers={"If-None-Match": tag}) as again:
        assert (again.status_code, again.data) == (304, b"")


def test_withdrawing_needs_the_number_and_can_be_undone(season: Season) -> None:
    whole(season)
    ada, bo = season.client(season.ada), season.client(season.bo)
    html = ada.send(f"{HOME}/1/withdraw", 422, reason="A mistake", confirmation="yes").text
    assert "Type 1 to withdraw, or go back: nothing was changed." in html
    assert "A mistake</textarea>" in html
    ada.send(f"{HOME}/1/withdraw", reason="A mistake", confirmation="#1")
    made = submission(season)
    assert (made.state, made.withdrawn_at, made.withdrawn_reason) == (State.WITHDRAWN, BEFORE, "A mistake")
    told = [("submission_withdrawn", "ada@example.org"), ("submission_withdrawn", "bo@example.org")]
    assert letters(season)[2:] == told
    change(bo, 1, 403, started_from="1", title="No")
    bo.send(f"{HOME}/1/withdraw", 403, confirmation="1")
    bo.send(f"{HOME}/1/restore")
    made = submission(season)
    assert (made.state, made.withdrawn_at, made.withdrawn_reason) == (State.SUBMITTED, None, "")
    told = [("submission_restored", "ada@example.org"), ("submission_restored", "bo@example.org")]
    assert letters(season)[4:] == told
    acts = season.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts == [
        "submission.saved",
        "submission.submitted",
        "submission.withdrawn",
        "submission.submitted",
    ]


def test_a_withdrawal_can_be_undone_for_72_hours_after_the_close(season: Season) -> None:
    made = season.submission()
    client = season.client(season.ada)
    season.at(CLOSED)
    client.send(f"{HOME}/1/withdraw", confirmation="1")
    season.at(CLOSED + timedelta(hours=72))
    html = client.send(f"{HOME}/1/restore", 403).text
    assert "It could be restored until 2022-09-30 12:00:00 UTC. Ask the organizers." in html
    assert "It could be restored until 2022-09-30 12:00:00 UTC. Ask the organizers." in client.page(
        f"{HOME}/1/"
    )
    season.at(CLOSED + timedelta(hours=72) - timedelta(seconds=1))
    client.send(f"{HOME}/1/restore")
    assert submission(season).state is State.SUBMITTED
    assert made.number == 1


def test_a_restored_draft_is_a_draft(season: Season) -> None:
    client = season.client(season.ada)
    begin(client, None)
    client.send(f"{HOME}/1/withdraw", confirmation="1")
    client.send(f"{HOME}/1/restore")
    assert submission(season).state is State.DRAFT


def test_refused_buttons_stay_with_the_sentence(season: Season) -> None:
    season.submission()
    season.at(REVIEWING)
    client = season.client(season.ada)
    closed = "Submission is closed; it was open until Sept 26, 2022, 23:59 AoE (closed from Tue 27 Sep 2022 12:00 UTC)."
    for page in ("", "1/"):
        assert f'<span class="refused-reason">{closed}</span>' in client.page(f"{HOME}/{page}")
    for page in ("new", "1/edit"):
        assert closed in client.page(f"{HOME}/{page}", 403)


@pytest.mark.parametrize("page", ["", "1/", "1/receipt", "1/edit"])
def test_statements_do_not_grow_with_rows(season: Season, page: str) -> None:
    counted = []
    client = season.client(season.ada)
    season.submission("Paper 1")
    for grown in (False, True):
        if grown:
            for number in range(2, 31):
                season.submission(f"Paper {number}")
            first = submission(season)
            season.session.execute(delete(SubmissionTopic).where(SubmissionTopic.submission_id == first.id))
            for place in range(2, 30):
                season.session.add(
                    Author(
                        submission_id=first.id,
                        position=place,
                        name=f"A {place}",
                        email=f"a{place}@example.org",
                    )
                )
            season.session.commit()
            for number in range(2, 31):
                change(client, 1, title=f"Paper 1, version {number}")
        with season.statements() as seen:
            client.page(f"{HOME}/{page}")
        counted.append(len(seen))
    assert counted[0] == counted[1]
    assert len(numbers(season, season.ada)) == 30


def test_duties(season: Season) -> None:
    begin(season.client(season.ada), None, title="Half done")
    begin(season.client(season.ada), title="Done")
    season.session.rollback()
    here = places(season.session, [season.venue.id])
    with season.app.test_request_context():
        found = duties.due(season.session, season.bo, here, BEFORE)
        late = duties.due(season.session, season.bo, here, CLOSED)
        assert duties.due(season.session, season.nel, here, BEFORE) == []
    assert [(duty.what, duty.url, duty.due_at, duty.done, duty.shown_due) for duty in found] == [
        (
            "Upload the PDF of #1 “Half done”: it is not submitted yet",
            f"{HOME}/1/edit",
            CLOSED,
            False,
            "Sept 26, 2022, 23:59 AoE",
        ),
        ("#2 “Done” is submitted", f"{HOME}/2/", CLOSED, True, "Sept 26, 2022, 23:59 AoE"),
    ]
    assert [duty.change_url for duty in found] == ["", f"{HOME}/2/edit"]
    assert [(duty.done, duty.change_url) for duty in late] == [(True, "")]


def test_problems(season: Season) -> None:
    season.submission("Fine")
    season.submission("Twice")
    begin(season.client(season.ada), None, title="No file")
    season.session.rollback()
    season.submission("twice")
    season.submission("Twice", state=State.WITHDRAWN)
    season.submission("Twice", venue=season.make_venue("other"))
    with season.app.test_request_context():
        found = problems.problems(season.session, season.venue, season.olga.id)
    assert [problem.sentence for problem in found] == [
        "Paper 2 has the same title as #4.",
        "Paper 3 is not submitted: the PDF is missing.",
        "Paper 4 has the same title as #2.",
    ]


def test_conflicts_by_hand(season: Season) -> None:
    made, session = season.submission(), season.session
    act: dict[str, Any] = {"by": season.olga, "at": BEFORE}
    for reason in ("co-authors", "again"):
        actions.record_conflict(session, made, season.rey, reason, **act)
    session.commit()
    (row,) = session.scalars(select(Conflict))
    assert (row.person_id, row.reason, row.recorded_by_id) == (season.rey.id, "co-authors", season.olga.id)
    assert conflicts.has(session, season.rey.id, made.id)
    for _ in range(2):
        actions.lift_conflict(session, made, season.rey, **act)
    session.commit()
    assert not conflicts.has(session, season.rey.id, made.id)
    acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts == ["conflict.recorded", "conflict.lifted"]


@pytest.mark.parametrize(
    ("by", "whose", "hidden"), [("rey", "rut", True), ("ada", "rey", True), ("olga", "olga", False)]
)
def test_who_may_change_conflicts(season: Season, by: str, whose: str, hidden: bool) -> None:
    made = season.submission()
    season.conflict(made, getattr(season, whose))
    who: dict[str, Any] = {"by": getattr(season, by), "at": BEFORE}
    for act in (
        lambda: actions.lift_conflict(season.session, made, getattr(season, whose), **who),
        lambda: actions.record_conflict(season.session, made, getattr(season, whose), "", **who),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.verdict.hidden is hidden
    assert conflicts.has(season.session, getattr(season, whose).id, made.id)


def test_an_extension_opens_the_form_for_whom_it_is(season: Season) -> None:
    season.submission()
    season.submission("Another")
    until = CLOSED + timedelta(days=1)
    kind = next(date.kind for date in season.venue.dates if date.at == CLOSED)
    row = Extension(venue_id=season.venue.id, kind=kind, submission_id=1, until=until, granted_at=BEFORE)
    season.add(row)
    season.at(CLOSED)
    client = season.client(season.bo)
    assert "extended from Sept 26, 2022, 23:59 AoE" in client.page(f"{HOME}/1/edit")
    client.page(f"{HOME}/2/edit", 403)
    client.page(f"{HOME}/new", 403)
    change(client, 1, title="In the extension")
    assert [version.is_late for version in versions(season)] == [False, False]
    assert season.session.scalars(extensions_of(season.venue.id)).all() == [row]
    season.at(until)
    client.page(f"{HOME}/1/edit", 403)
