"""What people write, the instant it means, and what is refused with which fix."""

import calendar
import time
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from venues.deadlines import DeadlineError, Meaning, Precision, parse, shown, zone_name

SUBMISSION = "2022-09-27T12:00:00Z"
CAMERA_READY = "2022-11-26T12:00:00Z"

MEANS = [
    # the two deadlines of the model case, as people write them
    ("Sept 26, 2022 (11:59 pm AOE)", SUBMISSION, "AoE"),
    ("26 September 2022, 11:59pm Anywhere on Earth", SUBMISSION, "AoE"),
    ("Sept. 26th 2022 at 11:59 p.m. (Anywhere on Earth)", SUBMISSION, "AoE"),
    ("11:59pm A.o.E. on Sept 26, 2022", SUBMISSION, "AoE"),
    ("Monday the 26th of September 2022 by 23:59, AoE", SUBMISSION, "AoE"),
    ("SEPTEMBER 26 2022 11:59 PM ANYWHERE-ON-EARTH", SUBMISSION, "AoE"),
    ("2022-09-26 23:59 AoE", SUBMISSION, "AoE"),
    ("2022-09-26 23:59", SUBMISSION, "AoE"),
    ("2022/09/26 23:59", SUBMISSION, "AoE"),
    ("26.09.2022 23:59", SUBMISSION, "AoE"),
    ("26. September 2022 23h59", SUBMISSION, "AoE"),
    ("26-Sep-2022, 23:59 hrs", SUBMISSION, "AoE"),
    ("2022 Sept 26 11.59 pm", SUBMISSION, "AoE"),
    ("Sept 26, 2022 \u2013 11:59\u202fpm AoE", SUBMISSION, "AoE"),
    ("Sept\u00a026,\u200b 2022,\n23:59 AoE time", SUBMISSION, "AoE"),
    (
        "\uff12\uff10\uff12\uff12-\uff10\uff19-\uff12\uff16 \uff12\uff13\uff1a\uff15\uff19 \uff21\uff4f\uff25",
        SUBMISSION,
        "AoE",
    ),
    ("2022\u201109\u201126 23:59", SUBMISSION, "AoE"),
    ("2022-09-26 23:59 AoE (UTC-12)", SUBMISSION, "AoE"),
    ("2022-09-26 23:59 UTC\u221212 (AoE)", SUBMISSION, "AoE"),
    ("Mon, 26 Sep 2022 23:59 UTC-12", SUBMISSION, "UTC-12"),
    ("2022-09-26T23:59-12:00", SUBMISSION, "UTC-12"),
    ("Mon, 26 Sep 2022 23:59 -1200", SUBMISSION, "UTC-12"),
    ("2022-09-26T23:59:59-12:00", SUBMISSION, "UTC-12"),
    ("2022-09-27T11:59:59Z", SUBMISSION, "UTC"),
    ("2022-09-27 11:59 GMT", SUBMISSION, "UTC"),
    ("2022-09-27 13:59 europe/paris", SUBMISSION, "Europe/Paris"),
    ("2022-09-27 5:29 pm UTC+5:30", SUBMISSION, "UTC+5:30"),
    ("2022-09-27 17:44 +0545", SUBMISSION, "UTC+5:45"),
    ("2022-09-27 06:59 America/Chicago (UTC-5)", SUBMISSION, "America/Chicago"),
    ("2022-09-26", SUBMISSION, "AoE"),
    ("2022-09-26 23:58:59", "2022-09-27T11:59:00Z", "AoE"),
    ("2022-09-26 23:59:00", "2022-09-27T11:59:01Z", "AoE"),
    ("2022-09-26 24:00", "2022-09-27T12:01:00Z", "AoE"),
    ("2022-09-27 00:00", "2022-09-27T12:01:00Z", "AoE"),
    ("Nov 25, 2022", CAMERA_READY, "AoE"),
    ("25.11.2022 AoE", CAMERA_READY, "AoE"),
    ("Friday, November 25th, 2022", CAMERA_READY, "AoE"),
    ("25 nov 2022 23:59 aoe", CAMERA_READY, "AoE"),
    ("2022-11-26 05:59 America/Chicago", CAMERA_READY, "America/Chicago"),
    ("26 Nov 2022, 12:59 Europe/Berlin", CAMERA_READY, "Europe/Berlin"),
    ("Nov 26 2022 noon UTC", "2022-11-26T12:01:00Z", "UTC"),
    ("Nov 26 2022 12:00 noon UTC", "2022-11-26T12:01:00Z", "UTC"),
    ("Nov 26 2022 12 pm UTC", "2022-11-26T12:01:00Z", "UTC"),
    ("2022-12-02 17:00 America/Chicago", "2022-12-02T23:01:00Z", "America/Chicago"),
    ("Feb 29, 2024", "2024-03-01T12:00:00Z", "AoE"),
    # around changes of the clocks
    ("2022-03-13 01:59 America/Chicago", "2022-03-13T08:00:00Z", "America/Chicago"),
    ("2022-03-13 03:00 America/Chicago", "2022-03-13T08:01:00Z", "America/Chicago"),
    ("2022-11-06 00:59 America/Chicago", "2022-11-06T06:00:00Z", "America/Chicago"),
    ("2022-11-06 01:59 America/Chicago", "2022-11-06T08:00:00Z", "America/Chicago"),
    ("2022-11-06 America/Chicago", "2022-11-07T06:00:00Z", "America/Chicago"),
    ("2022-03-27 Europe/Paris", "2022-03-27T22:00:00Z", "Europe/Paris"),
    ("2022-10-30 02:30 Europe/Paris", "2022-10-30T01:31:00Z", "Europe/Paris"),
    ("2022-10-30 02:30:00 Europe/Paris", "2022-10-30T01:30:01Z", "Europe/Paris"),
    (
        "2022-04-03 01:45 Australia/Lord_Howe",
        "2022-04-02T15:16:00Z",
        "Australia/Lord_Howe",
    ),  # by half an hour
    ("2022-10-02 Australia/Sydney", "2022-10-02T13:00:00Z", "Australia/Sydney"),
    (
        "2018-11-03 America/Sao_Paulo",
        "2018-11-04T03:00:00Z",
        "America/Sao_Paulo",
    ),  # its next 00:00 is skipped
    (
        "2019-02-16 America/Sao_Paulo",
        "2019-02-17T03:00:00Z",
        "America/Sao_Paulo",
    ),  # its 23rd hour occurs twice
    (
        "2022-11-05 America/Havana",
        "2022-11-06T04:00:00Z",
        "America/Havana",
    ),  # the next day's 00:00 occurs twice
    ("2010-11-06 America/St_Johns", "2010-11-07T03:30:00Z", "America/St_Johns"),  # 00:01 went back to 23:01
    ("2024-03-30 America/Nuuk", "2024-03-31T01:00:00Z", "America/Nuuk"),  # its 23rd hour is skipped
    ("2011-12-29 Pacific/Apia", "2011-12-30T10:00:00Z", "Pacific/Apia"),  # the 30th is skipped
]

