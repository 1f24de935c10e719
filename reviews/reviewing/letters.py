"""The receipt of a review."""

from datetime import datetime

from accounts.models import Person
from core import links
from mail.letters import Letter, Own, compose
from reviews.assignment.models import Assignment
from submissions.models import Submission
from venues.deadlines import Calendar, Phase, stamp


def review_received(
    assignment: Assignment,
    submission: Submission,
    reviewer: Person,
    calendar: Calendar,
    own: Own,
    at: datetime,
) -> Letter:
    """Tells a reviewer, once, that their review was handed in; of what it says, nothing."""
    venue = submission.venue
    return compose(
        "reviewing/review_received",
        own=own,
        thing=f"assignment:{assignment.id}:review",
        to_email=reviewer.primary_email,
        to_name=reviewer.name,
        venue_id=venue.id,
        reply_to=venue.contact,
        venue=venue.name,
        short=venue.short_name,
        number=str(submission.number),
        title=submission.title,
        time=stamp(at),
        due=calendar.window(Phase.REVIEW, person_id=reviewer.id).closing or "reviewing closes",
        page=links.absolute("reviewing.review", slug=venue.slug, number=submission.number),
    )
