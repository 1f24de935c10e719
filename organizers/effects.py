"""For whom a change of the settings changes something: sentences with numbers, read before it is saved.

What an organizer is in conflict with is not counted for them where it would tell of reviews.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.models import Person
from camera_ready import queries as camera_ready
from mail.models import Message, MessageState
from organizers import queries
from organizers.venue_file import VenueFile
from reviews.assignment.models import Assignment
from reviews.reviewing.models import Review
from submissions.models import FileCheck, State, Submission, SubmissionTopic, Version
from venues.deadlines import Calendar, DateKind, Phase
from venues.deadlines import State as PhaseState
from venues.models import Blindness, Extension, Role, Topic, Venue
from venues.queries import calendar_of


@dataclass(frozen=True)
class _Case:
    session: Session
    venue: Venue
    file: VenueFile
    viewer_id: int
    at: datetime
    hidden: list[int]

    def count(self, query: Any) -> int:
        return self.session.scalar(query) or 0


@dataclass(frozen=True)
class _Date:
    """A date as it would be stored."""

    kind: DateKind
    meaning: Any
    zone: str
    precision: Any
    at: datetime


def for_whom(
    session: Session, venue: Venue, file: VenueFile, changed: Iterable[str], viewer: Person, at: datetime
) -> list[str]:
    """What the changed keys ("dates.submission", …) change for people. To be asked before the change is made."""
    hidden = queries.hidden_from(session, viewer.id, venue.id)
    case = _Case(session, venue, file, viewer.id, at, hidden)
    sentences: dict[str, None] = {}  # each once, in order
    for what in dict.fromkeys(changed):
        table, _, _ = what.partition(".")
        sentences |= dict.fromkeys((_EFFECTS.get(what) or _EFFECTS[table])(case))
    return list(sentences)


def many(count: int, one: str, more: str = "") -> str:
    """ "1 submission", "3 submissions"."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def _submission_date(case: _Case) -> list[str]:
    counts = dict(case.session.execute(queries.submission_counts(case.venue.id)).all())
    drafts, submitted = counts.get(State.DRAFT, 0), counts.get(State.SUBMITTED, 0)
    have = f"{many(drafts, 'submission is in draft', 'submissions are in draft')}, {submitted:,} submitted"
    what = {
        (True, True): "their authors can change them until then",
        (False, True): "their authors can change them again, and anybody can submit",
        (True, False): "from now on their authors cannot change them, and drafts stay drafts",
        (False, False): "their authors cannot change them, before and after",
    }[_is_open(case, Phase.SUBMISSION)]
    found = [f"{have}: {what}."]
    given = (
        select(func.count(func.distinct(Assignment.submission_id)))
        .join(Submission)
        .where(
            Submission.venue_id == case.venue.id,
            Assignment.removed_at.is_(None),
            queries.not_hidden(Assignment.submission_id, case.hidden),
        )
    )
    if _is_open(case, Phase.SUBMISSION)[1] and (assigned := case.count(given)):
        found.append(
            f"Reviewers hold {many(assigned, 'submission')} already; a new version replaces what they read."
        )
    return found + _extensions(case, DateKind.SUBMISSION)


