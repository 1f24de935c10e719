"""A venue's file: every fault is a sentence naming table, key and value; loading is whole, repeatable and told."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from accounts.models import Email, Person
from core.audit import AuditEntry
from core.db import transaction
from mail.models import Message
from organizers import venue_file, venue_loading
from organizers.venue_file import Member, Named, Supporter, VenueFileError
from tests.season import BEFORE, Season
from venues.deadlines import DateKind, shown
from venues.models import (
    Blindness,
    ListedPerson,
    Membership,
    Role,
    ScheduleEntry,
    Section,
    Sponsor,
    Topic,
    Venue,
    VenueDate,
)

WHOLE = """
[venue]
slug = "waves"
name = "Workshop on Waves"
short_name = "Waves"
place = "Lisbon"
event_zone = "Europe/Lisbon"
contact = "Chairs@Example.org"
registration_url = "https://example.org/register"

[submission]
page_limit = 4
blindness = "single"
topics = ["Sea", "Sound"]

[text]
introduction = "Waves **meet**.\\n\\nTwice."

[dates]
call_opens = "2023-01-10"
submission = "Feb 27, 2023 (11:59 pm AoE)"
notification = "March 30, 2023"
event_starts = "2023-05-04 09:00"
event_ends = "2023-05-04 17:00"

[[people]]
section = "speaker"
name = "Ida Holm"
affiliation = "Uppsala"
url = "https://example.org/~ida"

[[sponsors]]
name = "Tide Works"
gives = "two buoys"
url = "https://example.org/tide"

[[roles]]
role = "organizer"
email = "Ola@example.org"
name = "Ola Nord"

[[roles]]
role = "organizer"
email = "olga@example.org"

[[schedule]]
starts = "2023-05-04 09:30"
title = "Keynote"

