"""What organizers may do beyond what the packages of the season allow."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.models import Person
from core.verdict import Verdict
from mail.models import Message
from mail.queries import last_of
from organizers.venue_letters import TRIALS
from submissions.models import Submission
from submissions.policy import may_handle
from venues.models import Venue
from venues.policy import may_organize

MOST_TESTS = 20  # test letters to one person within an hour


def may_give_time(
    session: Session, person: Person, venue: Venue, submission: Submission | None, whose: Person | None
) -> Verdict:
    """Give grace or an extension, or take it back: for all, for one submission, or for one person."""
    if submission is not None:
        return may_handle(session, person, submission)
    verdict = may_organize(session, person, venue)
    if verdict and whose is not None and whose.id == person.id:
        return Verdict("Another organizer gives you more time.")
    return verdict


def may_handle_letters(session: Session, person: Person, venue: Venue) -> Verdict:
    """Send failed letters again, and cancel those that wait."""
    return may_organize(session, person, venue)


def may_change_settings(session: Session, person: Person, venue: Venue) -> Verdict:
    """Change what a venue is, when its dates are and what it asks for."""
    return may_organize(session, person, venue)


def may_reword(session: Session, person: Person, venue: Venue) -> Verdict:
    """Put the venue's letters into other words."""
    return may_organize(session, person, venue)


def may_send_test(session: Session, person: Person, venue: Venue, at: datetime) -> Verdict:
    """Send a letter to oneself, to see how it arrives; not more than one has use for."""
    verdict = may_reword(session, person, venue)
    if verdict:
        recent = last_of(venue.id, person.primary_email, TRIALS).where(
            Message.queued_at > at - timedelta(hours=1)
        )
        if (session.scalar(select(func.count()).select_from(recent.subquery())) or 0) >= MOST_TESTS:
            return Verdict(f"You had {MOST_TESTS} test letters within an hour: wait a little.")
    return verdict
