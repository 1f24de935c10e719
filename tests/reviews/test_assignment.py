"""Handing papers out, and what organizers in conflict do not learn."""

import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.models import Email, Person
from core.audit import AuditEntry
from core.db import transaction
from mail.models import Message
from reviews.assignment import actions
from reviews.assignment.models import Assignment
from submissions.models import State, Submission
from tests.season import BEFORE, REVIEWING, Season
from venues.models import Role

PAGE = "/sbm2022/organize/assignments"


def assignments(season: Season) -> list[tuple[int, bool]]:
    """(person, does it hold) of each assignment."""
    season.session.rollback()
    rows = season.session.execute(
        select(Assignment.person_id, Assignment.removed_at).order_by(Assignment.person_id)
    )
    return [(person_id, removed_at is None) for person_id, removed_at in rows]


def letters(season: Season, address: str) -> list[tuple[str, str]]:
    season.session.rollback()
    query = select(Message.subject, Message.text).where(Message.to_email == address).order_by(Message.id)
    return [(subject, text) for subject, text in season.session.execute(query)]


def test_assigned_and_told(season: Season) -> None:
    season.submission("A score for all")
    season.at(REVIEWING)
    olga = season.client(season.olga)
    olga.send(f"{PAGE}/1", reviewer=[str(season.rey.id), str(season.rut.id)])
    assert assignments(season) == [(season.rey.id, True), (season.rut.id, True)]
    ((subject, text),) = letters(season, "rey@example.org")
    assert subject == "SBM 2022: paper 1 to review"
    assert "paper 1, “A score for all” of SBM 2022 is yours to review. You can read it now." in text
    assert "Reviews are due Oct 14, 2022 AoE." in text
    for secret in ("Ada", "Abel", "Bo Brandt", "ada@", "Olga", "Rut"):
        assert secret not in text

    # Again changes nothing.
    olga.send(f"{PAGE}/1", reviewer=str(season.rey.id))
    assert len(letters(season, "rey@example.org")) == 1
    assert len(assignments(season)) == 2
    assert "Nobody was chosen who does not have the paper already." in olga.page(f"{PAGE}/1")


def test_the_title_waits_until_submission_has_closed(season: Season) -> None:
    season.submission("A score for all")
    season.client(season.olga).send(f"{PAGE}/1", reviewer=str(season.rey.id))
    ((_subject, text),) = letters(season, "rey@example.org")
    assert "A score for all" not in text
    assert "paper 1 of SBM 2022 is yours to review. Submission is open until Sept 26, 2022, 23:59 AoE" in text


def test_pseudonyms_are_random(season: Season) -> None:
    people = [season.person(f"P{number} Quinn") for number in range(30)]
    for person in people:
        season.grant(person, Role.REVIEWER)
    paper = season.submission()
    with transaction(season.session), season.app.test_request_context():
        new = actions.assign(season.session, paper, people, by=season.olga, at=BEFORE)
        names = [one.pseudonym for one in new]
    assert len(set(names)) == 30
    assert all(re.fullmatch("[2-9a-hjkmnp-z]{5}", name) for name in names)
    assert names != sorted(names)


def test_never_to_an_author_maker_or_whoever_is_in_conflict(season: Season) -> None:
    paper = season.submission(authors=[season.ada, season.rey])
    for person in (season.ada, season.bo):
        season.grant(person, Role.REVIEWER)
    season.conflict(paper, season.bo)
    olga = season.client(season.olga)
    text = olga.page(f"{PAGE}/1")
    for name, reason in (
        ("Rey Ross", "Author of this paper."),
        ("Ada Abel", "Author of this paper."),
        ("Bo Brandt", "Conflict of interest: co-authors."),
    ):
        assert re.search(rf"disabled[^>]*>.*?{name}</label><p[^>]*>{reason}", text), name
    for person in (season.rey, season.ada, season.bo):
        answer = olga.send(f"{PAGE}/1", 403, reviewer=[str(person.id), str(season.rut.id)])
        assert f"{person.name} cannot review paper 1." in answer.text
    assert assignments(season) == []
    assert season.session.scalar(select(func.count()).select_from(Message)) == 0


