"""The only file that knows whether a phase is open, and which instant a written date means and how it is shown.

People write a deadline to the day, the minute or the second and mean to include the whole of it: "Sept 26, 11:59 pm
AoE" is closed from 12:00:00 UTC of the 27th. An opening written as a day starts with that day. A moment is exact. Kept
are the announced text, its zone and precision, and the UTC instant `at`, which of a deadline is the first closed one.
Nothing here reads a clock: whoever asks says `at`. The words are read in wording.py, the zones' names in zones.py.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

from venues import wording, zones
from venues.wording import MONTHS, WEEKDAYS, shown_day
from venues.wording import Precision as Precision
from venues.zones import AOE as AOE
from venues.zones import DeadlineError as DeadlineError
from venues.zones import zone_name as zone_name

UPLOAD_WINDOW = timedelta(minutes=20)  # for an upload that began in time, unless the venue says otherwise


class Meaning(StrEnum):
    DEADLINE = "deadline"  # includes the whole day, minute or second written
    OPENING = "opening"
    MOMENT = "moment"


class DateKind(StrEnum):
    """The dates of a venue, in the order of the season."""

    CALL_OPENS = "call_opens"
    SUBMISSION = "submission"
    REVIEW = "review"
    NOTIFICATION = "notification"
    CAMERA_READY = "camera_ready"
    EVENT_STARTS = "event_starts"
    EVENT_ENDS = "event_ends"


class Phase(StrEnum):
    """What people do between two dates; each is named like the date that ends it."""

    SUBMISSION = "submission"
    REVIEW = "review"
    CAMERA_READY = "camera_ready"


class State(StrEnum):
    NOT_YET = "not yet"
    OPEN = "open"
    CLOSED = "closed"


class Timeliness(StrEnum):
    ON_TIME = "on time"
    NOT_YET = "not yet"
    LATE = "late"
    TOO_SLOW = "too slow"


class Dated(Protocol):
    """An instant with the way in which it was written."""

    @property
    def meaning(self) -> Meaning: ...
    @property
    def zone(self) -> str: ...
    @property
    def precision(self) -> Precision: ...
    @property
    def at(self) -> datetime: ...


class VenueDate(Dated, Protocol):
    """A date of a venue, as it is stored."""

    @property
    def kind(self) -> DateKind: ...


class Extension(Protocol):
    """More time until an instant (the first closed one): for one submission, one person or, with neither, for all."""

    @property
    def kind(self) -> DateKind: ...
    @property
    def submission_id(self) -> int | None: ...
    @property
    def person_id(self) -> int | None: ...
    @property
    def until(self) -> datetime: ...
    @property
    def is_grace(self) -> bool: ...


@dataclass(frozen=True)
class Announced:
    """A date as it was written, and the instant it means. `local` is the wall-clock time written, in `zone`."""

    announced: str
    meaning: Meaning
    zone: str
    precision: Precision
    at: datetime
    local: datetime
    warnings: tuple[str, ...] = ()


def parse(
    text: str, *, meaning: Meaning = Meaning.DEADLINE, zone: str = AOE, year: int | None = None
) -> Announced:
    """Read a date as people write it. `zone` and `year` hold where the text names none; raises DeadlineError."""
    words, default = wording.read(text, year), zone_name(zone)
    if words.precision is Precision.DAY and meaning is Meaning.MOMENT:
        raise DeadlineError(f"{zones.quoted(text)} names no hour: add one, like 09:00.")
    # "UTC-12 (AoE)" is often written: two names are welcome where they agree, and the more telling one is kept.
    names = sorted(words.zones or [default], key=lambda name: name.startswith("UTC"))
    instants = [_instant(words, name, meaning) for name in names]
    if len(set(instants)) > 1:
        raise DeadlineError(f"{' and '.join(names)} do not agree at that time: write one of them.")
    warnings = tuple(_warnings(words, names[0], meaning))
    return Announced(text.strip(), meaning, names[0], words.precision, instants[0], words.local, warnings)


# From what was written to the first closed instant. Of a day that is the last tick (see `_start_of_day`).
_UNIT = {
    Precision.DAY: timedelta(microseconds=1),
    Precision.MINUTE: timedelta(minutes=1),
    Precision.SECOND: timedelta(seconds=1),
}


def _instant(words: wording.Wording, name: str, meaning: Meaning) -> datetime:
    """The instant that a wall-clock time means in a zone: of a deadline, the first closed one."""
    local, zone = words.local, zones.zone(name)
    day = shown_day(local)
    if words.precision is Precision.DAY:
        starts, ends = _start_of_day(local, zone), _start_of_day(local + timedelta(days=1), zone)
        if starts == ends:
            raise DeadlineError(
                f"There is no {day} in {name}, which skips it: write the day before or after."
            )
        return ends if meaning is Meaning.DEADLINE else starts
    first, later = _folds(local, zone)
    if later.astimezone(zone).replace(tzinfo=None) != local:
        near = f"{later.astimezone(zone):%H:%M} or {first.astimezone(zone):%H:%M}"
        raise DeadlineError(
            f"There is no {local:%H:%M} on {day} in {name}, where the clocks skip it: write {near}."
        )
    return later + _UNIT[words.precision] if meaning is Meaning.DEADLINE else later


def _folds(local: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Both instants of a wall-clock time: they differ where it occurs twice and where the clocks skip it."""
    first, later = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, later


