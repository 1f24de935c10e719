"""A venue as its TOML file: what is stored, such that loading it changes nothing."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import tomlkit
from sqlalchemy import select
from sqlalchemy.orm import Session
from tomlkit.items import AoT, Array, Table

from accounts.models import Email, Person
from mail.queries import own_letters
from organizers.venue_letters import LETTERS
from organizers.venue_values import FIELDS, MEANINGS, zone_of
from venues import deadlines, queries
from venues.deadlines import DeadlineError
from venues.models import ListedPerson, Membership, Role, ScheduleEntry, Sponsor, Topic, Venue, VenueDate

Tables = dict[str, Any]


def tables(session: Session, venue: Venue) -> Tables:
    """Everything that the venue's file says, table by table."""
    return {name: read(session, venue) for name, read in _TABLES.items()}


def table(session: Session, venue: Venue, name: str) -> Any:
    """One of these tables."""
    return _TABLES[name](session, venue)


def mark(session: Session, venue: Venue, name: str = "") -> str:
    """Changes when something in this table does, or in any: whoever began with it sees that others saved meanwhile."""
    said: Any = table(session, venue, name) if name else tables(session, venue)
    if name in ("dates", "schedule"):
        said = [said, venue.event_zone]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:20]


def to_toml(session: Session, venue: Venue) -> str:
    """The file. Texts keep their lines, people and entries of the schedule stand one below the other."""
    document = tomlkit.document()
    document.add(tomlkit.comment(f"{venue.name}: load it with ./dateline venue load FILE.toml"))
    document.add(tomlkit.comment("The head of demo/sbm2022.toml explains every key."))
    document.add(
        tomlkit.comment(
            "Pictures of people are not in it: they stay where they are, with whoever keeps the name."
        )
    )
    for name, content in tables(session, venue).items():
        if content:
            document.add(name, _list(content) if isinstance(content, list) else _table(content))
    return tomlkit.dumps(document)


def _table(content: dict[str, Any]) -> Table:
    made = tomlkit.table()
    for key, value in content.items():
        if isinstance(value, str) and "\n" in value:
            value = tomlkit.string(f"{value}\n", multiline=True)
        elif isinstance(value, list):
            value = _array(value)
        elif isinstance(value, dict):
            value = _table(value)
        made.add(key, value)
    return made


def _array(content: list[str]) -> Array:
    made = tomlkit.array().multiline(True)
    made.extend(content)
    return made


def _list(content: list[dict[str, str]]) -> AoT:
    made = tomlkit.aot()
    for entry in content:
        made.append(_table({key: value for key, value in entry.items() if value}))
    return made


def _fields(name: str) -> Callable[[Session, Venue], dict[str, Any]]:
    def read(_session: Session, venue: Venue) -> dict[str, Any]:
        values = {key: getattr(venue, column) for key, (column, _reader) in FIELDS[name].items()}
        return {key: 0 if value is None else value for key, value in values.items()}

    return read


def _venue(session: Session, venue: Venue) -> dict[str, Any]:
    return {"slug": venue.slug, **_fields("venue")(session, venue)}


def _submission(session: Session, venue: Venue) -> dict[str, Any]:
    query = select(Topic.name).where(Topic.venue_id == venue.id).order_by(Topic.position, Topic.id)
    values = _fields("submission")(session, venue)
    return {**values, "blindness": venue.blindness.value, "topics": list(session.scalars(query))}


def _dates(session: Session, venue: Venue) -> dict[str, str]:
    stored = {date.kind: date for date in session.scalars(queries.dates_of(venue.id))}
    return {kind.value: _written(stored[kind], venue) if kind in stored else "" for kind in MEANINGS}


def _written(date: VenueDate, venue: Venue) -> str:
    """The announcement; where its words mean another instant by now, what they meant."""
    try:
        found = deadlines.parse(
            date.announced, meaning=date.meaning, zone=zone_of(date.kind, venue.event_zone)
        )
    except DeadlineError:
        return deadlines.shown(date)
    is_same = (found.at, found.zone) == (date.at, date.zone)
    return date.announced if is_same else deadlines.shown(date)


def _people(session: Session, venue: Venue) -> list[dict[str, str]]:
    columns = ListedPerson.section, ListedPerson.name, ListedPerson.affiliation, ListedPerson.url
    query = select(*columns).where(ListedPerson.venue_id == venue.id).order_by(ListedPerson.position)
    return [
        {"section": section.value, "name": name, "affiliation": affiliation, "url": url}
        for section, name, affiliation, url in session.execute(query)
    ]


def _sponsors(session: Session, venue: Venue) -> list[dict[str, str]]:
    query = select(Sponsor.name, Sponsor.gives, Sponsor.url).where(Sponsor.venue_id == venue.id)
    rows = session.execute(query.order_by(Sponsor.position))
    return [{"name": name, "gives": gives, "url": url} for name, gives, url in rows]


def _roles(session: Session, venue: Venue) -> list[dict[str, str]]:
    query = (
        select(Membership.role, Email.address, Person.name)
        .join(Person, Person.id == Membership.person_id)
        .join(Email, (Email.person_id == Person.id) & Email.is_primary)
        .where(Membership.venue_id == venue.id)
        .order_by(Email.address)
    )
    rows = sorted(session.execute(query), key=lambda row: list(Role).index(row.role))
    return [{"role": role.value, "email": email, "name": name} for role, email, name in rows]


def _schedule(session: Session, venue: Venue) -> list[dict[str, str]]:
    query = select(ScheduleEntry.starts_at, ScheduleEntry.title).where(ScheduleEntry.venue_id == venue.id)
    return [
        {"starts": deadlines.wall_clock(starts_at, venue.event_zone), "title": title}
        for starts_at, title in session.execute(query.order_by(ScheduleEntry.starts_at, ScheduleEntry.title))
    ]


def _letters(session: Session, venue: Venue) -> dict[str, dict[str, str]]:
    own = own_letters(session, venue.id, *LETTERS)
    return {name: {"subject": own[name][0], "body": own[name][1]} for name in LETTERS if name in own}


_TABLES: dict[str, Callable[[Session, Venue], Any]] = {
    "venue": _venue,
    "dates": _dates,
    "submission": _submission,
    "text": _fields("text"),
    "people": _people,
    "sponsors": _sponsors,
    "roles": _roles,
    "schedule": _schedule,
    "letters": _letters,
}
