"""When phases are open, what an upload's arrival counts for, how instants are shown, what dates are warned of."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from venues.announcing import check_dates
from venues.deadlines import (
    Calendar,
    DateKind,
    Meaning,
    Phase,
    Precision,
    State,
    Timeliness,
    arrival,
    closed_from,
    in_zone,
    iso,
    parse,
    shown,
    stamp,
    utc,
)

CLOSES = datetime(2022, 9, 27, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Row:
    """A venue's date, as it is stored."""

    kind: DateKind
    meaning: Meaning
    zone: str
    precision: Precision
    at: datetime


@dataclass(frozen=True)
class More:
    """An extension, as it is stored."""

    kind: DateKind
    until: datetime
    submission_id: int | None = None
    person_id: int | None = None
    is_grace: bool = False


def row(kind, text):
    meaning = {
        DateKind.CALL_OPENS: Meaning.OPENING,
        DateKind.EVENT_STARTS: Meaning.MOMENT,
        DateKind.EVENT_ENDS: Meaning.MOMENT,
    }
    read = parse(text, meaning=meaning.get(kind, Meaning.DEADLINE))
    return Row(kind, read.meaning, read.zone, read.precision, read.at)


SEASON = {
    DateKind.CALL_OPENS: "2022-08-12",
    DateKind.SUBMISSION: "Sept 26, 2022 (11:59 pm AOE)",
    DateKind.REVIEW: "Oct 14, 2022",
    DateKind.NOTIFICATION: "Oct 20, 2022",
    DateKind.CAMERA_READY: "Nov 25, 2022",
    DateKind.EVENT_STARTS: "2022-12-02 08:50 America/Chicago",
    DateKind.EVENT_ENDS: "2022-12-02 17:00 America/Chicago",
}


def season(**changed):
    """The model case's dates, some changed or, with None, left out."""
    texts = {kind: changed.get(kind.value, text) for kind, text in SEASON.items()}
    return [row(kind, text) for kind, text in texts.items() if text is not None]


def test_submission_is_open_from_the_call_up_to_not_including_the_close():
    window = Calendar(season()).window(Phase.SUBMISSION)
    opens = datetime(2022, 8, 12, 12, tzinfo=UTC)
    assert (window.opens_at, window.closes_at) == (opens, CLOSES)
    assert window.state(opens - TICK) is State.NOT_YET
    assert window.state(opens) is State.OPEN
    assert window.state(CLOSES - TICK) is State.OPEN
    assert window.state(CLOSES) is State.CLOSED
    assert [window.is_open(at) for at in (opens - TICK, opens, CLOSES - TICK, CLOSES)] == [
        False,
        True,
        True,
        False,
    ]
    until = "until Sept 26, 2022, 23:59 AoE (closed from Tue 27 Sep 2022 12:00 UTC)."
    assert window.sentence(opens - TICK) == "Submission is not open yet: it opens Fri 12 Aug 2022 12:00 UTC."
    assert window.sentence(opens) == f"Submission is open {until}"
    assert window.sentence(CLOSES) == f"Submission is closed; it was open {until}"


def test_submission_without_an_opening_is_always_open_and_without_a_deadline_never():
    window = Calendar(season(call_opens=None)).window(Phase.SUBMISSION)
    assert window.opens_at is None
    assert window.is_open(datetime(2000, 1, 1, tzinfo=UTC))
    never = Calendar(season(submission=None)).window(Phase.SUBMISSION)
    assert not never.is_open(CLOSES - TICK)
    assert never.sentence(CLOSES) == "Submission waits for a deadline: none is set yet."


def test_grace_is_for_all_and_said_to_all():
    grace = More(DateKind.SUBMISSION, CLOSES + timedelta(minutes=10), is_grace=True)
    window = Calendar(season(), [grace]).window(Phase.SUBMISSION, submission_id=7, person_id=3)
    assert window.closes_at == grace.until
    assert window.sentence(CLOSES) == (
        "Submission is open until Sept 27, 2022, 00:09 AoE, with grace after Sept 26, 2022, 23:59 AoE "
        "(closed from Tue 27 Sep 2022 12:10 UTC)."
    )


