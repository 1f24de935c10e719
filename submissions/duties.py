"""What is due from authors."""

from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from accounts.models import Person
from core.duty import Duty
from submissions import policy, queries
from submissions.models import State
from venues.deadlines import Calendar
from venues.models import Venue


def due(session: Session, person: Person, venue: Venue, calendar: Calendar, at: datetime) -> list[Duty]:
    """Each of the person's drafts while it can be completed, and what they submitted, as done."""
    duties = []
    for row in session.execute(queries.mine(person.id, venue.id)):
        window = policy.window(session, person, venue.id, row.id, calendar=calendar)
        if row.state is State.DRAFT and window.is_open(at):
            url = url_for("submissions.edit", slug=venue.slug, number=row.number)
            what = f"Upload the PDF of #{row.number} “{row.title}”: it is not submitted yet"
            duties.append(Duty(what, url, window.closes_at, shown_due=window.closing))
        elif row.state is State.SUBMITTED:
            url = url_for("submissions.show", slug=venue.slug, number=row.number)
            what = f"#{row.number} “{row.title}” is submitted"
            duties.append(Duty(what, url, window.closes_at, done=True, shown_due=window.closing))
    return duties
