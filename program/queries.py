"""What the public pages show: nothing here depends on who asks."""

from datetime import datetime

from sqlalchemy import Select, String, cast, literal, select, union_all

from core.db import built_once
from decisions import queries as decisions
from decisions.models import Outcome
from submissions.models import Author, Submission
from venues.models import ListedPerson, ScheduleEntry, Sponsor, Topic


@built_once
def topics(venue_id: int) -> Select[str]:
    """The venue's topics in its order."""
    return select(Topic.name).where(Topic.venue_id == venue_id).order_by(Topic.position, Topic.id)


SPONSOR = "sponsor"


@built_once
def named(venue_id: int) -> Select[str, str, str, str, str | None]:
    """(section or SPONSOR, name, affiliation or gift, url, picture) of who the home page names, in their order."""
    person, sponsor = ListedPerson, Sponsor
    section = cast(person.section, String).label("section")
    people = select(
        section, person.name, person.affiliation, person.url, person.picture_sha256, person.position
    )
    none = literal(None, String(64))
    sponsors = select(literal(SPONSOR), sponsor.name, sponsor.gives, sponsor.url, none, sponsor.position)
    both = union_all(
        people.where(person.venue_id == venue_id), sponsors.where(sponsor.venue_id == venue_id)
    ).subquery()
    columns = both.c.section, both.c.name, both.c.affiliation, both.c.url, both.c.picture_sha256
    return select(*columns).order_by(both.c.position)


@built_once
def portrait(venue_id: int, sha256: str) -> Select[str | None]:
    """The name of a picture, if somebody on this home page has it."""
    here = ListedPerson.venue_id == venue_id, ListedPerson.picture_sha256 == sha256
    return select(ListedPerson.picture_sha256).where(*here).limit(1)


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
