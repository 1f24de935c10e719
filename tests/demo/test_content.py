"""The demo's data is complete and its own."""

import tomllib
from statistics import mean

from core.addresses import canonical
from demo import content, reviews
from tests.architecture import tree
from venues import deadlines, slugs
from venues.deadlines import DateKind, Meaning
from venues.models import Role, Section

FILE = tomllib.loads((tree.ROOT / "demo" / "sbm2022.toml").read_text())


def test_papers_are_as_many_as_they_were() -> None:
    accepted, rejected = content.accepted(), content.rejected()
    assert (len(accepted), sum(paper.is_oral for paper in accepted), len(rejected)) == (54, 6, 20)
    assert len({paper.title for paper in accepted + rejected}) == 74
    assert {(paper.is_accepted, paper.is_oral) for paper in rejected} == {(False, False)}


def test_names_are_whole() -> None:
    authors = {person.name for paper in content.accepted() for person in paper.authors}
    assert {
        "Marin Biloš",
        "Hannes Stärk",
        "Stephan Günnemann",
        "Sergejs Kozlovičs",
        "Patrick Blöbaum",
    } <= authors
    text = (tree.ROOT / "demo" / "accepted-papers.toml").read_text()
    assert not {"{", "}", "\\"} & set(text)
    assert [person.name for person in content.accepted()[1].authors] == [
        "Frederic Koehler",
        "Alexander Heckett",
        "Andrej Risteski",
    ]


def test_every_person_has_one_address() -> None:
    papers = content.accepted() + content.rejected()
    people = {person.name: person.email for paper in papers for person in paper.authors}
    reviewers = {person.name: person.email for person in content.reviewers()}
    assert len(reviewers) == 30
    assert not reviewers.keys() & people.keys()
    everybody = people | reviewers | {role["name"]: role["email"] for role in FILE["roles"]}
    assert len(set(everybody.values())) == len(everybody)
    for address in everybody.values():
        assert address == canonical(address)
        assert address.endswith("@example.org")
    assert people["Hannes Stärk"] == "hannes.stark@example.org"
    assert reviewers["Cemil Ayd\N{LATIN SMALL LETTER DOTLESS I}n"] == "cemil.aydin@example.org"


def test_topics_are_the_venues() -> None:
    papers = content.accepted() + content.rejected()
    used = {topic for paper in papers for topic in paper.topics}
    assert used == set(FILE["submission"]["topics"])
    assert all(1 <= len(paper.topics) <= 2 for paper in papers)


def test_abstracts_and_reviews_say_that_they_are_samples() -> None:
    for paper in content.accepted() + content.rejected():
        assert paper.abstract.endswith("\n\n*Sample abstract written for this demo.*")
        assert len(paper.abstract) > 200
        answers = reviews.sample(paper, "reviewer@example.org")
        assert answers["summary"].startswith("*Sample review written for this demo.*\n\n")


def test_reviews_are_in_line_with_the_decisions() -> None:
    def overall(papers: list[content.Paper]) -> list[int]:
        return [
            reviews.sample(paper, person.email)["overall"]
            for paper in papers
            for person in content.reviewers()[:3]
        ]

    accepted, rejected = overall(content.accepted()), overall(content.rejected())
    assert (min(accepted), max(accepted), min(rejected), max(rejected)) == (3, 6, 1, 4)
    assert mean(accepted) > 4.2
    assert mean(rejected) < 2.8
    assert min(overall([paper for paper in content.accepted() if paper.is_oral])) == 5


def test_reviews_answer_the_whole_form() -> None:
    paper = content.accepted()[0]
    answers = reviews.sample(paper, "rey@example.org")
    assert answers == reviews.sample(paper, "rey@example.org")
    assert answers != reviews.sample(paper, "rut@example.org")
    for name in ("summary", "strengths_and_weaknesses", "questions", "limitations"):
        assert answers[name]
    for name in ("quality", "clarity", "significance", "originality"):
        assert answers[name] in {1, 2, 3, 4}
    assert (answers["confidence"] in {1, 2, 3, 4, 5}, answers["ethics"], answers["conduct"]) == (
        True,
        False,
        True,
    )


def test_venue_file_can_be_read() -> None:
    assert slugs.check(FILE["venue"]["slug"]) == "sbm2022"
    assert FILE["dates"].keys() == set(DateKind)
    zone = FILE["venue"]["event_zone"]
    closes = {
        kind: deadlines.iso(deadlines.parse(FILE["dates"][kind], zone="AoE").at)
        for kind in (DateKind.SUBMISSION, DateKind.CAMERA_READY)
    }
    assert closes == {
        DateKind.SUBMISSION: "2022-09-27T12:00:00Z",
        DateKind.CAMERA_READY: "2022-11-26T12:00:00Z",
    }
    starts = [
        deadlines.parse(entry["starts"], meaning=Meaning.MOMENT, zone=zone).at for entry in FILE["schedule"]
    ]
    assert starts == sorted(starts)
    assert deadlines.iso(starts[0]) == "2022-12-02T14:50:00Z"
    assert {role["role"] for role in FILE["roles"]} <= set(Role)
    counts = {section: sum(person["section"] == section for person in FILE["people"]) for section in Section}
    assert counts == {Section.SPEAKER: 6, Section.PANELIST: 7, Section.ORGANIZER: 7}
