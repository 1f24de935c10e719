"""A venue from a TOML file: read it, check all of it, then say what it says.

Every fault is a sentence that names table, key and value. What a file does not name stays as it is, so a file may hold
only the dates.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from core import addresses
from venues import deadlines, slugs
from venues.deadlines import Announced, DateKind, Meaning
from venues.models import Blindness, Role, Section

MAX_BYTES = 200_000
MAX_DOTS = 200  # in a line: the parser's time grows with the square of a dotted key
MAX_FAULTS = 30  # that are told at once
MAX_ENTRIES = 2000  # of any list
LONG = 50_000  # characters of a text in Markdown

MEANINGS = {
    DateKind.CALL_OPENS: Meaning.OPENING,
    DateKind.SUBMISSION: Meaning.DEADLINE,
    DateKind.REVIEW: Meaning.DEADLINE,
    DateKind.NOTIFICATION: Meaning.DEADLINE,
    DateKind.CAMERA_READY: Meaning.DEADLINE,
    DateKind.EVENT_STARTS: Meaning.MOMENT,
    DateKind.EVENT_ENDS: Meaning.MOMENT,
}


class VenueFileError(Exception):
    """What is wrong with a file: `sentences`, one for each fault."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class Named:
    """Somebody on the home page."""

    section: Section
    name: str
    affiliation: str
    url: str


@dataclass(frozen=True)
class Supporter:
    """A sponsor on the home page."""

    name: str
    gives: str
    url: str


@dataclass(frozen=True)
class Member:
    """Somebody who gets a role; the name is used when the e-mail is new."""

    role: Role
    email: str
    name: str


@dataclass
class VenueFile:
    """What a file says. None, or absent from a dict, is what it does not say."""

    slug: str = ""
    fields: dict[str, Any] = field(default_factory=dict)  # columns of Venue
    dates: dict[DateKind, Announced | None] = field(default_factory=dict)  # None: no such date any more
    topics: list[str] | None = None
    people: list[Named] | None = None
    sponsors: list[Supporter] | None = None
    roles: list[Member] = field(default_factory=list)
    schedule: list[tuple[datetime, str]] | None = None
    event_zone: str = "UTC"  # of the file, else of the stored venue


