"""The authors' pages: my submissions, one submission, its form, files, receipts and withdrawal."""

import secrets

from flask import abort, flash, g, redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue
from flask_login import login_required

from accounts.models import Person
from core import request
from core.db import detached, rows, transaction
from core.limits import limiter
from core.paging import paginate
from core.pdf import looks_like_pdf
from submissions import actions, checks, editing, policy, queries, receipts, uploads
from submissions.files import serve, serve_text
from submissions.forms import WithdrawForm
from submissions.models import FileCheck, State, Submission, Version
from submissions.uploads import Kind
from venues import current
from venues.deadlines import closed_from, stamp

pages = current.blueprint("submissions", __name__, prefix="/submissions")
NUMBER = "<int(max=9999999):number>"
VERSION = NUMBER + "/versions/<int(max=9999999):version>"


def _by_person() -> str:
    return f"person {current.signed_in().id}"


def _mine(number: int) -> Submission:
    """The submission of this number here, if whoever asks is its author; 404 otherwise."""
    query = queries.seen_by(current.signed_in().id, current.venue().id, number)
    found: Submission | None = request.session().scalar(*query)
    return found or abort(404)


def _version(number: int, version: int) -> tuple[Version, FileCheck | None]:
    """A version of a submission of whoever asks, with what was found in its PDF; 404 otherwise."""
    query = queries.version_of(_mine(number).id, version)
    row = request.session().execute(query).one_or_none()
    return (row[0], row[1]) if row else abort(404)


@pages.get("/")
@login_required
def index() -> ResponseReturnValue:
    """My submissions here: where each stands, what is missing and until when."""
    session, at, person, venue = request.session(), request.at(), current.signed_in(), current.venue()
    calendar = current.calendar()
    page = paginate(session, queries.mine(person.id, venue.id))
    windows = {
        row.id: policy.window(session, person, venue.id, row.id, calendar=calendar) for row in page.rows
    }
    return render_template(
        "submissions/index.html",
        page=page,
        windows=windows,
        at=at,
        window=policy.window(session, person, venue.id, calendar=calendar),
        may_begin=policy.may_begin(session, person, venue, at, calendar=calendar),
        closed_from=closed_from,
    )


@pages.get(f"/{NUMBER}/")
@login_required
def show(number: int) -> ResponseReturnValue:
    """One submission as its authors see it."""
    session, at, person, venue = request.session(), request.at(), current.signed_in(), current.venue()
    found = rows(session, *queries.own(person.id, venue.id, number)) or abort(404)
    things = [detached(row, Submission, Version, FileCheck) for row in found]
    submission, version, check = next(row for row in things if row[1].number == row[0].version)
    calendar = current.calendar()
    return render_template(
        "submissions/show.html",
        submission=submission,
        version=version,
        check=check,
        hints=checks.hints(check, venue.page_limit),
        missing=_missing(submission, version),
        versions=[(one, its_check) for _, one, its_check in things],
        authors=[{"name": name, "affiliation": affiliation} for name, _, affiliation in version.authors],
        topics=version.topics,
        at=at,
        window=policy.window(session, person, venue.id, submission.id, calendar=calendar),
        may_edit=policy.may_edit(session, person, submission, at, calendar=calendar),
        may_withdraw=policy.may_withdraw(session, person, submission),
        may_restore=policy.may_restore(session, person, submission, at, calendar=calendar),
        closed_from=closed_from,
        stamp=stamp,
    )


def _missing(submission: Submission, version: Version) -> str:
    """Why a draft is not submitted, as a sentence; empty otherwise."""
    if submission.state is not State.DRAFT:
        return ""
    if version.paper_sha256 is None:
        return "Not submitted: the PDF is missing."
    return "Not submitted: it came after the deadline. It is kept aside, and an organizer can accept it."


@pages.route("/new", methods=["GET", "POST"])
@login_required
@limiter.limit("60/hour", methods=["POST"], key_func=_by_person)
def new() -> ResponseReturnValue:
    """A new submission; its maker stands first, and there is room for one more author."""
    if http.method == "POST":
        return editing.save(None)
    session, person, venue = request.session(), current.with_emails(), current.venue()
    policy.may_begin(session, person, venue, request.at(), calendar=current.calendar()).enforce()
    form = editing.make_form()
    form.form_key.data = secrets.token_urlsafe(24)
    form.set_authors([[person.name, person.primary_email, person.affiliation], ["", "", ""]])
    return editing.page(form, None)


@pages.route(f"/{NUMBER}/edit", methods=["GET", "POST"])
@login_required
@limiter.limit("120/hour", methods=["POST"], key_func=_by_person)
def edit(number: int) -> ResponseReturnValue:
    """Change a submission: each save is a version, and all are kept."""
    submission = _mine(number)
    if http.method == "POST":
        return editing.save(submission)
    session, person = request.session(), current.signed_in()
    policy.may_edit(session, person, submission, request.at(), calendar=current.calendar()).enforce()
    form = editing.make_form()
    form.started_from.data = str(submission.version)
    form.title.data, form.abstract.data = submission.title, submission.abstract
    form.topics.data = [topic.topic_id for topic in submission.topics]
    form.set_authors([[author.name, author.email, author.affiliation] for author in submission.authors])
    return editing.page(form, submission)


