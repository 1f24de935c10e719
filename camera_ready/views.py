"""Authors upload final files; organizers see who is missing and get one ZIP."""

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import Select, func, select

from camera_ready import actions, policy, queries
from camera_ready import zip as archive
from camera_ready.forms import FinalForm
from camera_ready.models import FinalVersion
from camera_ready.receipts import of_final
from core import request as here
from core.db import transaction
from core.paging import paginate
from decisions import queries as decisions
from submissions import queries as submissions
from submissions.files import serve, serve_text
from submissions.models import Author, FileCheck, Submission
from submissions.uploads import FileRefused, Kind, receive
from venues import current
from venues.deadlines import DateKind, closed_from, shown, stamp
from venues.models import Venue
from venues.policy import may_organize

pages = current.blueprint("camera_ready", __name__)
AUTHORS = "/submissions/<int:number>/camera-ready"


@pages.get(AUTHORS)
@login_required
def final(number: int) -> ResponseReturnValue:
    """The author's page: what to upload until when, and what was received."""
    return _page(_mine(number), FinalForm())


@pages.post(AUTHORS)
@login_required
def upload(number: int) -> ResponseReturnValue:
    """Take a final file."""
    session, at, person, venue = here.session(), here.at(), current.signed_in(), current.venue()
    submission, calendar, form = _mine(number), current.calendar(), FinalForm()
    policy.may_upload(session, person, submission, calendar, at).enforce()
    file = form.paper.data
    try:
        if file is None or not file.filename:
            raise FileRefused("Choose the PDF to upload.")
        limit = venue.max_file_mb << 20
        began_at = here.began_at()
        received = receive(
            here.store(), file.stream, file.filename, Kind.PAPER, began_at=began_at, limit=limit
        )
    except FileRefused as error:
        form.paper.errors = [str(error)]
        return _page(submission, form, 422)
    with transaction(session):
        session.execute(select(Submission.id).where(Submission.id == submission.id).with_for_update())
        _, came = actions.upload(session, submission, received, calendar, by=person, at=at)
    if came.is_on_time:
        flash("Received. Every author gets a receipt by mail.", "success")
    else:
        flash(came.sentence, "warning")
    return redirect(url_for(".final", number=number), 303)


@pages.get(f"{AUTHORS}/<int:final>/paper.pdf")
@login_required
def file(number: int, final: int) -> ResponseReturnValue:
    """A final file, for its authors."""
    return _send(_mine(number), final)


@pages.get(f"{AUTHORS}/<int:final>/receipt.txt")
@login_required
def receipt(number: int, final: int) -> ResponseReturnValue:
    """The signed receipt of a final file, for its authors."""
    submission = _mine(number)
    found = here.session().scalar(_version(submission, final)) or abort(404)
    name = f"{current.venue().slug}-paper{number}-final{final}-receipt.txt"
    return serve_text(of_final(submission, found), name)


@pages.get("/organize/camera-ready")
@login_required
def desk() -> ResponseReturnValue:
    """Every accepted paper: what came, what is missing."""
    session, at, venue = here.session(), here.at(), _organized()
    rows = queries.desk(venue.id, at)
    page = paginate(session, rows)
    found = rows.subquery()
    total, delivered = session.execute(
        select(func.count(), func.count(found.c.final)).select_from(found)
    ).one()
    late = session.execute(queries.late_waiting(venue.id)).all()
    due = current.calendar().dates.get(DateKind.CAMERA_READY)
    return render_template(
        "camera_ready/desk.html",
        page=page,
        total=total,
        delivered=delivered,
        late=late,
        due=due,
        due_shown=shown(due) if due else "",
        closed=closed_from(due.at) if due else "",
        is_over=bool(due and due.at <= at),
        stamp=stamp,
    )


@pages.get("/organize/camera-ready.zip")
@login_required
def download() -> ResponseReturnValue:
    """All final files and the manifest."""
    session, at, venue = here.session(), here.at(), _organized()
    rows = session.execute(queries.desk(venue.id, at)).all()
    named = select(Author.submission_id, Author.name).order_by(Author.submission_id, Author.position)
    named = named.join(Submission, Submission.id == Author.submission_id).where(
        Submission.venue_id == venue.id
    )
    authors: dict[int, list[str]] = {}
    for submission_id, name in session.execute(named):
        authors.setdefault(submission_id, []).append(name)
    joined = {submission_id: "; ".join(names) for submission_id, names in authors.items()}
    answer = Response(archive.stream(here.store(), rows, joined), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f"attachment; filename={venue.slug}-camera-ready.zip"
    return answer


@pages.get("/organize/camera-ready/<int:number>/<int:final>/paper.pdf")
@login_required
def organizer_file(number: int, final: int) -> ResponseReturnValue:
    """A final file of an accepted paper, for organizers."""
    venue = _organized()
    accepted = decisions.accepted(venue.id, here.at()).subquery()
    query = select(Submission).join(accepted, accepted.c.submission_id == Submission.id)
    return _send(here.session().scalar(query.where(Submission.number == number)) or abort(404), final)


@pages.post("/organize/camera-ready/<int:number>/<int:final>/accept")
@login_required
def accept(number: int, final: int) -> ResponseReturnValue:
    """Let a late file count."""
    session, venue = here.session(), _organized()
    with transaction(session):
        query = select(Submission).where(Submission.venue_id == venue.id, Submission.number == number)
        submission = session.scalar(query.with_for_update()) or abort(404)
        late = session.scalar(_version(submission, final)) or abort(404)
        actions.accept_late(session, submission, late, by=current.signed_in(), at=here.at())
    flash(f"The late file of paper {number} counts now.", "success")
    return redirect(url_for(".desk"), 303)


def _organized() -> Venue:
    venue = current.venue()
    may_organize(here.session(), current.person(), venue).enforce()
    return venue


def _mine(number: int) -> Submission:
    """The submission of this number, for its authors; 404 otherwise."""
    mine = submissions.visible_to(current.signed_in().id)
    query = mine.where(Submission.venue_id == current.venue().id, Submission.number == number)
    return here.session().scalar(query) or abort(404)


def _page(submission: Submission, form: FinalForm, status: int = 200) -> ResponseReturnValue:
    session, at, person, calendar = here.session(), here.at(), current.signed_in(), current.calendar()
    verdict = policy.may_upload(session, person, submission, calendar, at)
    finals = session.execute(
        queries.versions_of(submission.id)
        .outerjoin(FileCheck, FileCheck.sha256 == FinalVersion.paper_sha256)
        .add_columns(FileCheck)
    ).all()
    window = queries.window(session, submission, person, calendar, at)
    return render_template(
        "camera_ready/final.html",
        submission=submission,
        form=form,
        finals=finals,
        verdict=verdict,
        window=window,
        is_open=window.is_open(at),
        sentence=window.sentence(at),
        closed=closed_from(window.closes_at) if window.closes_at else "",
        stamp=stamp,
        tab="Camera-ready",
    ), status


def _version(submission: Submission, number: int) -> Select[FinalVersion]:
    return select(FinalVersion).where(
        FinalVersion.submission_id == submission.id, FinalVersion.number == number
    )


def _send(submission: Submission, number: int) -> ResponseReturnValue:
    found = here.session().scalar(_version(submission, number)) or abort(404)
    name = f"{current.venue().slug}-paper{submission.number}-final{number}.pdf"
    return serve(found.paper_sha256, name, "application/pdf", as_attachment=False)
