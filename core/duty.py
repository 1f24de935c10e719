"""The shared word for "what is due from me, and when"."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Duty:
    """One thing that a person still owes or has done; `where` names the venue where several are shown together.

    `change_url` is where what is done can be changed, while it can.
    """

    what: str
    url: str
    due_at: datetime | None
    done: bool = False
    shown_due: str = ""
    where: str = ""
    change_url: str = ""


@dataclass
class Agenda:
    """Duties by what they want: at once, in their order, nothing any more."""

    overdue: list[Duty] = field(default_factory=list)
    next: list[Duty] = field(default_factory=list)
    done: list[Duty] = field(default_factory=list)

    @property
    def open(self) -> list[Duty]:
        """What is still owed, the most urgent first."""
        return self.overdue + self.next


def agenda(duties: Iterable[Duty], at: datetime) -> Agenda:
    """The duties in order of time, grouped; what has no date comes last."""
    found = Agenda()
    for duty in sorted(duties, key=lambda duty: duty.due_at or _NEVER):
        is_over = duty.due_at is not None and duty.due_at <= at
        (found.done if duty.done else found.overdue if is_over else found.next).append(duty)
    return found