@pages.post("/uploads")
@login_required
@limiter.limit("120/hour", key_func=_by_person)
def announce() -> ResponseReturnValue:
    """An upload begins: its size in bytes, as JSON. Answers the address that takes the bytes."""
    said = http.get_json(silent=True)
    size = said.get("size") if isinstance(said, dict) else None
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        return {"error": "This file is empty. Choose it again."}, 422
    if size > editing.limit():
        return {"error": uploads.too_large(editing.limit())}, 422
    session, venue_id, person_id = request.session(), current.venue().id, current.signed_in().id
    with transaction(session):
        token = actions.announce(session, venue_id, size, by=person_id, at=request.began_at())
    return {"url": url_for(".upload", token=token)}, 201


@pages.put("/uploads/<token>")
@login_required
def upload(token: str) -> ResponseReturnValue:
    """The announced bytes themselves, ?kind=paper or supplement&name=…; answers the token for the form's hidden field.

    They are durable when this answers; a version names them when the form is saved.
    """
    session, person_id = request.session(), current.signed_in().id
    (announced,) = rows(session, *queries.announced(token, person_id, g.slug)) or abort(404)
    if http.content_length != announced.size:
        return {"error": "The file did not arrive whole. Send it again."}, 400
    kind = Kind.SUPPLEMENT if http.args.get("kind") == Kind.SUPPLEMENT.value else Kind.PAPER
    name, began_at, limit = http.args.get("name", ""), announced.begun_at, announced.size
    try:
        received = uploads.receive(request.store(), http.stream, name, kind, began_at=began_at, limit=limit)
    except uploads.FileRefused as refusal:
        return {"error": str(refusal)}, 422
    with transaction(session):
        is_first = actions.finish_upload(session, token, by=person_id, at=request.at())
    if not is_first:
        return {"error": "This upload was used already. Send the file again."}, 409
    return {"token": uploads.carry(received, kind, person_id)}, 201


@pages.get(f"/{NUMBER}/receipt")
@login_required
def receipt(number: int) -> ResponseReturnValue:
    """The receipt of the current version."""
    return redirect(url_for(".version_receipt", number=number, version=_mine(number).version))


@pages.get(f"/{VERSION}/receipt")
@login_required
def version_receipt(number: int, version: int) -> ResponseReturnValue:
    """What was received, when, from whom: to be kept."""
    found, _ = _version(number, version)
    submission = found.submission
    saved_by = request.session().get_one(Person, found.saved_by_id).name
    return render_template(
        "submissions/receipt.html",
        submission=submission,
        version=found,
        saved_by=saved_by,
        stamp=stamp,
        is_current=found.number == submission.version,
        signed=receipts.of_version(found),
    )


@pages.get(f"/{VERSION}/receipt.txt")
@login_required
def receipt_file(number: int, version: int) -> ResponseReturnValue:
    """The signed receipt, to be kept."""
    found, _ = _version(number, version)
    return serve_text(receipts.of_version(found), f"{_base(number, version)}-receipt.txt")


@pages.get(f"/{VERSION}/paper.pdf")
@login_required
def paper(number: int, version: int) -> ResponseReturnValue:
    """The PDF of a version, as it came."""
    found, _ = _version(number, version)
    return serve(found.paper_sha256, f"{_base(number, version)}.pdf", "application/pdf")


@pages.get(f"/{VERSION}/supplement")
@login_required
def supplement(number: int, version: int) -> ResponseReturnValue:
    """The supplement of a version, as it came."""
    found, _ = _version(number, version)
    sha256 = found.supplement_sha256 or abort(404)
    with request.store().open(sha256) as file:
        is_pdf = looks_like_pdf(file.read(uploads.HEAD))
    ending, mimetype = ("pdf", "application/pdf") if is_pdf else ("zip", "application/zip")
    return serve(sha256, f"{_base(number, version)}-supplement.{ending}", mimetype)


@pages.get(f"/{VERSION}/picture.png")
@login_required
def picture(number: int, version: int) -> ResponseReturnValue:
    """The first page of a version's PDF, drawn."""
    _, check = _version(number, version)
    sha256 = check.picture_sha256 if check else None
    return serve(sha256, f"{_base(number, version)}.png", "image/png", as_attachment=False)


def _base(number: int, version: int) -> str:
    """The neutral name of a version's files."""
    return f"{current.venue().slug}-paper{number}-v{version}"


@pages.route(f"/{NUMBER}/withdraw", methods=["GET", "POST"])
@login_required
def withdraw(number: int) -> ResponseReturnValue:
    """Withdraw, confirmed by typing the number; all authors are told."""
    session, at, person, submission = request.session(), request.at(), current.signed_in(), _mine(number)
    policy.may_withdraw(session, person, submission).enforce()
    form = WithdrawForm(number)
    if not form.validate_on_submit():
        page = render_template("submissions/withdraw.html", form=form, submission=submission)
        return page, 422 if form.is_submitted() else 200
    with transaction(session):
        actions.withdraw(session, submission, form.reason.data or "", by=person, at=at)
    flash(
        f"Submission #{number} is withdrawn. Every author was told by mail; it can be restored below.",
        "success",
    )
    return redirect(url_for(".show", number=number), 303)


@pages.post(f"/{NUMBER}/restore")
@login_required
def restore(number: int) -> ResponseReturnValue:
    """Undo the withdrawal."""
    session, submission = request.session(), _mine(number)
    with transaction(session):
        actions.restore(session, submission, by=current.signed_in(), at=request.at())
    flash(f"Submission #{number} is restored. Every author was told by mail.", "success")
    return redirect(url_for(".show", number=number), 303)
