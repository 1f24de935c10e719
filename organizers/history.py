"""What was done to the settings of a venue: by whom, when, from what to what; by file and in the browser alike."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from accounts.models import Person
from core.audit import AuditEntry
from organizers.venue_values import label
from submissions.models import Submission
from venues import deadlines

ACTS = (
    "venue.made",
    "venue.loaded",
    "venue.changed",
    "role.granted",
    "role.revoked",
    "extension.given",
    "extension.taken_back",
    "conflict.recorded",
    "conflict.lifted",
)
SHORT = 200  # characters of a text that stands in the list as it is


@dataclass(frozen=True)
class Changed:
    """One change; a long text is compared on demand."""

    label: str
    before: str
    after: str
    note: str = ""

    @property
    def is_long(self) -> bool:
        return len(self.before) > SHORT or len(self.after) > SHORT or "\n" in self.before + self.after


@dataclass(frozen=True)
class Event:
    """One act of one person."""

    when: str
    who: str
    what: str
    changes: list[Changed] = field(default_factory=list)


def entries(venue_id: int, hidden: Collection[int]) -> Select[datetime, str, str, dict[str, Any], str | None]:
    """(at, act, about, data, actor's name) of what was done, newest first, without what concerns hidden submissions."""
    return (
        select(AuditEntry.at, AuditEntry.act, AuditEntry.about, AuditEntry.data, Person.name)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(
            AuditEntry.venue_id == venue_id,
            AuditEntry.act.in_(ACTS),
            AuditEntry.about.not_in([f"submission:{one}" for one in hidden]),
        )
        .order_by(AuditEntry.id.desc())
    )


def last_change(session: Session, venue_id: int) -> tuple[str, str]:
    """Who changed the settings last, and when."""
    query = entries(venue_id, ()).where(AuditEntry.act.in_(("venue.changed", "venue.loaded"))).limit(1)
    row = session.execute(query).one_or_none()
    return (row.name or BY_COMMAND, deadlines.utc(row.at)) if row else ("Somebody", "")


BY_COMMAND = "Somebody on the command line"


def told(session: Session, rows: Collection[Row[Any]]) -> list[Event]:
    """These entries for people."""
    people = {row.data.get("person_id") for row in rows} - {None}
    named = select(Person.id, Person.name).where(Person.id.in_(people))
    names = {row.id: row.name for row in session.execute(named)}
    papers = {int(row.about.partition(":")[2]) for row in rows if row.about.startswith("submission:")}
    numbered = select(Submission.id, Submission.number).where(Submission.id.in_(papers))
    numbers = {f"submission:{row.id}": row.number for row in session.execute(numbered)}
    return [
        Event(
            deadlines.utc(row.at),
            row.name or BY_COMMAND,
            _what(
                row.act, row.data, names.get(row.data.get("person_id"), "somebody"), numbers.get(row.about)
            ),
            _changes(row.data),
        )
        for row in rows
    ]


def _what(act: str, data: Mapping[str, Any], whose: str, number: int | None) -> str:
    reason = f": {data['reason']}" if data.get("reason") else ""
    if act in ("role.granted", "role.revoked"):
        role = str(data["role"]).replace("_", " ")
        return f"made {whose} {role}" if act == "role.granted" else f"took the role of {role} from {whose}"
    if act.startswith("conflict."):
        return f"{act.removeprefix('conflict.')} a conflict of {whose} with submission {number}{reason}"
    if act.startswith("extension."):
        kind = str(data["kind"]).replace("_", "-")
        until = deadlines.closed_from(deadlines.from_iso(data["until"]))
        who = f"submission {number}" if number else whose if data.get("person_id") else "everybody"
        grace = ", as grace" if data.get("is_grace") else ""
        verb = "gave" if act == "extension.given" else "took back"
        return f"{verb} more time for {kind}, {who}{grace}, {until}{reason}"
    return {"venue.made": "made the venue", "venue.loaded": "loaded a file"}.get(act, "changed the settings")


def _changes(data: Mapping[str, Any]) -> list[Changed]:
    found = []
    for change in data.get("changes", []):
        if isinstance(change, str):  # as it was noted once
            found.append(Changed(change, "", ""))
        elif change["what"] not in ("roles", "venue"):  # which have entries of their own
            before, after = change.get("before", ""), change.get("after", "")
            says = change["line"].partition(": ")[2] if not before + after else ""
            found.append(Changed(label(change["what"]), before, after, says))
    return found
