"""The moments of the model season that the demo's clock can be moved to."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Moment:
    """A named instant."""

    key: str
    label: str
    at: datetime


MOMENTS = (
    Moment("call", "Call open", datetime(2022, 9, 1, 12, 0, tzinfo=UTC)),
    Moment("minute", "A minute before the deadline", datetime(2022, 9, 27, 11, 59, tzinfo=UTC)),
    Moment("second", "The second after it", datetime(2022, 9, 27, 12, 0, tzinfo=UTC)),
    Moment("reviews", "Reviews", datetime(2022, 10, 10, 9, 0, tzinfo=UTC)),
    # The release stands at 14:00 UTC: an organizer may be quicker, or watch it happen.
    Moment("decisions", "Oct 20", datetime(2022, 10, 20, 13, 59, tzinfo=UTC)),
    Moment("camera-ready", "Nov 25", datetime(2022, 11, 25, 15, 0, tzinfo=UTC)),
    Moment("day", "The day", datetime(2022, 12, 2, 14, 45, tzinfo=UTC)),
)
RELEASE_AT = datetime(2022, 10, 20, 14, 0, tzinfo=UTC)


def latest(at: datetime) -> Moment | None:
    """The last moment that is not after this instant."""
    return next((moment for moment in reversed(MOMENTS) if moment.at <= at), None)
