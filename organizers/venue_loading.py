"""A venue is made or brought to what a file or a form says, and what changed is told. Nothing is sent."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from accounts.actions import person_for_verified_email
from accounts.models import Person
from core import audit, markdown
from organizers import policy, venue_export, venue_file
from organizers.actions import put_words
from organizers.venue_file import Fault, Named, Supporter, VenueFile, VenueFileError
from organizers.venue_values import FIELDS, label
from submissions.models import SubmissionTopic
from venues import actions, announcing, deadlines, queries
from venues.deadlines import Announced, DeadlineError, Meaning
from venues.models import ListedPerson, Role, ScheduleEntry, Sponsor, Topic, Venue, VenueDate
from venues.policy import may_make_venue

RENDERED = {
    "introduction": "introduction_html",
    "call": "call_html",
    "camera_ready_text": "camera_ready_html",
    "support": "support_html",
}
Entry = tuple[datetime, str]  # of the schedule
KEYS = {column: f"{table}.{key}" for table, keys in FIELDS.items() for key, (column, _) in keys.items()}


class Outdated(Exception):
    """Somebody else changed the same settings since the form was opened."""


@dataclass(frozen=True)
class Change:
    """One thing that changed: `what` as in the file, `line` for a terminal. Empty is what was not there, or is not."""

    what: str
    line: str
    before: str = ""
    after: str = ""

    @property
    def label(self) -> str:
        """What people call it."""
        return label(self.what)


@dataclass
class Report:
    """What a load did: `changes` is empty when nothing changed; `notes` are worth a look and change nothing."""

    venue: Venue
    is_new: bool
    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """The changes, a line each."""
        return [change.line for change in self.changes]

    def add(self, what: str, says: str, before: str = "", after: str = "") -> None:
        """Note a change."""
        self.changes.append(Change(what, f"{what}: {says}", before, after))


def load(session: Session, data: bytes, *, by: Person | None, at: datetime) -> Report:
    """Make or update the venue that a file names. Raises VenueFileError with everything that is wrong."""
    may_make_venue(session, by).enforce()
    stored_zone = select(Venue.event_zone)
    file = venue_file.parse(data, lambda slug: session.scalar(stored_zone.where(Venue.slug == slug)) or "UTC")
    by_slug, values = queries.by_slug(file.slug)
    venue = session.scalar(by_slug.with_for_update(), values)
    if venue is None:
        absent = [key for key in ("name", "short_name") if key not in file.fields]
        if absent:
            raise VenueFileError(
                [
                    f"venue.{key}: is missing; there is no venue {file.slug!r} yet, so it must be named."
                    for key in absent
                ]
            )
        name, short_name = file.fields["name"], file.fields["short_name"]
        venue = actions.make(session, file.slug, name, short_name, file.event_zone, by=by, at=at)
        report = Report(venue, True, [Change("venue", "made")])
    else:
        report = Report(venue, False)
    _apply(session, report, file, by=by, at=at)
    report.notes += announcing.check_dates(session.scalars(queries.dates_of(venue.id)))
    _note(session, "venue.loaded", report, by=by, at=at)
    return report


def change(
    session: Session,
    venue: Venue,
    file: VenueFile,
    table: str = "",
    started_from: str = "",
    *,
    by: Person,
    at: datetime,
) -> Report:
    """Bring the venue to what a form says of a table, or an organizer's file of all.

    Raises Outdated when the table is not any more what `started_from` is the mark of.
    """
    policy.may_change_settings(session, by, venue).enforce()
    # Two organizers who save at the same time wait for each other here.
    by_slug, values = queries.by_slug(venue.slug)
    session.scalar(by_slug.with_for_update(), values)
    if (table or started_from) and started_from != venue_export.mark(session, venue, table):
        raise Outdated
    report = Report(venue, False)
    _apply(session, report, file, by=by, at=at)
    if any(each.what.startswith("dates.") for each in report.changes):
        report.notes += announcing.check_dates(session.scalars(queries.dates_of(venue.id)))
    _note(session, "venue.changed", report, by=by, at=at)
    return report


def _apply(session: Session, report: Report, file: VenueFile, *, by: Person | None, at: datetime) -> None:
    old_zone = report.venue.event_zone
    zone = file.fields.get("event_zone", old_zone)
    if zone != old_zone:
        _follow_zone(session, report.venue, file, zone)
    _set_fields(report, file)
    _set_dates(session, report, file)
    if file.topics is not None:
        _set_topics(session, report, file.topics)
    if file.people is not None:
        _set_listed(session, report, "people", ListedPerson, Named, file.people, _in_section)
    if file.sponsors is not None:
        _set_listed(session, report, "sponsors", Sponsor, Supporter, file.sponsors, _name)
    if file.schedule is not None:
        _set_schedule(session, report, file.schedule, old_zone)
    _set_letters(session, report, file, by=by, at=at)
    _grant(session, report, file, by=by, at=at)
    session.flush()


def _in_section(person: Named) -> str:
    return f"{person.name} ({person.section})"


def _name(sponsor: Supporter) -> str:
    return sponsor.name


def _note(session: Session, act: str, report: Report, *, by: Person | None, at: datetime) -> None:
    if not report.changes:
        return
    venue_id, by_id = report.venue.id, by.id if by else None
    changes = [asdict(each) for each in report.changes]
    audit.record(session, act, f"venue:{venue_id}", by=by_id, at=at, venue_id=venue_id, changes=changes)


def _follow_zone(session: Session, venue: Venue, file: VenueFile, zone: str) -> None:
    """In another zone the event keeps the hours that were written, where the file does not say them anew."""
    faults = []
    for date in session.scalars(queries.dates_of(venue.id)):
        if date.meaning is not Meaning.MOMENT or date.kind in file.dates:
            continue
        try:
            file.dates[date.kind] = deadlines.parse(date.announced, meaning=date.meaning, zone=zone)
        except DeadlineError as error:
            faults.append(Fault(("venue", "event_zone"), f"{announcing.DATES[date.kind]}: {error}"))
    if file.schedule is None:
        here = ScheduleEntry.venue_id == venue.id
        entries = []
        for starts_at, title in session.execute(
            select(ScheduleEntry.starts_at, ScheduleEntry.title).where(here)
        ):
            try:
                text = deadlines.wall_clock(starts_at, venue.event_zone)
                entries.append((deadlines.parse(text, meaning=Meaning.MOMENT, zone=zone).at, title))
            except DeadlineError as error:
                faults.append(Fault(("venue", "event_zone"), f"{title}: {error}"))
        file.schedule = sorted(entries)
    if faults:
        raise VenueFileError([str(fault) for fault in faults], faults)


def _told(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value or "none")


def _set_fields(report: Report, file: VenueFile) -> None:
    venue = report.venue
    for column, value in file.fields.items():
        old = getattr(venue, column)
        if old == value:
            continue
        setattr(venue, column, value)
        if column in RENDERED:
            setattr(venue, RENDERED[column], markdown.to_html(value))
            says = "changed" if old else "set"
        else:
            says = f"{_told(old)} -> {_told(value)}" if old not in ("", None) else _told(value)
        before, after = ("none" if each is None else str(each) for each in (old, value))
        report.add(KEYS[column], says, before, after)


def _set_dates(session: Session, report: Report, file: VenueFile) -> None:
    stored = {date.kind: date for date in session.scalars(queries.dates_of(report.venue.id))}
    for kind, found in file.dates.items():
        date, what = stored.get(kind), f"dates.{kind}"
        if found is None:
            if date is not None:
                session.delete(date)
                report.add(what, f"{deadlines.shown(date)} -> none", deadlines.shown(date))
            continue
        report.notes += [f"{what}: {warning}" for warning in found.warnings]
        values, new = _columns(found), deadlines.shown(found)
        if date is None:
            session.add(VenueDate(venue_id=report.venue.id, kind=kind, **values))
            report.add(what, new, "", new)
        elif any(getattr(date, name) != value for name, value in values.items()):
            old, old_words = deadlines.shown(date), date.announced
            for name, value in values.items():
                setattr(date, name, value)
            if old == new:
                report.add(what, "reworded", old_words, found.announced)
            else:
                report.add(what, f"{old} -> {new}", old, new)
    session.flush()


def _columns(found: Announced) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ("announced", "meaning", "zone", "precision", "at")}


def _set_topics(session: Session, report: Report, names: list[str]) -> None:
    """The file's topics in its order; one that a submission chose stays, at the end."""
    stored = {
        topic.name: topic for topic in session.scalars(select(Topic).where(Topic.venue_id == report.venue.id))
    }
    chosen = dict(
        session.execute(
            select(SubmissionTopic.topic_id, func.count())
            .join(Topic, Topic.id == SubmissionTopic.topic_id)
            .where(Topic.venue_id == report.venue.id)
            .group_by(SubmissionTopic.topic_id)
        ).all()
    )
    position = 0
    was = [topic.name for topic in sorted(stored.values(), key=lambda topic: topic.position)]
    for name in names:
        if name in stored:
            stored[name].position = position
        else:
            session.add(Topic(venue_id=report.venue.id, position=position, name=name))
            report.add("submission.topics", f'+ "{name}"', "", name)
        position += 1
    kept = []
    for name in was:
        if name in names:
            continue
        if count := chosen.get(stored[name].id):
            kept.append(name)
            stored[name].position = position
            position += 1
            many = "submission" if count == 1 else "submissions"
            report.notes.append(
                f'submission.topics: "{name}" is not in the file but chosen by {count} {many}, so it stays.'
            )
        else:
            session.delete(stored[name])
            report.add("submission.topics", f'- "{name}"', name)
    same = [name for name in was if name in names or name in kept]
    now = [name for name in [*names, *kept] if name in stored]
    if same != now:
        report.add("submission.topics", "in another order", "\n".join(same), "\n".join(now))