@pytest.mark.parametrize(
    ("submission_id", "person_id", "whose", "closes_at"),
    [
        (None, None, {}, CLOSES + timedelta(days=2)),
        (7, None, {"submission_id": 7}, CLOSES + timedelta(days=2)),
        (7, None, {"submission_id": 8}, CLOSES),
        (7, None, {}, CLOSES),
        (None, 3, {"person_id": 3}, CLOSES + timedelta(days=2)),
        (None, 3, {"person_id": 4, "submission_id": 3}, CLOSES),
        (7, 3, {"submission_id": 7, "person_id": 3}, CLOSES + timedelta(days=2)),
        (7, 3, {"submission_id": 7}, CLOSES),
    ],
)
def test_an_extension_holds_for_whom_it_is_given(submission_id, person_id, whose, closes_at):
    more = More(DateKind.SUBMISSION, CLOSES + timedelta(days=2), submission_id, person_id)
    assert Calendar(season(), [more]).window(Phase.SUBMISSION, **whose).closes_at == closes_at


def test_the_latest_of_deadline_grace_and_extensions_counts():
    grace = More(DateKind.SUBMISSION, CLOSES + timedelta(minutes=10), is_grace=True)
    longer = More(DateKind.SUBMISSION, CLOSES + timedelta(days=2))
    shorter = More(DateKind.SUBMISSION, CLOSES - timedelta(days=2))
    review = More(DateKind.REVIEW, CLOSES + timedelta(days=30))
    window = Calendar(season(), [shorter, longer, grace, review]).window(Phase.SUBMISSION)
    assert window.closes_at == longer.until
    assert window.closing == "Sept 28, 2022, 23:59 AoE, extended from Sept 26, 2022, 23:59 AoE"
    assert Calendar(season(), [shorter]).window(Phase.SUBMISSION) == Calendar(season()).window(
        Phase.SUBMISSION
    )
    assert (
        Calendar(season(submission=None), [longer]).window(Phase.SUBMISSION).closing
        == "Sept 28, 2022, 23:59 AoE"
    )


def test_an_extension_to_the_second_is_shown_to_the_second():
    more = More(DateKind.SUBMISSION, CLOSES + timedelta(minutes=10, seconds=30))
    window = Calendar(season(), [more]).window(Phase.SUBMISSION)
    assert window.closing == "Sept 27, 2022, 00:10:29 AoE, extended from Sept 26, 2022, 23:59 AoE"


def test_reviewing_runs_from_the_end_of_submission_for_all():
    grace = More(DateKind.SUBMISSION, CLOSES + timedelta(minutes=10), is_grace=True)
    one = More(DateKind.SUBMISSION, CLOSES + timedelta(days=3), submission_id=7)
    window = Calendar(season(), [grace, one]).window(Phase.REVIEW, submission_id=7)
    assert (window.opens_at, window.closes_at) == (grace.until, datetime(2022, 10, 15, 12, tzinfo=UTC))
    until_notification = Calendar(season(review=None)).window(Phase.REVIEW)
    assert (until_notification.opens_at, until_notification.closes_at) == (
        CLOSES,
        datetime(2022, 10, 21, 12, tzinfo=UTC),
    )
    unset = Calendar(season(submission=None)).window(Phase.REVIEW)
    assert not unset.is_open(datetime(2022, 10, 10, tzinfo=UTC))
    assert unset.sentence(CLOSES) == "Reviewing waits for a submission deadline: none is set yet."
    late = More(DateKind.REVIEW, datetime(2022, 10, 18, 12, tzinfo=UTC), person_id=3)
    assert Calendar(season(), [late]).window(Phase.REVIEW, person_id=3).closes_at == late.until


