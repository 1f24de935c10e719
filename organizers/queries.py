"""What the organizers' pages ask. Of a submission that the viewer is in conflict with, only its own facts are read."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select, true
from sqlalchemy.orm import Session

from accounts.models import Email, Person
from core.audit import AuditEntry
from core.db import rows
from decisions.models import Decision, Outcome
from mail.models import Message
from reviews.assignment.models import Assignment
from reviews.reviewing.models import Review
from submissions import conflicts
from submissions.models import Author, Conflict, FileCheck, State, Submission, Version
from venues.models import Extension, ListedPerson, Membership, Role

Rows = Select[*tuple[Any, ...]]
SORTS = ("number", "title", "state", "reviews", "mean", "decision")


# Statements that the list of submissions asks each time are made once: making one costs as much as running it.
_PERSON: Any = bindparam("person_id")
_VENUE: Any = bindparam("venue_id")
_HIDDEN = select(Submission.id).where(Submission.venue_id == _VENUE, Submission.id.in_(conflicts.of(_PERSON)))
_AUTHORS = (
    select(Author.submission_id, Author.name)
    .where(Author.submission_id.in_(bindparam("ids", expanding=True)))
    .order_by(Author.submission_id, Author.position)
)


def faces(venue_id: int) -> Select[str, str, str | None]:
    """(name, affiliation, picture) of everybody on the home page, once for each name, in their order."""
    person = ListedPerson
    first = func.min(person.position)
    return (
        select(
            person.name,
            func.max(person.affiliation).label("affiliation"),
            func.max(person.picture_sha256).label("picture"),
        )
        .where(person.venue_id == venue_id)
        .group_by(person.name)
        .order_by(first)
    )


def hidden_from(session: Session, person_id: int, venue_id: int) -> list[int]:
    """Ids of the venue's submissions that the person is in conflict with."""
    return [id_ for (id_,) in rows(session, _HIDDEN, {"person_id": person_id, "venue_id": venue_id})]


def not_hidden(column: Any, hidden: Collection[int]) -> Any:
    """The condition that the column names none of the hidden submissions."""
    return column.not_in(hidden) if hidden else true()


def review_counts(hidden: Collection[int] = ()) -> Select[int, int, int, float | None]:
    """(submission_id, assigned, done, mean overall) of each submission that has assignments."""
    return (
        select(
            Assignment.submission_id,
            func.count().label("assigned"),
            func.count(Review.submitted_at).label("done"),
            func.avg(Review.overall).label("mean"),
        )
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(Assignment.removed_at.is_(None), not_hidden(Assignment.submission_id, hidden))
        .group_by(Assignment.submission_id)
    )


_REVIEWS = review_counts().where(Assignment.submission_id.in_(bindparam("ids", expanding=True)))


@lru_cache(200)
def submission_rows(
    hidden: tuple[int, ...], *, state: str = "", text: str = "", sort: str = "number"
) -> Rows:
    """(id, number, title, state, outcome, pages) of the submissions listed; executed with a `venue_id`.

    `sort` is one of SORTS; "-" in front of it reverses. What is hidden takes
    no part in the order: such submissions come last.
    """
    query = (
        select(
            Submission.id,
            Submission.number,
            Submission.title,
            Submission.state,
            Decision.outcome,
            FileCheck.pages,
        )
        .outerjoin(
            Decision,
            and_(Decision.submission_id == Submission.id, not_hidden(Decision.submission_id, hidden)),
        )
        .outerjoin(
            Version, and_(Version.submission_id == Submission.id, Version.number == Submission.version)
        )
        .outerjoin(FileCheck, FileCheck.sha256 == Version.paper_sha256)
    )
    query = query.where(*_asked_for(state, text))
    name = sort.removeprefix("-")
    key: Any = {
        "title": func.lower(Submission.title),
        "state": Submission.state,
        "decision": Decision.outcome,
    }.get(name, Submission.number)
    if name in ("reviews", "mean"):
        counts = review_counts(hidden).subquery()
        query = query.outerjoin(counts, counts.c.submission_id == Submission.id)
        key = counts.c.mean if name == "mean" else counts.c.done
    turned = key.desc() if sort.startswith("-") else key
    if key is Submission.number:
        return query.order_by(turned)  # the index gives the first fifty without sorting all
    return query.order_by(key.is_(None), turned, Submission.number)


@lru_cache(200)
def count_submissions(*, state: str = "", text: str = "") -> Select[int]:
    """How many `submission_rows` there are."""
    return select(func.count(Submission.id)).where(*_asked_for(state, text))


def _asked_for(state: str, text: str) -> list[Any]:
    conditions: list[Any] = [Submission.venue_id == _VENUE]
    if state:
        conditions.append(Submission.state == state)
    if text:
        named = select(Author.submission_id).where(Author.name.icontains(text, autoescape=True))
        conditions.append(or_(Submission.title.icontains(text, autoescape=True), Submission.id.in_(named)))
    return conditions


