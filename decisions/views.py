"""Organizers decide and release; authors read their decision."""

from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import func, select

from core import request as here
from core.db import transaction
from core.paging import paginate
from decisions import actions, policy, queries
from decisions.forms import ReleaseForm
from decisions.models import Outcome, Release
from reviews.reviewing import presenters
from submissions import queries as submissions
from submissions.models import Submission
from venues import current
from venues.deadlines import DateKind, DeadlineError, Meaning, in_zone, parse, shown, utc
from venues.models import Venue
from venues.policy import may_organize

pages = current.blueprint("decisions", __name__)


@pages.before_request
def _venue_first() -> None:
    current.venue()


def _organized() -> Venue:
    venue = current.venue()
    may_organize(here.session(), current.person(), venue).enforce()
    return venue


@pages.get("/organize/decisions")
@login_required
def decide_list() -> ResponseReturnValue:
    """All papers with their scores and a choice each."""
    session, at, person, venue = here.session(), here.at(), current.signed_in(), _organized()
    page = paginate(session, queries.to_decide(venue.id, person.id))
    counts = _outcome_counts(venue.id, person.id)
    release = session.get(Release, venue.id)
    written, left = queries.letter_counts(session, venue.id)
    promised = current.calendar().dates.get(DateKind.NOTIFICATION)
    return render_template(
        "decisions/list.html",
        page=page,
        counts=counts,
        outcomes=list(Outcome),
        release=release,
        is_released=_is_released(venue.id, at),
        may_prepare=policy.may_prepare(session, person, venue, at),
        may_release=policy.may_release(session, person, venue, at),
        written=written,
        left=left,
        note=_progress_note(written, left),
        promised=shown(promised) if promised else "",
        overdue=current.calendar().overdue(at, released_at=release.effective_at if release else None),
        effective=_shown(release.effective_at, venue) if release and release.effective_at else "",
        form=ReleaseForm(),
    )


@pages.post("/organize/decisions/<int:number>")
@login_required
def decide(number: int) -> ResponseReturnValue:
    """Set one decision."""
    session, at, venue = here.session(), here.at(), _organized()
    text = request.form.get("outcome", "")
    if text and text not in {str(outcome) for outcome in Outcome}:
        abort(400, f"{text[:40]!r} is not an outcome.")
    with transaction(session):
        submission = _submission(venue.id, number)
        actions.decide(session, submission, Outcome(text) if text else None, by=current.signed_in(), at=at)
    flash(f"Paper {number}: {text or 'undecided'}.", "success")
    return redirect(url_for(".decide_list", page=request.args.get("page"), _anchor=f"paper-{number}"), 303)


@pages.post("/organize/decisions/prepare")
@login_required
def prepare() -> ResponseReturnValue:
    """Have the letters written."""
    session, venue = here.session(), _organized()
    with transaction(session):
        actions.prepare(session, venue, by=current.signed_in(), at=here.at())
    flash("The letters are being written. Nothing goes out before you release.", "success")
    return redirect(url_for(".letters"), 303)


@pages.get("/organize/decisions/letters")
@login_required
def letters() -> ResponseReturnValue:
    """All letters as they will go out."""
    session, at, person, venue = here.session(), here.at(), current.signed_in(), _organized()
    written, left = _ordered_letters(venue)
    release = session.get(Release, venue.id)
    return render_template(
        "decisions/letters.html",
        page=paginate(session, queries.letters_of(venue.id, person.id), per_page=20),
        written=written,
        left=left,
        note=_progress_note(written, left),
        is_held=release is not None and not _is_released(venue.id, at),
        may_release=policy.may_release(session, person, venue, at),
        effective=_shown(release.effective_at, venue) if release and release.effective_at else "",
    )


