"""Reads a date as people write it: the wall-clock time, how precise it is and which zones it names.

Which instant that means is said in venues/deadlines.py. What is ambiguous is refused, naming the fix.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from venues import zones
from venues.zones import DeadlineError, plain, quoted, unknown_zone

YEARS = range(2000, 2100)
MONTHS = "Jan Feb Mar Apr May June July Aug Sept Oct Nov Dec".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


class Precision(StrEnum):
    DAY = "day"
    MINUTE = "minute"
    SECOND = "second"


@dataclass(frozen=True)
class Wording:
    """What a text says, before it is an instant. No zone where none is written."""

    local: datetime
    precision: Precision
    zones: tuple[str, ...]


_MONTH = r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?" \
         r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"  # fmt: skip
_DAY = r"(?P<day>\d\d?)(?:st|nd|rd|th)?(?![\da-z:])"
_YEAR = r"(?P<year>\d{4})(?![\d:])"
_GRAMMAR = [
    (kind, re.compile(pattern, zones.FLAGS))
    for kind, pattern in (
        ("date", r"(?P<year>\d{4}) (?P<by>[-\u2013./]) (?P<month>\d\d?) (?P=by) (?P<day>\d\d?) (?!\d) (?:t(?=\d))?"),
        ("date", r"(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\. (?:\s?(?P<year>\d{4}) (?![\d:])|(?!\s?\d\d?\b(?![:.]\d)))"),
        ("unordered", r"(?P<a>\d\d?)[-\u2013/.](?P<b>\d\d?)[-\u2013/.](?P<year>\d{4}|\d\d)(?!\d)|\d\d?/\d\d?(?!\d)"),
        ("date", rf"{_DAY} [\s.\u2013-]* (?:day\s)?(?:of\s)? {_MONTH} (?:[\s,\u2013-]* {_YEAR})?"),
        ("date", rf"{_MONTH} [\s\u2013-]* (?:the\s)? {_DAY} (?:[\s,.\u2013-]* {_YEAR})?"),
        ("date", rf"{_YEAR} [\s,\u2013-]* {_MONTH} [\s\u2013-]* {_DAY}"),
        ("time", r"(?P<noon>(?:12(?::00)?\s)?noon)\b"),
        ("midnight", r"(?:12(?::00)?\s)?mid-?night\b"),
        ("time", r"""(?P<hour>\d\d?) (?:[:.](?P<minute>\d\d) (?:[:.](?P<second>\d\d))?)? \s?
                     (?P<half>[ap])\.?\s?m(?![a-z])\.?"""),
        ("time", r"""(?P<hour>\d\d?)[:h](?P<minute>\d\d) (?: :(?P<second>\d\d)(?P<fraction>[.,]\d+)?)? (?![\d:])
                     (?:\s?h(?:rs|ours)?\b)?"""),
        ("zone", zones.NAME),
        ("weekday", r"(?P<weekday>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs?|ur)?(?:day)?(?![a-z])\.?"),
        ("filler", r"[\s,;.()\[\]/=|@]|[\u2013-](?=\s)|(?:at|on|by|until|the|time(?:[ ]zone)?)\b"),
        ("unknown", r"[a-z][a-z._]*|[^\sa-z][^\s,;()]*"),
    )
]  # fmt: skip


def read(text: str, year: int | None) -> Wording:
    """Read a written date; `year` holds where it names none. Raises DeadlineError."""
    found = _tokens(plain(text))
    if not found["date"]:
        raise DeadlineError(f"There is no date in {quoted(text)}: write one like Sept 26, 2022, 23:59 AoE.")
    day = _day(found["date"][0], year)
    _check_weekday(found["weekday"], day)
    clock, precision = _clock(found["time"][0]) if found["time"] else (timedelta(), Precision.DAY)
    for match in found["zone"]:
        if not found["time"] and (match["bare"] or match["zulu"]):
            raise DeadlineError(f"{quoted(text)} has an offset but no time: add the time, like 23:59.")
        if re.match(r"-\d\d:", match[0]) and "by" not in found["date"][0].groupdict():
            raise DeadlineError(
                f"{quoted(match[0])} may be an offset or an end: write UTC{match[0]}, or one time."
            )
    names = dict.fromkeys(zones.matched_zone(match) for match in found["zone"])
    local = datetime(day.year, day.month, day.day) + clock  # noqa: DTZ001 (its zone is a matter of its own)
    return Wording(local, precision, tuple(names))


def shown_day(day: date) -> str:
    """ "Sept 26, 2022"."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def _tokens(text: str) -> dict[str, list[re.Match[str]]]:
    """What stands in the text, by kind, read from left to right; refuses what is unknown, ambiguous or said twice."""
    found: dict[str, list[re.Match[str]]] = {kind: [] for kind, _ in _GRAMMAR}
    position = 0
    while position < len(text):
        kind, match = next((kind, m) for kind, pattern in _GRAMMAR if (m := pattern.match(text, position)))
        found[kind].append(match)
        position = match.end()
        if kind == "unordered":
            raise _unordered(match)
        if kind == "midnight":
            raise DeadlineError("Midnight may be the start or the end of the day: write 23:59 or 00:00.")
        if kind == "unknown":
            raise _unknown(match[0])
        if kind in ("date", "time", "weekday") and len(found[kind]) > 1:
            raise DeadlineError(
                f"There are two {kind}s, {quoted(found[kind][0][0])} and {quoted(match[0])}: write one."
            )
    return found


