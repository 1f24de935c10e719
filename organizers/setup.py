"""What is missing before the call can open: each step done or not, with a sentence and the page where it is done."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock, jobs
from core.config import Config
from mail.models import MessageState
from mail.queries import own_letters, states_of
from organizers.venue_letters import LETTERS, TRIALS
from reviews.pool import queries as pool
from venues import announcing, queries
from venues.deadlines import Calendar, DateKind, Phase, State, shown
from venues.models import Role, Topic, Venue

# Without these dates authors and reviewers do not know until when.
NEEDED_DATES = (DateKind.SUBMISSION, DateKind.REVIEW, DateKind.NOTIFICATION, DateKind.CAMERA_READY)


@dataclass(frozen=True)
class Step:
    """One thing to do. What is not needed is worth a look, and keeps nothing closed."""

    label: str
    sentence: str
    is_done: bool
    url: str
    link: str
    is_needed: bool = True


def guide(session: Session, venue: Venue, calendar: Calendar, config: Config, at: datetime) -> list[Step]:
    """All steps in the order in which one takes them."""
    return [
        _dates(venue, calendar, at),
        *_texts(venue),
        _contact(venue),
        *_rules(session, venue),
        _organizers(session, venue),
        *_mail(session, venue, config),
        _reviewers(session, venue),
    ]


def missing(steps: Collection[Step]) -> list[Step]:
    """The steps without which the call should not open."""
    return [step for step in steps if step.is_needed and not step.is_done]


def is_preparing(calendar: Calendar, at: datetime) -> bool:
    """Whether the guide is of use: until submission closes."""
    return calendar.window(Phase.SUBMISSION).state(at) is not State.CLOSED


def _dates(venue: Venue, calendar: Calendar, at: datetime) -> Step:
    submitting = calendar.window(Phase.SUBMISSION)
    absent = [announcing.DATES[kind].lower() for kind in NEEDED_DATES if kind not in calendar.dates]
    is_done = False
    if absent:
        sentence = f"Not set yet: {', '.join(absent)}."
    elif not announcing.is_in_order(calendar.dates.values()):
        sentence = " ".join(announcing.check_dates(calendar.dates.values()))
    elif submitting.state(at) is State.CLOSED:
        sentence = submitting.sentence(at)
    else:
        is_done = True
        opens = calendar.dates.get(DateKind.CALL_OPENS)
        when = (
            f"The call opens {shown(opens)}." if opens else "No opening is set: submission is open at once."
        )
        sentence = f"{when} {submitting.sentence(at)}"
    return Step("Dates", sentence, is_done, _settings(venue, "dates"), "Dates")


def _texts(venue: Venue) -> Iterator[Step]:
    for label, text, what in (
        ("Home page", venue.introduction, "what the venue is about"),
        ("Call for papers", venue.call, "what you ask authors for"),
    ):
        sentence = f"{len(text):,} characters say {what}." if text.strip() else f"Nothing says {what}."
        yield Step(label, sentence, bool(text.strip()), _settings(venue, "texts"), "Texts")


def _contact(venue: Venue) -> Step:
    sentence = (
        f"Answers to all letters go to {venue.contact}."
        if venue.contact
        else "There is no contact address: answers to letters reach nobody."
    )
    return Step("Contact", sentence, bool(venue.contact), _settings(venue, "basics"), "Basics")


def _rules(session: Session, venue: Venue) -> Iterator[Step]:
    url = _settings(venue, "rules")
    limit = venue.page_limit
    sentence = (
        f"At most {limit} pages, without references and appendices."
        if limit
        else "Papers may have any length."
    )
    yield Step("Page limit", sentence, bool(limit), url, "Submission rules", is_needed=False)
    names = session.scalars(
        select(Topic.name).where(Topic.venue_id == venue.id).order_by(Topic.position)
    ).all()
    some = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
    sentence = f"{_many(len(names), 'topic')}: {some}{_stop(some)}" if names else "Authors choose no topics."
    yield Step("Topics", sentence, bool(names), url, "Submission rules", is_needed=False)


def _stop(text: str) -> str:
    """The full stop of a sentence, where its last word does not bring one."""
    return "" if text.endswith(("…", ".")) else "."


def _organizers(session: Session, venue: Venue) -> Step:
    # Every e-mail of a person was shown to be theirs, so who has the role can sign in.
    names = [name for _, name, *_ in session.execute(queries.member_rows(venue.id, Role.ORGANIZER))]
    some = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
    sentence = some + _stop(some)
    if len(names) == 1:
        sentence += " A second organizer helps when one is away."
    return Step(
        "Organizers",
        sentence if names else "Nobody organizes this venue.",
        bool(names),
        url_for("organizers_roles.roles", slug=venue.slug),
        "Roles",
    )


def _mail(session: Session, venue: Venue, config: Config) -> Iterator[Step]:
    reported = jobs.last_report(session)
    is_alive = reported is not None and clock.real() - reported <= jobs.SILENT_AFTER
    outbox = url_for("organizers_outbox.index", slug=venue.slug)
    yield Step(
        "Worker",
        "A worker sends letters and checks files."
        if is_alive
        else "No worker has reported for two minutes. Whoever runs the server starts one: ./dateline work.",
        is_alive,
        url_for("organizers.problem_list", slug=venue.slug),
        "Problems",
    )
    letters = url_for("organizers_letters.index", slug=venue.slug)
    found = session.execute(states_of(venue.id, TRIALS)).all()
    states = {state for _, state, _ in found}
    is_sent = MessageState.SENT in states
    if not config.smtp:
        sentence, url, link = (
            "DATELINE_SMTP is not set, so no letter goes out. Whoever runs the server sets it.",
            outbox,
            "Outbox",
        )
    elif is_sent:
        sentence, url, link = f"A test letter was delivered, from {config.mail_from}.", outbox, "Outbox"
    elif MessageState.FAILED in states:
        sentence, url, link = "A test letter could not be delivered; the outbox says why.", outbox, "Outbox"
    elif states & {MessageState.QUEUED, MessageState.SENDING}:
        sentence, url, link = "A test letter is on its way; look again in a moment.", outbox, "Outbox"
    else:
        sentence, url, link = (
            "Send a test letter to yourself, to see that letters arrive.",
            letters,
            "Letters",
        )
    yield Step("Mail", sentence, bool(config.smtp) and is_sent, url, link)
    seen = {TRIALS[occasion] for occasion, *_ in found} | set(own_letters(session, venue.id, *LETTERS))
    yield Step(
        "Letters",
        f"{len(seen)} of {len(LETTERS)} are in your own words or were tried; the others say the standard words."
        if seen
        else "All say the standard words: read them once, and change what you would say otherwise.",
        bool(seen),
        letters,
        "Letters",
        is_needed=False,
    )


def _reviewers(session: Session, venue: Venue) -> Step:
    reviewers, asked = pool.pool_size(session, venue.id), pool.counts(session, venue.id).get("invited", 0)
    told = [_many(reviewers, "reviewer")] if reviewers else []
    told += [f"{_many(asked, 'invitation')} without an answer"] if asked else []
    sentence = (
        f"{', '.join(told)}." if told else "Nobody is invited yet; that can wait until submissions arrive."
    )
    url = url_for("pool.reviewers", slug=venue.slug)
    return Step("Reviewers", sentence, bool(told), url, "Reviewers", is_needed=False)


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _settings(venue: Venue, name: str) -> str:
    """The page of the settings where it is changed."""
    return url_for("organizers_settings.page", slug=venue.slug, name=name)
