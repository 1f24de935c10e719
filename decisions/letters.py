"""The decision letter."""

from typing import Any

from core import links
from decisions.models import Outcome
from decisions.queries import OCCASION
from mail.letters import Letter, Own, compose
from submissions.models import Author, Submission
from venues.deadlines import Dated, shown


def decision_released(
    submission: Submission, author: Author, outcome: Outcome, camera_ready: Dated | None, own: Own
) -> Letter:
    """Tell one author what was decided."""
    venue = submission.venue
    to_author: dict[str, Any] = {
        "own": own,
        "occasion": OCCASION,
        "thing": f"submission:{submission.id}",
        "to_email": author.email,
        "to_name": author.name,
        "reply_to": venue.contact,
        "venue": venue.name,
        "number": str(submission.number),
        "title": submission.title,
        "authors": ", ".join(one.name for one in submission.authors),
        "page": links.absolute("decisions.decision", slug=venue.slug, number=submission.number),
    }
    if outcome is Outcome.REJECT:
        return compose("decisions/rejected", venue_id=venue.id, **to_author)
    to_author["camera_ready"] = shown(camera_ready) if camera_ready else "announced later"
    to_author["upload"] = links.absolute("camera_ready.final", slug=venue.slug, number=submission.number)
    if outcome is Outcome.ORAL:
        return compose("decisions/accepted_oral", venue_id=venue.id, **to_author)
    return compose("decisions/accepted_poster", venue_id=venue.id, **to_author)
