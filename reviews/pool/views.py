"""Organizers invite reviewers; whoever is invited answers by the link of the letter."""

from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy.orm import Session

from accounts.second_factor import enter
from core import request, tokens
from core.db import transaction
from core.limits import limiter
from core.paging import paginate
from core.tokens import TokenError
from reviews.pool import actions, policy, queries
from reviews.pool.forms import AnswerForm, Invitee, ReviewersForm
from reviews.pool.letters import LINK_LASTS
from reviews.pool.models import Invitation
from venues import current
from venues.deadlines import DateKind, shown, utc

pages = current.blueprint("pool", __name__)


@pages.get("/organize/reviewers")
@login_required
def reviewers() -> ResponseReturnValue:
    """Who was invited and what they answered, and the box to paste more people into."""
    return _reviewers(ReviewersForm())


def _reviewers(form: ReviewersForm, invitees: list[Invitee] | None = None) -> ResponseReturnValue:
    session, venue, at = request.session(), current.venue(), request.at()
    policy.may_invite(session, current.signed_in(), venue, at).enforce()
    preview: dict[str, Any] = {}
    if invitees:
        known = queries.standings(session, venue.id, [one.email for one in invitees])
        is_new = [not one.repeats and one.email not in known for one in invitees]
        preview = {"invitees": invitees, "known": known, "new": sum(is_new)}
    since = at - timedelta(hours=queries.QUIET_HOURS)
    silent = paginate(session, queries.silent(venue.id, since=since), per_page=1).total
    return render_template(
        "pool/reviewers.html",
        venue=venue,
        form=form,
        page=paginate(session, queries.invitations(venue.id)),
        counts=queries.counts(session, venue.id),
        pool_size=queries.pool_size(session, venue.id),
        silent=silent,
        utc=utc,
        **preview,
    ), 422 if form.errors else 200


@pages.post("/organize/reviewers")
@login_required
@limiter.limit("60/hour")
def invite() -> ResponseReturnValue:
    """Read the pasted list: shown first, then confirmed."""
    session, venue, form = request.session(), current.venue(), ReviewersForm()
    policy.may_invite(session, current.signed_in(), venue, request.at()).enforce()
    if not form.validate_on_submit() or not form.confirmed():
        return _reviewers(form, form.invitees)
    with transaction(session):
        people = [(one.email, one.name) for one in form.invitees]
        count = actions.invite(session, venue, people, by=current.signed_in(), at=request.at())
    others = len(people) - count
    if count:
        flash(f"{_people(count)} invited; the letters are on their way.", "success")
    if others:
        flash(f"{others} on the list needed no invitation: nothing changed for them.", "info")
    return redirect(url_for(".reviewers"), 303)


@pages.post("/organize/reviewers/remind")
@login_required
def remind() -> ResponseReturnValue:
    """Write again to those who have not answered."""
    session = request.session()
    with transaction(session):
        count = actions.remind(session, current.venue(), by=current.signed_in(), at=request.at())
    flash(f"{_people(count)} reminded." if count else "Nobody needed a reminder.", "success")
    return redirect(url_for(".reviewers"), 303)


@pages.post("/organize/reviewers/<int(max=2000000000):invitation_id>/withdraw")
@login_required
def withdraw(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    session = request.session()
    with transaction(session):
        found = _invitation(session, invitation_id)
        actions.withdraw(session, found, by=current.signed_in(), at=request.at())
        name = found.name
    flash(f"The invitation of {name} was withdrawn; its link no longer works.", "success")
    return redirect(url_for(".reviewers"), 303)


@pages.get("/invitations/<token>")
def invitation(token: str) -> ResponseReturnValue:
    """Ask for the answer; opening the link answers nothing."""
    try:
        return _asked(_of_token(token), AnswerForm())
    except TokenError as error:
        return render_template("pool/no_invitation.html", sentence=str(error)), 404


def _asked(found: Invitation, form: AnswerForm) -> ResponseReturnValue:
    session, venue, at, person = request.session(), current.venue(), request.at(), current.person()
    due = current.calendar().dates.get(DateKind.REVIEW)
    return render_template(
        "pool/invitation.html",
        venue=venue,
        invitation=found,
        form=form,
        due=shown(due) if due else "",
        may_accept=policy.may_accept(session, person, found, at),
        may_decline=policy.may_decline(session, person, found, at),
        is_other=person is not None
        and found.email not in {email.address for email in current.with_emails().emails},
    ), 422 if form.errors else 200


@pages.post("/invitations/<token>")
@limiter.limit("30/hour")
def answer(token: str) -> ResponseReturnValue:
    """Accept or decline. The first yes signs in; later ones show nothing that needs it."""
    session, form = request.session(), AnswerForm()
    try:
        with transaction(session):
            found = _of_token(token)
            if form.is_yes():
                is_first = found.person_id is None
                person = actions.accept(session, found, by=current.person(), at=request.at())
            elif form.validate_on_submit():
                reason = form.reason.data.strip()
                actions.decline(session, found, reason, by=current.person(), at=request.at())
    except TokenError as error:
        return render_template("pool/no_invitation.html", sentence=str(error)), 404
    if form.errors:
        return _asked(found, form)
    if not form.is_yes():
        flash("Thank you for the answer: you will not be asked to review.", "success")
        return redirect(url_for(".invitation", token=token), 303)
    flash(f"Thank you, you are a reviewer of {current.venue().short_name}.", "success")
    if is_first:
        return enter(person, url_for("reviewing.index"))
    return redirect(url_for(".invitation", token=token), 303)


def _of_token(token: str) -> Invitation:
    """The invitation of this venue that the link names. Raises TokenError."""
    found = request.session().get(Invitation, tokens.read("invitation", token, max_age=LINK_LASTS))
    if found is None or found.venue_id != current.venue().id:
        raise TokenError("This link belongs to no invitation here. Copy all of it from the letter.")
    return found


def _invitation(session: Session, invitation_id: int) -> Invitation:
    """An invitation of this venue, for its organizers; hidden from all others."""
    venue = current.venue()
    policy.may_invite(session, current.signed_in(), venue, request.at()).enforce()
    found = session.get(Invitation, invitation_id)
    return found if found and found.venue_id == venue.id else abort(404)


def _people(count: int) -> str:
    return "1 person was" if count == 1 else f"{count} people were"
