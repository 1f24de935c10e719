"""The decision letter."""

from venues.deadlines import shown

from core import links
from decisions.models import Outcome
from decisions.queries import OCCASION
from mail.letters import Letter, compose
from submissions.models import Author, Submission
from venues.models import VenueDate

TEMPLATES = {
    Outcome.ORAL: "decisions/accepted_oral",
    Outcome.POSTER: "decisions/accepted_poster",
    Outcome.REJECT: "decisions/rejected",
}


def decision_released(
    submission: Submission, author: Author, outcome: Outcome, camera_ready: VenueDate | None
) -> Letter:
    """Tell one author what was decided."""
    venue = submission.venue
    values = {}
    if outcome.is_accepted:
        page = links.absolute("camera_ready.final", slug=venue.slug, number=submission.number)
        values = {"camera_ready": shown(camera_ready) if camera_ready else "announced later", "upload": page}
    return compose(
        TEMPLATES[outcome],
        occasion=OCCASION,
        thing=f"submission:{submission.id}",
        to_email=author.email,
        to_name=author.name,
        venue_id=venue.id,
        reply_to=venue.contact,
        venue=venue.name,
        number=str(submission.number),
        title=submission.title,
        page=links.absolute("decisions.decision", slug=venue.slug, number=submission.number),
        **values,
    )