REFUSED = [
    ("", "write one like"),
    ("AoE", "write one like"),
    ("11:59 pm AoE", "write one like"),
    ("Sept 31, 2022", "write Sept 30, 2022 or Oct 1, 2022."),
    ("Feb 29, 2023", "write Feb 28, 2023 or Mar 1, 2023."),
    ("2022-13-01", "write year-month-day or day.month.year."),
    ("00.09.2022", "write Sept 30, 2022 or Oct 1, 2022."),
    ("Tue, 26 Sep 2022", 'is a Monday: correct "Tue" or the date.'),
    ("Sept 26", "names no year: add it"),
    ("26.09. 23:59", "names no year: add it"),
    ("1999-12-31", "write one from 2000 to 2099."),
    ("9999-12-31", "write one from 2000 to 2099."),
    ("Sept 26, 22", "four digits of the year"),
    ("26 Sept '22", "four digits of the year"),
    ("10/11/2022", "write 2022-10-11 or 2022-11-10."),
    ("10-11-2022", "write 2022-10-11 or 2022-11-10."),
    ("13/11/2022", "write 2022-11-13."),
    ("11/11/2022", "write 2022-11-11."),
    ("13/14/2022", "write it like 2022-11-10."),
    ("10.11.22", "write year, month and day"),
    ("10/11", "write year, month and day"),
    ("Sept 26-28, 2022", "like Sept 26, 2022"),
    ("Sept 26, 2022 or Sept 28, 2022", "neither understood nor a zone"),
    ("Sept 26, 2022, Sept 28, 2022", 'two dates, "Sept 26, 2022" and "Sept 28, 2022": write one.'),
    ("2022-09-26 17:00 23:59", 'two times, "17:00" and "23:59": write one.'),
    ("Sept 26, 2022 10:00-12:00", "write UTC-12:00, or one time."),
    ("Sept 26, 2022 10:00\u201312:00", "the time like 23:59"),
    ("2022-09-26 23:59 -5", "the time like 23:59"),
    ("2022-09-26 2359", "the time like 23:59"),
    ("2022-09-26 +02:00", "add the time"),
    ("2022-09-26 midnight", "write 23:59 or 00:00."),
    ("2022-09-26 12:00 midnight", "write 23:59 or 00:00."),
    ("2022-09-26 24:01", "last is 23:59"),
    ("2022-09-26 24:00:01", "last is 23:59"),
    ("2022-09-26 25:00", "last is 23:59"),
    ("2022-09-26 23:60", "last is 23:59"),
    ("2022-09-26 23:59:60", "last is 23:59"),
    ("2022-09-26 23:59 pm", "like 11:59 pm or 23:59"),
    ("2022-09-26 0:30 am", "like 11:59 pm or 23:59"),
    ("2022-09-26T23:59:59.999Z", "leave out the fraction of a second"),
    ("2022-09-26 17:00 EST", "write America/New_York or Australia/Sydney, or an offset"),
    ("2022-09-26 17:00 CST", "write America/Chicago or Asia/Shanghai, or an offset"),
    ("2022-09-26 17:00 IST", "write Europe/Dublin or Asia/Jerusalem or Asia/Kolkata, or an offset"),
    ("2022-09-26 17:00 BST", "write Europe/London or Asia/Dhaka, or an offset"),
    ("2022-09-26 17:00 PST", "write America/Los_Angeles, or an offset"),
    ("2022-09-26 17:00 CEST", "write Europe/Paris, or an offset"),
    ("2022-09-26 17:00 Chicago", "write America/Chicago."),
    ("2022-09-26 17:00 America/Chigaco", "write America/Chicago."),
    ("2022-09-26 17:00 Mars/Olympus", "zones are AoE, UTC, UTC+2"),
    ("2022-09-26 17:00 ../../etc/passwd", "neither understood nor a zone"),
    ("2022-09-26 17:00 UTC+15", "from UTC-12 to UTC+14."),
    ("2022-09-26 17:00 UTC-12:30", "from UTC-12 to UTC+14."),
    ("2022-09-26 17:00 UTC+12 (AoE)", "AoE and UTC+12 do not agree"),
    ("Sept 26², 2022", "without footnote marks"),
    ("٢٦ Sept 2022", "is not understood"),
    ("2022-09-26" + " " * 191, "201 characters are too many"),
    ("soon", "neither understood nor a zone"),
    ("Sept 2022", "has no day beside it"),
    ("Sept 26, 2022 \x00", "is not understood"),
    ("2022-03-13 02:30 America/Chicago", "write 01:30 or 03:30."),
    ("2022-03-27 02:00 Europe/Paris", "write 01:00 or 03:00."),
    ("2022-10-02 02:15 Australia/Lord_Howe", "write 01:45 or 02:45."),
    ("2022-10-02 02:59:59 Australia/Sydney", "write 01:59 or 03:59."),
    ("2018-11-04 00:30 America/Sao_Paulo", "write 23:30 or 01:30."),
    ("2011-12-30 Pacific/Apia", "which skips it: write the day before or after."),
]


