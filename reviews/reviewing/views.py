"""Reviewers see their papers and write reviews; drafts are saved as they type."""

import json
from typing import Any, cast

from flask import abort, flash, redirect, render_template, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from flask_login import login_required
from markupsafe import Markup
from sqlalchemy.orm import Session

from core import preview, request
from core.db import detached, rows, transaction
from core.duty import agenda
from core.paging import paginate
from core.verdict import HIDDEN, Refused
from reviews.assignment.models import Assignment
from reviews.papers import presenters as papers
from reviews.papers.queries import reader
from reviews.reviewing import actions, duties, form, policy, presenters, queries, sheet
from reviews.reviewing.actions import Stale
from reviews.reviewing.form import AnswerError, Answers
from reviews.reviewing.forms import ReviewForm
from reviews.reviewing.models import Review
from venues import current
from venues.deadlines import Phase, closed_from, iso, utc
from venues.deadlines import State as Window
from venues.models import Role
from venues.queries import Place

pages = current.blueprint("reviewing", __name__, prefix="/papers")
MOST_BYTES = 5 << 20  # of a draft sent by the script


@pages.get("/")
@login_required
def index() -> ResponseReturnValue:
    """The reviewer's papers with the state of each review."""
    session, venue, person, at = request.session(), current.venue(), current.signed_in(), request.at()
    if Role.REVIEWER not in current.roles():
        HIDDEN.enforce()
    calendar = current.calendar()
    page = paginate(session, queries.OWN, reader(person.id, venue.id, calendar, at))
    submitting = calendar.window(Phase.SUBMISSION)
    here, due = Place(venue.id, venue.slug, venue.short_name, calendar), _due()
    if page.last == 1:  # all of them are at hand
        owed = [
            duties.of_paper(here, due["window"], row.number, row.title, row.submitted_at) for row in page.rows
        ]
    else:
        owed = duties.due(session, person, [here], at)
    return render_template(
        "reviewing/index.html",
        page=page,
        papers=presenters.own_papers(page.rows, due["is_over"]),
        agenda=agenda(owed, at),
        waits_for="" if submitting.state(at) is Window.CLOSED else submitting.sentence(at),
        **due,
    )


def _due() -> dict[str, Any]:
    """Until when whoever asks may write."""
    window = current.calendar().window(Phase.REVIEW, person_id=current.signed_in().id)
    closed = closed_from(window.closes_at) if window.closes_at else ""
    return {"window": window, "closed": closed, "is_over": window.state(request.at()) is Window.CLOSED}


def _which(number: int) -> dict[str, Any]:
    """The values for the queries of the assignment of whoever asks."""
    who = reader(current.signed_in().id, current.venue().id, current.calendar(), request.at())
    return {**who, "number": number}


def _assignment(session: Session, number: int) -> Assignment:
    """The assignment of whoever asks, locked; 404 when there is none."""
    (row,) = rows(session, queries.TO_WRITE, _which(number)) or abort(404)
    return cast(Assignment, detached(row, Assignment)[0])


@pages.get("/<int(max=1000000000):number>/review")
@login_required
def review(number: int) -> ResponseReturnValue:
    """The paper beside the form."""
    return _page(number)


def _page(
    number: int, shown: ReviewForm | None = None, status: int = 200, **values: Any
) -> ResponseReturnValue:
    """The page of a review: with the saved draft, or with what was sent."""
    session, person, due = request.session(), current.signed_in(), _due()
    calendar, at = current.calendar(), request.at()
    (row,) = rows(session, queries.TO_READ, _which(number)) or abort(404)
    assignment, found = detached(row, Assignment, Review)
    paper = papers.paper(session, person.id, current.venue(), calendar, at, number)
    may_write = policy.may_write(session, person, assignment, at, calendar)
    if shown is None:
        values["sheet"] = sheet.filled(found.draft if found else {}, may_preview=may_write.allowed)
        values["revision"] = found.revision if found else 0
    else:
        values |= {"revision": shown.revision.data, "previews": preview.of(shown, *form.TEXTS)}
    times = (found.draft_saved_at, found.submitted_at, found.changed_at) if found else (None, None, None)
    return render_template(
        "reviewing/review.html",
        form=shown,
        questions=form.QUESTIONS,
        paper=paper,
        abstract=Markup(paper.abstract_html if paper else ""),  # noqa: S704 (made safe when it was saved)
        may_write=may_write,
        may_preview=may_write.allowed,
        state=presenters.state(*times, is_over=due["is_over"]),
        saved=utc(found.draft_saved_at) if found else "",
        submitted=utc(found.changed_at) if found and found.changed_at else "",
        **values,
        **due,
    ), status


