"""The setup guide: what is missing before the call can open."""

import re

import pytest
from sqlalchemy import delete, update

from core.jobs import Worker
from mail.models import Message, MessageState
from reviews.pool.models import Invitation
from tests.season import BEFORE, CLOSED, Season, make_app, open_season
from venues.deadlines import DateKind
from venues.models import Membership, Role, Topic, Venue, VenueDate

ORGANIZE = "/sbm2022/organize/"
GUIDE = f"{ORGANIZE}setup"
SMTP = {"DATELINE_SMTP": "smtp://127.0.0.1:9", "DATELINE_MAIL_FROM": "dateline@example.org"}


@pytest.fixture
def ready(tmp_path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch):
    """A venue to which nothing is missing."""
    app = make_app(tmp_path / "data", sqlite_url, **SMTP)
    with open_season(app, monkeypatch) as season:
        season.venue.introduction, season.venue.call = "About scores.", "Send papers."
        season.add(Worker(name="w", reported_at=BEFORE))
        a_trial(season, MessageState.SENT)
        yield season


def a_trial(season: Season, state: MessageState) -> None:
    """A test letter in this state; the one before goes."""
    season.session.execute(delete(Message))
    season.add(
        Message(
            venue_id=season.venue.id,
            occasion="test_rejected",
            thing="venue:1:test:1",
            to_email="olga@example.org",
            to_name="Olga",
            subject="Test: S",
            text="T",
            html="",
            message_id="<1>",
            state=state,
            queued_at=BEFORE,
            retry_at=BEFORE,
        )
    )


def steps(season: Season) -> dict[str, tuple[str, str]]:
    """Label -> (done, missing or worth a look; the sentence)."""
    season.session.commit()
    page = season.client(season.olga).page(GUIDE)
    found = re.findall(r'<h3>([^<]+)<span class="visually-hidden">\((.*?)\)</span></h3>\s*<p>(.*?)</p>', page)
    return {label.strip(): (state, sentence) for label, state, sentence in found}


def test_it_is_ready_when_nothing_needed_is_missing(ready: Season) -> None:
    assert steps(ready) == {
        "Dates": (
            "done",
            "The call opens Aug 12, 2022 AoE. Submission is open until Sept 26, 2022, 23:59 AoE (closed from Tue 27 "
            "Sep 2022 12:00 UTC).",
        ),
        "Home page": ("done", "13 characters say what the venue is about."),
        "Call for papers": ("done", "12 characters say what you ask authors for."),
        "Contact": ("done", "Answers to all letters go to sbm2022@example.org."),
        "Organizers": ("done", "Olga Orlova. A second organizer helps when one is away."),
        "Worker": ("done", "A worker sends letters and checks files."),
        "Mail": ("done", "A test letter was delivered, from dateline@example.org."),
        "Page limit": ("done", "At most 4 pages, without references and appendices."),
        "Topics": ("done", "2 topics: Theory, Molecules."),
        "Letters": ("done", "1 of 8 are in your own words or were tried; the others say the standard words."),
        "Reviewers": ("done", "2 reviewers."),
    }
    olga = ready.client(ready.olga)
    assert "Nothing that the call needs is missing." in olga.page(GUIDE)
    assert "Before the call can open" not in olga.page(ORGANIZE)


def dates(season: Season, *kinds: DateKind) -> None:
    season.session.execute(delete(VenueDate).where(VenueDate.kind.in_(kinds)))


def turned_round(season: Season) -> None:
    season.session.execute(
        update(VenueDate).where(VenueDate.kind == DateKind.REVIEW, VenueDate.venue_id == season.venue.id),
        {"at": BEFORE},
    )


def blank(**fields: object):
    return lambda season: season.session.execute(update(Venue).values(**fields))


NEEDED = [
    (
        "Dates",
        lambda s: dates(s, DateKind.SUBMISSION, DateKind.CAMERA_READY),
        "Not set yet: the submission deadline",
    ),
    ("Dates", turned_round, "The review deadline (Sept 25, 2022"),
    ("Dates", lambda s: s.at(CLOSED), "Submission is closed; it was open until"),
    ("Home page", blank(introduction=" \n"), "Nothing says what the venue is about."),
    ("Call for papers", blank(call=""), "Nothing says what you ask authors for."),
    ("Contact", blank(contact=""), "There is no contact address: answers to letters reach nobody."),
    ("Worker", lambda s: s.session.execute(delete(Worker)), "No worker has reported for two minutes."),
    ("Mail", lambda s: s.session.execute(delete(Message)), "Send a test letter to yourself"),
    ("Mail", lambda s: a_trial(s, MessageState.FAILED), "A test letter could not be delivered"),
    ("Mail", lambda s: a_trial(s, MessageState.QUEUED), "A test letter is on its way"),
]


@pytest.mark.parametrize(("label", "spoil", "sentence"), NEEDED)
def test_each_thing_that_is_needed_is_missed(ready: Season, label: str, spoil, sentence: str) -> None:
    spoil(ready)
    state, said = steps(ready)[label]
    assert (state, said.startswith(sentence)) == ("missing", True), said
    olga = ready.client(ready.olga)
    page = olga.page(GUIDE)
    missing = [one for one, (state, _) in steps(ready).items() if state == "missing"]
    assert f"Missing: {', '.join(missing)}" in page
    assert "Nothing that the call needs is missing." not in page
    # The overview sends there while it is of use: not once submission is over.
    is_of_use = sentence != NEEDED[2][2]
    assert ("The setup guide</a>" in olga.page(ORGANIZE)) is is_of_use


def test_without_a_relay_no_letter_counts_as_delivered(season: Season) -> None:
    a_trial(season, MessageState.SENT)
    assert steps(season)["Mail"] == (
        "missing",
        "DATELINE_SMTP is not set, so no letter goes out. Whoever runs the server sets it.",
    )


def test_what_is_worth_a_look_keeps_nothing_closed(ready: Season) -> None:
    ready.session.execute(delete(Topic))
    ready.session.execute(delete(Membership).where(Membership.role == Role.REVIEWER))
    ready.session.execute(update(Venue).values(page_limit=None))
    found = steps(ready)
    assert found["Topics"] == ("worth a look", "Authors choose no topics.")
    assert found["Page limit"] == ("worth a look", "Papers may have any length.")
    assert found["Reviewers"][0] == "worth a look"
    assert "Nothing that the call needs is missing." in ready.client(ready.olga).page(GUIDE)


@pytest.mark.parametrize("path", [GUIDE, ORGANIZE])
def test_it_costs_the_same_statements_for_any_number_of_rows(ready: Season, path: str) -> None:
    olga, seen = ready.client(ready.olga), []
    for count in (1, 30):
        for number in range(count):
            who = ready.person(f"Rev{count}x{number} Er")
            ready.grant(who, Role.REVIEWER)
            ready.grant(who, Role.ORGANIZER)
            row = {"venue_id": ready.venue.id, "email": f"{count}.{number}@example.org", "name": "N"}
            ready.add(
                Topic(venue_id=ready.venue.id, position=9, name=f"{count} {number}"),
                Invitation(
                    **row,
                    role=Role.REVIEWER,
                    invited_by_id=ready.olga.id,
                    invited_at=BEFORE,
                    last_letter_at=BEFORE,
                ),
            )
        with ready.statements() as statements:
            olga.page(path)
        seen.append(len([one for one in statements if one.startswith("SELECT")]))
    assert seen[0] == seen[1] <= 32, seen
    assert path == ORGANIZE or seen[0] <= 14, seen
