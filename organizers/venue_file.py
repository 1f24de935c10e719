"""A venue from a TOML file: read it, check all of it, then say what it says.

Every fault is a sentence that names table, key and value. What a file does not name stays as it is, so a file may hold
only the dates.
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from organizers import venue_letters
from organizers.venue_values import (
    FIELDS,
    MAX_DOTS,
    MEANINGS,
    Reader,
    email,
    filled,
    line,
    moment,
    one_of,
    shown,
    slug,
    url,
    zone_of,
)
from venues.deadlines import Announced, DateKind
from venues.models import Role, Section

MAX_BYTES = 500_000
MAX_FAULTS = 30  # that are told at once
MAX_ENTRIES = 2000  # of any list

# Which table and key a fault is about: ("venue", "name"), ("people", 2, "url").
Where = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """What is wrong with one value."""

    where: Where
    what: str

    def __str__(self) -> str:
        return f"{_named(self.where)}: {self.what}"


class VenueFileError(Exception):
    """What is wrong with a file or a form: `sentences`, and `faults` where table and key are known."""

    def __init__(self, sentences: list[str], faults: list[Fault] | None = None) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences
        self.faults = faults or []


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
    letters: dict[str, tuple[str, str]] = field(
        default_factory=dict
    )  # (subject, body); empty is the standard
    event_zone: str = "UTC"  # of the file, else of the stored venue


class _Faults:
    """Collects what is wrong, so that all of it is corrected in one go."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, where: Where, what: str) -> None:
        self.found.append(Fault(where, what))

    def read(self, where: Where, reader: Reader, value: Any) -> Any:
        """What the reader makes of the value; None, and a fault more, when it raises ValueError."""
        try:
            return reader(value)
        except ValueError as error:
            return self.add(where, str(error))


def _named(where: Where) -> str:
    """ "venue.name", "submission.topics, entry 2", "people, entry 1, url"."""
    text = str(where[0])
    for before, part in pairwise(where):
        text += (
            f", entry {part}"
            if isinstance(part, int)
            else f"{', ' if isinstance(before, int) else '.'}{part}"
        )
    return text


def parse(data: bytes, stored_zone: Callable[[str], str] = lambda _slug: "UTC") -> VenueFile:
    """What the file says. Raises VenueFileError with everything that is wrong.

    `stored_zone` gives the event's zone of the venue at this address, for a file that does not name it.
    """
    tables = _tables(data)
    found, faults = _read(tables, stored_zone)
    if not found.slug and not faults.found:
        faults.add(("venue", "slug"), 'is missing: the venue\'s address, such as "sbm2022".')
    _raise(faults)
    return found


def read(tables: dict[str, Any], event_zone: str) -> VenueFile:
    """What the same tables say when they come from a form, for a venue whose event is in this zone."""
    found, faults = _read(tables, lambda _slug: event_zone)
    _raise(faults)
    return found


def _read(tables: dict[str, Any], stored_zone: Callable[[str], str]) -> tuple[VenueFile, _Faults]:
    faults, found = _Faults(), VenueFile()
    for name in [name for name in tables if name not in TABLES]:
        faults.add((shown(name),), f"there is no such table; the tables are {', '.join(TABLES)}.")
    if "venue" not in tables:
        found.event_zone = stored_zone("")
    for name, read_table in TABLES.items():
        if name in tables:
            read_table(found, tables[name], faults)
        if name == "venue" and name in tables:
            found.event_zone = found.fields.get("event_zone") or stored_zone(found.slug)
    return found, faults


def _raise(faults: _Faults) -> None:
    if not faults.found:
        return
    sentences = [str(fault) for fault in faults.found]
    if len(sentences) > MAX_FAULTS:
        sentences[MAX_FAULTS:] = [f"… and {len(sentences) - MAX_FAULTS} more."]
    raise VenueFileError(sentences, faults.found)


