"""Who reviews what, for organizers: never about a submission that the viewer is in conflict with."""

from datetime import datetime

from sqlalchemy import Select, and_, func, select

from accounts.models import Email, Person
from reviews.assignment.models import Assignment
from submissions import conflicts
from submissions.models import State, Submission
from venues.models import Membership, Role


def live() -> Select[Assignment]:
    """Assignments that hold, of submissions that are under review."""
    return (
        select(Assignment)
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(Assignment.removed_at.is_(None), Submission.state == State.SUBMITTED)
    )


def known_to(viewer_id: int, venue_id: int) -> Select[Assignment]:
    """The live assignments of a venue that this organizer may know of."""
    return live().where(Submission.venue_id == venue_id, Submission.id.not_in(conflicts.of(viewer_id)))


def papers(venue_id: int, viewer_id: int) -> Select[int, int, str, bool]:
    """(id, number, title, is_in_conflict) of the submissions under review, by number."""
    in_conflict = Submission.id.in_(conflicts.of(viewer_id)).label("is_in_conflict")
    return (
        select(Submission.id, Submission.number, Submission.title, in_conflict)
        .where(Submission.venue_id == venue_id, Submission.state == State.SUBMITTED)
        .order_by(Submission.number)
    )


def paper(venue_id: int, viewer_id: int, number: int) -> Select[Submission]:
    """The submission of this number, if the organizer may hand it out."""
    return select(Submission).where(
        Submission.venue_id == venue_id,
        Submission.number == number,
        Submission.state == State.SUBMITTED,
        Submission.id.not_in(conflicts.of(viewer_id)),
    )


def reviewers(
    viewer_id: int, venue_id: int, submission_ids: list[int]
) -> Select[int, int, str, datetime, bool]:
    """(submission_id, person_id, name, assigned_at, is_member) of who reviews these submissions, by name."""
    is_member = (
        select(Membership.id)
        .where(
            Membership.venue_id == venue_id,
            Membership.person_id == Person.id,
            Membership.role == Role.REVIEWER,
        )
        .exists()
        .label("is_member")
    )
    return (
        known_to(viewer_id, venue_id)
        .join(Person, Person.id == Assignment.person_id)
        .where(Assignment.submission_id.in_(submission_ids))
        .with_only_columns(
            Assignment.submission_id,
            Person.id.label("person_id"),
            Person.name,
            Assignment.assigned_at,
            is_member,
        )
        .order_by(Person.name, Person.id)
    )


def loads(venue_id: int, viewer_id: int) -> Select[int, str, str, str, int]:
    """(person_id, name, affiliation, email, load) of every reviewer of the venue, by name."""
    counted = known_to(viewer_id, venue_id).with_only_columns(Assignment.person_id).subquery()
    load = func.count(counted.c.person_id).label("load")
    return (
        select(
            Person.id.label("person_id"), Person.name, Person.affiliation, Email.address.label("email"), load
        )
        .join(Membership, Membership.person_id == Person.id)
        .join(Email, and_(Email.person_id == Person.id, Email.is_primary))
        .join(counted, counted.c.person_id == Person.id, isouter=True)
        .where(Membership.venue_id == venue_id, Membership.role == Role.REVIEWER)
        .group_by(Person.id, Person.name, Person.affiliation, Email.address)
        .order_by(Person.name, Person.id)
    )