def test_camera_ready_opens_with_the_release_and_includes_its_day():
    calendar = Calendar(season())
    released_at = datetime(2022, 10, 20, 15, tzinfo=UTC)
    closes_at = datetime(2022, 11, 26, 12, tzinfo=UTC)
    window = calendar.window(Phase.CAMERA_READY, released_at=released_at)
    assert [window.is_open(at) for at in (released_at - TICK, released_at, closes_at - TICK, closes_at)] == [
        False,
        True,
        True,
        False,
    ]
    assert window.sentence(closes_at) == (
        "Camera-ready upload is closed; it was open until Nov 25, 2022 AoE (closed from Sat 26 Nov 2022 12:00 UTC)."
    )
    unreleased = calendar.window(Phase.CAMERA_READY)
    assert not unreleased.is_open(released_at)
    assert unreleased.sentence(released_at) == "Camera-ready upload opens when decisions are released."


def test_decisions_are_overdue_once_the_whole_day_is_over():
    calendar = Calendar(season())
    over = datetime(2022, 10, 21, 12, tzinfo=UTC)
    sentence = "Decisions were promised for Oct 20, 2022 AoE and are overdue."
    assert calendar.overdue(over - TICK, released_at=None) == ""
    assert calendar.overdue(over, released_at=None) == sentence
    assert calendar.overdue(over, released_at=over + SECOND) == sentence
    assert calendar.overdue(over + SECOND, released_at=over + SECOND) == ""
    assert Calendar(season(notification=None)).overdue(over, released_at=None) == ""


MINUTES = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("began", "took", "timeliness"),
    [
        (-TICK, timedelta(0), Timeliness.ON_TIME),
        (-SECOND, 20 * MINUTES, Timeliness.ON_TIME),
        (-SECOND, 20 * MINUTES + TICK, Timeliness.TOO_SLOW),
        (-60 * MINUTES, 60 * MINUTES - TICK, Timeliness.ON_TIME),  # slow, but here before the close
        (-60 * MINUTES, 60 * MINUTES, Timeliness.TOO_SLOW),
        (timedelta(0), timedelta(0), Timeliness.LATE),
        (SECOND, SECOND, Timeliness.LATE),
        (-100 * timedelta(days=1), SECOND, Timeliness.NOT_YET),
    ],
)
def test_an_upload_counts_by_when_it_began(began, took, timeliness):
    window = Calendar(season()).window(Phase.SUBMISSION)
    judged = arrival(window, began_at=CLOSES + began, ended_at=CLOSES + began + took)
    assert judged.timeliness is timeliness
    assert judged.is_on_time == (timeliness is Timeliness.ON_TIME)


def test_what_is_said_of_an_upload():
    window = Calendar(season()).window(Phase.SUBMISSION)
    late = arrival(window, began_at=CLOSES, ended_at=CLOSES)
    assert late.sentence == (
        "This upload began 2022-09-27 12:00:00 UTC = 2022-09-27 00:00:00 AoE, after the close (closed from "
        "Tue 27 Sep 2022 12:00 UTC). It is kept aside, and an organizer can accept it."
    )
    slow = arrival(window, began_at=CLOSES - SECOND, ended_at=CLOSES + 6 * MINUTES, upload_window=5 * MINUTES)
    assert slow.sentence == (
        "This upload began in time, 2022-09-27 11:59:59 UTC = 2022-09-26 23:59:59 AoE, but ended after the close "
        "and took more than 5 minutes. It is kept aside, and an organizer can accept it."
    )
    unreleased = Calendar(season()).window(Phase.CAMERA_READY)
    early = arrival(unreleased, began_at=CLOSES, ended_at=CLOSES)
    assert early.sentence == "Camera-ready upload opens when decisions are released."


