"""The shared word for "what is due from me, and when"."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Duty:
    """One thing that a person still owes or has done."""

    what: str
    url: str
    due_at: datetime | None
    done: bool = False
    shown_due: str = ""
