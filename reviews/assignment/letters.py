"""Letters to reviewers about their papers."""

from datetime import datetime

from accounts.models import Person
from core import links
from mail.letters import Letter, Own, compose
from reviews.assignment.models import Assignment
from submissions.models import Submission
from venues.deadlines import Calendar, Phase, State


def paper_assigned(
    assignment: Assignment,
    submission: Submission,
    reviewer: Person,
    calendar: Calendar,
    own: Own,
    at: datetime,
) -> Letter:
    """Tells a reviewer that a paper is theirs; its title only when it can be read already."""
    venue = submission.venue
    submitting = calendar.window(Phase.SUBMISSION)
    reviewing = calendar.window(Phase.REVIEW, person_id=reviewer.id)
    is_readable = submitting.state(at) is State.CLOSED
    return compose(
        "assignment/paper_assigned",
        own=own,
        thing=f"assignment:{assignment.id}:{int(assignment.assigned_at.timestamp())}",
        to_email=reviewer.primary_email,
        to_name=reviewer.name,
        venue_id=venue.id,
        reply_to=venue.contact,
        venue=venue.name,
        short=venue.short_name,
        number=str(submission.number),
        paper=f"paper {submission.number}" + (f", “{submission.title}”" if is_readable else ""),
        reading="You can read it now." if is_readable else submitting.sentence(at),
        due=f"Reviews are due {reviewing.closing}." if reviewing.closes_at else reviewing.waits_for,
        link=links.absolute("reviewing.index", slug=venue.slug),
    )


def paper_taken_back(
    assignment: Assignment, submission: Submission, reviewer: Person, at: datetime
) -> Letter:
    """Tells a reviewer that a paper is no longer theirs."""
    venue = submission.venue
    return compose(
        "assignment/paper_taken_back",
        thing=f"assignment:{assignment.id}:{int(at.timestamp())}",
        to_email=reviewer.primary_email,
        to_name=reviewer.name,
        venue_id=venue.id,
        reply_to=venue.contact,
        short=venue.short_name,
        number=str(submission.number),
        link=links.absolute("reviewing.index", slug=venue.slug),
    )


def paper_withdrawn(
    assignment: Assignment, submission: Submission, reviewer: Person, withdrawn: int
) -> Letter:
    """Tells a reviewer that the paper was withdrawn, in this second, by its authors; not why."""
    venue = submission.venue
    return compose(
        "assignment/paper_withdrawn",
        thing=f"assignment:{assignment.id}:{withdrawn}",
        to_email=reviewer.primary_email,
        to_name=reviewer.name,
        venue_id=venue.id,
        reply_to=venue.contact,
        short=venue.short_name,
        number=str(submission.number),
        link=links.absolute("reviewing.index", slug=venue.slug),
    )


def paper_restored(
    assignment: Assignment,
    submission: Submission,
    reviewer: Person,
    withdrawn: int,
    calendar: Calendar,
    at: datetime,
) -> Letter:
    """Tells a reviewer that the withdrawal of that second was taken back."""
    venue = submission.venue
    return compose(
        "assignment/paper_restored",
        thing=f"assignment:{assignment.id}:{withdrawn}",
        to_email=reviewer.primary_email,
        to_name=reviewer.name,
        venue_id=venue.id,
        reply_to=venue.contact,
        short=venue.short_name,
        number=str(submission.number),
        due=calendar.window(Phase.REVIEW, person_id=reviewer.id).sentence(at),
        link=links.absolute("reviewing.index", slug=venue.slug),
    )
