"""A venue is made or brought to what a file says, and what changed is told. Nothing is sent."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from accounts.actions import person_for_verified_email
from accounts.models import Person
from core import audit, markdown
from organizers import venue_file
from organizers.venue_file import Named, Supporter, VenueFile, VenueFileError
from submissions.models import SubmissionTopic
from venues import actions, deadlines, policy, queries
from venues.deadlines import Announced
from venues.models import ListedPerson, Role, ScheduleEntry, Sponsor, Topic, Venue, VenueDate

RENDERED = {
    "introduction": "introduction_html",
    "call": "call_html",
    "camera_ready_text": "camera_ready_html",
    "support": "support_html",
}


@dataclass
class Report:
    """What a load did: `changes` is empty when nothing changed; `notes` are worth a look and change nothing."""

    venue: Venue
    is_new: bool
    changes: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def load(session: Session, data: bytes, *, by: Person | None, at: datetime) -> Report:
    """Make or update the venue that a file names. Raises VenueFileError with everything that is wrong."""
    policy.may_make_venue(session, by).enforce()
    stored_zone = select(Venue.event_zone)
    file = venue_file.parse(data, lambda slug: session.scalar(stored_zone.where(Venue.slug == slug)) or "UTC")
    venue = session.scalar(queries.by_slug(file.slug).with_for_update())
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
        report = Report(venue, True, ["made"])
    else:
        report = Report(venue, False)
    _set_fields(report, file)
    _set_dates(session, report, file)
    if file.topics is not None:
        _set_topics(session, report, file.topics)
    if file.people is not None:
        _set_people(session, report, file.people)
    if file.sponsors is not None:
        _set_sponsors(session, report, file.sponsors)
    if file.schedule is not None:
        _set_schedule(session, report, file.schedule)
    _grant(session, report, file, by=by, at=at)
    session.flush()
    report.notes += deadlines.check_dates(session.scalars(queries.dates_of(venue.id)))
    if report.changes:
        audit.record(
            session,
            "venue.loaded",
            f"venue:{venue.id}",
            by=by.id if by else None,
            at=at,
            venue_id=venue.id,
            changes=report.changes,
        )
    return report


def _told(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value or "none")


def _set_fields(report: Report, file: VenueFile) -> None:
    venue = report.venue
    for column, value in file.fields.items():
        old = getattr(venue, column)
        if old == value:
            continue
        setattr(venue, column, value)
        name = column.removesuffix("_text") if column == "camera_ready_text" else column
        if column in RENDERED:
            setattr(venue, RENDERED[column], markdown.to_html(value))
            report.changes.append(f"text.{name}: changed" if old else f"text.{name}: set")
        else:
            table = (
                "submission"
                if column in ("page_limit", "max_file_mb", "upload_minutes", "blindness")
                else "venue"
            )
            told = f"{_told(old)} -> {_told(value)}" if old not in ("", None) else _told(value)
            report.changes.append(f"{table}.{name}: {told}")


def _set_dates(session: Session, report: Report, file: VenueFile) -> None:
    stored = {date.kind: date for date in session.scalars(queries.dates_of(report.venue.id))}
    for kind, found in file.dates.items():
        date = stored.get(kind)
        if found is None:
            if date is not None:
                session.delete(date)
                report.changes.append(f"dates.{kind}: {deadlines.shown(date)} -> none")
            continue
        report.notes += [f"dates.{kind}: {warning}" for warning in found.warnings]
        values = _columns(found)
        if date is None:
            session.add(VenueDate(venue_id=report.venue.id, kind=kind, **values))
            report.changes.append(f"dates.{kind}: {deadlines.shown(found)}")
        elif any(getattr(date, name) != value for name, value in values.items()):
            old = deadlines.shown(date)
            for name, value in values.items():
                setattr(date, name, value)
            new = deadlines.shown(found)
            report.changes.append(
                f"dates.{kind}: {old} -> {new}" if old != new else f"dates.{kind}: reworded"
            )
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
            report.changes.append(f'submission.topics: + "{name}"')
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
            report.changes.append(f'submission.topics: - "{name}"')
    same = [name for name in was if name in names or name in kept]
    if same != [name for name in [*names, *kept] if name in stored]:
        report.changes.append("submission.topics: in another order")


def _set_people(session: Session, report: Report, people: list[Named]) -> None:
    here = ListedPerson.venue_id == report.venue.id
    columns = ListedPerson.section, ListedPerson.name, ListedPerson.affiliation, ListedPerson.url
    rows = session.execute(select(*columns).where(here).order_by(ListedPerson.position)).all()
    stored = [Named(*row) for row in rows]
    if stored == people:
        return
    session.execute(delete(ListedPerson).where(here))
    session.add_all(
        ListedPerson(venue_id=report.venue.id, position=position, **asdict(person))
        for position, person in enumerate(people)
    )
    report.changes += _signs("people", [_entry(person) for person in stored], [_entry(p) for p in people])


def _entry(person: Named) -> str:
    return f"{person.name} ({person.section})"


def _signs(table: str, was: list[str], now: list[str]) -> list[str]:
    """What came and what went, by name."""
    came, went = Counter(now) - Counter(was), Counter(was) - Counter(now)
    return [f"{table}: + {n}" for n in came] + [f"{table}: - {n}" for n in went] or [f"{table}: changed"]


def _set_sponsors(session: Session, report: Report, sponsors: list[Supporter]) -> None:
    here = Sponsor.venue_id == report.venue.id
    rows = session.execute(
        select(Sponsor.name, Sponsor.gives, Sponsor.url).where(here).order_by(Sponsor.position)
    )
    stored = [Supporter(*row) for row in rows]
    if stored == sponsors:
        return
    session.execute(delete(Sponsor).where(here))
    session.add_all(
        Sponsor(venue_id=report.venue.id, position=position, **asdict(sponsor))
        for position, sponsor in enumerate(sponsors)
    )
    report.changes += _signs("sponsors", [s.name for s in stored], [s.name for s in sponsors])


def _set_schedule(session: Session, report: Report, entries: list[tuple[datetime, str]]) -> None:
    here = ScheduleEntry.venue_id == report.venue.id
    query = select(ScheduleEntry.starts_at, ScheduleEntry.title).where(here)
    rows = [
        tuple(row) for row in session.execute(query.order_by(ScheduleEntry.starts_at, ScheduleEntry.title))
    ]
    if rows == entries:
        return
    session.execute(delete(ScheduleEntry).where(here))
    session.add_all(
        ScheduleEntry(venue_id=report.venue.id, starts_at=starts_at, title=title)
        for starts_at, title in entries
    )
    report.changes.append(
        f"schedule: {len(rows)} -> {len(entries)} entries" if rows else f"schedule: {len(entries)} entries"
    )


def _grant(session: Session, report: Report, file: VenueFile, *, by: Person | None, at: datetime) -> None:
    named: dict[Role, set[int]] = {}
    for member in file.roles:
        person = person_for_verified_email(session, member.email, member.name, at=at)
        named.setdefault(member.role, set()).add(person.id)
        if actions.grant(session, report.venue, person, member.role, by=by, at=at):
            report.changes.append(f"roles: + {member.email} ({_word(member.role)})")
    for role, ids in named.items():
        held = session.scalars(queries.members(report.venue.id, role))
        others = [person.name for person in held if person.id not in ids]
        if others:
            shown = ", ".join(others[:5]) + (", …" if len(others) > 5 else "")
            report.notes.append(f"roles: not in the file but kept: {shown} ({_word(role)}).")


def _word(role: Role) -> str:
    return role.value.replace("_", " ")