def z(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize(("text", "closes_at", "zone"), MEANS)
def test_a_written_deadline_closes_at_one_instant(text, closes_at, zone):
    read = parse(text)
    assert (z(read.at), read.zone, read.at.tzinfo) == (closes_at, zone, UTC)


@pytest.mark.parametrize(("text", "fix"), REFUSED)
def test_what_cannot_be_taken_is_refused_with_the_fix(text, fix):
    with pytest.raises(DeadlineError) as refusal:
        parse(text)
    assert fix in str(refusal.value)
    assert str(refusal.value).endswith(".")


def test_zone_and_year_hold_where_the_text_names_none():
    assert z(parse("Sept 26, 23:59", year=2022).at) == SUBMISSION
    assert z(parse("27.9. 13:59", year=2022, zone="Europe/Paris").at) == SUBMISSION
    assert z(parse("Sept 26, 2022, 23:59 AoE", year=1999, zone="Europe/Paris").at) == SUBMISSION
    with pytest.raises(DeadlineError, match="write America/New_York"):
        parse("Sept 26, 2022, 23:59 AoE", zone="EST")
    with pytest.raises(DeadlineError, match="The year 1999 is out of reach"):
        parse("Sept 26", year=1999)


def test_an_opening_starts_with_its_day_and_a_moment_is_exact():
    assert z(parse("Aug 12, 2022", meaning=Meaning.OPENING).at) == "2022-08-12T12:00:00Z"
    assert z(parse("Aug 12, 2022 9:00", meaning=Meaning.OPENING).at) == "2022-08-12T21:00:00Z"
    assert z(parse("2018-11-04 America/Sao_Paulo", meaning=Meaning.OPENING).at) == "2018-11-04T03:00:00Z"
    moment = parse("Dec 2, 2022, 8:50 am", meaning=Meaning.MOMENT, zone="America/Chicago")
    assert z(moment.at) == "2022-12-02T14:50:00Z"
    with pytest.raises(DeadlineError, match="names no hour: add one"):
        parse("Dec 2, 2022", meaning=Meaning.MOMENT)


def test_what_is_kept_of_a_written_date():
    text = "  Sept 26, 2022 (11:59 pm AOE) "
    read = parse(text)
    assert (read.announced, read.precision, read.meaning) == (
        text.strip(),
        Precision.MINUTE,
        Meaning.DEADLINE,
    )
    assert (read.local, read.warnings) == (datetime(2022, 9, 26, 23, 59), ())  # noqa: DTZ001
    assert parse("2022-09-26").precision is Precision.DAY
    assert parse("2022-09-26 23:59:59").precision is Precision.SECOND


def test_warnings():
    assert parse("2022-11-06 01:30 America/Chicago").warnings == (
        "01:30 occurs twice on Nov 6, 2022 in America/Chicago: the later is taken, 2022-11-06 07:30:00 UTC.",
    )
    midnight = (
        "00:00 is the beginning of Sept 27, 2022: write Sept 26, 2022, 23:59 to close with the day before."
    )
    assert parse("2022-09-27 00:00").warnings == parse("2022-09-26 24:00").warnings == (midnight,)
    assert parse("2022-09-27 00:00", meaning=Meaning.OPENING).warnings == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("aoe", "AoE"),
        ("anywhere on earth", "AoE"),
        ("Z", "UTC"),
        ("gmt", "UTC"),
        ("UTC+0", "UTC"),
        ("UTC-05:00", "UTC-5"),
        ("+0530", "UTC+5:30"),
        ("america/chicago", "America/Chicago"),
        ("Etc/GMT+12", "Etc/GMT+12"),
    ],
)
def test_zone_names(text, name):
    assert zone_name(text) == name


