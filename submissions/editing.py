"""What happens to the authors' form: shown, refused with nothing lost, saved, or shown beside what another saved."""

from typing import Any, cast

from flask import current_app, flash, redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from accounts.models import Person
from core import preview, request
from core.db import detached, rows, transaction
from core.verdict import Refused
from submissions import actions, policy, queries
from submissions.forms import MAX_ABSTRACT, SubmissionForm
from submissions.models import FileCheck, State, Submission, Version
from submissions.uploads import FileRefused, Kind, Received, carried, carry, receive
from venues import current
from venues.deadlines import closed_from, stamp
from venues.queries import topics_of


def limit() -> int:
    """The most bytes that a file may have here."""
    return min(current.venue().max_file_mb << 20, int(current_app.config["DATELINE"].max_upload))


def make_form() -> SubmissionForm:
    """The form, with this venue's topics and what this request brought."""
    form = SubmissionForm()
    topics = rows(request.session(), *topics_of(current.venue().id))
    form.topics.choices = [(topic_id, name) for topic_id, name in topics]
    if not form.authors.entries:
        form.set_authors([])
    return form


def page(
    form: SubmissionForm, submission: Submission | None, status: int = 200, **values: Any
) -> ResponseReturnValue:
    """The form, with the files that came with it already and those of the version that it changes."""
    session, person, venue = request.session(), current.signed_in(), current.venue()
    version = _current(submission) if submission else None
    submission_id = submission.id if submission else None
    text = render_template(
        "submissions/edit.html",
        form=form,
        previews=preview.of(form, "abstract"),
        submission=submission,
        version=version,
        waiting={kind.value: _waiting(form, kind) for kind in Kind},
        limit_mb=limit() >> 20,
        max_abstract=MAX_ABSTRACT,
        window=policy.window(session, person, venue.id, submission_id, calendar=current.calendar()),
        at=request.at(),
        closed_from=closed_from,
        **values,
    )
    return text, status


def save(submission: Submission | None) -> ResponseReturnValue:
    """Take the form. Whatever is wrong, it comes back with all that was typed and the files that were good."""
    session, person = request.session(), current.signed_in()
    form = make_form()
    # Files are stored before the transaction begins: it holds nobody up while a disk syncs.
    paper, supplement = _received(form, Kind.PAPER), _received(form, Kind.SUPPLEMENT)
    if form.press(http.form) or preview.is_asked_for():
        return page(form, submission)
    form.drop_empty_authors()
    if not form.abstract.data and (paper or (submission and submission.submitted_at)):
        form.abstract.process_errors.append("A paper needs an abstract.")
    if not form.validate():
        return page(form, submission, 422)
    names = dict(form.topics.choices)
    content = actions.Content(
        title=form.title.data,
        abstract=form.abstract.data,
        authors=form.author_rows(),
        topics=[name for topic_id, name in names.items() if topic_id in form.topics.data],
        paper=paper,
        supplement=supplement,
        drops_supplement=form.drops_supplement.data,
    )
    act: dict[str, Any] = {"by": person, "at": request.at(), "began_at": request.began_at()}
    version: Version | None
    try:
        with transaction(session):
            if submission is None:
                key = (form.form_key.data or "")[:40]
                version = actions.begin(session, current.venue(), content, form_key=key, **act)
            else:
                started_from = int(form.started_from.data) if form.started_from.data.isdecimal() else 0
                version = actions.save(session, submission, content, started_from=started_from, **act)
    except Refused as refusal:
        if refusal.verdict.hidden:
            raise
        form.form_errors.append(refusal.verdict.reason)
        return page(form, submission, 403)
    except actions.Outdated:
        assert submission is not None
        return _compared(form, content, submission)
    submission = submission or (version.submission if version else None)
    assert submission is not None
    _tell(submission, version)
    return redirect(url_for(".show", number=submission.number), 303)


def _tell(submission: Submission, version: Version | None) -> None:
    """Say what the save did."""
    if version is None:
        flash("Nothing was changed, so nothing was saved.", "info")
    elif version.is_late:
        flash(
            f"Too late: it began {stamp(version.began_at)} and was saved {stamp(version.saved_at)}. "
            "It is kept aside and not submitted; an organizer can accept it.",
            "warning",
        )
    elif submission.state is State.SUBMITTED:
        flash(
            f"Submitted: #{submission.number}, version {version.number}. Every author gets the receipt by mail.",
            "success",
        )
    else:
        flash("Saved as a draft. Not submitted: the PDF is missing.", "warning")


def _compared(form: SubmissionForm, content: actions.Content, submission: Submission) -> ResponseReturnValue:
    """Somebody saved meanwhile: both texts side by side. What was typed can be saved over it, once it was seen."""
    saved = _current(submission)
    form.started_from.data = str(saved.number)
    both = [
        ("Title", content.title, saved.title),
        ("Abstract", content.abstract, saved.abstract),
        ("Authors", _lines(content.authors), _lines(saved.authors)),
        ("Topics", ", ".join(content.topics), ", ".join(saved.topics)),
    ]
    saved_by = request.session().get_one(Person, saved.saved_by_id).name
    different = [row for row in both if row[1] != row[2]]
    return page(form, submission, 409, compared=different, saved_by=saved_by, saved_at=stamp(saved.saved_at))


def _lines(authors: list[list[str]]) -> str:
    return "\n".join(", ".join(part for part in author if part) for author in authors)


def _current(submission: Submission) -> Version:
    query, values = queries.versions_of(submission.id)
    row = request.session().execute(query.where(Version.number == submission.version), values).one()
    return cast(Version, detached(row, Version, FileCheck)[0])


def _received(form: SubmissionForm, kind: Kind) -> Received | None:
    """Store the file that came with the form, or find the one that it carries; a refused one leaves its sentence."""
    file = form[kind.value].data
    if not file:
        return _waiting(form, kind)
    began_at = request.began_at()
    try:
        received = receive(
            request.store(), file.stream, file.filename, kind, began_at=began_at, limit=limit()
        )
    except FileRefused as refusal:
        form[kind.value].process_errors.append(str(refusal))
        return _waiting(form, kind)
    finally:
        file.close()
    form[f"{kind.value}_token"].data = carry(received, kind, current.signed_in().id)
    return received


def _waiting(form: SubmissionForm, kind: Kind) -> Received | None:
    """The stored file that this form carries."""
    field = form[f"{kind.value}_token"]
    if not field.data:
        return None
    try:
        return carried(field.data, kind, current.signed_in().id, request.store())
    except FileRefused as refusal:
        field.data = ""
        form[kind.value].process_errors.append(str(refusal))
        return None
