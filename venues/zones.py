"""Time zones by the names that people write: AoE, UTC, UTC+2, IANA names. Abbreviations are refused, with a fix."""

import re
import unicodedata
from datetime import UTC, timedelta, timezone, tzinfo
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

AOE = "AoE"  # anywhere on Earth: a day ends when it has ended everywhere, twelve hours behind UTC
MAX_LENGTH = 200  # characters of a written date

NAME = r"""(?P<aoe>a\.?o\.?e\b\.?|anywhere[ -]on[ -](?:the[ ])?earth\b)
    | (?:utc|gmt)(?:\s?(?P<sign>[-\u2013+])(?P<hours>\d\d?)(?::?(?P<minutes>\d\d))?(?![\d:]))?(?![a-z])
    | (?P<zulu>z)(?![a-z])
    | (?P<bare>(?P<bare_sign>[+-])(?P<bare_hours>\d\d):?(?P<bare_minutes>\d\d)(?![\d:]))
    | (?P<iana>[a-z_]+(?:/[a-z0-9_+-]+)+)"""
FLAGS = re.ASCII | re.IGNORECASE | re.VERBOSE

_ABBREVIATIONS = {
    "America/New_York": "est edt et eastern",
    "America/Chicago": "cst cdt ct central",
    "America/Denver": "mst mdt mt mountain",
    "America/Los_Angeles": "pst pdt pt pacific",
    "America/Halifax": "ast adt",
    "America/Anchorage": "akst akdt",
    "America/Sao_Paulo": "brt",
    "Pacific/Honolulu": "hst",
    "Europe/London": "bst",
    "Europe/Lisbon": "wet west",
    "Europe/Paris": "cet cest met mest",
    "Europe/Athens": "eet eest",
    "Europe/Moscow": "msk",
    "Europe/Dublin": "ist",
    "Asia/Jerusalem": "ist idt",
    "Asia/Kolkata": "ist",
    "Asia/Dhaka": "bst",
    "Asia/Shanghai": "cst",
    "Asia/Singapore": "sgt",
    "Asia/Hong_Kong": "hkt",
    "Asia/Tokyo": "jst",
    "Asia/Seoul": "kst",
    "Australia/Sydney": "aest aedt aet est",
    "Australia/Perth": "awst",
    "Pacific/Auckland": "nzst nzdt",
}


class DeadlineError(ValueError):
    """A written date or zone that cannot be taken; its text is a sentence for the writer that names the fix."""


def quoted(text: str) -> str:
    """As much of a text as a sentence bears."""
    return f'"{text[:40]}…"' if len(text) > 40 else f'"{text}"'


def plain(text: str) -> str:
    """One kind of space, hyphen and letter for the many that word processors put in; refuses the overlong."""
    if len(text) > MAX_LENGTH:
        raise DeadlineError(
            f"{len(text)} characters are too many: write a date like Sept 26, 2022, 23:59 AoE."
        )
    if raised := "".join(
        char for char in text if unicodedata.category(char) == "No"
    ):  # a footnote mark is no digit
        raise DeadlineError(
            f"{quoted(raised)} is not understood: write plain digits, without footnote marks."
        )
    kept = "".join(char for char in text if unicodedata.category(char) != "Cf")
    dashes = {0x2010: "-", 0x2212: "-"} | dict.fromkeys((0x2012, 0x2014, 0x2015), "\u2013")
    return unicodedata.normalize("NFKC", kept).translate(dashes)


def zone_name(text: str) -> str:
    """The zone that a text names, as it is kept: "AoE", "UTC", "UTC+5:30" or an IANA name; raises DeadlineError."""
    match = re.fullmatch(NAME, plain(text).strip(), FLAGS)
    if not match:
        raise unknown_zone(text.strip())
    return matched_zone(match)


def matched_zone(match: re.Match[str]) -> str:
    """The same for a match of `NAME`."""
    if match["aoe"]:
        return AOE
    if match["iana"]:
        if match["iana"].lower() not in _iana_names():
            raise unknown_zone(match["iana"])
        return _iana_names()[match["iana"].lower()]
    sign = 1 if (match["sign"] or match["bare_sign"]) == "+" else -1
    hours = int(match["hours"] or match["bare_hours"] or 0)
    minutes = int(match["minutes"] or match["bare_minutes"] or 0)
    if minutes > 59 or not -12 * 60 <= sign * (hours * 60 + minutes) <= 14 * 60:
        raise DeadlineError(f"{quoted(match[0])} is no offset from UTC: they go from UTC-12 to UTC+14.")
    if not hours and not minutes:
        return "UTC"
    return f"UTC{'+' if sign > 0 else '-'}{hours}" + (f":{minutes:02}" if minutes else "")


def unknown_zone(word: str) -> DeadlineError:
    """Say which zones may be meant by a word that names none."""
    short = word.lower().strip(".").replace(" ", "_")
    if meant := [zone for zone, names in _ABBREVIATIONS.items() if short in names.split()]:
        return DeadlineError(
            f"{quoted(word)} does not name one zone for certain: write {' or '.join(meant)}, or an offset like UTC+2."
        )
    near = [name for lower, name in _iana_names().items() if lower.endswith(f"/{short}")]
    if not near and "/" in word:
        near = [_iana_names()[lower] for lower in get_close_matches(short, _iana_names(), n=1, cutoff=0.7)]
    fix = (
        f"write {' or '.join(near[:3])}" if near else "zones are AoE, UTC, UTC+2 and names like Europe/Paris"
    )
    return DeadlineError(f"{quoted(word)} is neither understood nor a zone: {fix}.")


@cache
def zone(name: str) -> tzinfo:
    """The rules of a zone by its kept name, from the tzdata package: never the operating system's copy."""
    if name == AOE:
        return timezone(timedelta(hours=-12))
    if name == "UTC":
        return UTC
    if offset := re.fullmatch(r"UTC([+-])(\d+)(?::(\d\d))?", name):
        sign, hours, minutes = offset.groups("0")
        return timezone(timedelta(hours=int(hours), minutes=int(minutes)) * (1 if sign == "+" else -1))
    if name.lower() not in _iana_names():
        raise unknown_zone(name)
    with (files("tzdata") / "zoneinfo" / _iana_names()[name.lower()]).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


@cache
def _iana_names() -> dict[str, str]:
    """By their lower-case form."""
    return {name.lower(): name for name in (files("tzdata") / "zones").read_text().split()}
