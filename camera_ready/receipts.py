"""The receipt of a final file."""

from camera_ready.models import FinalVersion
from submissions import receipts
from submissions.models import Submission


def of_final(submission: Submission, final: FinalVersion) -> str:
    """The signed receipt of a final file, with the paper's title and authors as they are."""
    what = "camera-ready version"
    if final.is_late:
        what += ", late and accepted" if final.accepted_at else ", late and kept aside"
    received = receipts.Received(
        what=what,
        version=final.number,
        saved_at=final.saved_at,
        began_at=final.began_at,
        paper=(final.paper_sha256, final.paper_size),
        supplement=(None, None),
        authors=[author.name for author in submission.authors],
        title=submission.title,
    )
    return receipts.of(submission, received)
