"""How each value of a venue is read, from a file or a form alike; what is wrong is the sentence of a ValueError."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from core import addresses
from venues import announcing, deadlines, slugs
from venues.deadlines import Announced, DateKind, DeadlineError, Meaning
from venues.models import Blindness

MAX_DOTS = 200  # in a line: the parser's time grows with the square of a dotted key
LONG = 50_000  # characters of a text in Markdown

Reader = Callable[[Any], Any]

MEANINGS = {
    DateKind.CALL_OPENS: Meaning.OPENING,
    DateKind.SUBMISSION: Meaning.DEADLINE,
    DateKind.REVIEW: Meaning.DEADLINE,
    DateKind.NOTIFICATION: Meaning.DEADLINE,
    DateKind.CAMERA_READY: Meaning.DEADLINE,
    DateKind.EVENT_STARTS: Meaning.MOMENT,
    DateKind.EVENT_ENDS: Meaning.MOMENT,
}


def zone_of(kind: DateKind, event_zone: str) -> str:
    """The zone of a date that names none: the event's for its moments, anywhere on Earth for deadlines."""
    return event_zone if MEANINGS[kind] is Meaning.MOMENT else deadlines.AOE


@dataclass
class Meant:
    """What a written date means, as a sentence with warnings; or what is wrong with it."""

    sentence: str = ""
    error: str = ""
    warnings: list[str] = field(default_factory=list)


def meant(texts: Mapping[str, str], event_zone: str) -> tuple[dict[str, Meant], list[str]]:
    """What each of the written dates means, and what looks odd about them together."""
    found, season = {}, {}
    for kind in MEANINGS:
        if not (text := texts.get(kind, "").strip()):
            continue
        try:
            date = moment(zone_of(kind, event_zone), MEANINGS[kind])(text)
        except DeadlineError as error:
            found[kind.value] = Meant(error=str(error))
            continue
        season[kind] = date
        found[kind.value] = Meant(announcing.meaning(kind, date, event_zone), warnings=list(date.warnings))
    return found, announcing.check_season(season)


def shown(value: Any) -> str:
    """A value from the file, short enough for a sentence."""
    text = repr(value) if not isinstance(value, str) else f'"{value}"'
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:200])
    return text if len(text) <= 60 else text[:60] + "…"


def _text(value: Any, most: int) -> str:
    """The value as one line of text; of many lines where `most` is LONG."""
    if not isinstance(value, str):
        raise ValueError(f"{shown(value)} is no text; put it in quotes.")
    text = value.replace("\r\n", "\n")
    if any(part.count(".") > MAX_DOTS for part in text.split("\n")):
        raise ValueError(f"has a line with more than {MAX_DOTS} dots; break it into shorter lines.")
    allowed = "\n\t" if most == LONG else ""
    if any(unicodedata.category(c) == "Cc" and c not in allowed for c in text):
        raise ValueError(f"{shown(value)} holds a line break or a control character; leave it out.")
    if len(text) > most:
        raise ValueError(f"has {len(text):,} characters; at most {most:,} are taken.")
    return text.strip()


def line(most: int) -> Reader:
    """A text of at most so many characters; several lines only where `most` is LONG."""
    return lambda value: _text(value, most)


def url(value: Any) -> str:
    """A web address, or nothing."""
    text = _text(value, 500)
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if text and (parts.scheme not in ("http", "https") or not parts.netloc or " " in text):
        raise ValueError(f"{shown(value)} is no web address; write one that begins with https://.")
    return text


def email(value: Any) -> str:
    """An e-mail in its canonical form, or nothing."""
    text = _text(value, 320)
    return addresses.canonical(text) if text else ""


def _zone(value: Any) -> str:
    return deadlines.zone_name(_text(value, 60))


def slug(value: Any) -> str:
    """The first part of the venue's addresses."""
    return slugs.check(_text(value, 200))


def _up_to(most: int) -> Reader:
    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            raise ValueError(f"{shown(value)} must be a whole number from 1 to {most}.")
        return value

    return read


def _page_limit(value: Any) -> int | None:
    return None if value == 0 and not isinstance(value, bool) else int(_up_to(1000)(value))


def one_of(kinds: type[StrEnum]) -> Reader:
    """One of the words of this enumeration."""

    def read(value: Any) -> StrEnum:
        if value not in [kind.value for kind in kinds]:
            names = ", ".join(f'"{kind.value}"' for kind in kinds)
            raise ValueError(f"{shown(value)} must be one of {names}.")
        return kinds(value)

    return read


def filled(reader: Reader) -> Reader:
    """The same, but something must be written."""

    def read(value: Any) -> Any:
        if found := reader(value):
            return found
        raise ValueError("is empty; it must be written.")

    return read


def moment(zone: str, meaning: Meaning = Meaning.MOMENT) -> Reader:
    """A date as people write it; the zone holds where they name none."""

    def read(value: Any) -> Announced:
        if not isinstance(value, str):
            raise ValueError(f'{shown(str(value))} must be in quotes, like "Sept 26, 2022, 23:59 AoE".')
        return deadlines.parse(value, meaning=meaning, zone=zone)

    return read


# Key in the file -> (column of Venue, how it is read).
FIELDS: dict[str, dict[str, tuple[str, Reader]]] = {
    "venue": {
        "name": ("name", filled(line(200))),
        "short_name": ("short_name", filled(line(60))),
        "parent": ("parent", line(200)),
        "place": ("place", line(200)),
        "event_zone": ("event_zone", _zone),
        "contact": ("contact", email),
        "registration_url": ("registration_url", url),
        "website": ("website", url),
    },
    "submission": {
        "page_limit": ("page_limit", _page_limit),
        "max_file_mb": ("max_file_mb", _up_to(2000)),
        "upload_minutes": ("upload_minutes", _up_to(240)),
        "blindness": ("blindness", one_of(Blindness)),
    },
    "text": {
        "introduction": ("introduction", line(LONG)),
        "call": ("call", line(LONG)),
        "camera_ready": ("camera_ready_text", line(LONG)),
        "support": ("support", line(LONG)),
    },
}


def label(what: str) -> str:
    """What people call a table and key of the file."""
    return LABELS.get(what) or what.replace("letters.", "Letter: ").replace("_", " ")


LABELS = {
    "venue": "The venue",
    "venue.name": "Name",
    "venue.short_name": "Short name",
    "venue.parent": "Held at",
    "venue.place": "Place",
    "venue.event_zone": "Zone of the event",
    "venue.contact": "Contact",
    "venue.registration_url": "Registration",
    "venue.website": "Web site",
    "dates.call_opens": "Call opens",
    "dates.submission": "Submission deadline",
    "dates.review": "Review deadline",
    "dates.notification": "Notification",
    "dates.camera_ready": "Camera-ready deadline",
    "dates.event_starts": "The event starts",
    "dates.event_ends": "The event ends",
    "submission.page_limit": "Page limit",
    "submission.blindness": "Blindness",
    "submission.max_file_mb": "Largest file",
    "submission.upload_minutes": "Time for an upload",
    "submission.topics": "Topics",
    "text.introduction": "Introduction",
    "text.call": "Call for papers",
    "text.camera_ready": "Camera-ready instructions",
    "text.support": "Support",
    "people": "People",
    "sponsors": "Sponsors",
    "schedule": "Program",
    "roles": "Roles",
}