@given(
    at=st.datetimes(datetime(2022, 1, 1), datetime(2023, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    grace=st.integers(0, 120),
    extra=st.integers(-3, 3),
)
def test_a_window_is_half_open_at_every_instant(at, grace, extra):
    rows = [
        More(DateKind.SUBMISSION, CLOSES + timedelta(minutes=grace), is_grace=True),
        More(DateKind.SUBMISSION, CLOSES + timedelta(days=extra)),
    ]
    window = Calendar(season(), rows).window(Phase.SUBMISSION)
    assert window.closes_at == max(CLOSES, *(more.until for more in rows))
    assert window.is_open(at) == (datetime(2022, 8, 12, 12, tzinfo=UTC) <= at < window.closes_at)
    assert window.closes_at in (CLOSES, parse(window.closing.split(", with")[0].split(", ext")[0]).at)


def test_how_instants_are_shown():
    at = datetime(2022, 9, 26, 10, 2, 3, 999_999, tzinfo=UTC)
    assert iso(at) == "2022-09-26T10:02:03Z"
    assert utc(at) == "2022-09-26 10:02:03 UTC"
    assert in_zone(at, "AoE") == "2022-09-25 22:02:03 AoE"
    assert in_zone(at, "America/Chicago") == "2022-09-26 05:02:03 America/Chicago"
    assert stamp(at) == "2022-09-26 10:02:03 UTC = 2022-09-25 22:02:03 AoE"
    assert closed_from(CLOSES) == "closed from Tue 27 Sep 2022 12:00 UTC"
    assert closed_from(CLOSES + SECOND) == "closed from Tue 27 Sep 2022 12:00:01 UTC"


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (DateKind.SUBMISSION, "2022-09-26 11:59 pm", "Sept 26, 2022, 23:59 AoE"),
        (DateKind.SUBMISSION, "2022-09-26 23:59:59 UTC", "Sept 26, 2022, 23:59:59 UTC"),
        (DateKind.CAMERA_READY, "25.11.2022", "Nov 25, 2022 AoE"),
        (DateKind.CALL_OPENS, "12 aug 2022", "Aug 12, 2022 AoE"),
        (DateKind.CALL_OPENS, "12 aug 2022 9 am utc+2", "Aug 12, 2022, 09:00 UTC+2"),
        (DateKind.EVENT_STARTS, "2022-12-02 08:50 america/chicago", "Dec 2, 2022, 08:50 America/Chicago"),
    ],
)
def test_a_stored_date_is_shown_as_announced(kind, text, expected):
    assert shown(row(kind, text)) == expected


def test_the_model_case_has_no_warnings():
    assert check_dates(season()) == []
    assert check_dates([]) == []


@pytest.mark.parametrize(
    ("changed", "warning"),
    [
        (
            {"notification": "Oct 13, 2022"},
            "The notification (Oct 13, 2022 AoE) is not after the review deadline (Oct 14, 2022 AoE).",
        ),
        (
            {"review": "Oct 20, 2022"},
            "The notification (Oct 20, 2022 AoE) is not after the review deadline (Oct 20, 2022 AoE).",
        ),
        (
            {"review": "Oct 19, 2022"},
            "The notification (Oct 20, 2022 AoE) comes less than two days after "
            "the review deadline (Oct 19, 2022 AoE).",
        ),
        (
            {"submission": "Sept 25, 2022, 23:59"},
            "The submission deadline (Sept 25, 2022, 23:59 AoE) falls on a Sunday.",
        ),
        ({"review": "Oct 15, 2022"}, "The review deadline (Oct 15, 2022 AoE) falls on a Saturday."),
        (
            {"event_ends": "2022-12-01 17:00 America/Chicago"},
            "The end of the event (Dec 1, 2022, 17:00 America/Chicago) is not after "
            "the start of the event (Dec 2, 2022, 08:50 America/Chicago).",
        ),
    ],
)
def test_dates_are_warned_of(changed, warning):
    assert check_dates(season(**changed)) == [warning]


def test_two_days_are_enough_and_events_may_be_on_a_weekend():
    assert check_dates(season(review="Oct 18, 2022")) == []
    weekend = {"event_starts": "2022-12-03 09:00 UTC", "event_ends": "2022-12-04 17:00 UTC"}
    assert check_dates(season(**weekend)) == []
