"""The venue's letters in its own words."""

import io
import re
from typing import Any

import pytest
from sqlalchemy import select

from core import tokens
from core.audit import AuditEntry
from core.db import transaction
from decisions import jobs
from mail import sending
from mail.letters import PLACEHOLDER
from mail.models import Message, VenueLetter
from organizers import actions, examples, policy, venue_export, venue_loading
from organizers.actions import Stale
from organizers.venue_file import VenueFileError
from organizers.venue_letters import LETTERS, faults
from reviews.pool.models import Invitation, InvitationState
from tests.season import NOTIFICATION, PDF, REVIEWING, Season
from venues.deadlines import Calendar
from venues.models import Role
from venues.queries import calendar_of

HOME = "/sbm2022/organize/letters"
ORAL = f"{HOME}/accepted_oral"
SUBJECT = "Welcome: {title}"
BODY = "Hi {name},\n\nyour **talk** {title} by {authors} is in. See {page}"


def text_of(page: str) -> str:
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def saved(season: Season, name: str = "accepted_oral") -> tuple[str, str, int] | None:
    season.session.rollback()
    row = season.session.get(VenueLetter, (season.venue.id, name))
    return (row.subject, row.body, row.revision) if row else None


def letters(season: Season) -> list[Message]:
    season.session.rollback()
    return list(season.session.scalars(select(Message).order_by(Message.id)))


def example(season: Season, name: str, own: dict[str, tuple[str, str]] | None = None, **more: Any) -> Any:
    viewer = more.pop("viewer", season.olga)
    season.session.rollback()
    calendar: Calendar = calendar_of(season.session, season.venue.id)
    with season.app.test_request_context():
        return examples.example(
            season.session, name, own or {}, season.venue, calendar, viewer=viewer, at=REVIEWING, **more
        )


def test_decision_letters_that_are_written_later_say_the_venues_words(season_on_both: Season) -> None:
    season = season_on_both
    season.submission("Kept")
    season.submission("Sent home", authors=[season.nel])
    season.at(NOTIFICATION)
    olga = season.client(season.olga)
    olga.send(ORAL, subject=SUBJECT, body=BODY, revision="0")
    for number, outcome in ((1, "oral"), (2, "reject")):
        olga.send(f"/sbm2022/organize/decisions/{number}", outcome=outcome)
    olga.send("/sbm2022/organize/decisions/prepare")
    with season.app.test_request_context():
        jobs.write_decision_letters(season.session, season.venue.id)
    assert [(row.to_email, row.subject) for row in letters(season)] == [
        ("ada@example.org", "Welcome: Kept"),
        ("bo@example.org", "Welcome: Kept"),
        ("nel@example.org", "Decision on Sent home (Workshop sbm2022)"),
    ]
    first = letters(season)[0]
    page = "http://dateline.test/sbm2022/submissions/1/decision"
    assert first.text == f"Hi Ada Abel,\n\nyour talk Kept by Ada Abel, Bo Brandt is in. See {page}\n"
    assert "<strong>talk</strong>" in first.html
    olga.send(ORAL, subject="Later", body="{title} {page}", revision="1")
    assert letters(season)[0].subject == "Welcome: Kept"
    assert "2 letters are written already" not in text_of(olga.page(ORAL))
    assert "3 letters are written already and wait to go out. They stay as they are" in text_of(
        olga.page(ORAL)
    )