def _unknown(word: str) -> DeadlineError:
    if not word[0].isascii() or not word[0].isalpha():
        fix = "write the date like Sept 26, 2022 or 2022-09-26, with four digits of the year, and the time like 23:59"
        return DeadlineError(f"{quoted(word)} is not understood: {fix}.")
    if re.match(_MONTH, word, re.IGNORECASE):
        return DeadlineError(f"{quoted(word)} has no day beside it: write the date like Sept 26, 2022.")
    return unknown_zone(word)


def _unordered(match: re.Match[str]) -> DeadlineError:
    """Which of 10/11/2022 is the day depends on who reads it; even 13/11/2022 makes one wonder."""
    if match["a"] is None or len(match["year"]) < 4:
        return DeadlineError(f"{quoted(match[0])} is not clear: write year, month and day, like 2022-11-10.")
    a, b, year = int(match["a"]), int(match["b"]), match["year"]
    ways = dict.fromkeys(
        f"{year}-{m:02}-{d:02}" for m, d in ((a, b), (b, a)) if 1 <= m <= 12 and 1 <= d <= 31
    )
    return DeadlineError(
        f"{quoted(match[0])} is not clear: write {' or '.join(ways) or 'it like 2022-11-10'}."
    )


def _day(match: re.Match[str], default_year: int | None) -> date:
    year = int(match["year"]) if match["year"] else default_year
    if year is None:
        raise DeadlineError(f"{quoted(match[0])} names no year: add it, like Sept 26, 2022.")
    if year not in YEARS:
        raise DeadlineError(f"The year {year} is out of reach: write one from {YEARS[0]} to {YEARS[-1]}.")
    name = match["month"]
    month = int(name) if name.isdigit() else 1 + [m[:3].lower() for m in MONTHS].index(name[:3].lower())
    if not 1 <= month <= 12:
        raise DeadlineError(
            f"There is no month {month} in {quoted(match[0])}: write year-month-day or day.month.year."
        )
    last = date(year, month, monthrange(year, month)[1])
    if not 1 <= int(match["day"]) <= last.day:
        near = f"{shown_day(last)} or {shown_day(last + timedelta(days=1))}"
        raise DeadlineError(f"There is no {MONTHS[month - 1]} {int(match['day'])} in {year}: write {near}.")
    return date(year, month, int(match["day"]))


def _check_weekday(found: list[re.Match[str]], day: date) -> None:
    name = WEEKDAYS[day.weekday()]
    if found and not name.lower().startswith(found[0]["weekday"].lower()):
        raise DeadlineError(f"{shown_day(day)} is a {name}: correct {quoted(found[0][0])} or the date.")


def _clock(match: re.Match[str]) -> tuple[timedelta, Precision]:
    """How long after 00:00 a written time is."""
    parts = match.groupdict()
    if parts.get("noon"):
        return timedelta(hours=12), Precision.MINUTE
    if parts.get("fraction"):
        raise DeadlineError(f"{quoted(match[0])} is too fine: leave out the fraction of a second.")
    hour, minute, second = int(parts["hour"]), int(parts["minute"] or 0), int(parts["second"] or 0)
    if half := parts.get("half"):
        if not 1 <= hour <= 12:
            raise DeadlineError(f"{quoted(match[0])} is no time: write one like 11:59 pm or 23:59.")
        hour = hour % 12 + (12 if half in "pP" else 0)
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second)):
        raise DeadlineError(f"There is no time {quoted(match[0])}: the day's last is 23:59 or 23:59:59.")
    clock = timedelta(hours=hour, minutes=minute, seconds=second)
    return clock, Precision.SECOND if parts["second"] else Precision.MINUTE
