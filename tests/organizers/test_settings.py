"""Every setting in the browser: checked as the file is, shown with what it changes for whom, then saved and noted."""

import io

import pytest
from sqlalchemy import func, select

from core.audit import AuditEntry
from mail.models import Message
from organizers import venue_export
from organizers.setting_forms import PAGES
from organizers.venue_values import LABELS
from tests.organizers.settings import SETTINGS, asked, fields, load_model, opened, saved, stored
from tests.organizers.test_pages import text_of
from tests.season import BEFORE, CAMERA_READY, Season
from venues.models import Blindness, ListedPerson, Role, Topic, Venue


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


SEEN = "Everybody who looks at the public pages sees it at once."
FOR_WHOM = {
    ("basics", "name", "Another"): SEEN,
    ("basics", "short_name", "Other"): SEEN,
    ("basics", "event_zone", "Europe/Paris"): SEEN,
    ("basics", "place", "Lyon"): SEEN,
    ("basics", "contact", "other@example.org"): SEEN,
    ("basics", "registration_url", "https://example.org/r"): SEEN,
    ("basics", "website", "https://example.org/w"): SEEN,
    ("basics", "parent", "Another conference"): SEEN,
    (
        "dates",
        "call_opens",
        "Aug 1, 2022",
    ): "0 submissions are in draft, 0 submitted: their authors can change them until then.",
    (
        "dates",
        "submission",
        "Oct 1, 2022",
    ): "0 submissions are in draft, 0 submitted: their authors can change them until then.",
    ("dates", "review", "Oct 17, 2022"): "0 reviews by 0 reviewers are not handed in yet.",
    (
        "dates",
        "notification",
        "Oct 21, 2022",
    ): "The home page promises it; the decisions are released when you release them.",
    ("dates", "camera_ready", "Nov 26, 2022"): "Nobody is asked for a final version yet.",
    ("dates", "event_starts", "2022-12-02 09:30"): SEEN,
    ("dates", "event_ends", "2022-12-02 18:00"): SEEN,
    ("rules", "page_limit", "3"): "0 of 0 submitted PDFs have more than 3 pages in all. "
    "Their authors read a hint; nothing is refused.",
    ("rules", "max_file_mb", "60"): "Authors can send files of up to 60 MB from then on.",
    (
        "rules",
        "upload_minutes",
        "30",
    ): "Whoever begins to send a file before a deadline has 30 minutes to end after it. "
    "What came before is not judged anew.",
    ("rules", "blindness", "single"): "No reviewer holds a paper yet.",
    ("rules", "topics", "Theory\r\nWaves"): "No submission has chosen a topic yet.",
    ("texts", "introduction", "Come."): SEEN,
    ("texts", "call", "Send."): SEEN,
    ("texts", "support", "Ask."): SEEN,
    ("texts", "camera_ready", "Sign."): "Authors of accepted papers read it once the decisions are released.",
}


@pytest.mark.parametrize(("page", "key", "typed"), FOR_WHOM)
def test_of_every_setting_it_says_for_whom(season: Season, page: str, key: str, typed: str) -> None:
    load_model(season)
    words = text_of(asked(season.client(season.olga), page, **{key: typed}))
    assert f"For whom {FOR_WHOM[page, key, typed]} No letter is sent about it." in words


def test_no_setting_is_left_out_above() -> None:
    with_rows = {"venue", "people", "sponsors", "schedule", "roles"}  # with tests of their own
    assert {what.partition(".")[2] for what in set(LABELS) - with_rows} == {key for _, key, _ in FOR_WHOM}


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
    more = '\n[[roles]]\nemail = "bo@example.org"\nrole = "reviewer"\n[letters.accepted_oral]\n'
    words = text_of(
        upload(
            answer.text + more + 'subject = "Welcome: {title}"\nbody = "Hi {name}: {title}, {page}"\n', 200
        )
    )
    assert "Whoever is given a role can use it at once." in words
    assert "Letters that are written from then on say it so; those in the outbox stay as they are." in words


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
