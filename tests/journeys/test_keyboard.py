"""The acts that a season cannot do without, with the keyboard alone: all is reached, and the focus is seen."""

from sqlalchemy import select

from decisions.models import Decision, Outcome
from mail.models import Message
from reviews.reviewing.models import Review
from submissions.models import State, Submission
from tests.journeys import hands
from tests.journeys.hands import Keyboard, Opener
from tests.season import NOTIFICATION, REVIEWING


def test_an_author_submits(opened: Opener) -> None:
    site = opened(1280, Keyboard)
    hands.submit(site)
    site.season.session.rollback()
    paper = site.season.session.scalars(select(Submission)).one()
    assert (paper.title, paper.state, len(paper.authors)) == ("Waves of the sea", State.SUBMITTED, 2)


def test_a_reviewer_writes_and_hands_in(opened: Opener) -> None:
    site = opened(1280, Keyboard)
    season = site.season
    season.assign(season.submission(), season.rey)
    season.at(REVIEWING)
    hands.review(site)
    season.session.rollback()
    review = season.session.scalars(select(Review)).one()
    assert (review.submitted_at, review.changed_at) == (REVIEWING, REVIEWING)
    assert review.answers == review.draft
    assert [review.answers[name] for name in ("summary", "limitations", "conduct")] == [
        "Summary: none.",
        "Limitations: none.",
        True,
    ]


def test_an_organizer_decides_and_releases(opened: Opener) -> None:
    site = opened(1280, Keyboard)
    season = site.season
    season.assign(season.submission("Waves of the sea"), season.rey)
    season.at(NOTIFICATION)
    hands.decide(site)
    hands.release(site)
    season.session.rollback()
    assert season.session.scalars(select(Decision.outcome)).all() == [Outcome.POSTER]
    letters = (
        select(Message.to_email).where(Message.occasion == "decision_released").order_by(Message.to_email)
    )
    assert season.session.scalars(letters).all() == ["ada@example.org", "bo@example.org"]
