"""What the public pages show: nothing here depends on who asks."""

from datetime import datetime

from sqlalchemy import Select, select

from core.db import built_once
from decisions import queries as decisions
from decisions.models import Outcome
from submissions.models import Author, Submission
from venues.models import ListedPerson, ScheduleEntry, Section, Topic


@built_once
def topics(venue_id: int) -> Select[str]:
    """The venue's topics in its order."""
    return select(Topic.name).where(Topic.venue_id == venue_id).order_by(Topic.position, Topic.id)


@built_once
def people(venue_id: int) -> Select[Section, str, str, str]:
    """(section, name, affiliation, url) of the people named on the home page, in their order."""
    columns = ListedPerson.section, ListedPerson.name, ListedPerson.affiliation, ListedPerson.url
    return select(*columns).where(ListedPerson.venue_id == venue_id).order_by(ListedPerson.position)


@built_once
def schedule(venue_id: int) -> Select[datetime, str]:
    """(starts_at, title) of what happens, in order."""
    query = select(ScheduleEntry.starts_at, ScheduleEntry.title).where(ScheduleEntry.venue_id == venue_id)
    return query.order_by(ScheduleEntry.starts_at, ScheduleEntry.title)


@built_once
def accepted_papers(venue_id: int, at: datetime) -> Select[int, str, Outcome]:
    """(submission id, title, outcome) of the accepted papers once they are released, talks first."""
    accepted = decisions.accepted(venue_id, at).subquery()
    return (
        select(Submission.id, Submission.title, accepted.c.outcome)
        .join(accepted, accepted.c.submission_id == Submission.id)
        .order_by(accepted.c.outcome != Outcome.ORAL, Submission.number)
    )


@built_once
def authors_of_accepted(venue_id: int, at: datetime) -> Select[int, str]:
    """(submission id, name) of the accepted papers' authors, in order."""
    accepted = decisions.accepted(venue_id, at).subquery()
    return (
        select(Author.submission_id, Author.name)
        .join(accepted, accepted.c.submission_id == Author.submission_id)
        .order_by(Author.submission_id, Author.position)
    )
