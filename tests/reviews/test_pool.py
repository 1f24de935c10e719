"""Inviting reviewers and answering."""

import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.models import Email, Person
from core import tokens
from core.audit import AuditEntry
from core.db import transaction
from mail.models import Message
from reviews.pool import actions, letters
from reviews.pool.forms import read_list
from reviews.pool.models import Invitation, InvitationState
from tests.season import BEFORE, NOTIFICATION, REVIEWING, Season
from venues.models import Membership, Role

PEOPLE = "Ira Ito <IRA@example.org>\n\numa@example.org, Uma Ude\nvic@example.org"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Ira Ito <ira@example.org>", "Ira Ito"),
        ("  Ira  Ito < IRA@Example.org >, ", "Ira Ito"),
        ('"Ito, Ira" <ira@example.org>', "Ira Ito"),
        ("Ito, Ira <ira@example.org>", "Ira Ito"),
        ("<ira@example.org>", "ira"),
        ("ira@example.org", "ira"),
        ("ira@example.org, Ira Ito", "Ira Ito"),
        ("Ira Ito, ira@example.org", "Ira Ito"),
        ("ira@example.org\tIra Ito", "Ira Ito"),
        ("Ira Ito;ira@example.org", "Ira Ito"),
        ('"Ito, Ira",ira@example.org', "Ira Ito"),
        ("Ito, Ira;ira@example.org", "Ira Ito"),
        ("Ira “the Eye” Ito\tira@example.org", "Ira “the Eye” Ito"),
        ("\ufeffIra Ito <ira@example.org>", "Ira Ito"),
    ],
)
def test_a_line_in_any_common_form(line: str, name: str) -> None:
    people, faults = read_list(line)
    assert ([(one.email, one.name) for one in people], faults) == ([("ira@example.org", name)], [])


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("Ira Ito", "There is no e-mail address in “Ira Ito”."),
        ("ira@example.org uma@example.org", "There is more than one e-mail address in"),
        ("Ira, Oxford, ira@example.org", "There is more than a name and an e-mail in"),
        ("Ira Ito ira@example.org", "'Ira Ito ira@example.org' is not an e-mail address"),
        ("ira@", "'ira@' is not an e-mail address"),
        ("ira@exa mple.org", "'ira@exa mple.org' is not an e-mail address"),
        (f"{'I' * 201} <ira@example.org>", "The name has 201 characters; at most 200 are taken."),
        ("Ira\x00Ito <ira@example.org>", "The name holds characters that cannot be shown."),
        ("Ira\u202eIto <ira@example.org>", "The name holds characters that cannot be shown."),
        ('"Ira, ira@example.org', "'Ira, ira@example.org' is not an e-mail address"),
    ],
)
def test_a_bad_line_says_why(line: str, fault: str) -> None:
    people, faults = read_list(f"uma@example.org\n\n{line}\nvic@example.org")
    assert [one.email for one in people] == ["uma@example.org", "vic@example.org"]
    assert len(faults) == 1
    assert faults[0].startswith(f"Line 3: {fault}")


def test_too_many_people() -> None:
    _people, faults = read_list("\n".join(f"r{number}@example.org" for number in range(1001)))
    assert faults == ["There are 1,001 people on the list; invite at most 1,000 at once."]


def invitations(season: Season) -> dict[str, Invitation]:
    season.session.rollback()
    return {one.email: one for one in season.session.scalars(select(Invitation))}


def letters_to(season: Season, email: str) -> list[str]:
    season.session.rollback()
    query = select(Message.text).where(Message.to_email == email).order_by(Message.id)
    return list(season.session.scalars(query))


def link_in(text: str) -> str:
    found = re.search(r"http://dateline\.test(/sbm2022/invitations/\S+)", text)
    assert found
    return found[1]


def test_a_bad_line_invites_nobody_and_keeps_what_was_pasted(season: Season) -> None:
    client = season.client(season.olga)
    text = client.send(
        "/sbm2022/organize/reviewers", 422, people="ira@example.org\nnonsense <b>", confirm="1"
    ).text
    assert "Line 2: There is no e-mail address in “nonsense &lt;b&gt;”." in text
    assert "ira@example.org\nnonsense &lt;b&gt;</textarea>" in text
    assert invitations(season) == {}


