"""The letters to authors: one function for each occasion, one letter for each author."""

from datetime import datetime
from typing import Any

from accounts.models import Person
from core.links import absolute
from mail.letters import Letter, Own, compose
from submissions import receipts
from submissions.models import State, Version
from venues.deadlines import stamp, utc


def submission_received(version: Version, by: Person, own: Own, unsigned: str = "") -> list[Letter]:
    """The receipt, to every author in the version's own list; once more when a late version was accepted.

    An example says `unsigned` in the place of the signed receipt.
    """
    once = f"v{version.number}{':accepted' if version.accepted_at else ''}"
    values = _contents(version, by, unsigned)
    return [
        compose("submissions/submission_received", own=own, **_to(author, version, once), **values)
        for author in version.authors
    ]


def version_late(version: Version, by: Person, sentence: str) -> list[Letter]:
    """A version came too late and is kept aside."""
    values: dict[str, Any] = {"sentence": sentence, **_contents(version, by)}
    return [
        compose("submissions/version_late", **_to(author, version, f"v{version.number}"), **values)
        for author in version.authors
    ]


def author_removed(version: Version, author: list[str], by: Person) -> Letter:
    """This author ([name, e-mail, affiliation]) is not in the version's list any more."""
    values: dict[str, Any] = {"saved_by": by.name, "time": stamp(version.saved_at)}
    return compose("submissions/author_removed", **_to(author, version, f"v{version.number}"), **values)


def submission_withdrawn(
    version: Version, by: Person, *, reason: str, at: datetime, until: datetime
) -> list[Letter]:
    """The submission of this current version was withdrawn; it can be restored until `until` at least."""
    values: dict[str, Any] = {
        "withdrawn_by": by.name,
        "time": stamp(at),
        "reason": reason or "none",
        "until": utc(until),
    }
    return [
        compose("submissions/submission_withdrawn", **_to(author, version, _second(at)), **values)
        for author in version.authors
    ]


def submission_restored(version: Version, by: Person, *, at: datetime) -> list[Letter]:
    """The withdrawal was undone."""
    is_submitted = version.submission.state is State.SUBMITTED
    values: dict[str, Any] = {
        "restored_by": by.name,
        "time": stamp(at),
        "standing": "It is submitted." if is_submitted else "It is a draft: not submitted.",
    }
    return [
        compose("submissions/submission_restored", **_to(author, version, _second(at)), **values)
        for author in version.authors
    ]


def _contents(version: Version, by: Person, unsigned: str = "") -> dict[str, Any]:
    """What receipts name."""
    return {
        "authors": "\n".join(
            f"{place}. {name}{f', {affiliation}' if affiliation else ''} <{email}>"
            for place, (name, email, affiliation) in enumerate(version.authors, 1)
        ),
        "paper": _file(version.paper_sha256, version.paper_size),
        "supplement": _file(version.supplement_sha256, version.supplement_size),
        "version": str(version.number),
        "saved_by": by.name,
        "time": stamp(version.saved_at),
        "receipt": unsigned or receipts.of_version(version),
        "check": absolute("receipts.check"),
    }


def _file(sha256: str | None, size: int | None) -> str:
    return f"SHA-256 {sha256}, {size:,} bytes" if sha256 else "none"


def _second(at: datetime) -> str:
    """Names an act that may be done again: withdrawn, restored and withdrawn, it is told each time."""
    return str(int(at.timestamp()))


def _to(author: list[str], version: Version, once: str) -> dict[str, Any]:
    """To whom, about what, and the values that every letter about a submission may use."""
    submission = version.submission
    venue = submission.venue
    return {
        "thing": f"submission:{submission.id}:{once}",
        "to_email": author[1],
        "to_name": author[0],
        "venue_id": venue.id,
        "reply_to": venue.contact,
        "venue": venue.short_name,
        "number": f"#{submission.number}",
        "title": version.title,
        "page": absolute("submissions.show", slug=venue.slug, number=submission.number),
    }
