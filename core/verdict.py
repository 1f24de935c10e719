"""The answer of a policy: yes, or no with a sentence for the person who asked."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """Allowed when there is no reason against it. A hidden refusal is answered like something that does not exist."""

    reason: str = ""
    hidden: bool = False

    @property
    def allowed(self) -> bool:
        return not self.reason

    def __bool__(self) -> bool:
        return self.allowed

    def enforce(self) -> None:
        """Raise `Refused` unless allowed."""
        if not self.allowed:
            raise Refused(self)


ALLOWED = Verdict()
HIDDEN = Verdict("There is nothing here.", hidden=True)


class Refused(Exception):
    """A verb was asked for that the policy does not allow; the roof turns it into 403 or 404."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.reason)
        self.verdict = verdict