@pytest.mark.parametrize(
    "text", ["", "EST", "Japan", "UTC+99", "AoE, please", "Europe/Paris\x00", "a" * 10_000]
)
def test_other_zone_names_are_refused(text):
    with pytest.raises(DeadlineError):
        zone_name(text)


@pytest.mark.parametrize(
    "text", ["9" * 10_000, "1 " * 5_000, "Sept " * 2_000, "ﷺ" * 200, "1 " * 100, "1" + " " * 199]
)
def test_hostile_texts_are_refused_at_once(text):
    started = time.process_time()
    with pytest.raises(DeadlineError):
        parse(text)
    assert time.process_time() - started < 0.2


# --- Over all zones and instants ---

ZONES = sorted(name for name in (files("tzdata") / "zones").read_text().split() if "/" in name)
zones = st.sampled_from([*ZONES, "AoE", "UTC", "UTC+5:30", "UTC-3"])
days = st.dates(date(2000, 1, 2), date(2099, 12, 30))
times = st.times().map(lambda at: at.replace(microsecond=0))


def rules_of(zone):
    """From the package, as the operating system's copy may be older."""
    with (files("tzdata") / "zoneinfo" / zone).open("rb") as data:
        return ZoneInfo.from_file(data)


UNIT = {Precision.MINUTE: timedelta(minutes=1), Precision.SECOND: timedelta(seconds=1)}


