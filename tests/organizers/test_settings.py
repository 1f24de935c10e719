"""Every setting in the browser: checked as the file is, shown with what it changes for whom, then saved and noted."""

import io
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from sqlalchemy import func, select

from core.audit import AuditEntry
from core.db import transaction
from mail.models import Message
from organizers import venue_export, venue_loading
from organizers.setting_forms import PAGES
from submissions.models import State
from tests.architecture.tree import ROOT
from tests.organizers.test_pages import text_of
from tests.season import BEFORE, CAMERA_READY, REVIEWING, Client, Season
from venues.deadlines import DateKind
from venues.models import Blindness, Extension, ListedPerson, Role, Topic, Venue, VenueDate

SETTINGS = "/sbm2022/organize/settings/"


class Fields(HTMLParser):
    """What a browser would send of the page's forms but for the sign-out: the names and values of their fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._area = self._select = ""
        self.feed(page[page.index("<main") : page.index("</main>")])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value or "" for key, value in attrs}
        name, value = found.get("name", ""), found.get("value", "")
        if tag == "input" and (found.get("type") not in ("radio", "checkbox") or "checked" in found):
            self.values[name] = value
        elif tag == "textarea":
            self._area, self.values[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and ("selected" in found or self._select not in self.values):
            self.values[self._select] = value

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.values[self._area] = self.values[self._area].removeprefix("\r").removeprefix("\n")
            self._area = ""


def fields(page: str) -> dict[str, Any]:
    values: dict[str, Any] = Fields(page).values
    values.pop("csrf_token", None)
    return values


def opened(client: Client, page: str, /, **typed: str) -> dict[str, Any]:
    """The form of a page with something typed into it."""
    found = fields(client.page(SETTINGS + page))
    assert not set(typed) - set(found), sorted(found)
    return {**found, **typed}


def asked(client: Client, page: str, /, **typed: str) -> str:
    """The page that says what would change."""
    return client.send(SETTINGS + page, 200, **opened(client, page, **typed)).text


def saved(client: Client, page: str, /, **typed: str) -> str:
    """What was asked and then confirmed; the words of the question."""
    question = asked(client, page, **typed)
    client.send(SETTINGS + page, **fields(question), confirmed="1")
    return text_of(question)


def stored(season: Season) -> dict[str, Any]:
    season.session.rollback()
    return venue_export.tables(season.session, season.venue)


def load_model(season: Season) -> None:
    with transaction(season.session):
        data = (ROOT / "demo" / "sbm2022.toml").read_bytes()
        venue_loading.load(season.session, data, by=None, at=BEFORE)


def test_everything_that_the_file_says_has_its_field(season: Season) -> None:
    load_model(season)
    client, said = season.client(season.olga), stored(season)
    assert {page.form.table for page in PAGES.values()} == set(said) - {"roles", "letters"}
    for name, page in PAGES.items():
        content = said[page.form.table]
        found = set(fields(client.page(SETTINGS + name))) - {"started_from"}
        if isinstance(content, dict):
            assert found == set(content) - {"slug"}, name
        else:
            assert len(content) > 1
            assert found == {
                f"{page.form.table}-{row}-{key}" for row, each in enumerate(content) for key in each
            }


@pytest.mark.parametrize("name", PAGES)
def test_a_form_sent_as_it_came_changes_nothing(season: Season, name: str) -> None:
    load_model(season)
    before = stored(season)
    noted = season.session.scalar(select(func.count()).select_from(AuditEntry))
    client = season.client(season.olga)
    client.send(SETTINGS + name, **opened(client, name))
    assert "Nothing was changed, so nothing was saved." in client.page(SETTINGS + name)
    assert stored(season) == before
    assert season.session.scalar(select(func.count()).select_from(AuditEntry)) == noted


def test_nothing_is_saved_before_it_was_seen_and_what_was_saved_is_noted(season: Season) -> None:
    client, before = season.client(season.olga), stored(season)
    page = asked(
        client, "basics", name="Scores & more", contact="Chairs@Example.org", website="https://example.org/"
    )
    for words in (
        "Basics: 3 changes. Nothing is saved yet.",
        "Name Workshop sbm2022 → Scores &amp; more",
        "Contact sbm2022@example.org → chairs@example.org",
        "Web site → https://example.org/",
        "Everybody who looks at the public pages sees it at once.",
        "No letter is sent about it.",
    ):
        assert words in text_of(page)
    assert stored(season) == before
    answer = client.send(SETTINGS + "basics", **fields(page), confirmed="1")
    assert answer.location == SETTINGS + "basics"
    assert stored(season)["venue"] == {
        **before["venue"],
        "name": "Scores & more",
        "contact": "chairs@example.org",
        "website": "https://example.org/",
    }
    entry = season.session.scalars(select(AuditEntry).where(AuditEntry.act == "venue.changed")).one()
    assert (entry.actor_id, entry.at, entry.about) == (season.olga.id, BEFORE, f"venue:{season.venue.id}")
    assert entry.data["changes"][0] == {
        "what": "venue.name",
        "line": 'venue.name: "Workshop sbm2022" -> "Scores & more"',
        "before": "Workshop sbm2022",
        "after": "Scores & more",
    }
    assert season.session.scalar(select(func.count()).select_from(Message)) == 0
    assert "Olga Orlova changed the settings 2022-09-26 10:00:00 UTC" in text_of(
        client.page(SETTINGS + "history")
    )


def test_back_to_the_form_with_all_that_was_typed(season: Season) -> None:
    client = season.client(season.olga)
    page = asked(client, "texts", call="One\r\n\r\n**two** </textarea><script>", introduction="Short")
    back = client.send(SETTINGS + "texts", 200, **fields(page), edit="1").text
    found = fields(back)
    assert (found["call"], found["introduction"]) == ("One\r\n\r\n**two** </textarea><script>", "Short")
    assert "<script>" not in back[back.index("<main") :]


def test_a_text_is_looked_at_before_it_is_sent(season: Season) -> None:
    client = season.client(season.olga)
    form = opened(client, "texts", call="One **two**", introduction="*Other*")
    page = client.send(SETTINGS + "texts", 200, **form, preview="call").text
    assert "<p>One <strong>two</strong></p>" in page
    assert "<em>Other</em>" not in page
    assert fields(page) == form
    assert stored(season)["text"]["call"] == ""


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("10/11/2022", '"10/11/2022" is not clear: write 2022-10-11 or 2022-11-10.'),
        ("Sept 31, 2022", "There is no Sept 31 in 2022: write Sept 30, 2022 or Oct 1, 2022."),
        ("Sept 26, 2022, 23:59 EST", '"EST" does not name one zone for certain: write America/New_York or '),
        ("Sept 26", '"Sept 26" names no year: add it, like Sept 26, 2022.'),
        ("Sept 26, 2022, midnight", "Midnight may be the start or the end of the day: write 23:59 or 00:00."),
        ("Monday Sept 27, 2022", 'Sept 27, 2022 is a Tuesday: correct "Monday" or the date.'),
        (
            "soon",
            '"soon" is neither understood nor a zone: zones are AoE, UTC, UTC+2 and names like Europe/Paris.',
        ),
        ("9" * 300, "300 characters are too many: write a date like Sept 26, 2022, 23:59 AoE."),
    ],
)
def test_dates_that_cannot_be_taken(season: Season, typed: str, sentence: str) -> None:
    client, before = season.client(season.olga), stored(season)
    form = opened(client, "dates", submission=typed, review="Oct 15, 2022, 18:00 Europe/Paris")
    page = client.send(SETTINGS + "dates", 422, **form).text
    assert sentence.replace('"', "&#34;") in page
    assert "closed from Sat 15 Oct 2022 16:01 UTC; 11:01 in Chicago" in page  # the good one has its sentence
    assert fields(page) == form  # nothing typed is lost
    assert stored(season) == before


@pytest.mark.parametrize(
    ("name", "key", "typed", "sentence"),
    [
        ("basics", "name", " ", "Is empty; it must be written."),
        ("basics", "short_name", "x" * 61, "Has 61 characters; at most 60 are taken."),
        (
            "basics",
            "event_zone",
            "CET",
            "does not name one zone for certain: write Europe/Paris, or an offset",
        ),
        ("basics", "contact", "olga", "is not an e-mail address"),
        (
            "basics",
            "website",
            "javascript:alert(1)",
            "is no web address; write one that begins with https://.",
        ),
        ("rules", "page_limit", "four", "must be a whole number from 1 to 1000."),
        ("rules", "max_file_mb", "", "must be a whole number from 1 to 2000."),
        ("rules", "upload_minutes", "-3", "must be a whole number from 1 to 240."),
        ("rules", "blindness", "triple", "must be one of"),
        ("rules", "topics", "Sea\r\n\r\nSea", "Entry 2: &#34;Sea&#34; is there twice."),
        ("texts", "call", "x" * 50_001, "Has 50,001 characters; at most 50,000 are taken."),
        ("texts", "call", "." * 201, "Has a line with more than 200 dots; break it into shorter lines."),
        ("dates", "event_starts", "Dec 2, 2022", "names no hour: add one, like 09:00."),
    ],
)
def test_what_else_cannot_be_taken(season: Season, name: str, key: str, typed: str, sentence: str) -> None:
    client, before = season.client(season.olga), stored(season)
    form = opened(client, name, **{key: typed})
    page = client.send(SETTINGS + name, 422, **form).text
    assert sentence in page
    assert page.count("field-error") == 1
    if typed != "triple":  # no radio button has that value
        assert fields(page) == form
    assert stored(season) == before


def test_under_each_date_stands_what_it_means(season: Season) -> None:
    words = text_of(season.client(season.olga).page(SETTINGS + "dates"))
    for sentence in (
        "submission opens Fri 12 Aug 2022 12:00 UTC; 07:00 in Chicago",
        "closed from Tue 27 Sep 2022 12:00 UTC; 07:00 in Chicago",
        "overdue from Fri 21 Oct 2022 12:00 UTC; 07:00 in Chicago",
        "starts Fri 2 Dec 2022 14:50 UTC; 08:50 in Chicago",
    ):
        assert sentence in words


def test_the_meaning_of_what_is_being_typed(season: Season) -> None:
    client = season.client(season.olga)
    query = {
        "submission": "Oct 15, 2022, 23:59 Asia/Tokyo",
        "review": "10/11/2022",
        "notification": "Oct 16, 2022",
    }
    answer = client.get(SETTINGS + "dates/meaning", query_string=query)
    assert answer.json == {
        "dates": {
            "submission": {
                "sentence": "closed from Sat 15 Oct 2022 15:00 UTC; 10:00 in Chicago",
                "error": "",
                "warnings": [],
            },
            "review": {
                "sentence": "",
                "error": '"10/11/2022" is not clear: write 2022-10-11 or 2022-11-10.',
                "warnings": [],
            },
            "notification": {
                "sentence": "overdue from Mon 17 Oct 2022 12:00 UTC; 07:00 in Chicago",
                "error": "",
                "warnings": [],
            },
        },
        "warnings": [
            "The notification (Oct 16, 2022 AoE) comes less than two days after the submission deadline "
            "(Oct 15, 2022, 23:59 Asia/Tokyo).",
            "The submission deadline (Oct 15, 2022, 23:59 Asia/Tokyo) falls on a Saturday.",
            "The notification (Oct 16, 2022 AoE) falls on a Sunday.",
        ],
    }


def extension(season: Season, days: int, **scope: Any) -> None:
    fields = {"venue_id": season.venue.id, "kind": DateKind.SUBMISSION, "reason": "ill", "granted_at": BEFORE}
    season.add(Extension(**fields, until=BEFORE + timedelta(days=days), **scope))


def test_a_moved_deadline_says_for_whom(season: Season) -> None:
    first = season.submission()
    season.submission("Two", state=State.DRAFT)
    season.submission("Three", state=State.DRAFT)
    hers = season.submission("Hers", authors=[season.olga])
    season.assign(first, season.rey)
    season.assign(hers, season.rut)  # of which olga may not know
    extension(season, 3, person_id=season.bo.id)
    extension(season, 30, person_id=season.ada.id)
    extension(season, 30, submission_id=first.id)
    extension(season, 30, submission_id=hers.id)
    client = season.client(season.olga)
    words = saved(client, "dates", submission="Oct 3, 2022, 23:59 AoE", review="Oct 17, 2022")
    for sentence in (
        "Submission deadline Sept 26, 2022, 23:59 AoE → Oct 3, 2022, 23:59 AoE "
        "closed from Tue 4 Oct 2022 12:00 UTC; 07:00 in Chicago",
        "2 submissions are in draft, 2 submitted: their authors can change them until then.",
        "Reviewers hold 1 submission already; a new version replaces what they read.",
        "2 people and 1 submission have more time by an extension that stays.",
        "1 of these extensions ends by the new date.",
        "1 review by 1 reviewer is not handed in yet.",
        "No letter is sent about it.",
    ):
        assert sentence in words
    season.session.rollback()
    at = select(VenueDate.at).where(VenueDate.kind == DateKind.SUBMISSION)
    assert season.session.scalars(at).one().isoformat() == "2022-10-04T12:00:00+00:00"
    assert season.session.scalar(select(func.count()).select_from(Extension)) == 4


@pytest.mark.parametrize(
    ("now", "date", "sentence"),
    [
        (REVIEWING, "Oct 30, 2022", "their authors can change them again, and anybody can submit."),
        (BEFORE, "Sept 1, 2022", "from now on their authors cannot change them, and drafts stay drafts."),
        (REVIEWING, "Sept 1, 2022", "their authors cannot change them, before and after."),
    ],
)
def test_a_deadline_that_opens_or_closes_says_so(season: Season, now: Any, date: str, sentence: str) -> None:
    season.submission()
    season.at(now)
    assert sentence in text_of(asked(season.client(season.olga), "dates", submission=date))


def test_dates_that_look_odd_are_warned_of(season: Season) -> None:
    words = text_of(asked(season.client(season.olga), "dates", submission="Oct 16, 2022, 00:00 AoE"))
    assert "falls on a Sunday." in words
    assert "is not after the submission deadline" in words
    assert (
        "00:00 is the beginning of Oct 16, 2022: write Oct 15, 2022, 23:59 to close with the day before."
        in words
    )


def test_a_date_is_taken_away(season: Season) -> None:
    words = saved(season.client(season.olga), "dates", call_opens="")
    assert "Call opens Aug 12, 2022 AoE → nothing" in words
    assert stored(season)["dates"]["call_opens"] == ""


def test_rules(season: Season) -> None:
    season.assign(season.submission(), season.rey)
    hers = season.submission("Hers", authors=[season.olga])
    season.assign(hers, season.rut)
    client = season.client(season.olga)
    topics = "Molecules\r\n\r\n  Waves  \r\n"
    words = saved(client, "rules", page_limit="3", blindness="single", topics=topics, max_file_mb="20")
    for sentence in (
        "Page limit 4 → 3",
        "Blindness double → single",
        "1 of 1 submitted PDF has more than 3 pages in all. Their authors read a hint; nothing is refused.",
        "1 reviewer of 1 paper sees at once who wrote them.",
        "2 submissions have chosen topics; what was chosen stays.",
        "submission.topics: &#34;Theory&#34; is not in the file but chosen by 2 submissions, so it stays.",
    ):
        assert sentence in words, words
    assert stored(season)["submission"] == {
        "page_limit": 3,
        "max_file_mb": 20,
        "upload_minutes": 20,
        "blindness": "single",
        "topics": ["Molecules", "Waves", "Theory"],
    }
    assert "Page limit 3 → none" in saved(client, "rules", page_limit="")
    season.session.rollback()
    assert season.session.scalars(select(Venue.page_limit)).all() == [None]


def test_in_another_zone_the_event_keeps_its_hours(season: Season) -> None:
    load_model(season)
    words = saved(season.client(season.olga), "basics", event_zone="Europe/Paris")
    assert "The event starts Dec 2, 2022, 08:50 America/Chicago → Dec 2, 2022, 08:50 Europe/Paris" in words
    assert "starts Fri 2 Dec 2022 07:50 UTC; 08:50 in Paris" in words
    assert stored(season)["schedule"][0] == {
        "starts": "2022-12-02 08:50",
        "title": "Introduction and opening remarks",
    }


def test_people_are_added_moved_and_removed_without_scripts(season: Season) -> None:
    load_model(season)
    client, people = season.client(season.olga), stored(season)["people"]
    form = opened(client, "people")
    form = fields(client.send(SETTINGS + "people", 200, **form, **{"people-remove": "0"}).text)
    form = fields(client.send(SETTINGS + "people", 200, **form, **{"people-move-down": "0"}).text)
    form = fields(client.send(SETTINGS + "people", 200, **form, **{"people-add": "1"}).text)
    number = len(people) - 1
    form |= {
        f"people-{number}-name": "Ida Holm",
        f"people-{number}-section": "panelist",
        "people-5-affiliation": "X",
    }
    page = client.send(SETTINGS + "people", 200, **form).text
    words = text_of(page)
    assert "People → Ida Holm (panelist)" in words
    assert (
        "People Chenlin Meng (speaker), Stanford University, https://chenlin9.github.io/ → nothing" in words
    )
    assert "Aapo Hyvärinen (panelist), X, " in words
    client.send(SETTINGS + "people", **fields(page), confirmed="1")
    now = stored(season)["people"]
    assert [each["name"] for each in now[:3]] == ["Karsten Kreis", "Guan-Horng Liu", "Mohammad Norouzi"]
    assert now[-1] == {"section": "panelist", "name": "Ida Holm", "affiliation": "", "url": ""}


def test_faults_in_rows_stand_in_their_rows(season: Season) -> None:
    load_model(season)
    client = season.client(season.olga)
    form = opened(client, "people", **{"people-1-name": "", "people-2-url": "ftp://x"})
    page = client.send(SETTINGS + "people", 422, **form).text
    assert 'href="#people-1-name">People 2, Name: Is empty; it must be written.' in page
    assert 'href="#people-2-url">People 3, Web page: &#34;ftp://x&#34; is no web address' in page
    assert fields(page) == form
    form = opened(client, "program", **{"schedule-0-starts": "10/11/2022 9:00"})
    page = client.send(SETTINGS + "program", 422, **form).text
    assert "Program 1, Starts: &#34;10/11/2022&#34; is not clear" in page


def test_all_people_are_removed(season: Season) -> None:
    load_model(season)
    client = season.client(season.olga)
    form = {"started_from": opened(client, "people")["started_from"], "people-0-section": "speaker"}
    page = client.send(SETTINGS + "people", 200, **form).text
    client.send(SETTINGS + "people", **fields(page), confirmed="1")
    assert season.session.scalar(select(func.count()).select_from(ListedPerson)) == 0


def test_two_who_change_the_same_settings(season: Season) -> None:
    omar = season.person("Omar Haddad")
    season.grant(omar, Role.ORGANIZER)
    hers, his = season.client(season.olga), season.client(omar)
    form = opened(hers, "dates", submission="Oct 3, 2022")
    confirmed = fields(asked(hers, "dates", submission="Oct 3, 2022"))
    saved(his, "dates", submission="Oct 4, 2022")
    saved(his, "basics", place="Lisbon")  # another page is no hindrance
    before = stored(season)
    for sent in (form, {**confirmed, "confirmed": "1"}):
        page = hers.send(SETTINGS + "dates", 409, **sent).text
        words = text_of(page)
        assert "Not saved: Omar Haddad changed these settings meanwhile, 2022-09-26 10:00:00 UTC." in words
        assert "What you typed Oct 3, 2022 What is saved now Oct 4, 2022" in words
        assert stored(season) == before
    again = hers.send(SETTINGS + "dates", 200, **fields(page)).text
    assert "Submission deadline Oct 4, 2022 AoE → Oct 3, 2022 AoE" in text_of(again)
    hers.send(SETTINGS + "dates", **fields(again), confirmed="1")
    assert stored(season)["dates"]["submission"] == "Oct 3, 2022"
    assert stored(season)["venue"]["place"] == "Lisbon"


def test_a_form_without_its_mark_saves_nothing(season: Season) -> None:
    before = stored(season)
    season.client(season.olga).send(SETTINGS + "dates", 409, submission="Oct 3, 2022", confirmed="1")
    assert stored(season) == before


def test_the_file_is_taken_away_and_brought_back(season: Season) -> None:
    load_model(season)
    client = season.client(season.olga)
    answer = client.get(SETTINGS + "venue.toml")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sbm2022.toml"'
    assert answer.text == venue_export.to_toml(season.session, season.venue)

    def upload(text: str, status: int) -> str:
        return client.send(SETTINGS + "file", status, file=(io.BytesIO(text.encode()), "venue.toml")).text

    upload(answer.text, 303)
    assert "The file changes nothing." in client.page(SETTINGS + "file")
    assert "This is the file of &#39;sbm2023&#39;; here is" in upload(
        answer.text.replace('"sbm2022"', '"sbm2023"', 1), 422
    )
    assert "dates.review: &#34;soon&#34; is neither understood" in upload(
        answer.text.replace("Oct 14, 2022", "soon"), 422
    )
    page = upload(answer.text.replace("Oct 14, 2022", "Oct 13, 2022").replace("SBM 2022", "SBM 22"), 200)
    assert "File: 2 changes. Nothing is saved yet." in text_of(page)
    assert "Review deadline Oct 14, 2022 AoE → Oct 13, 2022 AoE" in text_of(page)
    saved(client, "basics", place="Lisbon")
    again = client.send(
        SETTINGS + "file", 200, **fields(page), confirmed="1"
    ).text  # it would take Lisbon back
    assert "File: 3 changes. Nothing is saved yet." in text_of(again)
    client.send(SETTINGS + "file", **fields(again), confirmed="1")
    assert stored(season)["venue"]["short_name"] == "SBM 22"
    assert stored(season)["dates"]["review"] == "Oct 13, 2022"
    client.send(SETTINGS + "file", 422)


def test_the_history_tells_of_files_roles_extensions_and_conflicts(season: Season) -> None:
    load_model(season)
    paper, hers = season.submission(), season.submission("Hers", authors=[season.olga])
    omar = season.person("Omar Second", email="omar2@example.org")
    season.grant(omar, Role.ORGANIZER)
    client = season.client(season.olga)
    more: dict[str, Any] = {"kind": "submission", "until": "2022-09-30", "reason": "ill"}
    client.send("/sbm2022/organize/dates", **more, scope="person", who="bo@example.org")
    client.send("/sbm2022/organize/dates", **more, scope="submission", who="1")
    client.send("/sbm2022/organize/submissions/1/conflicts", email="rut@example.org", reason="friends")
    client.send(SETTINGS + "roles", email="nel@example.org", role="reviewer", confirmed="1")
    client.send(f"{SETTINGS}roles/{season.rey.id}/reviewer/revoke")
    his = season.client(omar)
    his.send(
        f"/sbm2022/organize/submissions/{hers.number}/conflicts", email="rut@example.org", reason="planted"
    )
    words = text_of(client.page(SETTINGS + "history"))
    for sentence in (
        "Olga Orlova took the role of reviewer from Rey Ross 2022-09-26 10:00:00 UTC",
        "Olga Orlova made Nel Noor reviewer",
        f"Olga Orlova recorded a conflict of Rut Ruiz with submission {paper.number}: friends",
        "gave more time for submission, submission 1, closed from Sat 1 Oct 2022 12:00 UTC: ill",
        "gave more time for submission, Bo Brandt, closed from Sat 1 Oct 2022 12:00 UTC: ill",
        "Somebody on the command line loaded a file",
        "Held at → NeurIPS 2022",
        "Introduction written",
    ):
        assert sentence in words, sentence
    assert "planted" not in words  # of a submission that olga is in conflict with
    assert "planted" in text_of(his.page(SETTINGS + "history"))


def test_the_history_asks_as_many_statements_for_many_entries(season: Season) -> None:
    client = season.client(season.olga)

    def count() -> int:
        client.page(SETTINGS + "history")
        with season.statements() as seen:
            client.page(SETTINGS + "history")
        return len(seen)

    saved(client, "basics", place="Lisbon")
    few = count()
    for number in range(5):
        saved(client, "basics", place=f"Room {number}")
        client.send(SETTINGS + "roles", email=f"p{number}@example.org", role="reviewer", confirmed="1")
    assert count() <= few + 1


def test_a_role_is_given_after_what_it_means_was_read(season: Season) -> None:
    season.submission("Hers", authors=[season.nel])
    client = season.client(season.olga)
    page = client.send(SETTINGS + "roles", 200, email="Nel@example.org", name="", role="organizer").text
    assert "Make Nel Noor organizer?" in text_of(page)
    assert "In conflict with 1 submission here, which stay closed to them." in text_of(page)
    back = client.send(SETTINGS + "roles", 200, **fields(page), edit="1").text
    assert fields(back)["email"] == "nel@example.org"
    assert season.client(season.nel).get(SETTINGS + "roles").status_code == 404
    client.send(SETTINGS + "roles", **fields(page), confirmed="1")
    assert "Nel Noor is now organizer." in client.page(SETTINGS + "roles")
    assert season.client(season.nel).get(SETTINGS + "roles").status_code == 200
    page = client.send(SETTINGS + "roles", 200, email="new@example.org", role="reviewer").text
    assert "Nobody here has new@example.org: they get in by" in text_of(page)
    client.send(SETTINGS + "roles", 422, email="new", role="reviewer")


def test_before_a_role_is_taken_it_says_what_is_with_them(season: Season) -> None:
    season.at(REVIEWING)
    season.review(season.assign(season.submission(), season.rey))
    season.assign(season.submission("Two"), season.rey)
    season.assign(season.submission("Hers", authors=[season.olga]), season.rey)
    client = season.client(season.olga)
    words = text_of(client.page(f"{SETTINGS}roles/{season.rey.id}/reviewer/revoke"))
    assert "2 papers are with them, which they can no longer read; 1 review is handed in and stays." in words
    client.page(f"{SETTINGS}roles/{season.nel.id}/reviewer/revoke", status=404)
    client.page(f"{SETTINGS}roles/{season.rey.id}/king/revoke", status=404)
    words = text_of(client.page(f"{SETTINGS}roles/{season.olga.id}/organizer/revoke"))
    assert "This is the last organizer: give somebody else the role first." in words


def test_effects_after_the_release_count_final_versions(season: Season) -> None:
    season.at(CAMERA_READY)
    words = text_of(asked(season.client(season.olga), "dates", camera_ready="Nov 30, 2022"))
    assert "Camera-ready deadline Nov 25, 2022 AoE → Nov 30, 2022 AoE" in words


def test_topics_and_blindness_on_both_databases(season_on_both: Season) -> None:
    season = season_on_both
    season.assign(season.submission(), season.rey)
    client = season.client(season.olga)
    saved(client, "rules", topics="Theory\r\nWaves", blindness="single")
    saved(client, "dates", submission="Oct 3, 2022", camera_ready="Nov 26, 2022")
    season.session.rollback()
    names = select(Topic.name).where(Topic.venue_id == season.venue.id).order_by(Topic.position)
    assert season.session.scalars(names).all() == ["Theory", "Waves"]
    assert season.session.scalars(select(Venue.blindness)).one() is Blindness.SINGLE
    assert "Olga Orlova changed the settings" in text_of(client.page(SETTINGS + "history"))
