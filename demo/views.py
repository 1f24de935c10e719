"""The demo's bar, its mailbox and its way back to the start."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select

from accounts.current import sign_in, sign_out
from accounts.models import Email, Person
from core import clock, markdown
from core import request as here
from decisions.jobs import stamp_first_use
from decisions.models import Release
from demo.mailbox import Mailbox
from demo.moments import MOMENTS, latest
from submissions.models import Author
from venues import current
from venues.deadlines import in_zone
from venues.models import Membership, Role

pages = Blueprint("demo", __name__, url_prefix="/demo")
LOOPBACK = {"127.0.0.1", "::1"}


@pages.before_request
def _only_here() -> None:
    if request.remote_addr not in LOOPBACK:
        abort(404)


@pages.post("/moment")
def move() -> ResponseReturnValue:
    """Move the season's clock."""
    moment = next((m for m in MOMENTS if m.key == request.form.get("moment")), None) or abort(404)
    clock.move_to(moment.at)
    stamp_first_use(here.session(), at=clock.now())
    early = select(Release.venue_id).where(
        Release.first_used_at.is_not(None), Release.effective_at > clock.now()
    )
    if here.session().scalar(early.limit(1)):
        flash(
            "The clock went back, but decisions that were released stay released, and their letters sent. "
            "Start over takes everything back.",
            "info",
        )
    return redirect(_back(), 303)


@pages.post("/person")
def become() -> ResponseReturnValue:
    """Sign in as one of the demo's people, or sign out."""
    key = request.form.get("person", "")
    if not key:
        sign_out()
        return redirect(_back(), 303)
    query = select(Person).join(Email, Email.person_id == Person.id).where(Email.address == key)
    person = here.session().scalar(query) or abort(404)
    session.clear()
    sign_in(person)
    return redirect(_back(), 303)


@pages.get("/people")
def people() -> str:
    """Everybody, to be signed in as."""
    return render_template("demo/people.html", groups=_everybody())


@pages.get("/mailbox")
def mailbox() -> str:
    """All letters that were delivered, or those of one address."""
    to = request.args.get("to", "")
    mails = _mailbox().all(to)
    number = request.args.get("page", "1")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    shown = mails[(page - 1) * 50 : page * 50]
    return render_template("demo/mailbox.html", mails=shown, total=len(mails), page=page, to=to)


@pages.get("/mailbox/<key>")
def mail(key: str) -> str:
    """One letter as it arrived."""
    message = _mailbox().read(key) or abort(404)
    rich = message.get_body(("html",))
    body = markdown.clean(rich.get_content()) if rich else ""
    return render_template("demo/mail.html", message=message, body=body)


@pages.get("/start-over")
def ask_start_over() -> str:
    """Say what starting over does."""
    return render_template("demo/start_over.html")


@pages.post("/start-over")
def start_over() -> ResponseReturnValue:
    """Put everything back as it was when the demo was made."""
    here.session().rollback()
    data: Path = current_app.config["DATELINE"].data
    clock.move_to(MOMENTS[0].at)  # first: a worker at the old hour would stamp the planned release as used
    with (
        closing(sqlite3.connect(data / "pristine.db")) as pristine,
        closing(sqlite3.connect(data / "dateline.db", timeout=30)) as live,
    ):
        pristine.backup(live)
    _mailbox().clear()
    session.clear()
    flash("The demo is as it was in the beginning.", "success")
    return redirect("/", 303)


def bar() -> dict[str, Any]:
    """What the bar shows."""
    mine = {email.address for email in current.with_emails().emails} if current.person() else set()
    at, now = here.at(), latest(here.at())
    return {
        "moments": [(m.key, m.label, m is now) for m in MOMENTS],
        "moments_url": "/demo/moment",
        "clock": in_zone(at, "AoE"),
        "people": [(key, name, role, key in mine) for key, name, role in _cast()],
        "people_url": "/demo/person",
        "mailbox_url": "/demo/mailbox",
        "mailbox_count": _mailbox().count(),
        "start_over_url": "/demo/start-over",
        "csrf_token": generate_csrf(),
    }


def _mailbox() -> Mailbox:
    box = current_app.extensions["mailbox"]
    assert isinstance(box, Mailbox)
    return box


def _back() -> str:
    """The page that the bar was on, if whoever is asking now may see it; the venue's home page serves all."""
    return url_for("home.index")


def _cast() -> list[tuple[str, str, str]]:
    """(e-mail, name, role) of the few people in the bar: one of each kind, and a signed-out visitor."""
    if "cast" not in g:
        found = [group[1][0] for group in _everybody() if group[1]]
        g.cast = [*found, ("", "A visitor", "signed out")]
    return list(g.cast)


def _everybody() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Groups of (e-mail, name, role): organizers, authors, reviewers, site administrators."""
    session = here.session()
    found: list[tuple[str, list[tuple[str, str, str]]]] = []
    people = (
        select(Email.address, Person.name).join(Person, Person.id == Email.person_id).where(Email.is_primary)
    )
    for title, role in (("Organizers", Role.ORGANIZER), ("Reviewers", Role.REVIEWER)):
        held = select(Membership.person_id).where(Membership.role == role)
        rows = session.execute(people.where(Person.id.in_(held)).order_by(Person.id)).all()
        found.append((title, [(address, name, role.value) for address, name in rows]))
    first = select(Author.email).where(Author.position == 0)
    rows = session.execute(people.where(Email.address.in_(first)).order_by(Person.id)).all()
    found.insert(1, ("Authors", [(address, name, "author") for address, name in rows]))
    rows = session.execute(people.where(Person.is_site_admin)).all()
    found.append(("Site administrators", [(address, name, "runs the server") for address, name in rows]))
    return found
