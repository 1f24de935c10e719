import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from core.db import transaction
from core.verdict import Refused
from decisions import actions, jobs, queries
from decisions.models import Decision, Outcome, Release
from mail import sending
from mail.models import Batch, Message, MessageState
from submissions import actions as authors
from submissions.models import State
from tests.season import NOTIFICATION, REVIEWING, Season
from venues.models import Role

LIST = "/sbm2022/organize/decisions"
WHEN = NOTIFICATION + timedelta(hours=3)


@pytest.fixture
def both(season_on_both: Season) -> Season:
    return season_on_both


def letters(season: Season) -> dict[str, tuple[str, str]]:
    """Recipient -> (subject, state) of the decision letters."""
    season.session.rollback()
    rows = season.session.scalars(select(Message).where(Message.occasion == queries.OCCASION))
    return {row.to_email: (row.subject, row.state.value) for row in rows}


def write_letters(season: Season) -> None:
    with season.app.test_request_context():
        jobs.write_decision_letters(season.session, season.venue.id)


def prepared(season: Season) -> None:
    """Two papers, ada's accepted and cid's rejected, letters written."""
    season.cid = season.person("Cid Cole")  # type: ignore[attr-defined]
    one = season.submission("Kept", authors=[season.ada, season.bo])
    two = season.submission("Sent home", authors=[season.cid])  # type: ignore[attr-defined]
    season.at(NOTIFICATION)
    olga = season.client(season.olga)
    olga.send(f"{LIST}/{one.number}", outcome="poster")
    olga.send(f"{LIST}/{two.number}", outcome="reject")
    olga.send(f"{LIST}/prepare")
    write_letters(season)


def test_everything_becomes_visible_and_goes_out_in_one_act(both: Season) -> None:
    prepared(both)
    assert letters(both) == {
        "ada@example.org": ("Accepted: Kept (Workshop sbm2022)", "held"),
        "bo@example.org": ("Accepted: Kept (Workshop sbm2022)", "held"),
        "cid@example.org": ("Decision on Sent home (Workshop sbm2022)", "held"),
    }
    ada = both.client(both.ada)
    assert "Accepted" not in ada.page("/sbm2022/submissions/1/decision")
    with both.app.extensions["sessions"]() as session:
        assert sending.claim(session, "w", at=NOTIFICATION) is None
    both.client(both.olga).send(f"{LIST}/release")
    assert "Accepted as a poster" in ada.page("/sbm2022/submissions/1/decision")
    with both.app.extensions["sessions"]() as session:
        claimed = sending.claim(session, "w", at=NOTIFICATION)
        assert claimed is not None
        assert claimed.to_email == "ada@example.org"


def test_before_the_release_accepted_and_rejected_pages_are_the_same(season: Season) -> None:
    prepared(season)
    pages = []
    for person, number in ((season.ada, 1), (season.cid, 2)):  # type: ignore[attr-defined]
        client = season.client(person)
        for tab in ("decision", "camera-ready", ""):
            text = client.page(f"/sbm2022/submissions/{number}/{tab}")
            for own in ("Kept", "Sent home", "Ada Abel", "Cid Cole", "Bo Brandt", "cid@", "ada@", "bo@"):
                text = text.replace(own, "X")
            text = re.sub(r'name="csrf_token" value="[^"]*"', "", text)
            pages.append((tab, re.sub(r"[0-9a-f]{10,}|\d+", "N", text)))
    mine = {tab: text for tab, text in pages[:3] if tab}
    theirs = {tab: text for tab, text in pages[3:] if tab}
    for tab in mine:
        assert mine[tab].splitlines() == theirs[tab].splitlines()


def test_a_release_at_a_moment_shows_and_sends_nothing_before_it(both: Season) -> None:
    prepared(both)
    both.client(both.olga).send(f"{LIST}/release", moment="2022-10-20 17:00 UTC")
    both.session.rollback()
    release = both.session.get_one(Release, both.venue.id)
    assert (release.effective_at, release.first_used_at) == (WHEN, None)
    assert both.session.get_one(Batch, release.batch_id).not_before == WHEN
    cid = both.client(both.cid)  # type: ignore[attr-defined]
    both.at(WHEN - timedelta(seconds=1))
    assert "Not accepted" not in cid.page("/sbm2022/submissions/2/decision")
    with both.app.extensions["sessions"]() as session:
        assert sending.claim(session, "w", at=WHEN - timedelta(seconds=1)) is None
    both.at(WHEN)
    assert "Not accepted" in cid.page("/sbm2022/submissions/2/decision")
    with both.app.extensions["sessions"]() as session:
        assert sending.claim(session, "w", at=WHEN) is not None


