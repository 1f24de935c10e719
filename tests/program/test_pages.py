"""The public pages: the same for everybody, from the records that are enforced."""

import gc
import re

import pytest

from decisions.models import Outcome, Release
from mail.models import Batch
from program import presenters
from submissions.models import State
from tests.season import BEFORE, CLOSED, NOTIFICATION, Season
from venues.deadlines import Calendar, DateKind
from venues.models import Extension, ListedPerson, ScheduleEntry, Section, Sponsor


def main_of(page: str) -> str:
    """The page without its frame."""
    return page[page.index("<main") : page.index("</main>")]


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", main_of(page)).split())


def release(season: Season) -> None:
    """Decisions are visible from the notification on."""
    batch = Batch(
        venue_id=season.venue.id, occasion="decision_released", not_before=NOTIFICATION, opened_at=None
    )
    season.add(batch)
    fields = {"prepared_by_id": season.olga.id, "prepared_at": BEFORE, "effective_at": NOTIFICATION}
    season.add(Release(venue_id=season.venue.id, batch_id=batch.id, **fields))


def test_the_home_page(season: Season) -> None:
    venue = season.venue
    venue.introduction_html, venue.call_html = "<p>Waves <em>meet</em>.</p>", "<p>Send four pages.</p>"
    venue.support_html, venue.registration_url = "<p>Tickets.</p>", "https://example.org/register"
    venue.parent, venue.place = "NeurIPS 2022", "Room 293"
    season.session.commit()
    season.add(
        ListedPerson(
            venue_id=venue.id, section=Section.SPEAKER, position=0, name="Ida Holm", affiliation="Uppsala"
        ),
        ListedPerson(venue_id=venue.id, section=Section.PANELIST, position=1, name="Ola Nord"),
        Sponsor(
            venue_id=venue.id, position=0, name="Tide Works", gives="two buoys", url="https://example.org/t"
        ),
        ScheduleEntry(venue_id=venue.id, starts_at=CLOSED.replace(month=12, day=2, hour=14), title="Opening"),
    )
    page = season.client().page("/sbm2022/")
    words = words_of(page)
    for sentence in (
        "NeurIPS 2022 Workshop sbm2022",
        "Dec 2, 2022, 08:50\N{EN DASH}17:00 America/Chicago Room 293",
        "Submission deadline Sept 26, 2022, 23:59 AoE closed from Tue 27 Sep 2022 12:00 UTC",
        "Notification Oct 20, 2022 AoE",
        "Camera-ready version Nov 25, 2022 AoE closed from Sat 26 Nov 2022 12:00 UTC",
        "Waves meet .",
        "Send four pages.",
        "IH Ida Holm Uppsala",
        "ON Ola Nord",
        "08:00 Opening",
        "Theory Molecules",
        "Tide Works two buoys Tickets.",
        "sbm2022@example.org",
    ):
        assert sentence in words
    assert "Oct 14" not in words  # the review deadline is the committee's own
    assert 'href="https://example.org/register"' in page
    assert 'href="/sbm2022/submissions/new"' in page


def test_the_season_is_drawn_to_scale(season: Season) -> None:
    page = season.client().page("/sbm2022/")
    assert "The season as a line. Over: Call opens. Next: Submission deadline." in words_of(page)
    drawn = re.findall(r'<circle class="season-(\w+)" cx="([\d.]+)%"', page)
    assert [state for state, _ in drawn] == ["done", "now", "next", "next", "next"]
    places = [float(x) for _, x in drawn]
    assert (places[0], places[-1]) == (10.0, 90.0)  # the middles of the first and the last of five cards
    # 46 of 112 days after the call opened submission closes.
    assert 42 < places[1] < 43.5
    assert ">today</text>" in page
    season.at(CLOSED.replace(year=2023))
    assert ">today</text>" not in season.client().page("/sbm2022/")