def test_the_list_is_shown_first_then_invited(season: Season) -> None:
    client = season.client(season.olga)
    text = client.send(
        "/sbm2022/organize/reviewers", 200, people=PEOPLE + "\nIRA@EXAMPLE.ORG\nrey@example.org"
    ).text
    assert text.count("<strong>will be invited</strong>") == 3
    assert "repeats line 1: skipped" in text
    assert "is a reviewer already: nothing changes" in text
    assert "Send 3 invitations" in text
    assert invitations(season) == {}

    client.send("/sbm2022/organize/reviewers", people=PEOPLE, confirm="1")
    found = invitations(season)
    assert {(one.email, one.name, one.state) for one in found.values()} == {
        ("ira@example.org", "Ira Ito", "invited"),
        ("uma@example.org", "Uma Ude", "invited"),
        ("vic@example.org", "vic", "invited"),
    }
    assert [len(letters_to(season, email)) for email in found] == [1, 1, 1]
    assert "Reviews are due Oct 14, 2022 AoE." in letters_to(season, "ira@example.org")[0]
    assert all(season.session.scalars(select(Message.is_secret)))


def test_inviting_again_changes_nothing_and_says_so(season: Season) -> None:
    client = season.client(season.olga)
    client.send("/sbm2022/organize/reviewers", people=PEOPLE, confirm="1")
    client.send("/sbm2022/organize/reviewers", people=PEOPLE, confirm="1")
    assert "3 on the list needed no invitation: nothing changed for them." in client.page(
        "/sbm2022/organize/reviewers"
    )
    assert len(letters_to(season, "ira@example.org")) == 1
    assert season.session.scalar(select(func.count()).select_from(Invitation)) == 3


def invited(season: Season, email: str = "ira@example.org") -> str:
    """The link of somebody who was invited."""
    season.client(season.olga).send("/sbm2022/organize/reviewers", people=f"Ira Ito <{email}>", confirm="1")
    return link_in(letters_to(season, email)[-1])


def test_opening_the_link_answers_nothing(season: Season) -> None:
    link, client = invited(season), season.client()
    for _ in range(2):
        assert "Will you review for SBM 2022?" in client.page(link)
    assert invitations(season)["ira@example.org"].state == "invited"
    assert season.session.scalar(select(Email.id).where(Email.address == "ira@example.org")) is None


def test_accepting_makes_a_person_and_reviewer_and_signs_in_once(season: Season) -> None:
    link, client = invited(season), season.client()
    answer = client.send(link, accept="1")
    assert answer.location == "/sbm2022/papers/"
    assert "Papers come when submission has closed" in client.page("/sbm2022/papers/")
    found = invitations(season)["ira@example.org"]
    person = season.session.scalars(
        select(Person).join(Email).where(Email.address == "ira@example.org")
    ).one()
    assert (found.state, found.person_id, found.answered_at, person.name) == (
        "accepted",
        person.id,
        BEFORE,
        "Ira Ito",
    )
    query = select(Membership.role).where(Membership.person_id == person.id)
    assert season.session.scalars(query).all() == [Role.REVIEWER]

    # The link in the letter lets nobody in a second time, and a double click does no harm.
    other = season.client()
    assert other.send(link, accept="1").location == link
    assert other.get("/sbm2022/papers/").status_code == 302
    assert len(season.session.scalars(query).all()) == 1


def test_somebody_known_accepts_as_themselves(season: Season) -> None:
    link = invited(season, "nel@example.org")
    season.client().send(link, accept="1")
    season.session.rollback()
    query = select(Membership.person_id).where(Membership.role == Role.REVIEWER).order_by(Membership.id)
    assert season.session.scalars(query).all()[-1] == season.nel.id
    assert season.session.scalar(select(func.count()).select_from(Person)) == 6