def test_a_clock_set_back_hides_nothing_that_was_shown(season: Season) -> None:
    prepared(season)
    season.client(season.olga).send(f"{LIST}/release", moment="2022-10-20 17:00 UTC")
    season.session.rollback()
    jobs.stamp_first_use(season.session, at=WHEN)
    season.at(REVIEWING)
    assert "Accepted as a poster" in season.client(season.ada).page("/sbm2022/submissions/1/decision")
    assert "Released at" in season.client(season.olga).page(LIST)


def test_a_scheduled_release_can_be_taken_back(season: Season) -> None:
    prepared(season)
    olga = season.client(season.olga)
    olga.send(f"{LIST}/release", moment="2022-10-20 17:00 UTC")
    olga.send(f"{LIST}/unschedule")
    season.at(WHEN)
    assert "Accepted" not in season.client(season.ada).page("/sbm2022/submissions/1/decision")
    with season.app.extensions["sessions"]() as session:
        assert sending.claim(session, "w", at=WHEN) is None


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        ("2022-10-20 13:00 UTC", "is past"),
        ("Oct 32", "32"),
        ("whenever", ""),
        ("2022-10-20 17:00 EST", "EST"),
    ],
)
def test_a_wrong_moment_releases_nothing_and_keeps_what_was_typed(
    season: Season, moment: str, sentence: str
) -> None:
    prepared(season)
    answer = season.client(season.olga).send(f"{LIST}/release", 422, moment=moment)
    assert sentence in answer.text
    assert f'value="{moment}"' in answer.text
    assert season.session.get_one(Release, season.venue.id).effective_at is None


def test_no_release_without_every_decision_and_every_letter(season: Season) -> None:
    season.submission("One")
    season.submission("Two")
    season.at(NOTIFICATION)
    olga = season.client(season.olga)
    olga.send(f"{LIST}/1", outcome="oral")
    assert "1 submitted paper has no decision yet." in olga.send(f"{LIST}/prepare", 403).text
    olga.send(f"{LIST}/2", outcome="reject")
    assert "The letters are not written yet" in olga.send(f"{LIST}/release", 403).text
    olga.send(f"{LIST}/prepare")
    assert "The letters are still being written" in olga.send(f"{LIST}/release", 403).text
    write_letters(season)
    season.submission("Three")  # accepted late by an organizer, say
    assert "1 submitted paper has no decision yet." in olga.send(f"{LIST}/release", 403).text
    assert season.session.get_one(Release, season.venue.id).effective_at is None


def test_a_changed_decision_changes_its_letter_at_once_even_when_scheduled(season: Season) -> None:
    prepared(season)
    olga = season.client(season.olga)
    olga.send(f"{LIST}/release", moment="2022-10-20 17:00 UTC")
    olga.send(f"{LIST}/2", outcome="oral")
    assert letters(season)["cid@example.org"] == ("Accepted for a talk: Sent home (Workshop sbm2022)", "held")
    olga.send(f"{LIST}/2", outcome="")
    assert "cid@example.org" not in letters(season)
    assert season.session.get_one(Release, season.venue.id).effective_at is None
    assert season.session.get(Decision, 2) is None


def test_after_the_release_decisions_no_longer_change(season: Season) -> None:
    prepared(season)
    olga = season.client(season.olga)
    olga.send(f"{LIST}/release")
    assert "The decisions are released" in olga.send(f"{LIST}/1", 403, outcome="reject").text
    assert "The decisions are released" in olga.send(f"{LIST}/release", 403).text
    assert season.session.get_one(Decision, 1).outcome is Outcome.POSTER


def test_writing_letters_again_writes_only_what_is_missing(season: Season) -> None:
    prepared(season)
    ids = season.session.scalars(select(Message.id).order_by(Message.id)).all()
    season.client(season.olga).send(f"{LIST}/prepare")
    write_letters(season)
    season.session.rollback()
    assert season.session.scalars(select(Message.id).order_by(Message.id)).all() == ids