@pages.post("/organize/decisions/release")
@login_required
def release() -> ResponseReturnValue:
    """Release now, or at the moment typed."""
    session, at, person, venue = here.session(), here.at(), current.signed_in(), _organized()
    form, moment = ReleaseForm(), None
    if not form.validate_on_submit():
        return _again(form)
    text = (form.moment.data or "").strip()
    if text:
        try:
            moment = parse(text, meaning=Meaning.MOMENT, zone=venue.event_zone).at
        except DeadlineError as error:
            form.moment.errors = [str(error)]
            return _again(form)
        if moment <= at:
            form.moment.errors = [f"{utc(moment)} is past; leave the field empty to release now."]
            return _again(form)
    with transaction(session):
        actions.release(session, venue, by=person, at=at, effective_at=moment)
    if moment:
        flash(f"Decisions and letters go out together at {_shown(moment, venue)}.", "success")
    else:
        flash("Released: authors see their decisions, and the letters are going out.", "success")
    return redirect(url_for(".decide_list"), 303)


@pages.post("/organize/decisions/unschedule")
@login_required
def unschedule() -> ResponseReturnValue:
    """Take a scheduled release back."""
    session, venue = here.session(), _organized()
    with transaction(session):
        actions.unschedule(session, venue, by=current.signed_in(), at=here.at())
    flash("The scheduled release was taken back. Nothing goes out.", "success")
    return redirect(url_for(".decide_list"), 303)


@pages.get("/organize/decisions/progress")
@login_required
def progress() -> ResponseReturnValue:
    """How many letters are written, and how many papers are left to write to."""
    written, left = _ordered_letters(_organized())
    return {"done": written, "left": left, "note": _progress_note(written, left)}


@pages.get("/submissions/<int:number>/decision")
@login_required
def decision(number: int) -> ResponseReturnValue:
    """The author's page: the decision and the reviews once released, and until then when that will be."""
    session, at, person, venue = here.session(), here.at(), current.signed_in(), current.venue()
    mine = submissions.visible_to(person.id).where(
        Submission.venue_id == venue.id, Submission.number == number
    )
    submission = session.scalar(mine) or abort(404)
    row = session.execute(queries.visible_to(person.id, at).where(Submission.id == submission.id)).first()
    found = presenters.for_authors(session, submission.id) if row else []
    promised = current.calendar().dates.get(DateKind.NOTIFICATION)
    return render_template(
        "decisions/decision.html",
        submission=submission,
        outcome=row.outcome if row else None,
        reviews=found,
        promised=promised,
        promised_shown=shown(promised) if promised else "",
        tab="Decision",
    )


def _again(form: ReleaseForm) -> ResponseReturnValue:
    return render_template("decisions/release_again.html", form=form), 422


def _submission(venue_id: int, number: int) -> Submission:
    query = select(Submission).where(Submission.venue_id == venue_id, Submission.number == number)
    return here.session().scalar(query.with_for_update()) or abort(404)


def _is_released(venue_id: int, at: datetime) -> bool:
    return bool(here.session().scalar(select(queries.is_released(venue_id, at))))


def _outcome_counts(venue_id: int, person_id: int) -> dict[str, int]:
    """How many papers have each outcome ("" for none), of those that the organizer may see."""
    rows = queries.to_decide(venue_id, person_id).order_by(None).subquery()
    counted = select(rows.c.outcome, func.count()).group_by(rows.c.outcome)
    return {str(outcome or ""): count for outcome, count in here.session().execute(counted)}


def _ordered_letters(venue: Venue) -> tuple[int, int]:
    """(letters written, papers left to write to); none is left before somebody has them written."""
    written, left = queries.letter_counts(here.session(), venue.id)
    return written, left if here.session().get(Release, venue.id) else 0


def _progress_note(written: int, left: int) -> str:
    return f"{written} written" + (f", {left} paper{'' if left == 1 else 's'} to go" if left else "")


def _shown(at: datetime, venue: Venue) -> str:
    return f"{utc(at)} ({in_zone(at, venue.event_zone)})"