def test_every_letter_takes_the_venues_words_to_whoever_gets_it(season: Season) -> None:
    """Each through its own act: what would be left out here goes out in standard words."""
    olga, ada = season.client(season.olga), season.client(season.ada)
    for name, kind in LETTERS.items():
        needed = " ".join(f"{{{word}}}" for word in kind.required)
        olga.send(f"{HOME}/{name}", subject=f"Our {name}", body=f"Ours. {needed}", revision="0")
    fields: dict[str, Any] = {
        "title": "T",
        "abstract": "A",
        "form_key": "k" * 32,
        "topics": str(season.venue.topics[0].id),
        "authors-0-name": "Ada Abel",
        "authors-0-email": "ada@example.org",
        "paper": (io.BytesIO(PDF), "p.pdf"),
    }
    ada.send("/sbm2022/submissions/new", **fields)
    olga.send("/sbm2022/organize/reviewers", people="Ina <ina@example.org>", confirm="1")
    season.at(REVIEWING)
    olga.send("/sbm2022/organize/assignments/1", reviewer=str(season.rey.id))
    assert {(row.to_email, row.subject) for row in letters(season)} == {
        ("ada@example.org", "Our submission_received"),
        ("ina@example.org", "Our reviewer_invited"),
        ("rey@example.org", "Our paper_assigned"),
    }
    receipt = letters(season)[0].text
    assert receipt.startswith("Ours.\n\n---\n\n#1: T\n")
    assert re.search(r"Paper: SHA-256 [0-9a-f]{64}", receipt)
    assert "BEGIN DATELINE RECEIPT" in receipt


def test_another_venue_keeps_its_words(season: Season) -> None:
    other = season.make_venue("other")
    season.grant(season.olga, Role.ORGANIZER, other)
    olga = season.client(season.olga)
    olga.send(ORAL, subject=SUBJECT, body=BODY, revision="0")
    assert "Welcome: {title}" in olga.page(ORAL)
    assert "Welcome" not in olga.page("/other/organize/letters/accepted_oral")


def test_a_change_is_recorded_and_the_same_words_change_nothing(season: Season) -> None:
    olga = season.client(season.olga)
    olga.send(ORAL, subject=f"  {SUBJECT} ", body=BODY.replace("\n", "\r\n"), revision="0")
    olga.send(ORAL, subject=SUBJECT, body=BODY, revision="0")  # the same page sent again
    assert saved(season) == (SUBJECT, BODY, 1)
    olga.send(f"{ORAL}/standard", revision="1")
    assert saved(season) == ("", "", 2)
    olga.send(ORAL, **LETTERS["accepted_oral"].standard._asdict(), revision="2")
    assert saved(season) == ("", "", 2)
    season.session.rollback()
    rows = season.session.scalars(select(AuditEntry).where(AuditEntry.act == "venue.changed"))
    own = f"{SUBJECT}\n\n{BODY}"
    assert [(row.about, row.actor_id, row.data["changes"]) for row in rows] == [
        (
            f"venue:{season.venue.id}",
            season.olga.id,
            [{"what": "letters.accepted_oral", "line": f"letters.accepted_oral: {says}", **texts}],
        )
        for says, texts in (
            ("in your own words", {"before": "", "after": own}),
            ("the standard letter again", {"before": own, "after": ""}),
        )
    ]


@pytest.mark.parametrize("path", [ORAL, f"{ORAL}/standard"])
def test_what_somebody_else_saved_meanwhile_is_not_overwritten(season: Season, path: str) -> None:
    una = season.person("Una Urban")
    season.grant(una, Role.ORGANIZER)
    season.client(una).send(ORAL, subject="Hers {title}", body="Her words {title} {page}", revision="0")
    answer = season.client(season.olga).send(path, 409, subject=SUBJECT, body=BODY, revision="0")
    words = text_of(answer.text)
    assert "Nothing was saved yet: Una Urban saved this letter meanwhile" in words
    assert "Her words {title} {page}" in words
    assert 'value="Welcome: {title}"' in answer.text
    assert saved(season) == ("Hers {title}", "Her words {title} {page}", 1)
    revision = re.findall(r'name="revision"[^>]*value="(\d+)"', answer.text)
    season.client(season.olga).send(ORAL, subject=SUBJECT, body=BODY, revision=revision[0])
    assert saved(season) == (SUBJECT, BODY, 2)


def test_words_that_began_before_a_return_to_the_standard_letter_are_old(season: Season) -> None:
    season.session.rollback()
    with season.app.test_request_context(), transaction(season.session):
        for subject, body, revision in (("A", "a", 0), ("", "", 1), ("B", "b", 2)):
            actions.reword(
                season.session,
                season.venue,
                "rejected",
                subject,
                body,
                revision,
                by=season.olga,
                at=REVIEWING,
            )
        with pytest.raises(Stale) as caught:
            actions.reword(
                season.session, season.venue, "rejected", "C", "c", 1, by=season.olga, at=REVIEWING
            )
    assert (caught.value.subject, caught.value.revision) == ("B", 3)


