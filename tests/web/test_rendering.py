"""A new renderer reaches what was saved before it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import jobs, markdown
from core.db import transaction
from core.jobs import Job
from reviews.reviewing.models import Review
from submissions.models import Submission
from tests.season import Season
from web import rendering
from web.jobs import JOBS

OLD = "<p>from before</p>"


def set_back(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts with formulas whose HTML is of an older renderer."""
    monkeypatch.setattr(rendering, "AT_ONCE", 2)
    papers = [season.submission(f"Paper {number}") for number in range(5)]
    season.review(season.assign(papers[0], season.rey), summary="It has $x$.")
    with transaction(season.session):
        for paper in season.session.scalars(select(Submission)):
            paper.abstract, paper.abstract_html = f"On $y_{paper.number}$", OLD
        season.session.scalars(select(Review)).one().answers_html = {"summary": OLD}
        season.venue.call, season.venue.call_html = "Call for $z$", OLD


def work(session: Session, season: Season) -> int:
    """Run what waits; how many jobs there were."""
    done = 0
    while jobs.run_next(season.app.extensions["sessions"], JOBS, "test"):
        done += 1
    session.rollback()
    return done


def test_stored_html_is_made_anew_once_for_each_version(
    season_on_both: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    season, session = season_on_both, season_on_both.session
    set_back(season, monkeypatch)
    rendering.order(session)
    assert work(session, season) == 1
    papers = session.scalars(select(Submission).order_by(Submission.number)).all()
    assert [p.abstract_html for p in papers] == [markdown.to_html(f"On $y_{n}$") for n in (1, 2, 3, 4, 5)]
    assert "<mi>x</mi>" in session.scalars(select(Review)).one().answers_html["summary"]
    assert season.venue.call_html == markdown.to_html("Call for $z$")
    set_back_again = papers[0]
    with transaction(session):
        set_back_again.abstract_html = OLD
    rendering.order(session)
    assert work(session, season) == 0, "this version was rendered already"
    monkeypatch.setattr(markdown, "VERSION", markdown.VERSION + 1)
    rendering.order(session)
    assert work(session, season) == 1
    assert "<mi>y</mi>" in set_back_again.abstract_html
    assert [job.state for job in session.scalars(select(Job))] == ["done", "done"]


def test_what_comes_out_the_same_is_not_written(season: Season) -> None:
    season.submission()
    rendering.render_anew(season.session)
    with season.statements() as seen:
        rendering.render_anew(season.session)
    assert seen
    assert [statement for statement in seen if statement.startswith("UPDATE")] == []