class _Faults:
    """Collects sentences, so that a file is corrected in one go."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def add(self, where: str, what: str) -> None:
        self.sentences.append(f"{where}: {what}")

    def read(self, where: str, reader: "Reader", value: Any) -> Any:
        """What the reader makes of the value; None, and a fault more, when it raises ValueError."""
        try:
            return reader(value)
        except ValueError as error:
            return self.add(where, str(error))


Reader = Callable[[Any], Any]


def parse(data: bytes, zone_of: Callable[[str], str] = lambda _slug: "UTC") -> VenueFile:
    """What the file says. Raises VenueFileError with everything that is wrong.

    `zone_of` gives the event's zone of the venue at this address, for a file that does not name it.
    """
    faults = _Faults()
    tables = _tables(data, faults)
    for name in [name for name in tables if name not in TABLES]:
        faults.add(_shown(name), f"there is no such table; the tables are {', '.join(TABLES)}.")
    found = VenueFile()
    for name, read in TABLES.items():
        if name in tables:
            read(found, tables[name], faults)
        if name == "venue":
            found.event_zone = found.fields.get("event_zone") or zone_of(found.slug)
    if not found.slug and not faults.sentences:
        faults.add("venue.slug", 'is missing: the venue\'s address, such as "sbm2022".')
    if len(faults.sentences) > MAX_FAULTS:
        faults.sentences[MAX_FAULTS:] = [f"… and {len(faults.sentences) - MAX_FAULTS} more."]
    if faults.sentences:
        raise VenueFileError(faults.sentences)
    return found


def _tables(data: bytes, faults: _Faults) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise VenueFileError([f"The file has {len(data):,} bytes; a venue's file has at most {MAX_BYTES:,}."])
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.count(b".") > MAX_DOTS:
            raise VenueFileError(
                [f"Line {number} has more than {MAX_DOTS} dots; break it into shorter lines."]
            )
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise VenueFileError(
            [f"The file is no text in UTF-8: byte {error.start} cannot be read. Save it as UTF-8."]
        ) from None
    except RecursionError:
        raise VenueFileError(["The file nests its lists or tables too deeply to be a venue's."]) from None
    except ValueError as error:  # TOMLDecodeError, and numbers of thousands of digits
        raise VenueFileError([f"The file is not TOML: {str(error)[:200]}."]) from None


def _shown(value: Any) -> str:
    """A value from the file, short enough for a sentence."""
    text = repr(value) if not isinstance(value, str) else f'"{value}"'
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:200])
    return text if len(text) <= 60 else text[:60] + "…"


def _text(value: Any, most: int) -> str:
    """The value as one line of text; of many lines where `most` is LONG."""
    if not isinstance(value, str):
        raise ValueError(f"{_shown(value)} is no text; put it in quotes.")
    text = value.replace("\r\n", "\n")
    allowed = "\n\t" if most == LONG else ""
    if any(unicodedata.category(c) == "Cc" and c not in allowed for c in text):
        raise ValueError(f"{_shown(value)} holds a line break or a control character; leave it out.")
    if len(text) > most:
        raise ValueError(f"has {len(text):,} characters; at most {most:,} are taken.")
    return text.strip()


def _line(most: int) -> Reader:
    return lambda value: _text(value, most)


def _url(value: Any) -> str:
    text = _text(value, 500)
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if text and (parts.scheme not in ("http", "https") or not parts.netloc or " " in text):
        raise ValueError(f"{_shown(value)} is no web address; write one that begins with https://.")
    return text


def _email(value: Any) -> str:
    text = _text(value, 320)
    return addresses.canonical(text) if text else ""


def _zone(value: Any) -> str:
    return deadlines.zone_name(_text(value, 60))


def _slug(value: Any) -> str:
    return slugs.check(_text(value, 200))


def _up_to(most: int) -> Reader:
    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            raise ValueError(f"{_shown(value)} must be a whole number from 1 to {most}.")
        return value

    return read


def _page_limit(value: Any) -> int | None:
    return None if value == 0 and not isinstance(value, bool) else int(_up_to(1000)(value))


def _one_of(kinds: type[StrEnum]) -> Reader:
    def read(value: Any) -> StrEnum:
        if value not in [kind.value for kind in kinds]:
            names = ", ".join(f'"{kind.value}"' for kind in kinds)
            raise ValueError(f"{_shown(value)} must be one of {names}.")
        return kinds(value)

    return read


def _filled(reader: Reader) -> Reader:
    def read(value: Any) -> Any:
        if found := reader(value):
            return found
        raise ValueError("is empty; write it, or leave the line out.")

    return read


# Key in the file -> (column of Venue, how it is read).
FIELDS: dict[str, dict[str, tuple[str, Reader]]] = {
    "venue": {
        "name": ("name", _filled(_line(200))),
        "short_name": ("short_name", _filled(_line(60))),
        "parent": ("parent", _line(200)),
        "place": ("place", _line(200)),
        "event_zone": ("event_zone", _zone),
        "contact": ("contact", _email),
        "registration_url": ("registration_url", _url),
        "website": ("website", _url),
    },
    "submission": {
        "page_limit": ("page_limit", _page_limit),
        "max_file_mb": ("max_file_mb", _up_to(2000)),
        "upload_minutes": ("upload_minutes", _up_to(240)),
        "blindness": ("blindness", _one_of(Blindness)),
    },
    "text": {
        "introduction": ("introduction", _line(LONG)),
        "call": ("call", _line(LONG)),
        "camera_ready": ("camera_ready_text", _line(LONG)),
        "support": ("support", _line(LONG)),
    },
}
OTHER_KEYS = {"venue": ["slug"], "submission": ["topics"]}


def _keys(name: str, table: Any, known: list[str], faults: _Faults) -> dict[str, Any]:
    """The table's keys that are known; the others are faults."""
    if not isinstance(table, dict):
        faults.add(name, f"{_shown(table)} is no table; begin it with [{name}].")
        return {}
    for key in [key for key in table if key not in known]:
        faults.add(f"{name}.{_bare(key)}", f"there is no such key; the keys are {', '.join(known)}.")
    return {key: table[key] for key in known if key in table}