def test_conflicts_are_derived_afresh(season: Season) -> None:
    """Rey showed, after the page was made, that an author's address is theirs."""
    paper = season.submission()
    paper.authors[1].email = "r.ross@example.org"
    season.session.commit()
    olga = season.client(season.olga)
    assert "Author of this paper." not in olga.page(f"{PAGE}/1")
    season.add(Email(person_id=season.rey.id, address="r.ross@example.org", verified_at=BEFORE))
    assert "Author of this paper." in olga.send(f"{PAGE}/1", 403, reviewer=str(season.rey.id)).text
    assert assignments(season) == []


def test_only_the_venues_reviewers_get_papers(season: Season) -> None:
    season.submission()
    olga = season.client(season.olga)
    answer = olga.send(f"{PAGE}/1", 403, reviewer=str(season.nel.id))
    assert "Nel Noor is not among the venue&#39;s reviewers." in answer.text
    other = season.make_venue("other2022")
    season.grant(season.nel, Role.REVIEWER, other)
    olga.send(f"{PAGE}/1", 403, reviewer=str(season.nel.id))
    assert assignments(season) == []


@pytest.mark.parametrize("chosen", [[], ["x"], ["-1"], ["9" * 40], ["²"]])
def test_nonsense_is_nobody(season: Season, chosen: list[str]) -> None:
    season.submission()
    season.client(season.olga).send(f"{PAGE}/1", reviewer=chosen)
    assert assignments(season) == []


@pytest.mark.parametrize("state", [State.DRAFT, State.WITHDRAWN])
def test_only_submitted_papers_are_handed_out(season: Season, state: State) -> None:
    season.submission(state=state)
    olga = season.client(season.olga)
    assert "No paper is submitted yet" in olga.page(PAGE)
    olga.page(f"{PAGE}/1", 404)
    olga.send(f"{PAGE}/1", 404, reviewer=str(season.rey.id))


def test_taken_back_and_given_again(season: Season) -> None:
    paper = season.submission()
    assignment = season.assign(paper, season.rey, "kept1")
    season.review(assignment)
    olga = season.client(season.olga)
    remove = f"{PAGE}/1/reviewers/{season.rey.id}/remove"
    text = olga.page(remove)
    assert "A review that they began or handed in is kept, hidden from everyone" in text
    assert assignments(season) == [(season.rey.id, True)]
    olga.send(remove)
    assert assignments(season) == [(season.rey.id, False)]
    assert [subject for subject, _ in letters(season, "rey@example.org")] == [
        "SBM 2022: paper 1 is no longer yours to review"
    ]
    olga.page(remove, 404)
    season.at(REVIEWING)
    assert "No papers yet" in season.client(season.rey).page("/sbm2022/papers/")

    season.at(REVIEWING + timedelta(seconds=1))
    olga.send(f"{PAGE}/1", reviewer=str(season.rey.id))
    season.session.rollback()
    found = season.session.execute(select(Assignment.pseudonym, Assignment.removed_at)).one()
    assert tuple(found) == ("kept1", None)
    assert len(letters(season, "rey@example.org")) == 2
    assert "It fits a score." in season.client(season.rey).page("/sbm2022/papers/1/review")


def test_a_reviewer_who_left_is_shown(season: Season) -> None:
    paper = season.submission()
    season.assign(paper, season.nel)
    text = season.client(season.olga).page(f"{PAGE}/1")
    assert "Nel Noor" in text
    assert "No longer a reviewer of this venue. They cannot read it." in text


def test_loads(season: Season) -> None:
    for number in range(3):
        season.assign(season.submission(f"Paper {number}"), season.rey)
    season.assign(season.submission("Gone", state=State.WITHDRAWN), season.rey)
    text = season.client(season.olga).page(f"{PAGE}/reviewers")
    assert re.search(r"Rey Ross</td>.*?<td class=\"number\"[^>]*>3</td>", text)
    assert re.search(r"Rut Ruiz</td>.*?<td class=\"number\"[^>]*>0</td>", text)