def test_declining_with_a_reason_and_changing_ones_mind(season: Season) -> None:
    link, client = invited(season), season.client()
    client.send(link, decline="1", reason="On leave <b>until</b> May")
    found = invitations(season)["ira@example.org"]
    assert (found.state, found.reason, found.person_id) == ("declined", "On leave <b>until</b> May", None)
    page = season.client(season.olga).page("/sbm2022/organize/reviewers")
    assert "On leave &lt;b&gt;until&lt;/b&gt; May" in page
    assert "2022-09-26 10:00:00 UTC" in page

    client.send(link, accept="1")
    assert invitations(season)["ira@example.org"].state == "accepted"
    client.send(link, decline="1", reason="")
    found = invitations(season)["ira@example.org"]
    assert (found.state, found.reason) == ("declined", "")
    assert (
        season.session.scalars(select(Membership.id).where(Membership.person_id == found.person_id)).all()
        == []
    )


def test_after_the_deadline_a_reviewer_cannot_just_leave(season: Season) -> None:
    link, client = invited(season), season.client()
    client.send(link, accept="1")
    season.at(REVIEWING)
    assert "the papers are being handed out since submission closed" in client.page(link)
    client.send(link, 403, decline="1", reason="")
    assert invitations(season)["ira@example.org"].state == "accepted"


def test_after_reviewing_nobody_accepts(season: Season) -> None:
    link = invited(season)
    season.at(NOTIFICATION)
    assert "Reviewing is closed" in season.client().page(link)
    season.client().send(link, 403, accept="1")
    assert invitations(season)["ira@example.org"].state == "invited"


def test_a_reason_that_is_too_long_stays_in_the_box(season: Season) -> None:
    link = invited(season)
    text = season.client().send(link, 422, decline="1", reason="x" * 301).text
    assert "At most 300 characters, please." in text
    assert "x" * 301 in text
    assert invitations(season)["ira@example.org"].state == "invited"


def test_withdrawn_and_asked_again(season: Season) -> None:
    link, olga = invited(season), season.client(season.olga)
    number = invitations(season)["ira@example.org"].id
    olga.send(f"/sbm2022/organize/reviewers/{number}/withdraw")
    season.client().send(link, 403, accept="1")
    season.client().send(link, 403, decline="1", reason="no")
    assert "took this invitation back" in season.client().page(link)
    assert invitations(season)["ira@example.org"].state == "withdrawn"
    season.client().send(invited(season), accept="1")
    assert len(letters_to(season, "ira@example.org")) == 2
    olga.send(f"/sbm2022/organize/reviewers/{number}/withdraw", 403)


def test_only_the_silent_are_reminded_and_not_twice_a_day(season: Season) -> None:
    olga = season.client(season.olga)
    olga.send("/sbm2022/organize/reviewers", people=PEOPLE, confirm="1")
    season.client().send(link_in(letters_to(season, "vic@example.org")[0]), decline="1", reason="")
    olga.send("/sbm2022/organize/reviewers/remind")
    assert len(letters_to(season, "ira@example.org")) == 1
    season.at(BEFORE + timedelta(hours=24))
    assert "Write again to the 2 who did not answer" in olga.page("/sbm2022/organize/reviewers")
    for _ in range(2):
        olga.send("/sbm2022/organize/reviewers/remind")
    assert [len(letters_to(season, f"{who}@example.org")) for who in ("ira", "uma", "vic")] == [2, 2, 1]
    assert link_in(letters_to(season, "ira@example.org")[1])


@pytest.mark.parametrize("token", ["x", "WyJhIl0.YYYY.ZZZZ", "9" * 3000])
def test_a_broken_link_says_so(season: Season, token: str) -> None:
    text = season.client().page(f"/sbm2022/invitations/{token}", 404)
    assert "This link is not complete." in text
    season.client().send(f"/sbm2022/invitations/{token}", 404, accept="1")


def test_a_link_is_good_for_its_venue_only(season: Season) -> None:
    season.make_venue("other2022")
    link = invited(season).replace("sbm2022", "other2022")
    assert "belongs to no invitation here" in season.client().page(link, 404)
    foreign = tokens.issue("reset", 1)
    assert "not complete" in season.client().page(f"/sbm2022/invitations/{foreign}", 404)