def _bare(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", key) else _shown(key)


def _read_fields(name: str) -> Callable[[VenueFile, Any, _Faults], None]:
    def read(found: VenueFile, table: Any, faults: _Faults) -> None:
        readers = FIELDS[name]
        table = _keys(name, table, OTHER_KEYS.get(name, []) + list(readers), faults)
        for key, (column, reader) in readers.items():
            if key in table:
                found.fields[column] = faults.read(f"{name}.{key}", reader, table[key])
        if "slug" in table:
            found.slug = faults.read("venue.slug", _slug, table["slug"]) or ""
        if "topics" in table:
            found.topics = _topics(table["topics"], faults)

    return read


def _list(where: str, value: Any, faults: _Faults) -> list[Any]:
    if not isinstance(value, list):
        fix = (
            "write it in [square brackets]"
            if "." in where
            else f"write each of its entries under [[{where}]]"
        )
        faults.add(where, f"{_shown(value)} is no list; {fix}.")
        return []
    if len(value) > MAX_ENTRIES:
        faults.add(where, f"has {len(value):,} entries; at most {MAX_ENTRIES:,} are taken.")
        return []
    return value


def _topics(value: Any, faults: _Faults) -> list[str]:
    topics: list[str] = []
    for number, entry in enumerate(_list("submission.topics", value, faults), 1):
        where = f"submission.topics, entry {number}"
        text = faults.read(where, _filled(_line(200)), entry)
        if text in topics:
            faults.add(where, f"{_shown(text)} is there twice.")
        topics.append(text)
    return topics


def _moment(zone: str, meaning: Meaning = Meaning.MOMENT) -> Reader:
    def read(value: Any) -> Announced:
        if not isinstance(value, str):
            raise ValueError(f'{_shown(str(value))} must be in quotes, like "Sept 26, 2022, 23:59 AoE".')
        return deadlines.parse(value, meaning=meaning, zone=zone)

    return read


def _read_dates(found: VenueFile, table: Any, faults: _Faults) -> None:
    for key, value in _keys("dates", table, [kind.value for kind in DateKind], faults).items():
        kind = DateKind(key)
        zone = found.event_zone if MEANINGS[kind] is Meaning.MOMENT else deadlines.AOE
        is_none = isinstance(value, str) and not value.strip()
        found.dates[kind] = (
            None if is_none else faults.read(f"dates.{key}", _moment(zone, MEANINGS[kind]), value)
        )


def _rows(name: str, value: Any, readers: dict[str, tuple[Reader, bool]], faults: _Faults) -> list[list[Any]]:
    """The values of each [[name]] table in the order of `readers`: key -> (how it is read, whether it is needed)."""
    rows = []
    for number, entry in enumerate(_list(name, value, faults), 1):
        where, row = f"{name}, entry {number}", []
        if not isinstance(entry, dict):
            faults.add(where, f"{_shown(entry)} is no table; begin it with [[{name}]].")
            continue
        table = _keys(where, entry, list(readers), faults)
        for key, (reader, is_needed) in readers.items():
            if key in table:
                row.append(
                    faults.read(f"{where}, {key}", _filled(reader) if is_needed else reader, table[key])
                )
            else:
                row.append("")
                if is_needed:
                    faults.add(f"{where}, {key}", "is missing.")
        rows.append(row)
    return rows


def _read_people(found: VenueFile, value: Any, faults: _Faults) -> None:
    readers: dict[str, tuple[Reader, bool]] = {
        "section": (_one_of(Section), True),
        "name": (_line(200), True),
        "affiliation": (_line(200), False),
        "url": (_url, False),
    }
    found.people = [Named(*row) for row in _rows("people", value, readers, faults)]


def _read_sponsors(found: VenueFile, value: Any, faults: _Faults) -> None:
    readers = {"name": (_line(200), True), "gives": (_line(200), False), "url": (_url, False)}
    found.sponsors = [Supporter(*row) for row in _rows("sponsors", value, readers, faults)]


def _read_roles(found: VenueFile, value: Any, faults: _Faults) -> None:
    readers: dict[str, tuple[Reader, bool]] = {
        "role": (_one_of(Role), True),
        "email": (_email, True),
        "name": (_line(200), False),
    }
    rows = _rows("roles", value, readers, faults)
    found.roles = [Member(role, email, name or str(email).partition("@")[0]) for role, email, name in rows]


def _read_schedule(found: VenueFile, value: Any, faults: _Faults) -> None:
    readers: dict[str, tuple[Reader, bool]] = {
        "starts": (_moment(found.event_zone), True),
        "title": (_line(300), True),
    }
    rows = _rows("schedule", value, readers, faults)
    found.schedule = sorted((starts.at, title) for starts, title in rows if starts and title)


# In the order in which they are read: dates need the zone of [venue].
TABLES: dict[str, Callable[[VenueFile, Any, _Faults], None]] = {
    **{name: _read_fields(name) for name in FIELDS},
    "dates": _read_dates,
    "people": _read_people,
    "sponsors": _read_sponsors,
    "roles": _read_roles,
    "schedule": _read_schedule,
}
