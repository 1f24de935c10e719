"""The verbs: hand in, save a version, accept what came late, withdraw, restore, record and lift conflicts.

They are called inside a transaction; files were stored before it began. `began_at` is when the request began.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from accounts.models import Person
from core import audit, jobs, markdown
from core.verdict import Refused, Verdict
from mail import outbox
from mail.queries import own_letters
from submissions import checks, letters, policy, queries
from submissions.lifecycle import move
from submissions.models import Author, Conflict, State, Submission, SubmissionTopic, Upload, Version
from submissions.uploads import Received
from venues.deadlines import Arrival, Timeliness
from venues.models import Topic, Venue


@dataclass(frozen=True)
class Content:
    """What a form says. Authors are [name, e-mail, affiliation] in order; a file of None leaves the one before."""

    title: str
    abstract: str
    authors: list[list[str]]
    topics: list[str]
    paper: Received | None = None
    supplement: Received | None = None
    drops_supplement: bool = False


class Outdated(Exception):
    """The save started from an older version than the current one, so it would undo what was saved since."""


def begin(
    session: Session,
    venue: Venue,
    content: Content,
    *,
    form_key: str,
    by: Person,
    at: datetime,
    began_at: datetime,
) -> Version:
    """Make a submission and its first version: submitted if it has a PDF and came in time, else a draft.

    The same form, sent again, makes nothing more.
    """
    # One at a time in a venue, for the number; on SQLite the transaction is alone anyway.
    session.execute(select(Venue.id).where(Venue.id == venue.id).with_for_update(key_share=True))
    query = select(Submission).where(Submission.created_by_id == by.id, Submission.form_key == form_key)
    if made := session.scalar(query):
        return _version(session, made, made.version)
    highest = select(func.coalesce(func.max(Submission.number), 0)).where(Submission.venue_id == venue.id)
    submission = Submission(
        venue=venue,
        number=session.scalars(highest).one() + 1,
        title=content.title,
        abstract=content.abstract,
        abstract_html=markdown.to_html(content.abstract),
        version=1,
        form_key=form_key,
        created_by_id=by.id,
        created_at=at,
    )
    session.add(submission)
    session.flush()
    version, arrival = _judged(session, submission, content, None, by=by, at=at, began_at=began_at)
    _add(session, version, arrival, by=by, at=at)
    return version


def save(
    session: Session,
    submission: Submission,
    content: Content,
    *,
    started_from: int,
    by: Person,
    at: datetime,
    began_at: datetime,
) -> Version | None:
    """Add a version and make it current, or keep it aside when it came too late. What changes nothing adds none.

    Raises Outdated when the form started from an older version than the current one.
    """
    session.refresh(submission, with_for_update=True)
    policy.may_save(session, by, submission).enforce()
    current = _version(session, submission, submission.version)
    version, arrival = _judged(session, submission, content, current, by=by, at=at, began_at=began_at)
    if version.is_late:
        aside = session.scalar(queries.late_versions(submission.id).order_by(Version.number.desc()).limit(1))
        if _says(version) in (_says(current), _says(aside) if aside else None):
            return None
    elif _says(version) == _says(current) and not (current.is_late and current.accepted_at is None):
        return None
    if arrival.is_on_time and submission.version != started_from:
        raise Outdated
    _add(session, version, arrival, by=by, at=at)
    return version


def accept_late(session: Session, version: Version, *, by: Person, at: datetime) -> None:
    """Take a version that came too late as if it had come in time: it becomes the current one."""
    session.refresh(version.submission, with_for_update=True)
    policy.may_accept_late(session, by, version).enforce()
    version.accepted_by_id, version.accepted_at = by.id, at
    _audit(session, "submission.late_accepted", version, by=by, at=at)
    _make_current(session, version, by=session.get_one(Person, version.saved_by_id), at=at)


def withdraw(session: Session, submission: Submission, reason: str, *, by: Person, at: datetime) -> None:
    """Take the submission back; all authors are told, and any of them can undo it for a while."""
    session.refresh(submission, with_for_update=True)
    policy.may_withdraw(session, by, submission).enforce()
    submission.withdrawn_at, submission.withdrawn_reason = at, reason
    move(session, submission, State.WITHDRAWN, by=by, at=at, reason=reason)
    current = _version(session, submission, submission.version)
    until = at + policy.UNDO
    outbox.enqueue_all(
        session, letters.submission_withdrawn(current, by, reason=reason, at=at, until=until), at=at
    )
    jobs.enqueue(session, "drop_decision_letters", submission_id=submission.id)
    second = int(at.timestamp())
    jobs.enqueue(session, "tell_reviewers_of_withdrawal", submission_id=submission.id, withdrawn=second)


def restore(session: Session, submission: Submission, *, by: Person, at: datetime) -> None:
    """Undo a withdrawal: submitted again if it ever was, else a draft."""
    session.refresh(submission, with_for_update=True)
    policy.may_restore(session, by, submission, at).enforce()
    second = int(submission.withdrawn_at.timestamp()) if submission.withdrawn_at else 0
    submission.withdrawn_at, submission.withdrawn_reason = None, ""
    move(session, submission, State.SUBMITTED if submission.submitted_at else State.DRAFT, by=by, at=at)
    current = _version(session, submission, submission.version)
    outbox.enqueue_all(session, letters.submission_restored(current, by, at=at), at=at)
    jobs.enqueue(session, "write_decision_letters", venue_id=submission.venue_id)
    jobs.enqueue(session, "tell_reviewers_of_return", submission_id=submission.id, withdrawn=second)


def announce(session: Session, venue_id: int, size: int, *, by: int, at: datetime) -> str:
    """Note that an upload of `size` bytes of the person of this id begins now; the token to send it with, once.

    Ids and not the venue and the person, who would be read anew: this is the path of every file.
    """
    token = secrets.token_urlsafe(32)
    session.add(Upload(token=token, venue_id=venue_id, person_id=by, begun_at=at, size=size))
    return token


def finish_upload(session: Session, token: str, *, by: int, at: datetime) -> bool:
    """Use up an announced upload of the person of this id; False when it was used before."""
    unused = update(Upload).where(Upload.token == token, Upload.person_id == by, Upload.used_at.is_(None))
    using = unused.values(used_at=at).returning(Upload.token)
    return session.scalar(using, execution_options={"synchronize_session": False}) is not None


def record_conflict(
    session: Session, submission: Submission, person: Person, reason: str, *, by: Person, at: datetime
) -> None:
    """Note by hand that a person is in conflict with a submission; recorded twice, it stays as it was."""
    policy.may_change_conflict(session, by, submission, person).enforce()
    session.refresh(submission, with_for_update=True)
    known = select(Conflict.id).where(
        Conflict.submission_id == submission.id, Conflict.person_id == person.id
    )
    if session.scalar(known) is not None:
        return
    session.add(
        Conflict(
            submission_id=submission.id,
            person_id=person.id,
            reason=reason,
            recorded_by_id=by.id,
            recorded_at=at,
        )
    )
    _audit_conflict(session, "conflict.recorded", submission, person, by=by, at=at, reason=reason)


def lift_conflict(
    session: Session, submission: Submission, person: Person, *, by: Person, at: datetime
) -> None:
    """Remove a conflict that was recorded by hand; without one nothing happens."""
    policy.may_change_conflict(session, by, submission, person).enforce()
    known = (Conflict.submission_id == submission.id) & (Conflict.person_id == person.id)
    if session.scalar(delete(Conflict).where(known).returning(Conflict.id)) is not None:
        _audit_conflict(session, "conflict.lifted", submission, person, by=by, at=at)


def _audit_conflict(
    session: Session,
    act: str,
    submission: Submission,
    person: Person,
    *,
    by: Person,
    at: datetime,
    **data: str,
) -> None:
    about = f"submission:{submission.id}"
    venue_id = submission.venue_id
    audit.record(session, act, about, by=by.id, at=at, venue_id=venue_id, person_id=person.id, **data)


def _audit(session: Session, act: str, version: Version, *, by: Person, at: datetime) -> None:
    about, venue_id = f"submission:{version.submission.id}", version.submission.venue_id
    audit.record(session, act, about, by=by.id, at=at, venue_id=venue_id, version=version.number)


def _version(session: Session, submission: Submission, number: int) -> Version:
    query = select(Version).where(Version.submission_id == submission.id, Version.number == number)
    return session.scalars(query).one()


def _says(version: Version) -> tuple[object, ...]:
    """What a version says, to see whether another says the same."""
    texts = (version.title, version.abstract, version.authors, version.topics)
    return (*texts, version.paper_sha256, version.supplement_sha256)


def _judged(
    session: Session,
    submission: Submission,
    content: Content,
    before: Version | None,
    *,
    by: Person,
    at: datetime,
    began_at: datetime,
) -> tuple[Version, Arrival]:
    """A version with this content, not added yet, and whether it came in time. Raises Refused before the call opens.

    Files that the content does not bring are those of `before`.
    """
    files = [file for file in (content.paper, content.supplement) if file]
    begins = [began_at, *(file.began_at for file in files)]
    arrival, began_at = policy.judge(session, by, submission.venue, submission.id, begins=begins, at=at)
    if arrival.timeliness is Timeliness.NOT_YET:
        raise Refused(Verdict(arrival.sentence))
    version = Version(
        title=content.title,
        abstract=content.abstract,
        authors=content.authors,
        topics=content.topics,
        saved_by_id=by.id,
        saved_at=at,
        began_at=began_at,
        is_late=not arrival.is_on_time,
    )
    kept = before or Version(paper_name="", supplement_name="")
    if paper := content.paper:
        version.paper_sha256, version.paper_size, version.paper_name = paper.sha256, paper.size, paper.name
    else:
        version.paper_sha256, version.paper_size = kept.paper_sha256, kept.paper_size
        version.paper_name = kept.paper_name
    version.supplement_name = ""
    if extra := content.supplement:
        version.supplement_sha256, version.supplement_size = extra.sha256, extra.size
        version.supplement_name = extra.name
    elif not content.drops_supplement:
        version.supplement_sha256, version.supplement_size = kept.supplement_sha256, kept.supplement_size
        version.supplement_name = kept.supplement_name
    version.submission_id = submission.id
    return version, arrival


def _add(session: Session, version: Version, arrival: Arrival, *, by: Person, at: datetime) -> None:
    """Number the version and make it current; one that came too late is kept aside and its authors are told."""
    highest = select(func.coalesce(func.max(Version.number), 0)).where(
        Version.submission_id == version.submission_id
    )
    version.number = session.scalars(highest).one() + 1
    session.add(version)
    session.flush()
    if version.paper_sha256:
        checks.order(session, version.paper_sha256)
    if version.is_late:
        if version.number == 1:
            _say(session, version)
        _audit(session, "submission.kept_aside", version, by=by, at=at)
        outbox.enqueue_all(session, letters.version_late(version, by, arrival.sentence), at=at)
    else:
        _audit(session, "submission.saved", version, by=by, at=at)
        _make_current(session, version, by=by, at=at)


def _make_current(session: Session, version: Version, *, by: Person, at: datetime) -> None:
    """Let the submission say what the version says; with a PDF it is submitted. Whoever is named no more is told."""
    submission = version.submission
    was_submitted = submission.state is State.SUBMITTED
    removed = _say(session, version)
    if version.paper_sha256 and not was_submitted:
        submission.submitted_at = submission.submitted_at or at
        move(session, submission, State.SUBMITTED, by=by, at=at)
    if submission.state is State.SUBMITTED:
        own = own_letters(session, submission.venue_id, "submission_received")
        outbox.enqueue_all(session, letters.submission_received(version, by, own), at=at)
    if was_submitted:
        outbox.enqueue_all(
            session, [letters.author_removed(version, author, by) for author in removed], at=at
        )


def _say(session: Session, version: Version) -> list[list[str]]:
    """Write the version's texts, authors and topics into its submission; the authors that are named no more."""
    submission = version.submission
    submission.title, submission.abstract = version.title, version.abstract
    submission.abstract_html = markdown.to_html(version.abstract)
    submission.version = version.number
    rows = select(Author.name, Author.email, Author.affiliation).where(Author.submission_id == submission.id)
    before = [list(row) for row in session.execute(rows.order_by(Author.position))]
    if before != version.authors:
        session.execute(delete(Author).where(Author.submission_id == submission.id))
        session.add_all(
            Author(
                submission_id=submission.id, position=place, name=name, email=email, affiliation=affiliation
            )
            for place, (name, email, affiliation) in enumerate(version.authors)
        )
    session.execute(delete(SubmissionTopic).where(SubmissionTopic.submission_id == submission.id))
    named = select(Topic.id).where(Topic.venue_id == submission.venue_id, Topic.name.in_(version.topics))
    session.add_all(
        SubmissionTopic(submission_id=submission.id, topic_id=topic_id) for topic_id in session.scalars(named)
    )
    named_now = {email for _, email, _ in version.authors}
    return [author for author in before if author[1] not in named_now]
