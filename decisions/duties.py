"""The decisions that authors can read."""

from collections.abc import Collection
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from accounts.models import Person
from core.duty import Duty
from decisions import queries
from submissions.models import Submission
from venues.queries import Place


def due(session: Session, person: Person, places: Collection[Place], at: datetime) -> list[Duty]:
    """Nothing to do: the way to each released decision on the person's papers, as done."""
    here = {place.id: place for place in places}
    columns = Submission.venue_id, Submission.number, Submission.title
    found = session.execute(
        queries.visible_to(person.id, at)
        .where(Submission.venue_id.in_(list(here)))
        .with_only_columns(*columns)
        .order_by(*columns)
    )
    return [
        Duty(
            f"The decision on #{number} “{title}” is there",
            url_for("decisions.decision", slug=here[venue_id].slug, number=number),
            None,
            True,
            "",
            here[venue_id].short_name,
        )
        for venue_id, number, title in found
    ]