def _warnings(words: wording.Wording, name: str, meaning: Meaning) -> Iterator[str]:
    local, day = words.local, shown_day(words.local)
    if words.precision is Precision.DAY:
        return
    if meaning is Meaning.DEADLINE and local.time() == time():
        eve = shown_day(local - timedelta(days=1))
        yield f"00:00 is the beginning of {day}: write {eve}, 23:59 to close with the day before."
    first, later = _folds(local, zones.zone(name))
    if first != later:
        yield f"{local:%H:%M} occurs twice on {day} in {name}: the later is taken, {utc(later)}."


def _start_of_day(midnight: datetime, zone: tzinfo) -> datetime:
    """When the day before has ended: right also where 00:00 is skipped or occurs twice."""
    tick = timedelta(microseconds=1)
    return (midnight - tick).replace(tzinfo=zone, fold=1).astimezone(UTC) + tick


_CLOCK = {Precision.DAY: "", Precision.MINUTE: ", %H:%M", Precision.SECOND: ", %H:%M:%S"}


def written(dated: Dated) -> datetime:
    """The wall-clock time that was written, in its zone."""
    at = dated.at - _UNIT[dated.precision] if dated.meaning is Meaning.DEADLINE else dated.at
    return at.astimezone(zones.zone(dated.zone))


def shown(dated: Dated) -> str:
    """The announcement for people: "Sept 26, 2022, 23:59 AoE", or "Nov 25, 2022 AoE" when written to the day."""
    unit = _UNIT[dated.precision] if dated.meaning is Meaning.DEADLINE else timedelta()
    return _shown(dated.at - unit, dated.zone, dated.precision)


@lru_cache(2000)
def _shown(at: datetime, zone: str, precision: Precision) -> str:
    local = at.astimezone(zones.zone(zone))
    return f"{shown_day(local)}{local.strftime(_CLOCK[precision])} {zone}"


@lru_cache(2000)  # the same few instants stand on most pages
def long(at: datetime) -> str:
    """An instant with its weekday: "Tue 27 Sep 2022 12:00 UTC"."""
    at = at.astimezone(UTC)
    clock = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
    return f"{WEEKDAYS[at.weekday()][:3]} {at.day} {MONTHS[at.month - 1][:3]} {at.year} {clock} UTC"


def closed_from(at: datetime) -> str:
    """What stands beside a deadline: "closed from Tue 27 Sep 2022 12:00 UTC"."""
    return f"closed from {long(at)}"