def test_an_organizer_in_conflict_learns_nothing(season: Season) -> None:
    """Olga wrote paper 1; paper 2 is by her friend. Rey reviews both, Rut paper 3."""
    season.submission("Own work", authors=[season.ada, season.olga])
    friends = season.submission("A friend's work")
    season.conflict(friends, season.olga)
    season.submission("Another's work")
    ari = season.person("Ari Aho")
    season.grant(ari, Role.ORGANIZER)
    for number, reviewer in ((1, season.rey), (2, season.rey), (3, season.rut)):
        season.client(ari).send(f"{PAGE}/{number}", reviewer=str(reviewer.id))

    olga = season.client(season.olga)
    text = olga.page(PAGE)
    assert text.count("You are in conflict with this paper") == 2
    assert "Rey Ross" not in text
    assert "Rut Ruiz" in text
    assert re.search(r"Rey Ross</td>.*?<td class=\"number\"[^>]*>0</td>", olga.page(f"{PAGE}/reviewers"))
    assert "Rey Ross" not in re.findall(r"<tr>.*?</tr>", olga.page(f"{PAGE}/3").partition("Who can have")[0])
    for number in (1, 2):
        olga.page(f"{PAGE}/{number}", 404)
        olga.send(f"{PAGE}/{number}", 404, reviewer=str(season.rut.id))
        olga.page(f"{PAGE}/{number}/reviewers/{season.rey.id}/remove", 404)
        olga.send(f"{PAGE}/{number}/reviewers/{season.rey.id}/remove", 404)
    assert len(assignments(season)) == 3
    assert all(holds for _person, holds in assignments(season))
    assert "Rey Ross" in season.client(ari).page(f"{PAGE}/1")


@pytest.mark.parametrize("who", ["rey", "ada", "nel"])
def test_hidden_from_all_but_organizers(season: Season, who: str) -> None:
    season.assign(season.submission(), season.rey)
    client = season.client(getattr(season, who))
    for path in ("", "/reviewers", "/1", f"/1/reviewers/{season.rey.id}/remove"):
        client.page(PAGE + path, 404)
    client.send(f"{PAGE}/1", 404, reviewer=str(season.rut.id))
    client.send(f"{PAGE}/1/reviewers/{season.rey.id}/remove", 404)
    assert assignments(season) == [(season.rey.id, True)]


@pytest.mark.parametrize("path", ["", "/1", "/reviewers"])
def test_statements_do_not_grow(season: Season, path: str) -> None:
    counts = []
    for size in (1, 29):
        for _ in range(size):
            person = season.person(f"P{season.session.scalar(select(func.count(Person.id)))} Quinn")
            season.grant(person, Role.REVIEWER)
            season.assign(season.submission(), person)
        with season.statements() as seen:
            season.client(season.olga).page(PAGE + path)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 13


def test_every_act_is_noted(season: Season) -> None:
    season.submission()
    olga = season.client(season.olga)
    olga.send(f"{PAGE}/1", reviewer=str(season.rey.id))
    olga.send(f"{PAGE}/1/reviewers/{season.rey.id}/remove")
    season.session.rollback()
    rows = season.session.execute(
        select(AuditEntry.act, AuditEntry.actor_id, AuditEntry.data).order_by(AuditEntry.id)
    )
    assert [tuple(row) for row in rows] == [
        ("submission.assigned", season.olga.id, {"people": [season.rey.id]}),
        ("submission.unassigned", season.olga.id, {"person": season.rey.id}),
    ]


def test_assigned_twice_at_once_makes_one(season_on_both: Season) -> None:
    season = season_on_both
    paper, rey, olga = season.submission().id, season.rey.id, season.olga.id
    season.session.rollback()
    together = threading.Barrier(4)
    counts: list[int] = []

    def assign() -> None:
        with season.app.extensions["sessions"]() as session, season.app.test_request_context():
            together.wait()
            with transaction(session):
                new = actions.assign(
                    session,
                    session.get_one(Submission, paper),
                    [session.get_one(Person, rey)],
                    by=session.get_one(Person, olga),
                    at=BEFORE,
                )
                counts.append(len(new))

    threads = [threading.Thread(target=assign) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 0, 0, 1]
    assert assignments(season) == [(rey, True)]
    assert len(letters(season, "rey@example.org")) == 1
