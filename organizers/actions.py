"""What organizers do across the season: give more time, word the letters and see to them."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.models import Person
from core import audit, clock
from mail import outbox
from mail.models import Message, MessageState, VenueLetter
from organizers import policy, venue_letters
from organizers.examples import Example
from submissions.models import Submission
from venues.deadlines import DateKind, iso
from venues.models import Extension, ListedPerson, Venue


class Stale(Exception):
    """Somebody else saved the letter meanwhile: this is what it is now."""

    def __init__(self, theirs: VenueLetter) -> None:
        super().__init__("the letter was saved by somebody else meanwhile")
        self.subject, self.body, self.revision = theirs.subject, theirs.body, theirs.revision
        self.saved_by_id, self.saved_at = theirs.saved_by_id, theirs.saved_at


def give_time(
    session: Session,
    venue: Venue,
    kind: DateKind,
    until: datetime,
    reason: str,
    *,
    is_grace: bool = False,
    submission: Submission | None = None,
    whose: Person | None = None,
    by: Person,
    at: datetime,
) -> None:
    """More time for a deadline, up to (not including) `until`: for a submission, a person or, with neither, for all."""
    policy.may_give_time(session, by, venue, submission, whose).enforce()
    given = Extension(
        venue_id=venue.id,
        kind=kind,
        submission_id=submission.id if submission else None,
        person_id=whose.id if whose else None,
        until=until,
        is_grace=is_grace,
        reason=reason,
        by_id=by.id,
        granted_at=at,
    )
    session.add(given)
    _note(session, "extension.given", given, by=by, at=at)


def take_time_back(session: Session, venue: Venue, given: Extension, *, by: Person, at: datetime) -> None:
    """End grace or an extension that was given."""
    submission = session.get(Submission, given.submission_id) if given.submission_id else None
    whose = session.get(Person, given.person_id) if given.person_id else None
    policy.may_give_time(session, by, venue, submission, whose).enforce()
    _note(session, "extension.taken_back", given, by=by, at=at)
    session.delete(given)


def set_picture(
    session: Session, venue: Venue, name: str, sha256: str | None, *, by: Person, at: datetime
) -> bool:
    """Show this picture beside a name of the home page, or (None) none; False when nobody there is called so."""
    policy.may_change_settings(session, by, venue).enforce()
    called = ListedPerson.venue_id == venue.id, ListedPerson.name == name
    listed = session.scalars(select(ListedPerson).where(*called).with_for_update()).all()
    before = any(one.picture_sha256 for one in listed)
    for one in listed:
        one.picture_sha256 = sha256
    if listed and (before or sha256):
        said = {
            "before": f"Picture of {name}" if before else "",
            "after": f"Picture of {name}" if sha256 else "",
        }
        line = f"people: {'another picture' if before and sha256 else 'picture' if sha256 else 'no picture'} of {name}"
        changes = [{"what": "people", "line": line, **said}]
        about = f"venue:{venue.id}"
        audit.record(session, "venue.changed", about, by=by.id, at=at, venue_id=venue.id, changes=changes)
    return bool(listed)


def send_again(
    session: Session, venue: Venue, message_ids: Collection[int], *, by: Person, at: datetime
) -> int:
    """Queue failed letters once more; how many of these there were."""
    return _move_letters(
        session,
        venue,
        message_ids,
        "letters.sent_again",
        {MessageState.FAILED},
        {"state": MessageState.QUEUED, "attempts": 0, "retry_at": clock.real()},
        by=by,
        at=at,
    )


def cancel_letters(
    session: Session, venue: Venue, message_ids: Collection[int], *, by: Person, at: datetime
) -> int:
    """Stop letters that are held or queued; how many of these there were."""
    waiting = {MessageState.HELD, MessageState.QUEUED}
    values = {"state": MessageState.CANCELLED}
    return _move_letters(session, venue, message_ids, "letters.cancelled", waiting, values, by=by, at=at)


def reword(
    session: Session,
    venue: Venue,
    name: str,
    subject: str,
    body: str,
    revision: int,
    *,
    by: Person,
    at: datetime,
) -> bool:
    """Let a letter say this from now on; the standard words, or none, make it the standard letter again.

    `revision` is the one that the words began from (0: never saved). Raises Stale. False when nothing changes. Letters
    that are written already stay as they are.
    """
    policy.may_reword(session, by, venue).enforce()
    session.execute(select(Venue.id).where(Venue.id == venue.id).with_for_update())
    if (subject, body) == venue_letters.LETTERS[name].standard[:2]:
        subject, body = "", ""
    changed = put_words(session, venue, name, subject, body, revision, by=by, at=at)
    if changed is None:
        return False
    says = "in your own words" if body else "the standard letter again"
    change = {"what": f"letters.{name}", "line": f"letters.{name}: {says}"}
    change |= dict(zip(("before", "after"), changed, strict=True))
    about = f"venue:{venue.id}"
    audit.record(session, "venue.changed", about, by=by.id, at=at, venue_id=venue.id, changes=[change])
    return True


def put_words(
    session: Session,
    venue: Venue,
    name: str,
    subject: str,
    body: str,
    revision: int | None = None,
    *,
    by: Person | None,
    at: datetime,
) -> tuple[str, str] | None:
    """What `reword` does, and a venue's file, which is for who may load it; no revision: whatever was there before.

    Returns the words before and after, "" for the standard letter; None when nothing changes.
    """
    saved = session.get(VenueLetter, (venue.id, name))
    before = (saved.subject, saved.body) if saved else ("", "")
    if (subject, body) == before:
        return None
    if saved is None:
        saved = VenueLetter(venue_id=venue.id, name=name, revision=0)
        session.add(saved)
    elif revision is not None and saved.revision != revision:
        raise Stale(saved)
    saved.subject, saved.body, saved.revision = subject, body, saved.revision + 1
    saved.saved_by_id, saved.saved_at = by.id if by else None, at
    return "\n\n".join(before).strip(), f"{subject}\n\n{body}".strip()


def send_test(
    session: Session, venue: Venue, name: str, example: Example, *, by: Person, at: datetime
) -> None:
    """Send the example to whoever asks, at their own e-mail and marked as a test; each time anew."""
    policy.may_send_test(session, by, venue, at).enforce()
    # About the submission that it takes for an example: who is in conflict with that does not meet it in the outbox.
    about = f"submission:{example.submission_id}" if example.submission_id else f"venue:{venue.id}"
    letter = replace(
        example.letter,
        occasion=f"test_{name}",
        thing=f"{about}:test:{secrets.token_hex(8)}",
        to_email=by.primary_email,
        to_name=by.name,
        subject=f"Test: {example.letter.subject}",
        is_secret=False,
    )
    outbox.enqueue(session, letter, at=at)


def _move_letters(
    session: Session,
    venue: Venue,
    message_ids: Collection[int],
    act: str,
    states: set[MessageState],
    values: Mapping[str, object],
    *,
    by: Person,
    at: datetime,
) -> int:
    policy.may_handle_letters(session, by, venue).enforce()
    # In one statement: the worker may be taking the same letter.
    ours = Message.venue_id == venue.id, Message.id.in_(message_ids), Message.state.in_(states)
    moved = session.scalars(update(Message).where(*ours).values(**values).returning(Message.id)).all()
    if moved:
        audit.record(
            session, act, f"venue:{venue.id}", by=by.id, at=at, venue_id=venue.id, messages=sorted(moved)
        )
    return len(moved)


def _note(session: Session, act: str, given: Extension, *, by: Person, at: datetime) -> None:
    about = f"submission:{given.submission_id}" if given.submission_id else f"venue:{given.venue_id}"
    audit.record(
        session,
        act,
        about,
        by=by.id,
        at=at,
        venue_id=given.venue_id,
        kind=given.kind,
        until=iso(given.until),
        person_id=given.person_id,
        is_grace=given.is_grace,
        reason=given.reason,
    )