def _review_date(case: _Case) -> list[str]:
    missing = (
        select(func.count(), func.count(func.distinct(Assignment.person_id)))
        .select_from(Assignment)
        .join(Submission, Submission.id == Assignment.submission_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(
            Submission.venue_id == case.venue.id,
            Submission.state == State.SUBMITTED,
            Assignment.removed_at.is_(None),
            Review.submitted_at.is_(None),
            queries.not_hidden(Submission.id, case.hidden),
        )
    )
    reviews, people = case.session.execute(missing).one()
    was, will = _is_open(case, Phase.REVIEW)
    state = "" if was == will else " Reviewing opens again." if will else " Reviewing ends at once."
    return [
        f"{many(reviews, 'review')} by {many(people, 'reviewer')} "
        f"{'is' if reviews == 1 else 'are'} not handed in yet.{state}",
        *_extensions(case, DateKind.REVIEW),
    ]


def _camera_ready_date(case: _Case) -> list[str]:
    desk = camera_ready.desk(case.venue.id, case.at).subquery()
    accepted, finals = case.session.execute(
        select(func.count(), func.count(desk.c.final)).select_from(desk)
    ).one()
    sentence = f"{finals:,} of {many(accepted, 'accepted paper')} {'has' if finals == 1 else 'have'} a final version."
    if not accepted:
        sentence = "Nobody is asked for a final version yet."
    return [sentence, *_extensions(case, DateKind.CAMERA_READY)]


def _is_open(case: _Case, phase: Phase) -> tuple[bool, bool]:
    """Whether the phase is open before and after the change."""
    before = calendar_of(case.session, case.venue.id)
    dates: dict[DateKind, Any] = dict(before.dates)
    for kind, date in case.file.dates.items():
        dates.pop(kind, None)
        if date is not None:
            dates[kind] = _Date(kind, date.meaning, date.zone, date.precision, date.at)
    after = Calendar(dates.values(), before.extensions)
    states = [calendar.window(phase, released_at=case.at).state(case.at) for calendar in (before, after)]
    return states[0] is PhaseState.OPEN, states[1] is PhaseState.OPEN


def _extensions(case: _Case, kind: DateKind) -> list[str]:
    """What becomes of the time that was given."""
    given = case.session.scalars(
        select(Extension).where(Extension.venue_id == case.venue.id, Extension.kind == kind)
    )
    rows = [row for row in given if row.submission_id not in case.hidden]
    if not rows:
        return []
    people = len({row.person_id for row in rows if row.person_id})
    papers = len({row.submission_id for row in rows if row.submission_id})
    holders = [many(people, "person", "people")] * bool(people) + [many(papers, "submission")] * bool(papers)
    if any(row.person_id is None and row.submission_id is None for row in rows):
        holders.append("everybody")
    verb = "has" if (people + papers == 1 and len(holders) == 1) or holders == ["everybody"] else "have"
    found = [f"{' and '.join(holders)} {verb} more time by an extension that stays."]
    date = case.file.dates.get(kind)
    if date and (over := sum(row.until <= date.at for row in rows)):
        found.append(f"{over:,} of these extensions {'ends' if over == 1 else 'end'} by the new date.")
    return found


def _notification_date(case: _Case) -> list[str]:
    return ["The home page promises it; the decisions are released when you release them."]


def _page_limit(case: _Case) -> list[str]:
    limit, pages = case.file.fields["page_limit"], _current_papers(case).subquery()
    if limit is None:
        return ["No PDF is called too long any more."]
    total = case.count(select(func.count()).select_from(pages))
    over = case.count(select(func.count()).select_from(pages).where(pages.c.pages > limit))
    return [
        f"{over:,} of {many(total, 'submitted PDF')} {'has' if over == 1 else 'have'} more than {limit} pages in all. "
        "Their authors read a hint; nothing is refused."
    ]


def _largest_file(case: _Case) -> list[str]:
    most, papers = case.file.fields["max_file_mb"], _current_papers(case).subquery()
    over = case.count(select(func.count()).select_from(papers).where(papers.c.size > most << 20))
    stay = f"{many(over, 'larger paper')} here {'stays' if over == 1 else 'stay'}."
    return [f"Authors can send files of up to {most} MB from then on.", *[stay] * bool(over)]


def _time_for_an_upload(case: _Case) -> list[str]:
    minutes = many(case.file.fields["upload_minutes"], "minute")
    return [
        f"Whoever begins to send a file before a deadline has {minutes} to end after it. "
        "What came before is not judged anew."
    ]


def _current_papers(case: _Case) -> Any:
    return (
        select(Version.paper_size.label("size"), FileCheck.pages.label("pages"))
        .join(Submission, (Submission.id == Version.submission_id) & (Submission.version == Version.number))
        .outerjoin(FileCheck, FileCheck.sha256 == Version.paper_sha256)
        .where(
            Submission.venue_id == case.venue.id,
            Submission.state == State.SUBMITTED,
            queries.not_hidden(Submission.id, case.hidden),
        )
    )


def _blindness(case: _Case) -> list[str]:
    holding = (
        select(
            func.count(func.distinct(Assignment.person_id)),
            func.count(func.distinct(Assignment.submission_id)),
        )
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(
            Submission.venue_id == case.venue.id,
            Assignment.removed_at.is_(None),
            queries.not_hidden(Submission.id, case.hidden),
        )
    )
    reviewers, papers = case.session.execute(holding).one()
    who = f"{many(reviewers, 'reviewer')} of {many(papers, 'paper')}"
    if not reviewers:
        return ["No reviewer holds a paper yet."]
    if case.file.fields["blindness"] is Blindness.SINGLE:
        return [
            f"{who} {'sees' if reviewers == 1 else 'see'} at once who wrote them. This cannot be unseen, and authors "
            "were promised otherwise: ask them first."
        ]
    return [f"{who} could see until now who wrote them."]


def _topics(case: _Case) -> list[str]:
    chosen = select(func.count(func.distinct(SubmissionTopic.submission_id))).join(
        Topic, Topic.id == SubmissionTopic.topic_id
    )
    count = case.count(chosen.where(Topic.venue_id == case.venue.id))
    if not count:
        return ["No submission has chosen a topic yet."]
    return [f"{many(count, 'submission has', 'submissions have')} chosen topics; what was chosen stays."]


def _names(case: _Case) -> list[str]:
    waiting = select(func.count()).where(
        Message.venue_id == case.venue.id, Message.state.in_([MessageState.HELD, MessageState.QUEUED])
    )
    count = case.count(waiting)
    waits = f"{many(count, 'letter waits', 'letters wait')} in the outbox as written; later ones say it anew."
    return [*_public(case), *[waits] * bool(count)]


def _letters(_case: _Case) -> list[str]:
    return ["Letters that are written from then on say it so; those in the outbox stay as they are."]


def _roles(_case: _Case) -> list[str]:
    return ["Whoever is given a role can use it at once."]


def _public(_case: _Case) -> list[str]:
    return ["Everybody who looks at the public pages sees it at once."]


def _texts_of_accepted(case: _Case) -> list[str]:
    return ["Authors of accepted papers read it once the decisions are released."]


def of_granting(session: Session, venue: Venue, email: str, whose: Person | None, role: Role) -> list[str]:
    """What a role means for whoever gets it."""
    found = (
        [f"{whose.name} has an account with {email}."]
        if whose
        else [
            f"Nobody here has {email}: they get in by “I forgot my password, or never had one” with this e-mail."
        ]
    )
    if role is Role.ORGANIZER:
        found.append(
            "Organizers see every submission with its authors, reviews and decisions, but for those that they are in "
            "conflict with, and can change all of these settings."
        )
        mine = queries.hidden_from(session, whose.id, venue.id) if whose else []
        found += [
            f"In conflict with {many(len(mine), 'submission')} here, which stay closed to them."
        ] * bool(mine)
    if role is Role.REVIEWER:
        found.append("Reviewers can be given papers. An invitation under Reviewers lets them say no.")
    return found


def of_revoking(session: Session, venue: Venue, whose: Person, role: Role, viewer: Person) -> list[str]:
    """What taking a role away means for whoever has it."""
    if role is Role.ORGANIZER:
        return ["The organizers' pages are closed to them from then on. What they did stays."]
    if role is not Role.REVIEWER:
        return []
    held = (
        select(func.count(), func.count(Review.submitted_at))
        .select_from(Assignment)
        .join(Submission, Submission.id == Assignment.submission_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(
            Submission.venue_id == venue.id,
            Assignment.person_id == whose.id,
            Assignment.removed_at.is_(None),
            queries.not_hidden(Submission.id, queries.hidden_from(session, viewer.id, venue.id)),
        )
    )
    papers, done = session.execute(held).one()
    if not papers:
        return ["No papers are with them."]
    return [
        f"{many(papers, 'paper is', 'papers are')} with them, which they can no longer read; "
        f"{many(done, 'review is', 'reviews are')} handed in and stay{'s' if done == 1 else ''}.",
    ]


_EFFECTS: dict[str, Callable[[_Case], list[str]]] = {
    "dates.call_opens": _submission_date,
    "dates.submission": _submission_date,
    "dates.review": _review_date,
    "dates.notification": _notification_date,
    "dates.camera_ready": _camera_ready_date,
    "submission.page_limit": _page_limit,
    "submission.max_file_mb": _largest_file,
    "submission.upload_minutes": _time_for_an_upload,
    "submission.blindness": _blindness,
    "submission.topics": _topics,
    "venue.name": _names,
    "venue.short_name": _names,
    "text.camera_ready": _texts_of_accepted,
    "letters": _letters,
    "roles": _roles,
    **dict.fromkeys(
        (
            "dates.event_starts",
            "dates.event_ends",
            "venue.event_zone",
            "venue.place",
            "venue.parent",
            "venue.website",
            "venue.contact",
            "venue.registration_url",
            "text.introduction",
            "text.call",
            "text.support",
            "people",
            "sponsors",
            "schedule",
        ),
        _public,
    ),
}
