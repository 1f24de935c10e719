"""Dates in the settings: read as people write them, with what each means below, and for whom a change counts."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from submissions.models import State
from tests.organizers.settings import SETTINGS, asked, fields, load_model, opened, saved, stored
from tests.organizers.test_pages import text_of
from tests.season import BEFORE, REVIEWING, Season
from venues.deadlines import DateKind
from venues.models import Extension, VenueDate


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("10/11/2022", '"10/11/2022" is not clear: write 2022-10-11 or 2022-11-10.'),
        ("Sept 31, 2022", "There is no Sept 31 in 2022: write Sept 30, 2022 or Oct 1, 2022."),
        ("Sept 26, 2022, 23:59 EST", '"EST" does not name one zone for certain: write America/New_York or '),
        ("Sept 26", '"Sept 26" names no year: add it, like Sept 26, 2022.'),
        ("Sept 26, 2022, midnight", "Midnight may be the start or the end of the day: write 23:59 or 00:00."),
        ("Monday Sept 27, 2022", 'Sept 27, 2022 is a Tuesday: correct "Monday" or the date.'),
        (
            "soon",
            '"soon" is neither understood nor a zone: zones are AoE, UTC, UTC+2 and names like Europe/Paris.',
        ),
        ("9" * 300, "300 characters are too many: write a date like Sept 26, 2022, 23:59 AoE."),
    ],
)
def test_dates_that_cannot_be_taken(season: Season, typed: str, sentence: str) -> None:
    client, before = season.client(season.olga), stored(season)
    form = opened(client, "dates", submission=typed, review="Oct 15, 2022, 18:00 Europe/Paris")
    page = client.send(SETTINGS + "dates", 422, **form).text
    assert sentence.replace('"', "&#34;") in page
    assert "closed from Sat 15 Oct 2022 16:01 UTC; 11:01 in Chicago" in page  # the good one has its sentence
    assert fields(page) == form  # nothing typed is lost
    assert stored(season) == before


def test_under_each_date_stands_what_it_means(season: Season) -> None:
    words = text_of(season.client(season.olga).page(SETTINGS + "dates"))
    for sentence in (
        "submission opens Fri 12 Aug 2022 12:00 UTC; 07:00 in Chicago",
        "closed from Tue 27 Sep 2022 12:00 UTC; 07:00 in Chicago",
        "overdue from Fri 21 Oct 2022 12:00 UTC; 07:00 in Chicago",
        "starts Fri 2 Dec 2022 14:50 UTC; 08:50 in Chicago",
    ):
        assert sentence in words


def test_the_meaning_of_what_is_being_typed(season: Season) -> None:
    client = season.client(season.olga)
    query = {
        "submission": "Oct 15, 2022, 23:59 Asia/Tokyo",
        "review": "10/11/2022",
        "notification": "Oct 16, 2022",
    }
    answer = client.get(SETTINGS + "dates/meaning", query_string=query)
    assert answer.json == {
        "dates": {
            "submission": {
                "sentence": "closed from Sat 15 Oct 2022 15:00 UTC; 10:00 in Chicago",
                "error": "",
                "warnings": [],
            },
            "review": {
                "sentence": "",
                "error": '"10/11/2022" is not clear: write 2022-10-11 or 2022-11-10.',
                "warnings": [],
            },
            "notification": {
                "sentence": "overdue from Mon 17 Oct 2022 12:00 UTC; 07:00 in Chicago",
                "error": "",
                "warnings": [],
            },
        },
        "warnings": [
            "The notification (Oct 16, 2022 AoE) comes less than two days after the submission deadline "
            "(Oct 15, 2022, 23:59 Asia/Tokyo).",
            "The submission deadline (Oct 15, 2022, 23:59 Asia/Tokyo) falls on a Saturday.",
            "The notification (Oct 16, 2022 AoE) falls on a Sunday.",
        ],
    }


def extension(season: Season, days: int, **scope: Any) -> None:
    fields = {"venue_id": season.venue.id, "kind": DateKind.SUBMISSION, "reason": "ill", "granted_at": BEFORE}
    season.add(Extension(**fields, until=BEFORE + timedelta(days=days), **scope))


def test_a_moved_deadline_says_for_whom(season: Season) -> None:
    first = season.submission()
    season.submission("Two", state=State.DRAFT)
    season.submission("Three", state=State.DRAFT)
    hers = season.submission("Hers", authors=[season.olga])
    season.assign(first, season.rey)
    season.assign(hers, season.rut)  # of which olga may not know
    extension(season, 3, person_id=season.bo.id)
    extension(season, 30, person_id=season.ada.id)
    extension(season, 30, submission_id=first.id)
    extension(season, 30, submission_id=hers.id)
    client = season.client(season.olga)
    words = saved(client, "dates", submission="Oct 3, 2022, 23:59 AoE", review="Oct 17, 2022")
    for sentence in (
        "Submission deadline Sept 26, 2022, 23:59 AoE → Oct 3, 2022, 23:59 AoE "
        "closed from Tue 4 Oct 2022 12:00 UTC; 07:00 in Chicago",
        "2 submissions are in draft, 2 submitted: their authors can change them until then.",
        "Reviewers hold 1 submission already; a new version replaces what they read.",
        "2 people and 1 submission have more time by an extension that stays.",
        "1 of these extensions ends by the new date.",
        "1 review by 1 reviewer is not handed in yet.",
        "No letter is sent about it.",
    ):
        assert sentence in words
    season.session.rollback()
    at = select(VenueDate.at).where(VenueDate.kind == DateKind.SUBMISSION)
    assert season.session.scalars(at).one().isoformat() == "2022-10-04T12:00:00+00:00"
    assert season.session.scalar(select(func.count()).select_from(Extension)) == 4


@pytest.mark.parametrize(
    ("now", "date", "sentence"),
    [
        (REVIEWING, "Oct 30, 2022", "their authors can change them again, and anybody can submit."),
        (BEFORE, "Sept 1, 2022", "from now on their authors cannot change them, and drafts stay drafts."),
        (REVIEWING, "Sept 1, 2022", "their authors cannot change them, before and after."),
    ],
)
def test_a_deadline_that_opens_or_closes_says_so(season: Season, now: Any, date: str, sentence: str) -> None:
    season.submission()
    season.at(now)
    assert sentence in text_of(asked(season.client(season.olga), "dates", submission=date))


def test_dates_that_look_odd_are_warned_of(season: Season) -> None:
    words = text_of(asked(season.client(season.olga), "dates", submission="Oct 16, 2022, 00:00 AoE"))
    assert "falls on a Sunday." in words
    assert "is not after the submission deadline" in words
    assert (
        "00:00 is the beginning of Oct 16, 2022: write Oct 15, 2022, 23:59 to close with the day before."
        in words
    )


def test_a_date_is_taken_away(season: Season) -> None:
    words = saved(season.client(season.olga), "dates", call_opens="")
    assert "Call opens Aug 12, 2022 AoE → nothing" in words
    assert stored(season)["dates"]["call_opens"] == ""


def test_in_another_zone_the_event_keeps_its_hours(season: Season) -> None:
    load_model(season)
    words = saved(season.client(season.olga), "basics", event_zone="Europe/Paris")
    assert "The event starts Dec 2, 2022, 08:50 America/Chicago → Dec 2, 2022, 08:50 Europe/Paris" in words
    assert "starts Fri 2 Dec 2022 07:50 UTC; 08:50 in Paris" in words
    assert stored(season)["schedule"][0] == {
        "starts": "2022-12-02 08:50",
        "title": "Introduction and opening remarks",
    }