def _set_listed(
    session: Session,
    report: Report,
    what: str,
    kind: type[ListedPerson] | type[Sponsor],
    read: type[Named] | type[Supporter],
    named: Sequence[Named | Supporter],
    entry: Callable[[Any], str],
) -> None:
    """The people or sponsors of the home page in this order; `entry` gives what each is recognised by."""
    columns = [getattr(kind, each.name) for each in fields(read)]
    rows = session.execute(select(*columns).where(kind.venue_id == report.venue.id).order_by(kind.position))
    stored = [read(*row) for row in rows]
    if stored == named:
        return
    pictures = _pictures(session, report.venue.id) if kind is ListedPerson else {}
    for name in sorted(pictures.keys() - {one.name for one in named}):
        report.notes.append(f'people: "{name}" is not named any more, so the picture goes, too.')
    session.execute(delete(kind).where(kind.venue_id == report.venue.id))
    for position, one in enumerate(named):
        added = kind(venue_id=report.venue.id, position=position, **asdict(one))
        if isinstance(added, ListedPerson):
            added.picture_sha256 = pictures.get(one.name)
        session.add(added)

    def whole(one: Named | Supporter) -> str:
        rest = [value for key, value in asdict(one).items() if key not in ("name", "section")]
        return ", ".join(part for part in (entry(one), *rest) if part)

    gone, come = list((Counter(stored) - Counter(named)).elements()), Counter(named) - Counter(stored)
    for one in come.elements():
        # Whoever is called the same is the same, with another affiliation or address.
        if old := next((other for other in gone if entry(other) == entry(one)), None):
            gone.remove(old)
            report.add(what, f"{entry(one)} changed", whole(old), whole(one))
        else:
            report.add(what, f"+ {entry(one)}", "", whole(one))
    for one in gone:
        report.add(what, f"- {entry(one)}", whole(one))
    was, now = [entry(each) for each in stored], [entry(each) for each in named]
    was, now = [each for each in was if each in now], [each for each in now if each in was]
    if was != now:
        report.add(what, "in another order", "\n".join(was), "\n".join(now))


