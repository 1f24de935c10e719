"""What is due from a person, over all packages and venues."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import String, cast, literal, select, union
from sqlalchemy.orm import Session

from accounts.models import Email, Person
from camera_ready import duties as camera_ready
from core import request
from core.duty import Agenda, Duty, agenda
from decisions import duties as decisions
from organizers import duties as organizers
from reviews.pool import duties as pool
from reviews.pool.models import Invitation, InvitationState
from reviews.reviewing import duties as reviewing
from submissions import duties as submissions
from submissions.models import Submission
from submissions.queries import visible_to
from venues import current
from venues.models import Membership, Role
from venues.queries import Place

AUTHOR, INVITED = "author", "invited"


def kinds(session: Session, person: Person) -> dict[int, set[str]]:
    """What the person is in which venue, by its id: values of Role, AUTHOR, INVITED."""
    held = select(Membership.venue_id, cast(Membership.role, String)).where(Membership.person_id == person.id)
    authored = visible_to(person.id).with_only_columns(Submission.venue_id, literal(AUTHOR))
    asked = (
        select(Invitation.venue_id, literal(INVITED))
        .join(Email, Email.address == Invitation.email)
        .where(Email.person_id == person.id, Invitation.state == InvitationState.INVITED)
    )
    found: dict[int, set[str]] = {}
    for venue_id, kind in session.execute(union(held, authored, asked)):
        found.setdefault(venue_id, set()).add(kind)
    return found


def due(
    session: Session, person: Person, places: Iterable[Place], kinds: Mapping[int, set[str]], at: datetime
) -> Agenda:
    """The person's duties in these venues; nothing is due where the season is over."""
    live = [place for place in places if not place.calendar.is_over(at)]

    def where(kind: str) -> list[Place]:
        return [place for place in live if kind in kinds.get(place.id, ())]

    found: list[Duty] = []
    if here := where(AUTHOR):
        found += submissions.due(session, person, here, at)
        found += decisions.due(session, person, here, at)
        found += camera_ready.due(session, person, here, at)
    if here := where(INVITED):
        found += pool.due(session, person, here, at)
    if here := where(Role.REVIEWER):
        found += reviewing.due(session, person, here, at)
    if here := where(Role.ORGANIZER):
        found += organizers.due(session, person, here, at)
    return agenda(found, at)


def due_here() -> Agenda:
    """What is due from whoever asks in the venue of this request; for templates, which ask only where they show it."""
    session, person, venue = request.session(), current.signed_in(), current.venue()
    place = Place(venue.id, venue.slug, venue.short_name, current.calendar())
    return due(session, person, [place], kinds(session, person), request.at())