@pytest.mark.parametrize("who", ["rey", "ada", "nel"])
def test_hidden_from_all_but_organizers(season: Season, who: str) -> None:
    invited(season)
    number = invitations(season)["ira@example.org"].id
    client = season.client(getattr(season, who))
    client.page("/sbm2022/organize/reviewers", 404)
    client.send("/sbm2022/organize/reviewers", 404, people=PEOPLE, confirm="1")
    client.send("/sbm2022/organize/reviewers/remind", 404)
    client.send(f"/sbm2022/organize/reviewers/{number}/withdraw", 404)
    assert list(invitations(season)) == ["ira@example.org"]


def test_organizers_of_another_venue_touch_nothing_here(season: Season) -> None:
    invited(season)
    number = invitations(season)["ira@example.org"].id
    other = season.make_venue("other2022")
    season.grant(season.nel, Role.ORGANIZER, other)
    season.client(season.nel).send(f"/other2022/organize/reviewers/{number}/withdraw", 404)
    assert invitations(season)["ira@example.org"].state == "invited"


def test_statements_do_not_grow_with_the_list(season: Season) -> None:
    olga = season.client(season.olga)
    counts = []
    for names in (range(1), range(1, 30)):
        people = "\n".join(f"r{number}@example.org" for number in names)
        olga.send("/sbm2022/organize/reviewers", people=people, confirm="1")
        olga.page("/sbm2022/organize/reviewers")  # takes the message
        with season.statements() as seen:
            assert f"r{names[-1]}@example.org" in olga.page("/sbm2022/organize/reviewers")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12


def test_every_act_is_noted(season: Season) -> None:
    link = invited(season)
    season.client().send(link, decline="1", reason="")
    season.client().send(link, accept="1")
    number = invitations(season)["ira@example.org"]
    acts = season.session.execute(select(AuditEntry.act, AuditEntry.actor_id).order_by(AuditEntry.id)).all()
    assert [tuple(row) for row in acts] == [
        ("reviewers.invited", season.olga.id),
        ("invitation.declined", None),
        ("invitation.accepted", number.person_id),
    ]


def test_accepted_twice_at_once_makes_one_member(season_on_both: Season) -> None:
    season = season_on_both
    with transaction(season.session), season.app.test_request_context():
        actions.invite(season.session, season.venue, [("ira@example.org", "Ira")], by=season.olga, at=BEFORE)
    number = invitations(season)["ira@example.org"].id
    together = threading.Barrier(4)
    faults: list[Exception] = []

    def accept() -> None:
        with season.app.extensions["sessions"]() as session:
            together.wait()
            try:
                with transaction(session):
                    actions.accept(session, session.get_one(Invitation, number), by=None, at=BEFORE)
            except Exception as error:
                faults.append(error)

    threads = [threading.Thread(target=accept) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    found = invitations(season)["ira@example.org"]
    assert found.state == InvitationState.ACCEPTED
    query = select(func.count()).where(Membership.person_id == found.person_id)
    assert season.session.scalar(query) == 1


def test_invited_twice_at_once_makes_one_invitation(season_on_both: Season) -> None:
    season = season_on_both
    together = threading.Barrier(4)
    counts: list[int] = []

    def invite() -> None:
        with season.app.extensions["sessions"]() as session, season.app.test_request_context():
            together.wait()
            with transaction(session):
                venue, olga = session.get_one(type(season.venue), 1), session.get_one(Person, season_olga)
                counts.append(
                    actions.invite(session, venue, [("ira@example.org", "Ira")], by=olga, at=BEFORE)
                )

    season_olga = season.olga.id
    season.session.rollback()
    threads = [threading.Thread(target=invite) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 0, 0, 1]
    assert len(letters_to(season, "ira@example.org")) == 1


def test_the_link_outlives_the_season() -> None:
    assert timedelta(days=90) <= letters.LINK_LASTS
