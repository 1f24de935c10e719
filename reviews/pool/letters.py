"""Letters to people who are asked to review."""

from datetime import timedelta

from core import links, tokens
from mail.letters import Letter, Own, compose
from reviews.pool.models import Invitation
from venues import deadlines
from venues.deadlines import Calendar, DateKind
from venues.models import Venue

LINK_LASTS = timedelta(days=180)


def reviewer_invited(invitation: Invitation, venue: Venue, calendar: Calendar, own: Own) -> Letter:
    """Asks somebody to review, with a link that answers for them."""
    due = calendar.dates.get(DateKind.REVIEW)
    token = tokens.issue("invitation", invitation.id)
    return compose(
        "pool/reviewer_invited",
        own=own,
        thing=f"venue:{venue.id}:{invitation.letters}",
        to_email=invitation.email,
        to_name=invitation.name,
        venue_id=venue.id,
        reply_to=venue.contact,
        is_secret=True,
        venue=venue.name,
        short=venue.short_name,
        due=f"Reviews are due {deadlines.shown(due)}." if due else "The date for reviews will follow.",
        link=links.absolute("pool.invitation", slug=venue.slug, token=token),
    )