def in_zone(at: datetime, zone: str) -> str:
    """An instant to the second: "2022-09-25 22:02:03 AoE"."""
    return f"{at.astimezone(zones.zone(zone)):%Y-%m-%d %H:%M:%S} {zone}"


def in_city(at: datetime, zone: str) -> str:
    """The same instant where the event is: "14:00 in Paris", with the day where it is another than in UTC."""
    here, city = at.astimezone(zones.zone(zone)), zone.rpartition("/")[2].replace("_", " ")
    is_same_day = here.date() == at.astimezone(UTC).date()
    day = "" if is_same_day else f"{WEEKDAYS[here.weekday()][:3]} {here.day} {MONTHS[here.month - 1][:3]} "
    return f"{day}{here:%H:%M} in {city}"


def wall_clock(at: datetime, zone: str) -> str:
    """An instant as it is written down for `parse` with this zone: "2022-12-02 08:50"."""
    here = at.astimezone(zones.zone(zone))
    text = f"{here:%Y-%m-%d %H:%M:%S}" if here.second else f"{here:%Y-%m-%d %H:%M}"
    # Of an hour that occurs twice the text means the later one.
    is_plain = here.astimezone(UTC) == here.replace(fold=1).astimezone(UTC)
    return text if is_plain else f"{wall_clock(at, 'UTC')} UTC"


def utc(at: datetime) -> str:
    """An instant to the second: "2022-09-26 10:02:03 UTC"."""
    return in_zone(at, "UTC")


def stamp(at: datetime) -> str:
    """What stands on receipts: "2022-09-26 10:02:03 UTC = 2022-09-25 22:02:03 AoE"."""
    return f"{utc(at)} = {in_zone(at, AOE)}"


def day(at: datetime) -> str:
    """The day of an instant in UTC, no finer: "Oct 3, 2022"."""
    return wording.shown_day(at.astimezone(UTC).date())


def iso(at: datetime) -> str:
    """An instant for machines: "2022-09-27T12:00:00Z"."""
    return f"{at.astimezone(UTC).isoformat(timespec='seconds')[:19]}Z"


def from_iso(text: str) -> datetime:
    """The instant that `iso` wrote."""
    return datetime.fromisoformat(text)


@dataclass(frozen=True)
class Window:
    """When a phase is open: from `opens_at` (None: always was) up to, not including, `closes_at`.

    `waits_for` is a sentence when no instant opens it yet; `closing` says the end, with grace or extension, for people.
    """

    phase: Phase
    opens_at: datetime | None
    closes_at: datetime | None
    waits_for: str = ""
    closing: str = ""

    def state(self, at: datetime) -> State:
        """Where the phase is."""
        if self.waits_for or self.closes_at is None or (self.opens_at and at < self.opens_at):
            return State.NOT_YET
        return State.OPEN if at < self.closes_at else State.CLOSED

    def is_open(self, at: datetime) -> bool:
        """Whether the phase's acts are allowed."""
        return self.state(at) is State.OPEN

    def sentence(self, at: datetime) -> str:
        """The state for people."""
        if self.waits_for or self.closes_at is None:
            return self.waits_for
        name, until = _PHASES[self.phase], f"{self.closing} ({closed_from(self.closes_at)})"
        state = self.state(at)
        if self.opens_at and state is State.NOT_YET:
            return f"{name} is not open yet: it opens {long(self.opens_at)}."
        if state is State.OPEN:
            return f"{name} is open until {until}."
        return f"{name} is closed; it was open until {until}."


_PHASES = {
    Phase.SUBMISSION: "Submission",
    Phase.REVIEW: "Reviewing",
    Phase.CAMERA_READY: "Camera-ready upload",
}