def authors_of(session: Session, submission_ids: list[int]) -> dict[int, list[str]]:
    """The names of these submissions' authors in order, by submission id."""
    names: dict[int, list[str]] = {}
    for submission_id, name in rows(session, _AUTHORS, {"ids": submission_ids}):
        names.setdefault(submission_id, []).append(name)
    return names


def reviews_of(
    session: Session, submission_ids: list[int], hidden: Collection[int]
) -> dict[int, tuple[int, int, float | None]]:
    """(assigned, done, mean overall) of these submissions, but for hidden ones, by submission id."""
    seen = [one for one in submission_ids if one not in hidden]
    return {
        id_: (assigned, done, mean) for id_, assigned, done, mean in rows(session, _REVIEWS, {"ids": seen})
    }


def visible_to(viewer_id: int, venue_id: int) -> Select[Submission]:
    """The venue's submissions that the organizer may look into: those without a conflict."""
    return select(Submission).where(
        Submission.venue_id == venue_id, Submission.id.not_in(conflicts.of(viewer_id))
    )


# What the page of one submission asks, made once; the parameters are named in the statements.
# The submission with its current version, what was found in its PDF, and the decision: person_id, venue_id, number.
ONE_SUBMISSION = (
    visible_to(_PERSON, _VENUE)
    .join(Version, and_(Version.submission_id == Submission.id, Version.number == Submission.version))
    .outerjoin(FileCheck, FileCheck.sha256 == Version.paper_sha256)
    .outerjoin(Decision, Decision.submission_id == Submission.id)
    .where(Submission.number == bindparam("number"))
    .with_only_columns(
        Submission.id,
        Submission.number,
        Submission.title,
        Submission.state,
        Submission.version,
        Submission.abstract_html,
        Submission.submitted_at,
        Submission.withdrawn_reason,
        Version.authors,
        Version.topics,
        Version.paper_name,
        Version.paper_size,
        Version.paper_sha256,
        Version.supplement_name,
        Version.supplement_size,
        Version.supplement_sha256,
        FileCheck.pages,
        FileCheck.problem,
        Decision.outcome,
    )
)
_IS_WAITING = and_(Version.is_late, Version.accepted_at.is_(None), Submission.state != State.WITHDRAWN)
# All versions with their files and who saved them, newest first: submission_id.
VERSIONS = (
    select(
        Version.number,
        Version.paper_name,
        Version.paper_sha256,
        Version.supplement_sha256,
        Version.saved_at,
        Version.is_late,
        _IS_WAITING.label("is_waiting"),
        Person.name.label("saved_by"),
    )
    .join(Person, Person.id == Version.saved_by_id)
    .join(Submission, Submission.id == Version.submission_id)
    .where(Version.submission_id == bindparam("submission_id"))
    .order_by(Version.number.desc())
)
# What the current version and those that came too late and wait say, newest first: submission_id.
WAITING_TEXTS = (
    select(
        Version.number,
        Version.title,
        Version.abstract,
        Version.authors,
        Version.topics,
        Version.paper_sha256,
        Version.supplement_sha256,
        (Version.number == Submission.version).label("is_current"),
        _IS_WAITING.label("is_waiting"),
    )
    .join(Submission, Submission.id == Version.submission_id)
    .where(
        Version.submission_id == bindparam("submission_id"),
        or_(Version.number == Submission.version, _IS_WAITING),
    )
    .order_by(Version.number.desc())
)
# The conflicts recorded by hand: submission_id.
CONFLICTS = (
    select(Conflict.person_id, Person.name, Email.address, Conflict.reason, Conflict.recorded_at)
    .join(Person, Person.id == Conflict.person_id)
    .join(Email, and_(Email.person_id == Person.id, Email.is_primary))
    .where(Conflict.submission_id == bindparam("submission_id"))
    .order_by(Person.name, Conflict.id)
)
# (at, act, actor's name or None) of the last hundred acts on a thing, newest first: about.
TRAIL = (
    select(AuditEntry.at, AuditEntry.act, Person.name)
    .outerjoin(Person, Person.id == AuditEntry.actor_id)
    .where(AuditEntry.about == bindparam("about"))
    .order_by(AuditEntry.id.desc())
    .limit(100)
)


def members_with_roles(venue_id: int) -> Rows:
    """(person_id, name, affiliation, e-mail, role) of everybody with a role, by name."""
    return (
        select(Person.id, Person.name, Person.affiliation, Email.address, Membership.role)
        .join(Membership, Membership.person_id == Person.id)
        .join(Email, and_(Email.person_id == Person.id, Email.is_primary))
        .where(Membership.venue_id == venue_id)
        .order_by(func.lower(Person.name), Person.id, Membership.role)
    )


def membership(venue_id: int, person_id: int, role: Role) -> Select[int]:
    """The id of the person's role in the venue."""
    return select(Membership.id).where(
        Membership.venue_id == venue_id, Membership.person_id == person_id, Membership.role == role
    )


