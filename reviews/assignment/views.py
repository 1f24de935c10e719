"""Organizers hand out papers."""

from flask import abort, flash, redirect, render_template, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from flask_login import login_required
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Person
from core import request
from core.db import transaction
from core.paging import paginate
from reviews.assignment import actions, presenters, queries
from submissions.models import Submission
from venues import current, policy
from venues.models import Venue

pages = current.blueprint("assignment", __name__, prefix="/organize/assignments")


def _organized() -> Venue:
    """The venue, for its organizers; hidden from all others."""
    venue = current.venue()
    policy.may_organize(request.session(), current.signed_in(), venue).enforce()
    return venue


def _paper(session: Session, number: int) -> Submission:
    """The paper of this number, unless it is hidden from whoever asks."""
    venue, person = _organized(), current.signed_in()
    return session.scalar(queries.paper(venue.id, person.id, number)) or abort(404)


@pages.get("")
@login_required
def papers() -> ResponseReturnValue:
    """The papers under review with their reviewers."""
    session, venue, person = request.session(), _organized(), current.signed_in()
    page = paginate(session, queries.papers(venue.id, person.id))
    rows = presenters.paper_rows(session, page, venue.id, person.id)
    return render_template("assignment/papers.html", page=page, rows=rows)


@pages.get("/reviewers")
@login_required
def loads() -> ResponseReturnValue:
    """The reviewers with how many papers each has."""
    session, venue, person = request.session(), _organized(), current.signed_in()
    page = paginate(session, queries.loads(venue.id, person.id))
    return render_template("assignment/loads.html", page=page)


@pages.get("/<int(max=1000000000):number>")
@login_required
def paper(number: int) -> ResponseReturnValue:
    """One paper: who has it, and who can have it."""
    session = request.session()
    submission = _paper(session, number)
    return render_template(
        "assignment/paper.html",
        form=FlaskForm(),
        number=submission.number,
        title=submission.title,
        candidates=presenters.candidates(session, submission, current.signed_in().id),
    )


@pages.post("/<int(max=1000000000):number>")
@login_required
def assign(number: int) -> ResponseReturnValue:
    """Give the paper to the chosen reviewers."""
    session, person = request.session(), current.signed_in()
    sent = asked.form.getlist("reviewer")
    chosen = [int(text) for text in sent if text.isascii() and text.isdigit() and len(text) < 10]
    with transaction(session):
        submission = _paper(session, number)
        query = select(Person).where(Person.id.in_(chosen[:200])).order_by(Person.name)
        new = actions.assign(session, submission, session.scalars(query).all(), by=person, at=request.at())
    if new:
        count = "1 reviewer was" if len(new) == 1 else f"{len(new)} reviewers were"
        flash(f"Paper {number}: {count} assigned and told by mail.", "success")
    else:
        flash("Nobody was chosen who does not have the paper already.", "info")
    return redirect(url_for(".paper", number=number), 303)


@pages.get("/<int(max=1000000000):number>/reviewers/<int(max=1000000000):person_id>/remove")
@login_required
def ask_to_unassign(number: int, person_id: int) -> ResponseReturnValue:
    """Ask before a paper is taken back."""
    session = request.session()
    submission = _paper(session, number)
    return render_template(
        "assignment/remove.html",
        form=FlaskForm(),
        number=submission.number,
        title=submission.title,
        name=_reviewer(session, submission, person_id).name,
    )


@pages.post("/<int(max=1000000000):number>/reviewers/<int(max=1000000000):person_id>/remove")
@login_required
def unassign(number: int, person_id: int) -> ResponseReturnValue:
    """Take the paper back from a reviewer."""
    session, person = request.session(), current.signed_in()
    with transaction(session):
        submission = _paper(session, number)
        reviewer = _reviewer(session, submission, person_id)
        actions.unassign(session, submission, reviewer, by=person, at=request.at())
        name = reviewer.name
    flash(f"Paper {number} was taken back from {name}, who was told by mail.", "success")
    return redirect(url_for(".paper", number=number), 303)


def _reviewer(session: Session, submission: Submission, person_id: int) -> Person:
    """Who has the paper."""
    viewer_id = current.signed_in().id
    query = queries.reviewers(viewer_id, submission.venue_id, [submission.id]).where(Person.id == person_id)
    return session.get_one(Person, person_id) if session.execute(query).first() else abort(404)
