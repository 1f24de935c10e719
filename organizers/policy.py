"""What organizers may do beyond what the packages of the season allow."""

from sqlalchemy.orm import Session

from accounts.models import Person
from core.verdict import Verdict
from submissions.models import Submission
from submissions.policy import may_handle
from venues.models import Venue
from venues.policy import may_organize


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