class Calendar:
    """A venue's dates and extensions, and the windows that follow from them."""

    def __init__(self, dates: Iterable[VenueDate], extensions: Iterable[Extension] = ()) -> None:
        self.dates = {date.kind: date for date in dates}
        self.extensions = list(extensions)

    def window(
        self,
        phase: Phase,
        *,
        submission_id: int | None = None,
        person_id: int | None = None,
        released_at: datetime | None = None,
    ) -> Window:
        """When a phase is open, with the grace and extensions for all and for this submission and person.

        Camera-ready opens with the release of decisions, `released_at`.
        """
        opens_at, waits_for = None, ""
        if phase is Phase.SUBMISSION and DateKind.CALL_OPENS in self.dates:
            opens_at = self.dates[DateKind.CALL_OPENS].at
        elif phase is Phase.REVIEW:
            opens_at = self.window(Phase.SUBMISSION).closes_at
            waits_for = "" if opens_at else "Reviewing waits for a submission deadline: none is set yet."
        elif phase is Phase.CAMERA_READY:
            opens_at = released_at
            waits_for = "" if opens_at else "Camera-ready upload opens when decisions are released."
        kind = DateKind(phase)
        ends = self.dates.get(kind)
        if ends is None and phase is Phase.REVIEW:
            ends = self.dates.get(DateKind.NOTIFICATION)
        rows = [
            row
            for row in self.extensions
            if row.kind == kind
            and row.submission_id in (None, submission_id)
            and row.person_id in (None, person_id)
        ]
        longest = max(rows, key=lambda row: row.until, default=None)
        if ends and (longest is None or longest.until <= ends.at):
            return Window(phase, opens_at, ends.at, waits_for, shown(ends))
        if longest is None:
            unset = f"{_PHASES[phase]} waits for a deadline: none is set yet."
            return Window(phase, opens_at, None, waits_for or unset)
        closing = shown_end(longest.until, ends.zone if ends else AOE)
        if ends:
            closing += f", {'with grace after' if longest.is_grace else 'extended from'} {shown(ends)}"
        return Window(phase, opens_at, longest.until, waits_for, closing)

    def is_over(self, at: datetime) -> bool:
        """Whether every date has passed."""
        return bool(self.dates) and all(date.at <= at for date in self.dates.values())

    def overdue(self, at: datetime, *, released_at: datetime | None) -> str:
        """The sentence to show when the day promised for decisions is over without a release; empty otherwise."""
        promised = self.dates.get(DateKind.NOTIFICATION)
        if promised is None or at < promised.at or (released_at and released_at <= at):
            return ""
        return f"Decisions were promised for {shown(promised)} and are overdue."


def shown_end(closes_at: datetime, zone: str) -> str:
    """A first closed instant as the deadline that it ends."""
    precision = Precision.SECOND if closes_at.second else Precision.MINUTE
    return _shown(closes_at - _UNIT[precision], zone, precision)


@dataclass(frozen=True)
class Arrival:
    """Whether an upload came in time, and the sentence for who sent it. What is late or too slow is kept aside."""

    timeliness: Timeliness
    sentence: str

    @property
    def is_on_time(self) -> bool:
        return self.timeliness is Timeliness.ON_TIME


def arrival(
    window: Window, *, began_at: datetime, ended_at: datetime, upload_window: timedelta = UPLOAD_WINDOW
) -> Arrival:
    """Judge an upload by when it began; past the close it must not have taken longer than `upload_window`."""
    state = window.state(began_at)
    if state is State.NOT_YET or window.closes_at is None:
        return Arrival(Timeliness.NOT_YET, window.sentence(began_at))
    aside = "It is kept aside, and an organizer can accept it."
    if state is State.CLOSED:
        began = f"This upload began {stamp(began_at)}, after the close ({closed_from(window.closes_at)})."
        return Arrival(Timeliness.LATE, f"{began} {aside}")
    if ended_at >= window.closes_at and ended_at - began_at > upload_window:
        minutes = f"{upload_window / timedelta(minutes=1):g} minutes"
        slow = f"This upload began in time, {stamp(began_at)}, but ended after the close and took more than {minutes}."
        return Arrival(Timeliness.TOO_SLOW, f"{slow} {aside}")
    return Arrival(Timeliness.ON_TIME, f"This upload began in time, {stamp(began_at)}.")
