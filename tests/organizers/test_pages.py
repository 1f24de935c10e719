"""The organizers' pages: what they show, to whom, and in how many statements."""

import re

import pytest
from sqlalchemy import select

from core.audit import AuditEntry
from decisions.models import Outcome
from mail.models import Batch, Message, MessageState
from submissions.models import Conflict, State
from tests.season import BEFORE, CLOSED, NOTIFICATION, REVIEWING, Season
from venues.deadlines import DateKind
from venues.models import Extension, Membership, Role

ORGANIZE = "/sbm2022/organize/"
LISTS = ["", "submissions", "problems", "outbox", "dates", "settings/roles"]


def text_of(page: str) -> str:
    """The words of a page's main part."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def letter(
    season: Season, thing: str, subject: str, state: MessageState = MessageState.QUEUED, **more: object
) -> Message:
    """A letter in the outbox."""
    made = Message(
        venue_id=season.venue.id,
        occasion="submission_received",
        thing=thing,
        to_email="ada@example.org",
        to_name="Ada Abel",
        subject=subject,
        text=f"Text of {subject}",
        html="",
        message_id=f"<{thing}-{subject}>",
        state=state,
        queued_at=BEFORE,
        retry_at=BEFORE,
        **more,
    )
    season.add(made)
    return made


@pytest.mark.parametrize("path", [*LISTS, "submissions/1/", "submissions/1/versions/1/paper.pdf"])
def test_only_organizers_of_the_venue_see_the_pages(season: Season, path: str) -> None:
    season.submission()
    other = season.make_venue("other")
    season.grant(season.nel, Role.ORGANIZER, other)
    with season.client(season.olga).get(ORGANIZE + path) as answer:
        assert answer.status_code == 200
    for stranger in (season.nel, season.ada, season.rey):
        assert season.client(stranger).get(ORGANIZE + path).status_code == 404
    assert season.client().get(ORGANIZE + path).status_code == 302
    assert season.client(season.nel).get("/other/organize/submissions/1/").status_code == 404


def test_the_overview_counts(season: Season) -> None:
    season.at(REVIEWING)
    first, second = season.submission("First"), season.submission("Second")
    season.submission("Third", state=State.DRAFT)
    season.submission("Fourth", state=State.WITHDRAWN)
    season.review(season.assign(first, season.rey))
    season.assign(second, season.rut)
    season.decide(first, Outcome.ORAL)
    words = text_of(season.client(season.olga).page(ORGANIZE))
    for sentence in (
        "2 submitted",
        "1 drafts",
        "1 withdrawn",
        "Reviews handed in 1 of 2",
        "Decisions made 1 of 2",
        "No worker has reported for two minutes: letters are not sent and files not checked.",
        "DATELINE_SMTP is not set: all letters wait in the outbox.",
        "Release the decisions of SBM 2022",
    ):
        assert sentence in words
    assert "overdue" not in words


def test_the_overview_tells_of_an_overdue_promise(season: Season) -> None:
    sentence = "Decisions were promised for Oct 20, 2022 AoE and are overdue."
    season.at(NOTIFICATION)
    assert sentence not in text_of(season.client(season.olga).page(ORGANIZE))
    season.at(NOTIFICATION.replace(day=21, hour=12))
    assert sentence in text_of(season.client(season.olga).page(ORGANIZE))


def test_an_organizer_in_conflict_sees_the_row_and_nothing_else(season: Season) -> None:
    season.at(REVIEWING)
    hers, other = season.submission("Hers", authors=[season.olga]), season.submission("Other")
    season.review(season.assign(hers, season.rey), overall=6, summary="Planted summary")
    season.review(season.assign(other, season.rut), overall=2)
    season.decide(hers, Outcome.ORAL)
    season.decide(other, Outcome.POSTER)
    page = season.client(season.olga).page(ORGANIZE + "submissions")
    rows = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall("<tr>.*?</tr>", page)]
    assert rows[-2:] == [
        "1 Hers Olga Orlova submitted in conflict",
        "2 Other Ada Abel, Bo Brandt submitted 4 1 / 1 2.0 poster",
    ]
    for sort in ("mean", "-mean", "decision", "-decision", "reviews", "-reviews"):
        page = season.client(season.olga).page(f"{ORGANIZE}submissions?sort={sort}")
        assert page.index(">Other<") < page.index("Hers<"), sort
    assert season.client(season.olga).get(ORGANIZE + "submissions/1/").status_code == 404
    assert season.client(season.olga).get(ORGANIZE + "submissions/1/versions/1/paper.pdf").status_code == 404
    overview = text_of(season.client(season.olga).page(ORGANIZE))
    assert "Reviews handed in 1 of 1" in overview
    assert "Decisions made 1 of 1" in overview
    for path in ["", *LISTS, "submissions/2/"]:
        page = season.client(season.olga).page(ORGANIZE + path)
        assert "Rey Ross" not in page or path in ("settings/roles", "problems"), path
        assert "Planted summary" not in page


def test_a_recorded_conflict_hides_as_authorship_does(season: Season) -> None:
    paper = season.submission()
    season.conflict(paper, season.olga)
    assert season.client(season.olga).get(ORGANIZE + "submissions/1/").status_code == 404
    assert "in conflict" in season.client(season.olga).page(ORGANIZE + "submissions")


def test_the_list_is_filtered_and_searched(season: Season) -> None:
    season.submission("Scores of waves")
    season.submission("100% sure", authors=[season.nel])
    season.submission("A draft", state=State.DRAFT)
    client = season.client(season.olga)

    def titles(query: str) -> list[str]:
        page = client.page(f"{ORGANIZE}submissions{query}")
        return re.findall(r'<td class="main"><a [^>]*>(.*?)</a>', page)

    assert titles("") == ["Scores of waves", "100% sure", "A draft"]
    assert titles("?state=draft") == ["A draft"]
    assert titles("?q=WAVES") == ["Scores of waves"]
    assert titles("?q=nel noor") == ["100% sure"]
    assert titles("?q=%25") == ["100% sure"]
    assert titles("?q=nothing") == []
    assert titles("?sort=title") == ["100% sure", "A draft", "Scores of waves"]
    assert titles("?sort=-number") == ["A draft", "100% sure", "Scores of waves"]
    assert titles("?sort=nonsense&state=nonsense&page=x") == ["Scores of waves", "100% sure", "A draft"]


def test_titles_and_names_are_escaped(season: Season) -> None:
    evil = season.person("<b>Eve</b> Evil", email="eve@example.org")
    season.submission("<script>alert(1)</script>", authors=[evil])
    page = season.client(season.olga).page(ORGANIZE + "submissions")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "<b>Eve" not in page


@pytest.mark.parametrize(
    "path", ["submissions", "submissions?sort=-mean", "outbox", "dates", "settings/roles"]
)
def test_statements_do_not_grow_with_the_rows(season: Season, path: str) -> None:
    season.at(REVIEWING)
    client = season.client(season.olga)

    def more(number: int) -> None:
        paper = season.submission(f"Paper {number}")
        season.review(season.assign(paper, season.rey))
        letter(season, f"submission:{paper.id}", f"Letter {number}")
        season.grant(season.person(f"P{number} Person"), Role.REVIEWER)
        season.add(
            Extension(
                venue_id=season.venue.id,
                kind=DateKind.REVIEW,
                submission_id=paper.id,
                until=REVIEWING,
                granted_at=REVIEWING,
            )
        )

    more(0)
    with season.statements() as few:
        client.page(ORGANIZE + path)
    for number in range(1, 30):
        more(number)
    with season.statements() as many:
        client.page(ORGANIZE + path)
    assert len(many) == len(few)
    assert len(few) <= 11


def test_one_submission(season: Season) -> None:
    season.at(REVIEWING)
    paper = season.submission("Scores of waves")
    season.review(season.assign(paper, season.rey), overall=5, summary="Fits a score.")
    season.decide(paper, Outcome.POSTER)
    words = text_of(season.client(season.olga).page(ORGANIZE + "submissions/1/"))
    for sentence in (
        "Submission 1 Scores of waves",
        "Ada Abel ada@example.org",
        "Theory",
        "4 pages",
        "About Scores of waves.",
        "Rey Ross",
        "5 of 6, confidence 4 of 5",
        "Fits a score.",
        "poster",
    ):
        assert sentence in words
    with season.client(season.olga).get(ORGANIZE + "submissions/1/versions/1/paper.pdf") as pdf:
        assert pdf.data.startswith(b"%PDF-1.4")
        assert pdf.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert season.client(season.olga).get(ORGANIZE + "submissions/1/versions/2/paper.pdf").status_code == 404
    assert season.client(season.olga).get(ORGANIZE + "submissions/1/versions/1/supplement").status_code == 404
    assert season.client(season.olga).get(ORGANIZE + "submissions/2/").status_code == 404


def test_one_submission_takes_the_same_statements_for_many_reviews(season: Season) -> None:
    season.at(REVIEWING)
    paper, client = season.submission(), season.client(season.olga)
    season.review(season.assign(paper, season.rey))
    with season.statements() as few:
        client.page(ORGANIZE + "submissions/1/")
    for number in range(30):
        season.review(season.assign(paper, season.person(f"R{number} Reviewer")))
    with season.statements() as many:
        client.page(ORGANIZE + "submissions/1/")
    assert len(many) == len(few)
    assert len(few) <= 10


def test_conflicts_are_recorded_and_lifted(season: Season) -> None:
    paper, client = season.submission(), season.client(season.olga)
    client.send(ORGANIZE + "submissions/1/conflicts", email=" REY@example.org ", reason="co-authors")
    season.session.rollback()
    found = season.session.scalars(select(Conflict)).one()
    assert (found.submission_id, found.person_id, found.reason) == (paper.id, season.rey.id, "co-authors")
    assert "Rey Ross" in client.page(ORGANIZE + "submissions/1/")
    client.send(f"{ORGANIZE}submissions/1/conflicts/{season.rey.id}/lift")
    season.session.rollback()
    assert season.session.scalars(select(Conflict)).all() == []
    acts = season.session.scalars(select(AuditEntry.act).where(AuditEntry.about == f"submission:{paper.id}"))
    assert acts.all() == ["conflict.recorded", "conflict.lifted"]
    answer = client.send(
        ORGANIZE + "submissions/1/conflicts", status=422, email="no@example.org", reason="typed"
    )
    assert "Nobody here has the e-mail no@example.org." in answer.text
    assert 'value="typed"' in answer.text
    answer = client.send(ORGANIZE + "submissions/1/conflicts", status=422, email="olga", reason="")
    assert "&#39;olga&#39; is not an e-mail address" in answer.text
    client.send(ORGANIZE + "submissions/1/conflicts", status=403, email="olga@example.org", reason="mine")


def test_more_time_is_given_and_taken_back(season: Season) -> None:
    paper, client = season.submission(), season.client(season.olga)

    def give(status: int = 303, **fields: str) -> str:
        fields = {
            "kind": "submission",
            "until": "Sept 28, 2022, 23:59 AoE",
            "reason": "storm",
            "who": "",
            **fields,
        }
        return client.send(ORGANIZE + "dates", status, **fields).text

    give(scope="grace")
    give(scope="submission", who="1")
    give(scope="person", who="Ada@example.org", until="Sept 29, 2022")
    season.session.rollback()
    given = season.session.scalars(select(Extension).order_by(Extension.id)).all()
    assert [
        (one.is_grace, one.submission_id, one.person_id, one.until.isoformat(), one.by_id) for one in given
    ] == [
        (True, None, None, "2022-09-29T12:00:00+00:00", season.olga.id),
        (False, paper.id, None, "2022-09-29T12:00:00+00:00", season.olga.id),
        (False, None, season.ada.id, "2022-09-30T12:00:00+00:00", season.olga.id),
    ]
    words = text_of(client.page(ORGANIZE + "dates"))
    assert "Submission everybody, as grace closed from Thu 29 Sep 2022 12:00 UTC storm Olga Orlova" in words
    assert "grace for all until Sept 28, 2022, 23:59 AoE" in season.client().page("/sbm2022/")
    assert "Sept 31" in give(422, scope="extension", until="Sept 31, 2022")
    assert "That is no later than the deadline itself, Sept 26, 2022, 23:59 AoE." in give(
        422, scope="extension", until="Sept 26, 2022, 23:59 AoE"
    )
    assert "There is no submission 9 here." in give(422, scope="submission", who="9")
    assert "Type the number of the submission." in give(422, scope="submission", who="one")
    assert "Nobody here has the e-mail no@example.org." in give(422, scope="person", who="no@example.org")
    assert "Leave this empty" in give(422, scope="grace", who="1")
    assert "Say why" in give(422, scope="grace", reason="")
    give(403, scope="person", who="olga@example.org")
    grace_id = given[0].id
    client.send(f"{ORGANIZE}dates/{grace_id}/take-back")
    season.session.rollback()
    assert len(season.session.scalars(select(Extension)).all()) == 2
    client.send(f"{ORGANIZE}dates/{grace_id}/take-back", status=404)


def test_nobody_extends_a_paper_that_they_are_in_conflict_with(season: Season) -> None:
    hers = season.submission(authors=[season.olga])
    fields = {
        "kind": "submission",
        "scope": "submission",
        "who": "1",
        "until": "Sept 28, 2022",
        "reason": "me",
    }
    season.client(season.olga).send(ORGANIZE + "dates", 403, **fields)
    season.add(
        Extension(
            venue_id=season.venue.id,
            kind=DateKind.CAMERA_READY,
            submission_id=hers.id,
            until=CLOSED,
            reason="tells of acceptance",
            granted_at=BEFORE,
        )
    )
    assert "tells of acceptance" not in season.client(season.olga).page(ORGANIZE + "dates")
    one = season.session.scalars(select(Extension.id)).one()
    season.client(season.olga).send(f"{ORGANIZE}dates/{one}/take-back", status=404)


def test_the_outbox(season: Season) -> None:
    batch = Batch(venue_id=season.venue.id, occasion="decision_released", not_before=None, opened_at=None)
    season.add(batch)
    held = letter(season, "submission:1", "Held", MessageState.HELD, batch_id=batch.id)
    failed = letter(
        season, "submission:2", "Failed", MessageState.FAILED, last_error="550 No such user", attempts=1
    )
    secret = letter(season, "person:1", "Secret", is_secret=True)
    sent = letter(season, "submission:3", "Sent", MessageState.SENT, sent_at=BEFORE)
    other = season.make_venue("other")
    foreign = letter(season, "submission:4", "Foreign")
    foreign.venue_id = other.id
    season.session.commit()
    client = season.client(season.olga)
    page = client.page(ORGANIZE + "outbox")
    words = text_of(page)
    assert "Letters sent 1 of 4" in words
    assert "550 No such user" in words
    assert "2022-09-26 10:00:00 UTC" in words
    assert "Foreign" not in page
    assert "Secret" not in client.page(ORGANIZE + "outbox?state=failed")
    assert "Text of Held" in client.page(f"{ORGANIZE}outbox/{held.id}")
    assert "Text of Secret" not in client.page(f"{ORGANIZE}outbox/{secret.id}")
    client.page(f"{ORGANIZE}outbox/{foreign.id}", status=404)
    client.send(f"{ORGANIZE}outbox/{held.id}/cancel")
    client.send(f"{ORGANIZE}outbox/{failed.id}/send-again")
    client.send(f"{ORGANIZE}outbox/{sent.id}/cancel")
    client.send(f"{ORGANIZE}outbox/{foreign.id}/cancel", status=404)
    season.session.rollback()
    assert [one.state for one in (held, failed, sent, foreign)] == [
        MessageState.CANCELLED,
        MessageState.QUEUED,
        MessageState.SENT,
        MessageState.QUEUED,
    ]
    assert (failed.attempts, failed.last_error) == (0, "550 No such user")


def test_all_failed_letters_are_sent_again(season: Season) -> None:
    for number in range(3):
        letter(season, f"submission:{number}", "Failed", MessageState.FAILED)
    client = season.client(season.olga)
    assert "3 letters could not be delivered." in text_of(client.page(ORGANIZE + "problems"))
    client.send(ORGANIZE + "outbox/send-again")
    season.session.rollback()
    assert set(season.session.scalars(select(Message.state))) == {MessageState.QUEUED}
    assert "No problems" in text_of(client.page(ORGANIZE + "problems"))


def test_letters_about_what_the_viewer_is_in_conflict_with_are_hidden(season: Season) -> None:
    hers, other = season.submission("Hers", authors=[season.olga]), season.submission("Other")
    task, fine = season.assign(hers, season.rey), season.assign(other, season.rey)
    hidden = [
        letter(season, thing, f"Hidden {index}", MessageState.FAILED)
        for index, thing in enumerate(
            [
                f"submission:{hers.id}",
                f"submission:{hers.id}:v2",
                f"assignment:{task.id}",
                f"assignment:{task.id}:1664",
                f"review:{task.id}",
            ]
        )
    ]
    shown = [
        letter(season, thing, f"Shown {index}")
        for index, thing in enumerate(
            [
                f"submission:{other.id}",
                f"submission:{hers.id}0",
                f"assignment:{fine.id}:7",
                "venue:1:2",
                "invitation:3",
            ]
        )
    ]
    client = season.client(season.olga)
    page = client.page(ORGANIZE + "outbox")
    assert re.findall(r">((?:Hidden|Shown) \d)<", page) == [f"Shown {index}" for index in (4, 3, 2, 1, 0)]
    assert "Letters sent 0 of 5" in text_of(page)
    assert "could not be delivered" not in client.page(ORGANIZE + "problems")
    for one in hidden:
        client.page(f"{ORGANIZE}outbox/{one.id}", status=404)
        client.send(f"{ORGANIZE}outbox/{one.id}/send-again", status=404)
    client.send(ORGANIZE + "outbox/send-again")
    season.session.rollback()
    assert {one.state for one in hidden} == {MessageState.FAILED}
    assert len(shown) == 5


def test_roles_are_given_and_taken(season: Season) -> None:
    client = season.client(season.olga)
    new = {"email": "New@example.org", "name": "Nia New", "role": "organizer"}
    client.send(ORGANIZE + "settings/roles", **new, confirmed="1")  # type: ignore[arg-type]
    words = text_of(client.page(ORGANIZE + "settings/roles"))
    assert "Nia New new@example.org Organizer" in words
    client.send(f"{ORGANIZE}settings/roles/{season.rey.id}/reviewer/revoke")
    season.session.rollback()
    held = select(Membership.role).where(Membership.person_id == season.rey.id)
    assert season.session.scalars(held).all() == []
    client.send(f"{ORGANIZE}settings/roles/{season.olga.id}/organizer/revoke")
    client.page(ORGANIZE + "settings/roles", status=404)


def test_the_last_organizer_stays(season_on_both: Season) -> None:
    season = season_on_both
    client = season.client(season.olga)
    assert "This is the last organizer: give somebody else the role first." in client.page(
        ORGANIZE + "settings/roles"
    )
    client.send(f"{ORGANIZE}settings/roles/{season.olga.id}/organizer/revoke", status=403)
    season.session.rollback()
    assert season.session.scalars(
        select(Membership.role).where(Membership.person_id == season.olga.id)
    ).all() == [Role.ORGANIZER]


def test_a_reviewer_in_conflict_is_a_problem(season: Season) -> None:
    season.at(REVIEWING)
    paper = season.submission()
    season.assign(paper, season.rey)
    season.conflict(paper, season.rey)
    words = text_of(season.client(season.olga).page(ORGANIZE + "problems"))
    assert "Rey Ross reviews paper 1 and is in conflict with it: take the paper back." in words


def test_letters_and_lists_that_are_empty_say_so(season: Season) -> None:
    client = season.client(season.olga)
    assert "No submission yet" in client.page(ORGANIZE + "submissions")
    assert "No letter yet" in client.page(ORGANIZE + "outbox")
    assert "Nobody got more time." in client.page(ORGANIZE + "dates")
    assert "Nothing fits" in client.page(ORGANIZE + "submissions?q=x")