def extensions_given(venue_id: int, hidden: Collection[int]) -> Rows:
    """Grace and extensions with their submission's number, their person and who gave them, newest first."""
    giver, whose = select(Person.id, Person.name).subquery(), select(Person.id, Person.name).subquery()
    return (
        select(
            Extension.id,
            Extension.kind,
            Extension.until,
            Extension.is_grace,
            Extension.reason,
            Extension.granted_at,
            Submission.number,
            Submission.title,
            whose.c.name.label("person"),
            giver.c.name.label("given_by"),
        )
        .outerjoin(Submission, Submission.id == Extension.submission_id)
        .outerjoin(whose, whose.c.id == Extension.person_id)
        .outerjoin(giver, giver.c.id == Extension.by_id)
        .where(
            Extension.venue_id == venue_id,
            or_(Extension.submission_id.is_(None), not_hidden(Extension.submission_id, hidden)),
        )
        .order_by(Extension.id.desc())
    )


def submission_counts(venue_id: int) -> Select[State, int]:
    """(state, how many) of the venue's submissions."""
    query = select(Submission.state, func.count()).where(Submission.venue_id == venue_id)
    return query.group_by(Submission.state)


def review_totals(venue_id: int, hidden: Collection[int]) -> Select[int, int]:
    """(assigned, done) over the submissions under review."""
    return (
        select(func.count(Assignment.id), func.count(Review.submitted_at))
        .join(Submission, Submission.id == Assignment.submission_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(
            Submission.venue_id == venue_id,
            Submission.state == State.SUBMITTED,
            Assignment.removed_at.is_(None),
            not_hidden(Submission.id, hidden),
        )
    )


def without_reviewers(viewer_id: int, venue_ids: list[int]) -> Select[int, int]:
    """(venue_id, how many) of the submissions under review that nobody reviews."""
    reviewed = select(Assignment.submission_id).where(Assignment.removed_at.is_(None))
    return _under_review(viewer_id, venue_ids).where(Submission.id.not_in(reviewed))


def undecided(viewer_id: int, venue_ids: list[int]) -> Select[int, int]:
    """(venue_id, how many) of the submissions under review that wait for a decision."""
    return _under_review(viewer_id, venue_ids).where(Submission.id.not_in(select(Decision.submission_id)))


def _under_review(viewer_id: int, venue_ids: list[int]) -> Select[int, int]:
    """(venue_id, how many) of the submissions under review, without those that the viewer is in conflict with."""
    return (
        select(Submission.venue_id, func.count())
        .where(
            Submission.venue_id.in_(venue_ids),
            Submission.state == State.SUBMITTED,
            Submission.id.not_in(conflicts.of(viewer_id)),
        )
        .group_by(Submission.venue_id)
    )


def outcome_counts(venue_id: int, hidden: Collection[int]) -> Select[Outcome, int]:
    """(outcome, how many) of the decisions on submissions under review."""
    return (
        select(Decision.outcome, func.count())
        .join(Submission, Submission.id == Decision.submission_id)
        .where(
            Submission.venue_id == venue_id,
            Submission.state == State.SUBMITTED,
            not_hidden(Submission.id, hidden),
        )
        .group_by(Decision.outcome)
    )


def assigned_in_conflict(venue_id: int, hidden: Collection[int]) -> Rows:
    """(submission's number, reviewer's name) where a reviewer is in a recorded conflict with the paper they hold."""
    return (
        select(Submission.number, Person.name)
        .join(Assignment, and_(Assignment.submission_id == Submission.id, Assignment.removed_at.is_(None)))
        .join(
            Conflict,
            and_(Conflict.submission_id == Submission.id, Conflict.person_id == Assignment.person_id),
        )
        .join(Person, Person.id == Assignment.person_id)
        .where(Submission.venue_id == venue_id, not_hidden(Submission.id, hidden))
        .order_by(Submission.number, Person.name)
    )


# What letters can be about when they are about no submission.
HARMLESS = ("venue", "person", "invitation")


def hidden_assignments(hidden: Collection[int]) -> Select[int]:
    """Ids of the assignments to these submissions."""
    return select(Assignment.id).where(Assignment.submission_id.in_(hidden))


def letters(venue_id: int, hidden: Collection[int], hidden_assignments: Collection[int]) -> Select[Message]:
    """The venue's letters without those about hidden submissions, newest first.

    Somebody to whom something is hidden sees only letters about things that are known not to be that.
    """
    query = select(Message).where(Message.venue_id == venue_id).order_by(Message.id.desc())
    if not hidden:
        return query
    kinds = (*HARMLESS, "submission", "assignment")
    query = query.where(or_(*(Message.thing.startswith(f"{kind}:") for kind in kinds)))
    things = [f"submission:{one}" for one in hidden] + [f"assignment:{one}" for one in hidden_assignments]
    return query.where(
        Message.thing.not_in(things), *(~Message.thing.startswith(f"{thing}:") for thing in things)
    )
