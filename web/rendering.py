"""Stored HTML is made anew when what makes it has changed: once, in the background, a few rows at a time.

Texts are rendered when they are saved, so a safer or better renderer would leave what is stored as it is.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import jobs, markdown
from core.db import transaction
from organizers.venue_loading import RENDERED
from reviews.reviewing.actions import html_of
from reviews.reviewing.models import Review
from submissions.models import Submission
from venues.models import Venue

JOB = "render_anew"
AT_ONCE = 100  # rows of one transaction: others who write wait that long at most


def _venue(venue: Any) -> None:
    for source, html in RENDERED.items():
        setattr(venue, html, markdown.to_html(getattr(venue, source)))


def _submission(submission: Any) -> None:
    submission.abstract_html = markdown.to_html(submission.abstract)


def _review(review: Any) -> None:
    review.answers_html = html_of(review.answers)


STORED: dict[type[Any], Callable[[Any], None]] = {Venue: _venue, Submission: _submission, Review: _review}


def order(session: Session) -> None:
    """See to it that the worker makes stored HTML anew, once for each version of the renderer. Its own transaction."""
    with transaction(session):
        jobs.enqueue(session, JOB, key=f"{JOB} {markdown.VERSION}", priority=jobs.LATER)


def render_anew(session: Session) -> None:
    """Render every stored text again; what comes out the same is not written. A job: it opens its transactions."""
    for model, render in STORED.items():
        last = 0
        while True:
            with transaction(session):
                few = select(model).where(model.id > last).order_by(model.id).limit(AT_ONCE).with_for_update()
                found = session.scalars(few).all()
                for row in found:
                    render(row)
                    last = row.id
            if len(found) < AT_ONCE:
                break
