"""The letter about a final file."""

from camera_ready.models import FinalVersion
from camera_ready.receipts import of_final
from core import links
from mail.letters import Letter, Own, compose
from submissions.models import Author, Submission
from venues.deadlines import stamp


def final_received(
    submission: Submission, final: FinalVersion, author: Author, own: Own, unsigned: str = ""
) -> Letter:
    """Tell one author that a final file was received. An example says `unsigned` in the place of the signed receipt."""
    venue = submission.venue
    return compose(
        "camera_ready/final_received",
        own=own,
        thing=f"submission:{submission.id}:final{final.number}",
        to_email=author.email,
        to_name=author.name,
        venue_id=venue.id,
        reply_to=venue.contact,
        venue=venue.name,
        number=str(submission.number),
        title=submission.title,
        file=final.paper_name,
        size=f"{final.paper_size:,} bytes",
        sha256=final.paper_sha256,
        time=stamp(final.saved_at),
        aside=(
            "It came after the deadline, so it is kept aside until an organizer accepts it."
            if final.is_late
            else ""
        ),
        receipt=unsigned or of_final(submission, final),
        check=links.absolute("receipts.check"),
        page=links.absolute("camera_ready.final", slug=venue.slug, number=submission.number),
    )