def _tables(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise VenueFileError([f"The file has {len(data):,} bytes; a venue's file has at most {MAX_BYTES:,}."])
    for number, read in enumerate(data.split(b"\n"), 1):
        if read.count(b".") > MAX_DOTS:
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


OTHER_KEYS = {"venue": ["slug"], "submission": ["topics"]}


def _keys(where: Where, table: Any, known: list[str], faults: _Faults) -> dict[str, Any]:
    """The table's keys that are known; the others are faults."""
    if not isinstance(table, dict):
        faults.add(where, f"{shown(table)} is no table; begin it with [{'.'.join(map(str, where))}].")
        return {}
    for key in [key for key in table if key not in known]:
        faults.add((*where, _bare(key)), f"there is no such key; the keys are {', '.join(known)}.")
    return {key: table[key] for key in known if key in table}


def _bare(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", key) else shown(key)


def _read_fields(name: str) -> Callable[[VenueFile, Any, _Faults], None]:
    def read(found: VenueFile, table: Any, faults: _Faults) -> None:
        readers = FIELDS[name]
        table = _keys((name,), table, OTHER_KEYS.get(name, []) + list(readers), faults)
        for key, (column, reader) in readers.items():
            if key in table:
                found.fields[column] = faults.read((name, key), reader, table[key])
        if "slug" in table:
            found.slug = faults.read(("venue", "slug"), slug, table["slug"]) or ""
        if "topics" in table:
            found.topics = _topics(table["topics"], faults)

    return read


def _list(where: Where, value: Any, faults: _Faults) -> list[Any]:
    if not isinstance(value, list):
        fix = (
            "write it in [square brackets]"
            if len(where) > 1
            else f"write each of its entries under [[{where[0]}]]"
        )
        faults.add(where, f"{shown(value)} is no list; {fix}.")
        return []
    if len(value) > MAX_ENTRIES:
        faults.add(where, f"has {len(value):,} entries; at most {MAX_ENTRIES:,} are taken.")
        return []
    return value


def _topics(value: Any, faults: _Faults) -> list[str]:
    topics: list[str] = []
    for number, entry in enumerate(_list(("submission", "topics"), value, faults), 1):
        where = ("submission", "topics", number)
        text = faults.read(where, filled(line(200)), entry)
        if text and text in topics:
            faults.add(where, f"{shown(text)} is there twice.")
        topics.append(text)
    return topics


def _read_dates(found: VenueFile, table: Any, faults: _Faults) -> None:
    for key, value in _keys(("dates",), table, [kind.value for kind in DateKind], faults).items():
        kind = DateKind(key)
        zone = zone_of(kind, found.event_zone)
        is_none = isinstance(value, str) and not value.strip()
        found.dates[kind] = (
            None if is_none else faults.read(("dates", key), moment(zone, MEANINGS[kind]), value)
        )


def _rows(name: str, value: Any, readers: dict[str, tuple[Reader, bool]], faults: _Faults) -> list[list[Any]]:
    """The values of each [[name]] table in the order of `readers`: key -> (how it is read, whether it is needed)."""
    rows = []
    for number, entry in enumerate(_list((name,), value, faults), 1):
        where, row = (name, number), []
        if not isinstance(entry, dict):
            faults.add(where, f"{shown(entry)} is no table; begin it with [[{name}]].")
            continue
        table = _keys(where, entry, list(readers), faults)
        for key, (reader, is_needed) in readers.items():
            if key in table:
                row.append(faults.read((*where, key), filled(reader) if is_needed else reader, table[key]))
            else:
                row.append("")
                if is_needed:
                    faults.add((*where, key), "is missing.")
        rows.append(row)
    return rows


def _read_people(found: VenueFile, value: Any, faults: _Faults) -> None:
    readers: dict[str, tuple[Reader, bool]] = {
        "section": (one_of(Section), True),
        "name": (line(200), True),
        "affiliation": (line(200), False),
        "url": (url, False),
    }
    found.people = [Named(*row) for row in _rows("people", value, readers, faults)]


def _read_sponsors(found: VenueFile, value: Any, faults: _Faults) -> None:
    readers = {"name": (line(200), True), "gives": (line(200), False), "url": (url, False)}
    found.sponsors = [Supporter(*row) for row in _rows("sponsors", value, readers, faults)]


def _read_roles(found: VenueFile, value: Any, faults: _Faults) -> None:
    readers: dict[str, tuple[Reader, bool]] = {
        "role": (one_of(Role), True),
        "email": (email, True),
        "name": (line(200), False),
    }
    rows = _rows("roles", value, readers, faults)
    found.roles = [Member(role, email, name or str(email).partition("@")[0]) for role, email, name in rows]


def _read_schedule(found: VenueFile, value: Any, faults: _Faults) -> None:
    readers: dict[str, tuple[Reader, bool]] = {
        "starts": (moment(found.event_zone), True),
        "title": (line(300), True),
    }
    rows = _rows("schedule", value, readers, faults)
    found.schedule = sorted((starts.at, title) for starts, title in rows if starts and title)


def _read_letters(found: VenueFile, table: Any, faults: _Faults) -> None:
    kinds = venue_letters.LETTERS
    for name, value in _keys(("letters",), table, list(kinds), faults).items():
        words = _keys(("letters", name), value, ["subject", "body"], faults)
        if not isinstance(value, dict):
            continue
        texts = [words.get(key, "") for key in ("subject", "body")]
        for key, text in zip(("subject", "body"), texts, strict=True):
            if not isinstance(text, str):
                faults.add(("letters", name, key), f"{shown(text)} is no text; put it in quotes.")
        if not all(isinstance(text, str) for text in texts):
            continue
        subject, body = (text.replace("\r\n", "\n").strip() for text in texts)
        if subject or body:
            for key, sentences in zip(
                ("subject", "body"), venue_letters.faults(kinds[name], subject, body), strict=True
            ):
                for sentence in sentences:
                    faults.add(("letters", name, key), sentence)
            if (subject, body) == kinds[name].standard[:2]:
                subject, body = "", ""
        found.letters[name] = subject, body


# In the order in which they are read: dates need the zone of [venue].
TABLES: dict[str, Callable[[VenueFile, Any, _Faults], None]] = {
    **{name: _read_fields(name) for name in FIELDS},
    "dates": _read_dates,
    "people": _read_people,
    "sponsors": _read_sponsors,
    "roles": _read_roles,
    "schedule": _read_schedule,
    "letters": _read_letters,
}
