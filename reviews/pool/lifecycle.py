"""The only writer of an invitation's state."""

from datetime import datetime

from sqlalchemy.orm import Session

from core import audit
from reviews.pool.models import Invitation, InvitationState

INVITED, ACCEPTED, DECLINED, WITHDRAWN = InvitationState
MOVES = {
    INVITED: {ACCEPTED, DECLINED, WITHDRAWN},
    ACCEPTED: {DECLINED},
    DECLINED: {ACCEPTED, WITHDRAWN},
    WITHDRAWN: {INVITED},
}


def move(
    session: Session, invitation: Invitation, to: InvitationState, *, by: int | None, at: datetime
) -> None:
    """Put the invitation into another state, and note it."""
    if to not in MOVES[invitation.state]:
        raise ValueError(f"an invitation that is {invitation.state} cannot become {to}")
    invitation.state = to
    audit.record(
        session, f"invitation.{to}", f"invitation:{invitation.id}", by=by, at=at, venue_id=invitation.venue_id
    )
