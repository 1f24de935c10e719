"""The list of submissions, and one submission with everything about it."""

from urllib.parse import urlencode

from flask import abort, flash, redirect, render_template, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug import Response

from accounts import queries as accounts
from accounts.models import Person
from core import request
from core.db import rows, transaction
from core.paging import paginate
from organizers import presenters, queries
from organizers.forms import ConflictForm
from organizers.views import blueprint
from reviews.reviewing.presenters import for_organizer
from submissions import actions
from submissions.files import serve
from submissions.models import State, Submission, Version
from submissions.policy import may_accept_late
from venues import current, deadlines

pages = blueprint("organizers_submissions", __name__)
NUMBER = "/submissions/<int(max=1000000000):number>"
COLUMNS = (
    ("#", "number", "number"),
    ("Title", "title", "main"),
    ("State", "state", ""),
    ("Pages", "", "number minor"),
    ("Reviews", "reviews", "number"),
    ("Mean", "mean", "number"),
    ("Decision", "decision", ""),
)


@pages.get("/submissions")
def index() -> str:
    """All submissions, fifty on a page."""
    session, venue, viewer = request.session(), current.venue(), current.signed_in()
    state, text, sort = (asked.args.get(name, "")[:200].strip() for name in ("state", "q", "sort"))
    state = state if state in [one.value for one in State] else ""
    sort = sort if sort.removeprefix("-") in queries.SORTS else "number"
    hidden = queries.hidden_from(session, viewer.id, venue.id)
    query = queries.submission_rows(tuple(hidden), state=state, text=text, sort=sort)
    counted = queries.count_submissions(state=state, text=text)
    page = paginate(session, query, {"venue_id": venue.id}, counted=counted)
    chosen = {name: value for name, value in (("state", state), ("q", text)) if value}

    def link(**more: object) -> str:
        return "?" + urlencode({**chosen, "sort": sort, **more})

    columns = []
    for label, name, class_ in COLUMNS:
        is_this = name == sort.removeprefix("-") and name != ""
        direction = ("descending" if sort.startswith("-") else "ascending") if is_this else None
        turned = f"-{name}" if direction == "ascending" else name
        columns.append((label, link(sort=turned) if name else None, direction, class_))
    return render_template(
        "organizers/submissions.html",
        page=page,
        table=presenters.submission_table(session, page.rows, hidden, f"/{venue.slug}/organize/submissions/"),
        columns=columns,
        state=state,
        states=[one.value for one in State],
        q=text,
        previous=link(page=page.number - 1) if page.number > 1 else None,
        next=link(page=page.number + 1) if page.number < page.last else None,
    )


@pages.get(f"{NUMBER}/")
def show(number: int) -> str:
    """One submission: what it says, its files, who is in conflict, reviews, decision, what was done to it."""
    session, venue, viewer = request.session(), current.venue(), current.signed_in()
    which = {"person_id": viewer.id, "venue_id": venue.id, "number": number}
    (submission,) = rows(session, queries.ONE_SUBMISSION, which) or abort(404)
    this = {"submission_id": submission.id}
    versions = rows(session, queries.VERSIONS, this)
    waiting = any(row.is_waiting for row in versions)
    texts = rows(session, queries.WAITING_TEXTS, this) if waiting else []
    return render_template(
        "organizers/submission.html",
        submission=submission,
        versions=[(row, deadlines.utc(row.saved_at)) for row in versions],
        late_changes=presenters.late_changes(submission.state, texts) if texts else {},
        conflicts=rows(session, queries.CONFLICTS, this),
        reviews=for_organizer(session, viewer.id, venue.id, submission.id),
        trail=[
            (deadlines.utc(at), act, name)
            for at, act, name in rows(session, queries.TRAIL, {"about": f"submission:{submission.id}"})
        ],
        submitted=deadlines.stamp(submission.submitted_at) if submission.submitted_at else "",
    )


@pages.post(f"{NUMBER}/versions/<int(max=1000000000):version>/accept")
def accept(number: int, version: int) -> ResponseReturnValue:
    """Take a late version as if it had come in time."""
    session, viewer = request.session(), current.signed_in()
    with transaction(session):
        late = _version(session, number, version)
        may_accept_late(session, viewer, late).enforce()
        actions.accept_late(session, late, by=viewer, at=request.at())
    flash(f"Version {version} counts now; its authors' receipt stands.", "success")
    return redirect(url_for(".show", number=number), 303)


@pages.get(f"{NUMBER}/conflicts")
def conflicts(number: int, form: ConflictForm | None = None) -> str:
    """Who is in conflict by record, and the form for one more."""
    session = request.session()
    submission = _submission(session, number)
    return render_template(
        "organizers/conflicts.html",
        submission=submission,
        conflicts=session.execute(queries.CONFLICTS, {"submission_id": submission.id}).all(),
        form=form or ConflictForm(),
    )


@pages.post(f"{NUMBER}/conflicts")
def record_conflict(number: int) -> ResponseReturnValue:
    """Note that somebody must not see or decide anything about the submission."""
    session, viewer, form = request.session(), current.signed_in(), ConflictForm()
    if not form.validate():
        return conflicts(number, form), 422
    with transaction(session):
        submission = _submission(session, number)
        whose = session.scalar(accounts.by_address(form.email.data or ""))
        if whose is not None:
            reason = form.reason.data or ""
            actions.record_conflict(session, submission, whose, reason, by=viewer, at=request.at())
    if whose is None:
        form.email.errors = [f"Nobody here has the e-mail {form.email.data}."]
        return conflicts(number, form), 422
    flash(f"{whose.name} is in conflict with submission {number} from now on.", "success")
    return redirect(url_for(".conflicts", number=number), 303)


@pages.post(f"{NUMBER}/conflicts/<int(max=1000000000):person_id>/lift")
def lift_conflict(number: int, person_id: int) -> ResponseReturnValue:
    """Remove a conflict that was recorded by hand."""
    session, viewer = request.session(), current.signed_in()
    with transaction(session):
        submission = _submission(session, number)
        whose = session.get(Person, person_id) or abort(404)
        actions.lift_conflict(session, submission, whose, by=viewer, at=request.at())
    flash("The conflict is lifted.", "success")
    return redirect(url_for(".conflicts", number=number), 303)


@pages.get(f"{NUMBER}/versions/<int(max=1000000000):version>/paper.pdf")
def paper(number: int, version: int) -> Response:
    """The PDF of a version, as its authors sent it."""
    found = _version(request.session(), number, version)
    return serve(found.paper_sha256, f"{number}-v{version}.pdf", "application/pdf")


@pages.get(f"{NUMBER}/versions/<int(max=1000000000):version>/supplement")
def supplement(number: int, version: int) -> Response:
    """The supplement of a version."""
    found = _version(request.session(), number, version)
    suffix = found.supplement_name.rpartition(".")[2].lower()
    name = f"{number}-v{version}-supplement.{suffix if suffix in ('pdf', 'zip') else 'bin'}"
    return serve(found.supplement_sha256, name, "application/octet-stream")


def _submission(session: Session, number: int) -> Submission:
    """The submission of this number, unless the viewer is in conflict with it."""
    visible = queries.visible_to(current.signed_in().id, current.venue().id)
    found: Submission = session.scalar(visible.where(Submission.number == number)) or abort(404)
    return found


def _version(session: Session, number: int, version: int) -> Version:
    query = select(Version).where(
        Version.submission_id == _submission(session, number).id, Version.number == version
    )
    return session.scalar(query) or abort(404)
