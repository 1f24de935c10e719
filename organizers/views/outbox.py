"""The venue's letters: what waits, what went out, what failed."""

from flask import abort, flash, redirect, render_template, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func

from core import request
from core.db import transaction
from core.paging import paginate
from mail.models import Message, MessageState
from organizers import actions, queries
from organizers.views import blueprint
from venues import current, deadlines

pages = blueprint("organizers_outbox", __name__)
LETTER = "/outbox/<int(max=9000000000000000000):message_id>"


def _letters() -> Select[Message]:
    """The letters that the viewer may see."""
    session, venue, viewer = request.session(), current.venue(), current.signed_in()
    hidden = queries.hidden_from(session, viewer.id, venue.id)
    assignments = session.scalars(queries.hidden_assignments(hidden)).all() if hidden else []
    return queries.letters(venue.id, hidden, assignments)


@pages.get("/outbox")
def index() -> str:
    """All letters, newest first, with how many are in each state."""
    session = request.session()
    letters = _letters()
    counted = letters.order_by(None).with_only_columns(Message.state, func.count()).group_by(Message.state)
    counts = {state: count for state, count in session.execute(counted)}  # noqa: C416
    state = asked.args.get("state", "")
    if state in [one.value for one in MessageState]:
        letters = letters.where(Message.state == state)
    page = paginate(
        session,
        letters.with_only_columns(
            Message.id,
            Message.state,
            Message.to_name,
            Message.to_email,
            Message.subject,
            Message.occasion,
            Message.queued_at,
            Message.sent_at,
            Message.last_error,
        ),
    )
    return render_template(
        "organizers/outbox.html",
        page=page,
        rows=[
            (row, deadlines.utc(row.sent_at) if row.sent_at else "", deadlines.utc(row.queued_at))
            for row in page.rows
        ],
        counts=[(counts.get(one, 0), one.value) for one in MessageState if counts.get(one)],
        state=state,
        sent=counts.get(MessageState.SENT, 0),
        total=sum(counts.values()) - counts.get(MessageState.CANCELLED, 0),
    )


@pages.get(LETTER)
def show(message_id: int) -> str:
    """One letter, as it goes out."""
    message = _letter(message_id)
    return render_template(
        "organizers/letter.html",
        message=message,
        queued=deadlines.utc(message.queued_at),
        sent=deadlines.utc(message.sent_at) if message.sent_at else "",
    )


@pages.post(f"{LETTER}/<any('send-again', cancel):verb>")
def change(message_id: int, verb: str) -> ResponseReturnValue:
    """Send a failed letter again, or cancel one that waits."""
    session, venue, viewer = request.session(), current.venue(), current.signed_in()
    with transaction(session):
        ids = [_letter(message_id).id]
        act = actions.send_again if verb == "send-again" else actions.cancel_letters
        changed = act(session, venue, ids, by=viewer, at=request.at())
    if changed:
        flash("It will be sent again." if verb == "send-again" else "The letter is cancelled.", "success")
    else:
        flash("The letter is in another state by now, so nothing was changed.", "warning")
    return redirect(url_for(".show", message_id=message_id), 303)


@pages.post("/outbox/send-again")
def send_all_again() -> ResponseReturnValue:
    """Send all failed letters again."""
    session, venue, viewer = request.session(), current.venue(), current.signed_in()
    with transaction(session):
        failed = _letters().where(Message.state == MessageState.FAILED).with_only_columns(Message.id)
        ids = session.scalars(failed).all()
        changed = actions.send_again(session, venue, ids, by=viewer, at=request.at())
    flash(f"{changed} letter{'' if changed == 1 else 's'} will be sent again.", "success")
    return redirect(url_for(".index"), 303)


def _letter(message_id: int) -> Message:
    return request.session().scalar(_letters().where(Message.id == message_id)) or abort(404)