FAULTS = [
    (
        "Hi {titel}",
        BODY,
        "{titel} is not known in this letter. Did you mean {title}? Known are {name}, {venue}",
    ),
    ("Hi {Title}", BODY, "{Title} is not known in this letter. Did you mean {title}?"),
    ("Hi { title }", BODY, "Did you mean {title}?"),
    ("Hi", BODY + " {number", "“{” stands alone: braces are for placeholders."),
    ("Hi", BODY + " {{number}}", "“{” stands alone"),
    ("Hi", BODY + " {}", "{} is not known in this letter."),
    ("Hi", BODY + " {{ config.SECRET_KEY }}", "stands alone"),
    ("Hi", BODY + " {title.__class__}", "{title.__class__} is not known in this letter."),
    ("Hi", BODY + " {link}", "{link} is not known in this letter."),
    ("Hi", "About {title}.", "{page} is missing, the address of the page with decision and reviews"),
    ("Hi\r\nBcc: nel@example.org", BODY, "The subject is one line"),
    ("Hi\x0bthere", BODY, "The subject is one line"),
    ("Hi \u202edlrow", BODY, "a character that cannot be shown"),
    ("", BODY, "Write a subject."),
    ("Hi", " \n ", "Write the letter, or go back to the standard one."),
    ("x" * 201, BODY, "The subject has 201 characters; at most 200 are taken."),
    ("Hi", BODY + "x" * 20_000, "at most 20,000 are taken."),
    ("Hi", BODY + " \x00", "The text holds a character that cannot be shown."),
]


@pytest.mark.parametrize(("subject", "body", "sentence"), FAULTS)
def test_what_is_no_letter_is_said_beside_the_field_and_nothing_typed_is_lost(
    season: Season, subject: str, body: str, sentence: str
) -> None:
    in_subject, in_body = faults(LETTERS["accepted_oral"], subject.strip(), body.strip())
    assert any(sentence in found for found in (in_subject if body == BODY else in_body))
    olga = season.client(season.olga)
    for path in ("", "/preview", "/test"):
        answer = olga.send(ORAL + path, 422, subject=subject, body=body, revision="0")
        assert sentence in text_of(answer.text).replace("&#39;", "'")
        if "\n" not in subject and "\x0b" not in subject:
            assert f'value="{subject}"' in answer.text
    assert (saved(season), letters(season)) == (None, [])


def test_an_invitation_without_its_link_is_refused(season: Season) -> None:
    answer = season.client(season.olga).send(
        f"{HOME}/reviewer_invited", 422, subject="Please", body="Review!"
    )
    assert "{link} is missing, the link by which they accept or decline" in text_of(answer.text)
    assert saved(season, "reviewer_invited") is None


def test_hostile_words_show_as_they_are(season: Season) -> None:
    season.submission("<b>T</b> & co")
    words = "<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) ![i](http://e.org/i.png)"
    answer = season.client(season.olga).send(
        f"{ORAL}/preview", 200, subject="<script>s</script>", body=f"{words} {{title}} {{page}}"
    )
    preview = answer.text[answer.text.index("data-letter-into") :]
    assert "<script>" not in preview.partition("</section>")[0]
    assert "<img" not in preview
    assert 'href="javascript' not in preview
    assert "&lt;b&gt;T&lt;/b&gt; &amp; co" in preview


@pytest.mark.parametrize("name", LETTERS)
def test_the_placeholders_offered_are_those_that_the_letter_has(season: Season, name: str) -> None:
    kind = LETTERS[name]
    every = " ".join(f"{{{word}}}" for word in kind.placeholders)
    for made in (False, True):
        if made:
            season.submission("A real one")
        letter = example(season, name, {name: (every, every)}).letter
        assert "{" not in letter.subject + letter.text
        assert letter.occasion == kind.occasion
    standard = kind.standard
    assert set(PLACEHOLDER.findall(standard.subject + standard.body)) <= set(kind.placeholders)
    assert faults(kind, standard.subject, standard.body) == ([], [])
    assert set(PLACEHOLDER.findall(standard.body)) >= set(kind.required)
    assert list(season.session.new) == []


