"""The front page: what is due from whoever is signed in, over all venues, in as many statements for many as for one."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts.models import Person
from camera_ready.models import FinalVersion
from core.paging import PER_PAGE
from decisions.models import Outcome, Release
from mail.models import Batch
from reviews.pool.models import Invitation
from submissions.models import State
from tests.browser import Visitor, assert_accessible
from tests.season import BEFORE, CAMERA_READY, CLOSED, NOTIFICATION, REVIEWING, Season, open_served_season
from venues.deadlines import DateKind
from venues.models import Role, Venue


@pytest.fixture
def served(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Season]:
    """A season that a server serves from a thread."""
    with open_served_season(tmp_path / "data", sqlite_url, monkeypatch) as made:
        yield made


def words_of(page: str) -> str:
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def owed(season: Season, person: Person) -> list[str]:
    """The duties on the front page that are not done."""
    page = season.client(person).page("/")
    found = re.findall(
        r'<li class="duty( is-overdue)?">.*?<span class="duty-what">(.*?)</span>', page, re.DOTALL
    )
    return [("! " if overdue else "") + re.sub(r"<[^>]+>", "", what).strip() for overdue, what in found]


def invite(season: Season, email: str, venue: Venue | None = None) -> Invitation:
    made = Invitation(
        venue_id=(venue or season.venue).id,
        email=email,
        name="Somebody",
        role=Role.REVIEWER,
        invited_by_id=season.olga.id,
        invited_at=BEFORE,
        last_letter_at=BEFORE,
    )
    season.add(made)
    return made


def release(season: Season, at: object = NOTIFICATION) -> None:
    batch = Batch(venue_id=season.venue.id, occasion="decision_released", not_before=at, opened_at=None)
    season.add(batch)
    fields = {"prepared_by_id": season.olga.id, "prepared_at": BEFORE, "effective_at": at}
    season.add(Release(venue_id=season.venue.id, batch_id=batch.id, **fields))


def test_an_author_through_the_season(season: Season) -> None:
    season.submission("Half done", state=State.DRAFT)
    paper = season.submission("Whole")
    refused = season.submission("Planted rejection")
    assert owed(season, season.bo) == ["Upload the PDF of #1 “Half done”: it is not submitted yet"]
    words = words_of(season.client(season.bo).page("/"))
    assert "Due from you One thing." in words
    assert "Done: 2" in words
    assert "#2 “Whole” is submitted" in words

    season.at(CLOSED)
    assert owed(season, season.bo) == []  # nothing can be done about the draft any more
    season.decide(paper, Outcome.POSTER)
    season.decide(refused, Outcome.REJECT)
    release(season)
    season.at(NOTIFICATION - timedelta(seconds=1))
    assert "final version" not in season.client(season.bo).page("/")
    season.at(NOTIFICATION)
    assert owed(season, season.bo) == ["The final version of #2 “Whole” is to be uploaded"]
    season.at(CAMERA_READY + timedelta(days=7))
    assert owed(season, season.bo) == ["! The final version of #2 “Whole” is to be uploaded"]
    season.add(
        FinalVersion(
            submission_id=paper.id,
            number=1,
            paper_sha256=paper.versions[0].paper_sha256,
            paper_name="final.pdf",
            paper_size=1,
            saved_by_id=season.ada.id,
            saved_at=CAMERA_READY,
            began_at=CAMERA_READY,
        )
    )
    assert owed(season, season.bo) == []
    season.at(CAMERA_READY + timedelta(days=30))
    assert "The season is over." in words_of(season.client(season.bo).page("/"))
    assert "is there" not in season.client(season.bo).page("/")


def test_a_reviewer_and_who_was_asked(season: Season) -> None:
    paper = season.submission()
    season.assign(paper, season.rey)
    season.review(season.assign(season.submission("Reviewed already"), season.rey))
    invite(season, "nel@example.org")
    invite(season, "somebody.else@example.org")
    assert owed(season, season.rey) == []  # papers come when submission has closed
    assert owed(season, season.nel) == ["Say whether you will review for SBM 2022"]
    season.at(REVIEWING)
    assert owed(season, season.rey) == ["Review paper 1: A score for all"]
    assert owed(season, season.ada) == []
    client = season.client(season.nel)
    (link,) = set(re.findall(r'href="(/sbm2022/invitations/[^"]+)"', client.page("/")))
    assert "I will review" in client.page(link)
    season.at(NOTIFICATION)
    assert owed(season, season.nel) == []
    assert owed(season, season.rey) == ["! Review paper 1: A score for all"]
    season.conflict(paper, season.rey)
    assert owed(season, season.rey) == []


def test_an_organizer_through_the_season(season: Season) -> None:
    reviewed, alone, own = season.submission(), season.submission("Alone"), season.submission("Planted own")
    season.conflict(own, season.olga)
    season.assign(reviewed, season.rey)
    assert owed(season, season.olga) == []
    season.at(REVIEWING)
    assert owed(season, season.olga) == [
        "Find reviewers for 1 paper of SBM 2022",
        "Release the decisions of SBM 2022",
    ]
    season.at(NOTIFICATION)
    assert owed(season, season.olga) == [
        "Decide on 2 papers of SBM 2022",
        "Release the decisions of SBM 2022",
    ]
    season.decide(reviewed, Outcome.POSTER)
    season.decide(alone, Outcome.REJECT)
    season.at(NOTIFICATION + timedelta(days=1))
    assert owed(season, season.olga) == ["! Release the decisions of SBM 2022"]
    release(season, NOTIFICATION + timedelta(days=2))
    assert owed(season, season.olga) == []
    assert "go out at 2022-10-22 14:00:00 UTC" in words_of(season.client(season.olga).page("/"))
    season.at(NOTIFICATION + timedelta(days=2))
    assert "The decisions of SBM 2022 are released" in words_of(season.client(season.olga).page("/"))


def test_whoever_owes_nothing_is_told_what_to_do(season: Season) -> None:
    words = words_of(season.client(season.nel).page("/"))
    assert "Nothing is due from you" in words
    assert "Submit a paper to Workshop sbm2022 until Sept 26, 2022, 23:59 AoE" in words
    season.at(CLOSED)
    words = words_of(season.client(season.nel).page("/"))
    assert "No call for papers is open now. Venues Workshop sbm2022" in words
    assert season.client().get("/").location == "/sbm2022/"  # a visitor goes to the only venue


def test_several_venues_are_named(season: Season) -> None:
    other = season.make_venue("waves", short_name="Waves")
    closes = next(date for date in other.dates if date.kind == DateKind.SUBMISSION)
    closes.at = CLOSED - timedelta(hours=3)
    season.submission("Here", state=State.DRAFT)
    season.submission("There", state=State.DRAFT, venue=other)
    first, second = owed(season, season.ada)
    assert "#1 “There”: it is not submitted yet Waves" in first  # it closes first
    assert "#1 “Here”: it is not submitted yet SBM 2022" in second
    assert "2 things; the first is due" in words_of(season.client(season.ada).page("/"))


def test_as_many_statements_for_many_as_for_one(season: Season) -> None:
    season.grant(season.ada, Role.REVIEWER)
    season.grant(season.ada, Role.ORGANIZER)

    def add(count: int, venue: Venue) -> None:
        for number in range(count):
            if number % 3 == 0:  # all of them fit on a page
                season.submission(f"Draft {number}", state=State.DRAFT, venue=venue)
            season.decide(season.submission(f"Accepted {number}", venue=venue), Outcome.POSTER)
            season.assign(
                season.submission(f"To review {number}", authors=[season.bo], venue=venue), season.ada
            )

    def counted(path: str) -> int:
        client = season.client(season.ada)
        with season.statements() as seen:
            client.page(path)
        return len(seen)

    add(1, season.venue)
    invite(season, "ada@example.org")
    release(season)
    season.at(NOTIFICATION)
    one = counted("/"), counted("/sbm2022/submissions/")
    add(29, season.venue)
    for number in range(3):
        other = season.make_venue(f"other{number}")
        add(2, other)
        invite(season, "ada@example.org", other)
    assert (counted("/"), counted("/sbm2022/submissions/")) == one


def test_the_strip_of_a_venue(season: Season) -> None:
    season.submission("Half done", state=State.DRAFT)
    words = words_of(season.client(season.ada).page("/sbm2022/submissions/"))
    assert "Due from you here Upload the PDF of #1" in words
    assert "Due from you here" not in season.client(season.rey).page("/sbm2022/submissions/")
    season.at(REVIEWING)
    assert "Due from you here Release the decisions" in words_of(
        season.client(season.olga).page("/sbm2022/organize/")
    )


def test_the_strip_of_a_reviewer_says_what_the_front_page_says(season: Season) -> None:
    for number in range(1, 6):
        season.assign(season.submission(f"Waves {number}"), season.rey)
    season.review(season.assign(season.submission("Reviewed already"), season.rey))
    season.at(CLOSED - timedelta(seconds=1))
    assert "Due from you here" not in season.client(season.rey).page("/sbm2022/papers/")
    season.at(REVIEWING)
    page = season.client(season.rey).page("/sbm2022/papers/")
    strip = page[page.index('class="due-strip"') : page.index('class="table-frame"')]
    due = [f"Review paper {number}: Waves {number}" for number in range(1, 6)]
    assert re.findall(r'<span class="duty-what">(.*?)</span>', strip) == owed(season, season.rey) == due
    shown, folded = strip.split("<details")
    assert (shown.count('class="duty"'), folded.count('class="duty"')) == (3, 2)
    assert "<summary>2 more</summary>" in folded
    season.at(NOTIFICATION)
    assert season.client(season.rey).page("/sbm2022/papers/").count('class="duty is-overdue"') == 5


@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_due_is_accessible(served: Season, visitor: Visitor, width: int) -> None:
    """With what is overdue, next and done, on the front page and in the strip."""
    season, url = served, served.app.config["DATELINE"].url
    season.assign(season.submission("Owed"), season.rey)
    season.review(season.assign(season.submission("Reviewed already"), season.rey))
    other = season.make_venue("waves", short_name="Waves")
    season.submission("Half done", state=State.DRAFT, authors=[season.rey], venue=other)
    closes = next(date for date in other.dates if date.kind == DateKind.SUBMISSION)
    closes.at = NOTIFICATION + timedelta(days=1)
    season.at(NOTIFICATION)
    assert owed(season, season.rey) == [
        "! Review paper 1: Owed SBM 2022",
        "Upload the PDF of #1 “Half done”: it is not submitted yet Waves",
    ]
    cookie = season.client(season.rey).get_cookie("session")
    assert cookie
    page = visitor.open(width=width, base_url=url)
    page.context.add_cookies([{"name": "session", "value": cookie.value, "url": url}])
    for path, count in (("/", 3), ("/sbm2022/papers/", 1)):
        page.goto(path)
        expect(page.locator(".duty")).to_have_count(count)
        assert_accessible(page)


def test_the_strip_knows_of_papers_on_other_pages_of_the_list(season: Season) -> None:
    for number in range(1, PER_PAGE + 2):
        season.assign(season.submission(f"Waves {number}"), season.rey)
    season.at(REVIEWING)
    client = season.client(season.rey)
    for page in (client.page("/sbm2022/papers/"), client.page("/sbm2022/papers/?page=2")):
        strip = page[page.index('class="due-strip"') : page.index('class="table-frame"')]
        assert strip.count('class="duty"') == PER_PAGE + 1
        assert f"<summary>{PER_PAGE - 2} more</summary>" in strip