def test_a_withdrawn_papers_letter_does_not_go(season: Season) -> None:
    prepared(season)
    with season.app.test_request_context(), transaction(season.session):
        paper = season.session.get_one(type(season.submission("Third", authors=[season.nel])), 1)
        authors.withdraw(season.session, paper, "twice", by=season.ada, at=NOTIFICATION)
        assert paper.state is State.WITHDRAWN
    jobs.drop_decision_letters(season.session, 1)
    assert set(letters(season)) == {"cid@example.org"}


def test_an_organizer_in_conflict_neither_sees_nor_decides(season: Season) -> None:
    season.grant(season.rey, Role.ORGANIZER)
    secret = season.submission("The conflicted one")
    season.conflict(secret, season.rey)
    season.review(season.assign(secret, season.rut), overall=2)
    other = season.submission("Open to all", authors=[season.nel])
    season.at(NOTIFICATION)
    olga, rey = season.client(season.olga), season.client(season.rey)
    olga.send(f"{LIST}/{secret.number}", outcome="reject")
    olga.send(f"{LIST}/{other.number}", outcome="oral")
    olga.send(f"{LIST}/prepare")
    write_letters(season)
    assert "The conflicted one" in olga.page(LIST)
    assert "The conflicted one" in olga.page(f"{LIST}/letters")
    for page in (LIST, f"{LIST}/letters"):
        text = rey.page(page)
        assert "Open to all" in text
        assert "The conflicted one" not in text
        assert "ada@example.org" not in text
    rey.send(f"{LIST}/{secret.number}", 404, outcome="oral")
    assert season.session.get_one(Decision, secret.id).outcome is Outcome.REJECT


def test_only_organizers_of_this_venue_decide(season: Season) -> None:
    paper = season.submission()
    elsewhere = season.make_venue("other")
    season.grant(season.nel, Role.ORGANIZER, elsewhere)
    season.at(NOTIFICATION)
    for person in (season.ada, season.rey, season.nel):
        client = season.client(person)
        client.page(LIST, 404)
        client.send(f"{LIST}/{paper.number}", 404, outcome="oral")
        client.send(f"{LIST}/release", 404)
    with pytest.raises(Refused), transaction(season.session):
        actions.decide(season.session, paper, Outcome.ORAL, by=season.nel, at=NOTIFICATION)
    assert season.session.get(Decision, paper.id) is None


def test_a_broken_promise_is_shown(season: Season) -> None:
    season.submission()
    season.at(datetime(2022, 10, 21, 11, 59, 59, tzinfo=UTC))
    assert "overdue" not in season.client(season.olga).page(LIST)
    season.at(datetime(2022, 10, 21, 12, 0, tzinfo=UTC))
    assert "overdue" in season.client(season.olga).page(LIST)


def test_the_reviews_come_with_the_decision_without_names(season: Season) -> None:
    paper = season.submission()
    season.review(season.assign(paper, season.rey, "k3mp"), summary="A **fine** summary.")
    season.at(NOTIFICATION)
    olga = season.client(season.olga)
    olga.send(f"{LIST}/1", outcome="oral")
    olga.send(f"{LIST}/prepare")
    write_letters(season)
    page = "/sbm2022/submissions/1/decision"
    assert "k3mp" not in season.client(season.ada).page(page)
    olga.send(f"{LIST}/release")
    text = season.client(season.bo).page(page)
    assert "k3mp" in text
    assert "Rey" not in text
    assert "rey@example.org" not in text


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_statements_for_any_number_of_rows(season: Season, count: int) -> None:
    for number in range(count):
        paper = season.submission(f"Paper {number}")
        season.review(season.assign(paper, season.rey))
    season.at(NOTIFICATION)
    olga = season.client(season.olga)
    with season.statements() as statements:
        olga.page(LIST)
    assert len([s for s in statements if s.startswith("SELECT")]) <= 18, statements


def test_letters_that_are_sent_stay_when_a_decision_letter_is_written_again(season: Season) -> None:
    prepared(season)
    season.client(season.olga).send(f"{LIST}/release")
    with transaction(season.session):
        for message in season.session.scalars(select(Message)).all():
            message.state = MessageState.SENT
    write_letters(season)
    assert {state for _, state in letters(season).values()} == {"sent"}