@pages.post("/<int(max=1000000000):number>/review")
@login_required
def write(number: int) -> ResponseReturnValue:
    """Save the draft, or hand the review in. Whatever is wrong, what was typed is on the page that answers."""
    session, sent, is_final = request.session(), ReviewForm(), "submit" in asked.form
    try:
        answers = form.read(sent.sent())
    except AnswerError as error:
        _assignment(session, number)
        sent[error.name].errors = [str(error)]
        return _page(number, sent, 422)
    is_complete = not form.missing(answers)
    if preview.is_asked_for():
        return _page(number, sent)
    act = actions.submit if is_final and is_complete else actions.save_draft
    try:
        with transaction(session):
            saved = act(
                session,
                _assignment(session, number),
                answers,
                sent.started_from(),
                calendar=current.calendar(),
                by=current.signed_in(),
                at=request.at(),
            )
    except Stale as stale:
        sent.revision.data = str(stale.revision)
        return _page(number, sent, 409, theirs=_differing(answers, stale.theirs))
    if is_final and not is_complete:
        sent.revision.data = str(saved.revision)
        sent.validate()
        return _page(number, sent, 422, is_kept=True)
    if is_final:
        flash("Your review is handed in. You can change it until reviewing closes.", "success")
        return redirect(url_for(".index"), 303)
    flash("The draft is saved. It is not handed in yet.", "success")
    return redirect(url_for(".review", number=number), 303)


def _differing(mine: Answers, theirs: Answers) -> list[tuple[str, str, str]]:
    """(label, mine, theirs) of each answer that differs, in words."""
    return [
        (question.label, form.in_words(question, mine[question.name]), form.in_words(question, other))
        for question in form.QUESTIONS
        if mine[question.name] != (other := theirs.get(question.name))
    ]


@pages.put("/<int(max=1000000000):number>/review/draft")
def save(number: int) -> ResponseReturnValue:
    """Save what was typed so far, for the script: {"revision", "fields"} gives {"revision", "saved_at"}.

    409 {"revision", "theirs"} when it was saved elsewhere meanwhile; else {"error": sentence}.
    """
    session = request.session()
    try:
        if not 0 < (asked.content_length or 0) <= MOST_BYTES:
            raise AnswerError("", "That is too much text to be saved at once.")
        revision, answers = _sent(asked.get_data())
        with transaction(session):
            if current.person() is None:
                return {"error": "You are signed out. Sign in to save."}, 401
            saved = actions.save_draft(
                session,
                _assignment(session, number),
                answers,
                revision,
                calendar=current.calendar(),
                by=current.signed_in(),
                at=request.at(),
            )
            return {"revision": saved.revision, "saved_at": iso(saved.at)}
    except AnswerError as error:
        return {"error": str(error)}, 422
    except Refused as error:
        return {"error": error.verdict.reason}, 404 if error.verdict.hidden else 403
    except Stale as stale:
        return {"revision": stale.revision, "theirs": form.to_fields(stale.theirs)}, 409


def _sent(body: bytes) -> tuple[int, Answers]:
    """The revision and the answers in the script's request. Raises AnswerError."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        sent = None
    revision = sent.get("revision") if isinstance(sent, dict) else None
    if type(revision) is not int or not 0 <= revision < 1 << 31:
        raise AnswerError("", "This is not what the review's page sends. Reload the page and try again.")
    return revision, form.read(sent.get("fields"))