def test_the_button_says_why_it_is_closed(season: Season) -> None:
    season.at(CLOSED)
    page = season.client().page("/sbm2022/")
    assert 'href="/sbm2022/submissions/new"' not in page
    assert "Submission is closed; it was open until Sept 26, 2022, 23:59 AoE" in words_of(page)


def test_an_extension_strikes_the_old_date(season: Season) -> None:
    until = CLOSED.replace(day=30)
    season.add(Extension(venue_id=season.venue.id, kind=DateKind.SUBMISSION, until=until, granted_at=BEFORE))
    season.at(CLOSED)
    page = season.client().page("/sbm2022/")
    assert (
        "before: Sept 26, 2022, 23:59 AoE Sept 29, 2022, 23:59 AoE closed from Fri 30 Sep 2022"
        in words_of(page)
    )
    assert 'href="/sbm2022/submissions/new"' in page


def test_extensions_of_one_are_nobody_elses_business(season: Season) -> None:
    until = CLOSED.replace(day=30)
    paper = season.submission()
    for scope in ({"submission_id": paper.id}, {"person_id": season.ada.id}):
        season.add(
            Extension(
                venue_id=season.venue.id, kind=DateKind.SUBMISSION, until=until, granted_at=BEFORE, **scope
            )
        )
    assert "Sept 29" not in season.client(season.ada).page("/sbm2022/")


def test_accepted_papers_show_with_the_release(season: Season) -> None:
    poster = season.submission("Posters of waves", authors=[season.bo, season.ada])
    talk = season.submission("Talk of waves")
    rejected = season.submission("Planted rejection")
    withdrawn = season.submission("Planted withdrawal", state=State.WITHDRAWN)
    for paper, outcome in (
        (poster, Outcome.POSTER),
        (talk, Outcome.ORAL),
        (rejected, Outcome.REJECT),
        (withdrawn, Outcome.POSTER),
    ):
        season.decide(paper, outcome)
    release(season)
    season.at(NOTIFICATION.replace(hour=13))
    for person in (None, season.ada, season.olga):
        assert "of waves" not in season.client(person).page("/sbm2022/")
    season.at(NOTIFICATION)
    words = words_of(season.client().page("/sbm2022/"))
    assert (
        "Accepted papers 2 Talk of waves talk Ada Abel, Bo Brandt Posters of waves Bo Brandt, Ada Abel"
        in words
    )
    assert "Planted" not in words


def test_the_page_is_the_same_for_all(season: Season) -> None:
    season.submission()
    pages = {
        main_of(season.client(who).page("/sbm2022/")) for who in (None, season.ada, season.olga, season.nel)
    }
    assert len(pages) == 1


def test_the_call(season: Season) -> None:
    season.venue.call_html = "<p>Send four pages.</p>"
    season.session.commit()
    words = words_of(season.client().page("/sbm2022/call"))
    assert "Call for papers Send four pages. Submit a paper" in words
    assert "Sept 26, 2022, 23:59 AoE" in words


@pytest.mark.parametrize("path", ["/nowhere/", "/nowhere/call"])
def test_no_such_venue(season: Season, path: str) -> None:
    season.client().page(path, status=404)


def test_statements_do_not_grow_with_the_papers(season: Season) -> None:
    release(season)
    season.at(NOTIFICATION)
    season.decide(season.submission("First"), Outcome.ORAL)
    client = season.client()
    with season.statements() as few:
        client.page("/sbm2022/")
    for number in range(30):
        season.decide(season.submission(f"Paper {number}"), Outcome.POSTER)
    with season.statements() as many:
        client.page("/sbm2022/")
    assert len(many) == len(few)
    assert len(few) <= 9


def test_the_dates_of_a_calendar_that_is_gone_are_forgotten() -> None:
    kept = Calendar([])
    presenters.key_dates(kept, BEFORE)
    gc.collect()
    known = len(presenters._known)
    for _ in range(5):
        presenters.key_dates(Calendar([]), BEFORE)
    gc.collect()
    assert len(presenters._known) == known