def _pictures(session: Session, venue_id: int) -> dict[str, str]:
    """The pictures of the home page, which no file holds: each stays with whoever bears the name."""
    person = ListedPerson
    query = select(person.name, person.picture_sha256).where(person.venue_id == venue_id)
    return {name: picture for name, picture in session.execute(query) if picture}


def _set_schedule(session: Session, report: Report, entries: list[Entry], old_zone: str) -> None:
    here, zone = ScheduleEntry.venue_id == report.venue.id, report.venue.event_zone
    query = select(ScheduleEntry.starts_at, ScheduleEntry.title).where(here)
    rows = [(starts_at, title) for starts_at, title in session.execute(query)]
    if sorted(rows) == entries:
        return
    session.execute(delete(ScheduleEntry).where(here))
    session.add_all(
        ScheduleEntry(venue_id=report.venue.id, starts_at=starts_at, title=title)
        for starts_at, title in entries
    )
    says = f"{len(rows)} -> {len(entries)} entries" if rows else f"{len(entries)} entries"
    gone, come = Counter(rows) - Counter(entries), Counter(entries) - Counter(rows)
    if zone != old_zone:
        says = f"the same hours in {zone}, no longer in {old_zone}"
    report.add("schedule", says, _listed(gone, old_zone), _listed(come, zone))


def _listed(entries: Counter[Entry], zone: str) -> str:
    return "\n".join(
        f"{deadlines.wall_clock(starts_at, zone)} {title}" for starts_at, title in sorted(entries.elements())
    )


def _set_letters(
    session: Session, report: Report, file: VenueFile, *, by: Person | None, at: datetime
) -> None:
    for name, (subject, body) in file.letters.items():
        changed = put_words(session, report.venue, name, subject, body, by=by, at=at)
        if changed is not None:
            says = "in your own words" if body else "the standard letter again"
            report.add(f"letters.{name}", says, *changed)


def _grant(session: Session, report: Report, file: VenueFile, *, by: Person | None, at: datetime) -> None:
    named: dict[Role, set[int]] = {}
    for member in file.roles:
        person = person_for_verified_email(session, member.email, member.name, at=at)
        named.setdefault(member.role, set()).add(person.id)
        if actions.grant(session, report.venue, person, member.role, by=by, at=at):
            told = f"{member.email} ({_word(member.role)})"
            report.add("roles", f"+ {told}", "", told)
    for role, ids in named.items():
        held = session.scalars(queries.members(report.venue.id, role))
        others = [person.name for person in held if person.id not in ids]
        if others:
            shown = ", ".join(others[:5]) + (", …" if len(others) > 5 else "")
            report.notes.append(f"roles: not in the file but kept: {shown} ({_word(role)}).")


def _word(role: Role) -> str:
    return role.value.replace("_", " ")
