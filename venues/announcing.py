"""What organizers are told about the dates that they write: the instant each means, and what looks wrong with them."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise

from venues import deadlines
from venues.deadlines import Dated, DateKind, Meaning, VenueDate, shown
from venues.wording import WEEKDAYS

DATES = {
    DateKind.CALL_OPENS: "The opening of the call",
    DateKind.SUBMISSION: "The submission deadline",
    DateKind.REVIEW: "The review deadline",
    DateKind.NOTIFICATION: "The notification",
    DateKind.CAMERA_READY: "The camera-ready deadline",
    DateKind.EVENT_STARTS: "The start of the event",
    DateKind.EVENT_ENDS: "The end of the event",
}
_WHAT_BEGINS = {
    DateKind.CALL_OPENS: "submission opens",
    DateKind.NOTIFICATION: "overdue from",
    DateKind.EVENT_STARTS: "starts",
    DateKind.EVENT_ENDS: "ends",
}


def meaning(kind: DateKind, date: Dated, event_zone: str) -> str:
    """The sentence under a date: "closed from Tue 27 Sep 2022 12:00 UTC; 14:00 in Paris"."""
    sentence = f"{_WHAT_BEGINS.get(kind, 'closed from')} {deadlines.long(date.at)}"
    return sentence if event_zone == "UTC" else f"{sentence}; {deadlines.in_city(date.at, event_zone)}"


def check_dates(dates: Iterable[VenueDate]) -> list[str]:
    """Warnings about a venue's dates: out of order, less than two days apart, deadlines on a weekend."""
    by_kind: dict[DateKind, Dated] = {date.kind: date for date in dates}
    return check_season(by_kind)


def is_in_order(dates: Iterable[VenueDate]) -> bool:
    """Whether each date is after the one before it in the season."""
    by_kind = {date.kind: date.at for date in dates}
    season = [by_kind[kind] for kind in DateKind if kind in by_kind]
    return all(before < after for before, after in pairwise(season))


def check_season(by_kind: dict[DateKind, Dated]) -> list[str]:
    """The same for dates that are not stored yet."""
    season = [(kind, by_kind[kind]) for kind in DateKind if kind in by_kind]
    warnings = []
    for (kind_before, before), (kind, after) in pairwise(season):
        both = f"{DATES[kind]} ({shown(after)})", f"{DATES[kind_before].lower()} ({shown(before)})"
        if after.at <= before.at:
            warnings.append(f"{both[0]} is not after {both[1]}.")
        elif after.at - before.at < timedelta(days=2) and kind is not DateKind.EVENT_ENDS:
            warnings.append(f"{both[0]} comes less than two days after {both[1]}.")
    for kind, date in season:
        weekday = deadlines.written(date).weekday()
        if date.meaning is Meaning.DEADLINE and weekday >= 5:
            warnings.append(f"{DATES[kind]} ({shown(date)}) falls on a {WEEKDAYS[weekday]}.")
    return warnings