[[schedule]]
starts = "2023-05-04 9:00"
title = "Opening"
"""


def faults(text: str | bytes) -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(VenueFileError) as caught:
        venue_file.parse(data)
    return caught.value.sentences


def load(season: Season, text: str) -> venue_loading.Report:
    with transaction(season.session):
        return venue_loading.load(season.session, text.encode(), by=None, at=BEFORE)


def test_what_a_file_says() -> None:
    found = venue_file.parse(WHOLE.encode())
    assert found.slug == "waves"
    assert found.fields["contact"] == "chairs@example.org"
    assert found.fields["blindness"] is Blindness.SINGLE
    assert found.topics == ["Sea", "Sound"]
    assert found.people == [Named(Section.SPEAKER, "Ida Holm", "Uppsala", "https://example.org/~ida")]
    assert found.sponsors == [Supporter("Tide Works", "two buoys", "https://example.org/tide")]
    assert found.roles == [
        Member(Role.ORGANIZER, "ola@example.org", "Ola Nord"),
        Member(Role.ORGANIZER, "olga@example.org", "olga"),
    ]
    assert found.schedule == [
        (datetime(2023, 5, 4, 8, 0, tzinfo=UTC), "Opening"),
        (datetime(2023, 5, 4, 8, 30, tzinfo=UTC), "Keynote"),
    ]
    assert {kind: shown(date) for kind, date in found.dates.items() if date} == {
        DateKind.CALL_OPENS: "Jan 10, 2023 AoE",
        DateKind.SUBMISSION: "Feb 27, 2023, 23:59 AoE",
        DateKind.NOTIFICATION: "Mar 30, 2023 AoE",
        DateKind.EVENT_STARTS: "May 4, 2023, 09:00 Europe/Lisbon",
        DateKind.EVENT_ENDS: "May 4, 2023, 17:00 Europe/Lisbon",
    }


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", ['venue.slug: is missing: the venue\'s address, such as "sbm2022".']),
        (
            "[venues]\nslug = 'x'",
            [
                '"venues": there is no such table; the tables are venue, submission, text, dates, people, sponsors, '
                "roles, schedule, letters."
            ],
        ),
        ("venue = 3", ["venue: 3 is no table; begin it with [venue]."]),
        (
            "[venue]\nslug = 'waves'\ncolour = 'red'",
            [
                "venue.colour: there is no such key; the keys are slug, name, short_name, parent, place, event_zone, "
                "contact, registration_url, website."
            ],
        ),
        (
            "[venue]\nslug = 'api'",
            [
                "venue.slug: 'api' is reserved: Dateline's own pages live at /api. Choose another, such as 'sbm2022'."
            ],
        ),
        ("[venue]\nslug = 'waves'\nname = 3", ["venue.name: 3 is no text; put it in quotes."]),
        ("[venue]\nslug = 'waves'\nname = ''", ["venue.name: is empty; it must be written."]),
        (
            "[venue]\nslug = 'waves'\nshort_name = '" + "x" * 61 + "'",
            ["venue.short_name: has 61 characters; at most 60 are taken."],
        ),
        (
            '[venue]\nslug = "waves"\nplace = "a\\u0000b"',
            ['venue.place: "a�b" holds a line break or a control character; leave it out.'],
        ),
        (
            "[venue]\nslug = 'waves'\nwebsite = 'javascript:alert(1)'",
            ['venue.website: "javascript:alert(1)" is no web address; write one that begins with https://.'],
        ),
        (
            "[venue]\nslug = 'waves'\ncontact = 'olga'",
            ["venue.contact: 'olga' is not an e-mail address: An email address must have an @-sign."],
        ),
        (
            "[venue]\nslug = 'waves'\nevent_zone = 'Mars/Olympus'",
            [
                'venue.event_zone: "Mars/Olympus" is neither understood nor a zone: zones are AoE, UTC, UTC+2 and '
                "names like Europe/Paris.",
            ],
        ),
        (
            "[venue]\nslug = 'waves'\n[submission]\npage_limit = -1\nmax_file_mb = true",
            [
                "submission.page_limit: -1 must be a whole number from 1 to 1000.",
                "submission.max_file_mb: True must be a whole number from 1 to 2000.",
            ],
        ),
        (
            "[venue]\nslug = 'waves'\n[submission]\nblindness = 'triple'",
            ['submission.blindness: "triple" must be one of "double", "single".'],
        ),
        (
            "[venue]\nslug = 'waves'\n[submission]\ntopics = ['Sea', 'Sea', '']",
            [
                'submission.topics, entry 2: "Sea" is there twice.',
                "submission.topics, entry 3: is empty; it must be written.",
            ],
        ),
        (
            "[venue]\nslug = 'waves'\n[submission]\ntopics = 'Sea'",
            ['submission.topics: "Sea" is no list; write it in [square brackets].'],
        ),
        (
            "[venue]\nslug = 'waves'\n[dates]\nsubmision = 'Sept 26, 2022'",
            [
                "dates.submision: there is no such key; the keys are call_opens, submission, review, notification, "
                "camera_ready, event_starts, event_ends."
            ],
        ),
        (
            "[venue]\nslug = 'waves'\n[dates]\nsubmission = 'Sept 31, 2022'",
            ["dates.submission: There is no Sept 31 in 2022: write Sept 30, 2022 or Oct 1, 2022."],
        ),
        (
            "[venue]\nslug = 'waves'\n[dates]\nsubmission = 2022-09-26",
            ['dates.submission: "2022-09-26" must be in quotes, like "Sept 26, 2022, 23:59 AoE".'],
        ),
        (
            "[venue]\nslug = 'waves'\n[dates]\nevent_starts = 'Dec 2, 2022'",
            ['dates.event_starts: "Dec 2, 2022" names no hour: add one, like 09:00.'],
        ),
        (
            "[venue]\nslug = 'waves'\n[[people]]\nsection = 'guest'\nurl = 'ftp://x'",
            [
                'people, entry 1, section: "guest" must be one of "speaker", "panelist", "organizer".',
                "people, entry 1, name: is missing.",
                'people, entry 1, url: "ftp://x" is no web address; write one that begins with https://.',
            ],
        ),
        (
            "people = [3]\n[venue]\nslug = 'waves'",
            [
                "people, entry 1: 3 is no table; begin it with [[people]].",
            ],
        ),
        (
            "[venue]\nslug = 'waves'\n[roles]\nreviewers = ['rey@example.org']",
            [
                "roles: {'reviewers': ['rey@example.org']} is no list; write each of its entries under [[roles]]."
            ],
        ),
        (
            "[venue]\nslug = 'waves'\n[[roles]]\nrole = 'reviewer'\nemail = 'rey'\nphone = '1'",
            [
                "roles, entry 1, phone: there is no such key; the keys are role, email, name.",
                "roles, entry 1, email: 'rey' is not an e-mail address: An email address must have an @-sign.",
            ],
        ),
        (
            "[venue]\nslug = 'waves'\n[[schedule]]\nstarts = '2022-12-02'\ntitle = ''",
            [
                'schedule, entry 1, starts: "2022-12-02" names no hour: add one, like 09:00.',
                "schedule, entry 1, title: is empty; it must be written.",
            ],
        ),
        (
            "[venue]\nslug = 'waves'\nslug = 'again'",
            ["The file is not TOML: Cannot overwrite a value (at end of document)."],
        ),
        (b"\x89PNG\r\n", ["The file is no text in UTF-8: byte 0 cannot be read. Save it as UTF-8."]),
        ("a = " + "[" * 50_000, ["The file nests its lists or tables too deeply to be a venue's."]),
        ("a." * 50_000 + "a = 1", ["Line 1 has more than 200 dots; break it into shorter lines."]),
        ("#" * 500_001, ["The file has 500,001 bytes; a venue's file has at most 500,000."]),
    ],
)
def test_faults_are_sentences(text: str | bytes, sentences: list[str]) -> None:
    assert faults(text) == sentences


def test_a_number_of_thousands_of_digits_is_a_sentence() -> None:
    (sentence,) = faults("a = " + "1" * 5000)
    assert sentence.startswith("The file is not TOML: Exceeds the limit (4300 digits)")


def test_many_faults_are_cut_short() -> None:
    sentences = faults("\n".join(f"[a{n}]" for n in range(1000)))
    assert len(sentences) == 31
    assert sentences[-1] == "… and 970 more."


def test_a_new_venue(season_on_both: Season) -> None:
    season = season_on_both
    report = load(season, WHOLE)
    assert report.is_new
    assert report.lines == [
        "made",
        'venue.place: "Lisbon"',
        'venue.contact: "chairs@example.org"',
        'venue.registration_url: "https://example.org/register"',
        "submission.page_limit: 4",
        'submission.blindness: "double" -> "single"',
        "text.introduction: set",
        "dates.call_opens: Jan 10, 2023 AoE",
        "dates.submission: Feb 27, 2023, 23:59 AoE",
        "dates.notification: Mar 30, 2023 AoE",
        "dates.event_starts: May 4, 2023, 09:00 Europe/Lisbon",
        "dates.event_ends: May 4, 2023, 17:00 Europe/Lisbon",
        'submission.topics: + "Sea"',
        'submission.topics: + "Sound"',
        "people: + Ida Holm (speaker)",
        "sponsors: + Tide Works",
        "schedule: 2 entries",
        "roles: + ola@example.org (organizer)",
        "roles: + olga@example.org (organizer)",
    ]
    assert report.notes == []
    session = season.session
    venue = session.scalars(select(Venue).where(Venue.slug == "waves")).one()
    assert venue.introduction_html == "<p>Waves <strong>meet</strong>.</p>\n<p>Twice.</p>\n"
    ola = session.scalars(select(Person).join(Email).where(Email.address == "ola@example.org")).one()
    assert (ola.name, ola.password_hash) == ("Ola Nord", None)
    held = select(Membership.person_id, Membership.role).where(Membership.venue_id == venue.id)
    assert {tuple(row) for row in session.execute(held)} == {
        (ola.id, Role.ORGANIZER),
        (season.olga.id, Role.ORGANIZER),
    }
    assert session.scalar(select(func.count()).select_from(Message)) == 0
    starts = session.scalars(select(ScheduleEntry.starts_at).order_by(ScheduleEntry.starts_at)).all()
    assert [start.hour for start in starts] == [8, 8]  # Lisbon is an hour ahead of UTC in May


def test_the_second_load_changes_nothing(season_on_both: Season) -> None:
    season = season_on_both
    load(season, WHOLE)
    noted = season.session.scalar(select(func.count()).select_from(AuditEntry))
    again = load(season, WHOLE)
    assert (again.is_new, again.changes, again.notes) == (False, [], [])
    assert season.session.scalar(select(func.count()).select_from(AuditEntry)) == noted


def test_what_a_file_does_not_name_stays(season: Season) -> None:
    load(season, WHOLE)
    report = load(
        season, "[venue]\nslug = 'waves'\n[dates]\nsubmission = 'Mar 2, 2023, 23:59 AoE'\nnotification = ''"
    )
    assert report.lines == [
        "dates.submission: Feb 27, 2023, 23:59 AoE -> Mar 2, 2023, 23:59 AoE",
        "dates.notification: Mar 30, 2023 AoE -> none",
    ]
    venue_id = report.venue.id
    assert season.session.scalar(select(func.count()).where(ListedPerson.venue_id == venue_id)) == 1
    assert season.session.scalar(select(func.count()).where(VenueDate.venue_id == venue_id)) == 4


def test_dates_in_a_wrong_order_are_noted(season: Season) -> None:
    report = load(season, "[venue]\nslug = 'sbm2022'\n[dates]\nreview = 'Sept 26, 2022, 23:00 AoE'")
    assert report.lines == ["dates.review: Oct 14, 2022 AoE -> Sept 26, 2022, 23:00 AoE"]
    assert report.notes == [
        "The review deadline (Sept 26, 2022, 23:00 AoE) is not after the submission deadline "
        "(Sept 26, 2022, 23:59 AoE)."
    ]


def test_topics_that_were_chosen_stay(season_on_both: Season) -> None:
    season = season_on_both
    season.submission()  # about "Theory"
    report = load(season, "[venue]\nslug = 'sbm2022'\n[submission]\ntopics = ['Waves']")
    assert report.lines == ['submission.topics: + "Waves"', 'submission.topics: - "Molecules"']
    assert report.notes == [
        'submission.topics: "Theory" is not in the file but chosen by 1 submission, so it stays.'
    ]
    names = select(Topic.name).where(Topic.venue_id == season.venue.id).order_by(Topic.position)
    assert season.session.scalars(names).all() == ["Waves", "Theory"]
    assert load(season, "[venue]\nslug = 'sbm2022'\n[submission]\ntopics = ['Waves']").lines == []


def test_topics_in_another_order(season: Season) -> None:
    report = load(season, "[venue]\nslug = 'sbm2022'\n[submission]\ntopics = ['Molecules', 'Theory']")
    assert report.lines == ["submission.topics: in another order"]


def test_roles_that_the_file_does_not_name_are_kept_and_told(season: Season) -> None:
    report = load(
        season,
        "[venue]\nslug = 'sbm2022'\n"
        + "".join(f"[[roles]]\nrole = 'reviewer'\nemail = '{who}@example.org'\n" for who in ("rey", "nel")),
    )
    assert report.lines == ["roles: + nel@example.org (reviewer)"]
    assert report.notes == ["roles: not in the file but kept: Rut Ruiz (reviewer)."]


def test_all_or_nothing(season_on_both: Season) -> None:
    season = season_on_both
    with pytest.raises(VenueFileError):
        load(season, "[venue]\nslug = 'sbm2022'\nplace = 'Lisbon'\n[dates]\nreview = 'soon'")
    assert season.session.scalars(select(Venue.place)).all() == [""]


def test_sponsors_are_replaced_as_a_whole(season: Season) -> None:
    load(season, WHOLE)
    changed = load(season, "[venue]\nslug = 'waves'\n[[sponsors]]\nname = 'Tide Works'\ngives = 'a boat'")
    assert changed.lines == ["sponsors: Tide Works changed"]
    other = load(season, "sponsors = [{name = 'Ebb & Co'}]\n[venue]\nslug = 'waves'")
    assert other.lines == ["sponsors: + Ebb & Co", "sponsors: - Tide Works"]
    here = select(Sponsor.name, Sponsor.gives).where(Sponsor.venue_id == other.venue.id)
    assert season.session.execute(here).all() == [("Ebb & Co", "")]


def test_dates_of_the_event_are_in_the_stored_zone_when_the_file_names_none(season: Season) -> None:
    load(season, "[venue]\nslug = 'sbm2022'\n[[schedule]]\nstarts = '2022-12-02 08:50'\ntitle = 'Opening'")
    starts = season.session.scalars(select(ScheduleEntry.starts_at)).one()
    assert starts == datetime(2022, 12, 2, 14, 50, tzinfo=UTC)


def test_no_page_limit(season: Season) -> None:
    report = load(season, "[venue]\nslug = 'sbm2022'\n[submission]\npage_limit = 0")
    assert report.lines == ["submission.page_limit: 4 -> none"]
    assert report.venue.page_limit is None


def test_a_new_venue_needs_names(season: Season) -> None:
    with pytest.raises(VenueFileError) as caught:
        load(season, "[venue]\nslug = 'fresh'")
    assert caught.value.sentences == [
        "venue.name: is missing; there is no venue 'fresh' yet, so it must be named.",
        "venue.short_name: is missing; there is no venue 'fresh' yet, so it must be named.",
    ]