def test_the_example_is_of_no_submission_that_the_organizer_is_in_conflict_with(season: Season) -> None:
    season.submission("The conflicted one")
    season.grant(season.ada, Role.ORGANIZER)
    made = example(season, "accepted_oral", viewer=season.ada)
    assert "An example of a title" in made.letter.subject
    assert made.about == "an invented submission, for there is none yet"
    assert "The conflicted one" in example(season, "accepted_oral").letter.subject
    season.submission("Open to all", authors=[season.nel])
    assert "Open to all" in example(season, "accepted_oral", viewer=season.ada).letter.subject
    assert "The conflicted one" not in season.client(season.ada).page(ORAL)


def test_the_link_in_the_example_of_an_invitation_answers_for_nobody(season: Season) -> None:
    invited = Invitation(
        venue_id=season.venue.id,
        email="ina@example.org",
        name="Ina Imre",
        role=Role.REVIEWER,
        invited_by_id=season.olga.id,
        invited_at=REVIEWING,
        last_letter_at=REVIEWING,
    )
    season.add(invited)
    olga = season.client(season.olga)
    page = olga.page(f"{HOME}/reviewer_invited")
    assert "Ina Imre" in page
    link = re.findall(r"http://dateline.test(/sbm2022/invitations/[\w.~-]+)", page)[0]
    season.client(season.nel).page(link, 404)
    season.client(season.nel).send(link, 404, accept="1")
    real = tokens.issue("invitation", invited.id)
    season.client(season.nel).page(f"/sbm2022/invitations/{real}")
    season.session.rollback()
    assert invited.state == InvitationState.INVITED


def test_a_test_letter_goes_to_oneself_marked_each_time_anew(season_on_both: Season) -> None:
    season = season_on_both
    season.submission("Kept")
    olga = season.client(season.olga)
    answer = olga.send(f"{ORAL}/test", 200, subject=SUBJECT, body=BODY, revision="0")
    assert "A test letter is on its way to olga@example.org." in text_of(answer.text)
    assert 'value="Welcome: {title}"' in answer.text
    olga.send(f"{ORAL}/test", 200, subject=SUBJECT, body=BODY, revision="0")
    one, two = letters(season)
    assert [(row.to_email, row.subject, row.occasion, row.state) for row in (one, two)] == [
        ("olga@example.org", "Test: Welcome: Kept", "test_accepted_oral", "queued")
    ] * 2
    assert one.thing != two.thing
    assert one.text.startswith("Hi Ada Abel,")
    mail = sending.to_email_message(one, "dateline@example.org")
    assert (mail["To"], mail["Subject"]) == ("Olga Orlova <olga@example.org>", "Test: Welcome: Kept")
    assert saved(season) is None


def test_whoever_is_in_conflict_does_not_meet_the_test_of_an_acceptance(season: Season) -> None:
    """They would take it for their decision."""
    season.submission("Kept")
    season.grant(season.ada, Role.ORGANIZER)
    olga, ada = season.client(season.olga), season.client(season.ada)
    olga.send(f"{ORAL}/test", 200, subject=SUBJECT, body=BODY)
    assert "Test: Welcome: Kept" in olga.page("/sbm2022/organize/outbox")
    assert "Welcome" not in ada.page("/sbm2022/organize/outbox")


def test_test_letters_have_a_measure(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "MOST_TESTS", 2)
    olga = season.client(season.olga)
    for _ in range(2):
        olga.send(f"{ORAL}/test", 200, subject=SUBJECT, body=BODY)
    answer = olga.send(f"{ORAL}/test", 429, subject=SUBJECT, body=BODY)
    assert "You had 2 test letters within an hour" in answer.text
    assert 'value="Welcome: {title}"' in answer.text
    assert len(letters(season)) == 2