def read_or_none(text, **how):
    """What the text means, or None for a time that its zone skips."""
    try:
        return parse(text, **how)
    except DeadlineError as error:
        if "skip" not in str(error):
            raise
        return None


@given(day=days, at=times, zone=zones, seconds=st.booleans(), meaning=st.sampled_from(Meaning))
def test_shown_reads_back_as_the_same(day, at, zone, seconds, meaning):
    text = f"{day} {at:%H:%M:%S} {zone}" if seconds else f"{day} {at:%H:%M} {zone}"
    if read := read_or_none(text, meaning=meaning):
        again = parse(shown(read), meaning=meaning)
        assert (again.at, again.zone, again.precision, again.local) == (
            read.at,
            read.zone,
            read.precision,
            read.local,
        )


@given(day=days, zone=zones, meaning=st.sampled_from([Meaning.DEADLINE, Meaning.OPENING]))
def test_a_shown_day_reads_back_as_the_same(day, zone, meaning):
    if read := read_or_none(f"{day} {zone}", meaning=meaning):
        assert parse(shown(read), meaning=meaning).at == read.at


@given(day=days, at=times, zone=zones, seconds=st.booleans())
def test_a_deadline_closes_one_unit_after_what_is_written(day, at, zone, seconds):
    text = f"{day} {at:%H:%M:%S}" if seconds else f"{day} {at:%H:%M}"
    if read := read_or_none(text, zone=zone):
        exact = parse(text, zone=zone, meaning=Meaning.MOMENT)
        assert read.at - exact.at == UNIT[read.precision]
        if zone in ZONES:
            local = exact.at.astimezone(rules_of(zone)).replace(tzinfo=None)
            assert local == exact.local == datetime.combine(day, at if seconds else at.replace(second=0))


@given(day=days, zone=st.sampled_from(ZONES))
def test_a_day_is_over_when_its_last_second_is(day, zone):
    if read := read_or_none(f"{day} {zone}"):
        last = (read.at - timedelta(seconds=1)).astimezone(rules_of(zone))
        assert last.date() == day
        assert read.at.astimezone(rules_of(zone)).date() > day
        following = read_or_none(f"{day + timedelta(days=1)} {zone}", meaning=Meaning.OPENING)
        assert following is None or following.at == read.at


@given(
    text=st.text(max_size=200)
    | st.from_regex(r"\A[0-9]{1,4}[-./ ][A-Za-z0-9]{1,4}[-./ ][0-9: a-zA-Z/+-]{0,20}\Z")
)
def test_anything_is_read_or_refused_with_a_sentence(text):
    try:
        read = parse(text, year=2022)
    except DeadlineError as error:
        read, sentence = None, str(error)
    assert sentence.endswith(".") if read is None else parse(shown(read)).at == read.at


CHANGING = ["America/Chicago", "America/St_Johns", "America/Nuuk", "Europe/Paris", "Africa/Casablanca"]
CHANGING += ["Asia/Gaza", "Australia/Lord_Howe", "America/Havana", "America/Sao_Paulo", "Pacific/Apia"]


@pytest.mark.parametrize("zone", CHANGING)
def test_around_every_change_of_the_clocks_the_later_instant_or_none(zone):
    rules, quarter = rules_of(zone), timedelta(minutes=15)
    hours = [datetime(2009, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(24 * 365 * 4)]
    changes = [
        at
        for at in hours
        if at.astimezone(rules).utcoffset() != (at - timedelta(hours=1)).astimezone(rules).utcoffset()
    ]
    assert len(changes) >= 4
    for change in changes:
        around = [change + quarter * step for step in range(-220, 220)]
        instants = {at.astimezone(rules).replace(tzinfo=None): at for at in around}  # of two, the later stays
        start = change.astimezone(rules).replace(tzinfo=None)
        for local in (start + quarter * step for step in range(-10, 10)):
            read = read_or_none(f"{local:%Y-%m-%d %H:%M} {zone}")
            expected = instants.get(local)
            assert (read and read.at) == (expected and expected + timedelta(minutes=1)), local


def test_every_month_is_read_by_its_names():
    for number in range(1, 13):
        for name in (calendar.month_name[number], calendar.month_abbr[number]):
            assert (
                parse(f"{name} 5, 2022").local.month == parse(f"5 {name.upper()}. 2022").local.month == number
            )
