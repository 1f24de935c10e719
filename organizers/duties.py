"""What organizers owe their authors and reviewers."""

from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Person
from core.duty import Duty
from decisions.queries import is_released
from organizers import queries
from venues import deadlines
from venues.deadlines import Calendar, DateKind, Phase, State
from venues.models import Venue


def due(session: Session, person: Person, venue: Venue, calendar: Calendar, at: datetime) -> list[Duty]:
    """The venue's acts of the organizers from the close of submission on: assigning, then releasing decisions."""
    if calendar.window(Phase.SUBMISSION).state(at) is not State.CLOSED:
        return []
    hidden = queries.hidden_from(session, person.id, venue.id)
    without = session.scalar(queries.count_without_reviewers(venue.id, hidden)) or 0
    found = []
    reviewing = calendar.window(Phase.REVIEW)
    if without and reviewing.is_open(at):
        found.append(
            Duty(
                f"Find reviewers for {without} paper{'' if without == 1 else 's'} of {venue.short_name}",
                url_for("assignment.papers", slug=venue.slug),
                reviewing.closes_at,
                shown_due=reviewing.closing,
            )
        )
    if promised := calendar.dates.get(DateKind.NOTIFICATION):
        found.append(
            Duty(
                f"Release the decisions of {venue.short_name}",
                url_for("decisions.decide_list", slug=venue.slug),
                promised.at,
                done=bool(session.scalar(select(is_released(venue.id, at)))),
                shown_due=deadlines.shown(promised),
            )
        )
    return found