@pytest.mark.parametrize("name", ["submission_received", "final_received"])
def test_no_example_is_a_signed_receipt(season: Season, name: str) -> None:
    for _ in range(2):
        text = example(season, name).letter.text
        assert "(here stands the signed receipt)" in text
        assert "BEGIN DATELINE RECEIPT" not in text
        season.submission("A real one")


@pytest.mark.parametrize("path", ["", "/accepted_oral"])
def test_the_pages_cost_the_same_statements_for_any_number_of_rows(season: Season, path: str) -> None:
    seen: list[int] = []
    olga = season.client(season.olga)
    for count in (1, 30):
        for number in range(count):
            season.submission(f"Paper {number}")
        olga.send(ORAL, subject=f"{count} {{title}}", body=BODY, revision=str(len(seen)))
        with season.statements() as statements:
            olga.page(HOME + path)
        seen.append(len([s for s in statements if s.startswith("SELECT")]))
    assert seen[0] == seen[1] <= 16


def test_an_unknown_letter_is_not_there(season: Season) -> None:
    olga = season.client(season.olga)
    for name in ("forgotten", "paper_taken_back", "..", "accepted_oral.md"):
        olga.page(f"{HOME}/{name}", 404)
        olga.send(f"{HOME}/{name}", 404, subject="S", body="B")


FILE = '''
[venue]
slug = "sbm2022"

[letters.accepted_oral]
subject = "Welcome: {title}"
body = """
Hi {name},

{title} is in. Say "\\\\o/": {page}
"""
'''
WORDS = 'Hi {name},\n\n{title} is in. Say "\\o/": {page}'


def load(season: Season, text: str) -> list[str]:
    season.session.rollback()
    with season.app.test_request_context(), transaction(season.session):
        return venue_loading.load(season.session, text.encode(), by=None, at=REVIEWING).lines


def test_a_venues_file_carries_its_letters_and_an_export_has_them(season: Season) -> None:
    assert load(season, FILE) == ["letters.accepted_oral: in your own words"]
    assert saved(season) == (SUBJECT, WORDS, 1)
    assert load(season, FILE) == []
    text = venue_export.to_toml(season.session, season.venue)
    assert text.count("[letters.") == 1
    season.client(season.olga).send(f"{ORAL}/standard", revision="1")
    assert "[letters" not in venue_export.to_toml(season.session, season.venue)
    assert load(season, text) == ["letters.accepted_oral: in your own words"]
    assert saved(season) == (SUBJECT, WORDS, 3)
    empty = '[venue]\nslug = "sbm2022"\n[letters.accepted_oral]\nsubject = ""\nbody = ""\n'
    assert load(season, empty) == ["letters.accepted_oral: the standard letter again"]
    assert saved(season) == ("", "", 4)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("[letters.welcome]\nsubject='S'\nbody='B'", "letters.welcome: there is no such key; the keys are"),
        (
            "[letters]\nrejected = 'No.'",
            'letters.rejected: "No." is no table; begin it with [letters.rejected].',
        ),
        ("[letters.rejected]\ntext='B'", "letters.rejected.text: there is no such key"),
        (
            "[letters.rejected]\nsubject=1\nbody='B'",
            "letters.rejected.subject: 1 is no text; put it in quotes.",
        ),
        ("[letters.rejected]\nsubject='S'", "letters.rejected.body: Write the letter, or go back"),
        ("[letters.rejected]\nsubject='S'\nbody='{title}'", "letters.rejected.body: {page} is missing"),
        (
            "[letters.rejected]\nsubject='{titel}'\nbody='{title} {page}'",
            "letters.rejected.subject: {titel} is not",
        ),
    ],
)
def test_a_file_with_what_is_no_letter_is_refused(season: Season, table: str, sentence: str) -> None:
    with pytest.raises(VenueFileError) as caught:
        load(season, f'[venue]\nslug = "sbm2022"\nname = "Changed"\n{table}\n')
    assert any(sentence in found for found in caught.value.sentences), caught.value.sentences
    assert (saved(season, "rejected"), season.venue.name) == (None, "Workshop sbm2022")
