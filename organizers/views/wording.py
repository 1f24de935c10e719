"""The venue's letters in its own words: edited with a preview, tried by a letter to oneself."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Person
from core import request
from core.db import transaction
from mail.models import MessageState, VenueLetter
from mail.queries import last_of, states_of
from organizers import actions, policy, venue_letters
from organizers.actions import Stale
from organizers.examples import Example, example
from organizers.forms import LetterForm
from organizers.venue_letters import LETTERS, TRIALS, Kind
from organizers.views import blueprint
from venues import current, deadlines

pages = blueprint("organizers_letters", __name__)
WAITING = (MessageState.HELD, MessageState.QUEUED)


@pages.get("/letters")
def index() -> str:
    """Every letter that the venue may reword, and in whose words it is."""
    session, venue = request.session(), current.venue()
    query = select(VenueLetter, Person.name).outerjoin(Person, Person.id == VenueLetter.saved_by_id)
    saved = {
        letter.name: (bool(letter.body), who or "Dateline", deadlines.utc(letter.saved_at))
        for letter, who in session.execute(query.where(VenueLetter.venue_id == venue.id))
    }
    groups: dict[str, list[tuple[str, Kind, Any]]] = {}
    for name, kind in LETTERS.items():
        groups.setdefault(kind.group, []).append((name, kind, saved.get(name)))
    return render_template("organizers/letters.html", groups=groups)


@pages.get("/letters/<name>")
def edit(name: str) -> ResponseReturnValue:
    """One letter: its words, with a preview."""
    return _page(name)


@pages.post("/letters/<name>")
def save(name: str) -> ResponseReturnValue:
    """Let the letter say what was typed, from now on."""
    form, kind = LetterForm(), _kind(name)
    if not form.is_letter(kind):
        return _page(name, form, 422)
    return _reworded(name, form, form.subject.data or "", form.body.data or "")


@pages.post("/letters/<name>/standard")
def standard(name: str) -> ResponseReturnValue:
    """Take the venue's own words back."""
    _kind(name)
    return _reworded(name, LetterForm(), "", "")


def _reworded(name: str, form: LetterForm, subject: str, body: str) -> ResponseReturnValue:
    session = request.session()
    try:
        with transaction(session):
            changed = actions.reword(
                session,
                current.venue(),
                name,
                subject,
                body,
                form.started_from(),
                by=current.signed_in(),
                at=request.at(),
            )
    except Stale as stale:
        form.revision.data = str(stale.revision)
        return _page(name, form, 409, theirs=_theirs(session, name, stale))
    if not changed:
        flash("The letter says that already.", "success")
    elif body:
        flash("The letter is saved. What is written from now on says this.", "success")
    else:
        flash("It is the standard letter again.", "success")
    return redirect(url_for(".edit", name=name), 303)


def _theirs(session: Session, name: str, stale: Stale) -> dict[str, str]:
    """What somebody else made of the letter meanwhile."""
    who = session.get(Person, stale.saved_by_id) if stale.saved_by_id else None
    kind = LETTERS[name]
    return {
        "subject": stale.subject or kind.standard.subject,
        "body": stale.body or kind.standard.body,
        "by": who.name if who else "Dateline",
        "at": deadlines.utc(stale.saved_at),
    }


@pages.post("/letters/<name>/preview")
def preview(name: str) -> ResponseReturnValue:
    """What was typed as a letter, without saving it: the page again, or for the script only the letter."""
    form, kind = LetterForm(), _kind(name)
    is_letter = form.is_letter(kind)
    if "part" not in asked.args:
        return _page(name, form, 200 if is_letter else 422)
    return render_template("organizers/_letter_preview.html", **_preview(name, form, is_letter))


@pages.post("/letters/<name>/test")
def send_test(name: str) -> ResponseReturnValue:
    """Send what was typed to whoever asks."""
    session, viewer, form, kind = request.session(), current.signed_in(), LetterForm(), _kind(name)
    if not form.is_letter(kind):
        return _page(name, form, 422)
    verdict = policy.may_send_test(session, viewer, current.venue(), request.at())
    if not verdict:
        return _page(name, form, 429)
    made = _example(name, form)
    with transaction(session):
        actions.send_test(session, current.venue(), name, made, by=viewer, at=request.at())
    return _page(name, form, is_sent=True)


def _kind(name: str) -> Kind:
    return LETTERS.get(name) or abort(404)


def _page(name: str, form: LetterForm | None = None, status: int = 200, **values: Any) -> ResponseReturnValue:
    """The page of a letter: with the words that are saved, or with what was sent."""
    session, venue, viewer, kind = request.session(), current.venue(), current.with_emails(), _kind(name)
    saved = session.get(VenueLetter, (venue.id, name))
    is_own = saved is not None and bool(saved.body)
    if form is None:
        form = LetterForm(formdata=None)
        words = (saved.subject, saved.body) if saved and saved.body else kind.standard[:2]
        form.subject.data, form.body.data = words
        form.revision.data = str(saved.revision if saved else 0)
        is_letter = True
    else:
        is_letter = not form.errors and not any(
            venue_letters.faults(kind, form.subject.data or "", form.body.data or "")
        )
    saver = session.get(Person, saved.saved_by_id) if saved and saved.saved_by_id else None
    counts = session.execute(states_of(venue.id, [kind.occasion]))
    tests = last_of(
        venue.id, viewer.primary_email, [occasion for occasion, of in TRIALS.items() if of == name]
    )
    return render_template(
        "organizers/letter_edit.html",
        name=name,
        kind=kind,
        form=form,
        is_own=is_own,
        saved_by=saver.name if saver else "Dateline",
        saved_at=deadlines.utc(saved.saved_at) if saved else "",
        waiting=sum(count for _, state, count in counts if state in WAITING),
        test=session.scalar(tests.limit(1)),
        may_test=policy.may_send_test(session, viewer, venue, request.at()),
        my_email=viewer.primary_email,
        is_mail_on=bool(current_app.config["DATELINE"].smtp),
        **_preview(name, form, is_letter),
        **values,
    ), status


def _example(name: str, form: LetterForm) -> Example:
    own = {name: (form.subject.data or "", form.body.data or "")}
    return example(
        request.session(),
        name,
        own,
        current.venue(),
        current.calendar(),
        viewer=current.with_emails(),
        at=request.at(),
    )


def _preview(name: str, form: LetterForm, is_letter: bool) -> dict[str, Any]:
    """The letter as it would be read, or what keeps it from being one."""
    if not is_letter:
        return {"example": None, "sentences": [*form.subject.errors, *form.body.errors]}
    made = _example(name, form)
    html = made.letter.html.removeprefix("<!doctype html><html><body>").removesuffix("</body></html>")
    return {"example": made, "rich": Markup(html), "sentences": []}  # noqa: S704 (made safe by core/markdown)
