"""Every page of the table asks the database as often for thirty of everything as for one.

A list that goes over its page counts its rows once, too.
"""

import re
from datetime import timedelta

from camera_ready.models import FinalVersion
from decisions import jobs
from decisions.models import Outcome
from reviews.pool.models import Invitation, InvitationState
from submissions.models import CheckState, FileCheck, Submission
from tests.policy.test_matrix import PAGES, rows
from tests.season import BEFORE, CAMERA_READY, NOTIFICATION, PDF, REVIEWING, Season
from venues.deadlines import DateKind
from venues.models import Extension, ListedPerson, Role, Section, Sponsor, Topic

MANY = 30
ORGANIZE = "/sbm2022/organize/"
COUNTED = {
    ORGANIZE + name for name in ("submissions", "outbox", "assignments", "decisions", "decisions/letters")
}
# Links that only letters hold, and files that are sent as they are.
LEFT_OUT = re.compile(r"\{(welcome|reset|verify|invited|upload|face)\}|/static/")


def grow(season: Season, first: Submission | None, start: int, end: int) -> Submission:
    """Give the season what it has not yet of `end` things of each kind; returns its first submission."""
    venue = season.venue.id
    for n in range(start, end):
        made = season.submission(f"Paper {n}", authors=[season.ada, season.bo], content=PDF + b"%%%d" % n)
        first = first or made
        reviewer = season.person(f"Wer{n} Ross")
        season.grant(reviewer, Role.REVIEWER)
        season.review(season.assign(made, season.rey, f"x{n}"))
        season.conflict(made, reviewer)
        season.decide(made, Outcome.POSTER)
        if made is not first:
            season.review(season.assign(first, reviewer, f"y{n}"))
            season.conflict(first, season.person(f"Cer{n} Cole"))
        file = season.put(PDF + b"%%final%d" % n)
        final = {"paper_sha256": file.sha256, "paper_size": file.size, "paper_name": "final.pdf"}
        saved = {"saved_by_id": season.ada.id, "saved_at": NOTIFICATION, "began_at": NOTIFICATION}
        invited = {"invited_by_id": season.olga.id, "invited_at": BEFORE, "last_letter_at": BEFORE}
        more_time = {"until": REVIEWING, "granted_at": REVIEWING}
        season.add(
            FinalVersion(submission_id=first.id, number=n + 1, **final, **saved),
            ListedPerson(venue_id=venue, section=Section.SPEAKER, position=n, name=f"Speaker {n}"),
            Sponsor(venue_id=venue, position=n, name=f"Sponsor {n}"),
            Topic(venue_id=venue, position=5 + n, name=f"Topic {n}"),
            Extension(venue_id=venue, kind=DateKind.REVIEW, person_id=reviewer.id, **more_time),
            Invitation(
                venue_id=venue,
                email=f"invited{n}@example.org",
                name="Ina",
                role=Role.REVIEWER,
                state=InvitationState.INVITED,
                **invited,
            ),
        )
        broken = season.submission(f"Unreadable {n}", authors=[season.bo], content=PDF + b"%%bad%d" % n)
        season.session.get_one(FileCheck, broken.versions[0].paper_sha256).state = CheckState.UNREADABLE
        season.session.commit()
    with season.app.test_request_context(base_url="http://dateline.test"):
        jobs.write_decision_letters(season.session, venue)
    assert first
    return first


def counted(season: Season, paths: list[str]) -> dict[tuple[str, str, str], int]:
    """How often each page asks, by who looks, in reviewing and after the release."""
    found = {}
    for name in ("ada", "rey", "olga"):
        client = season.client(getattr(season, name))
        for path in paths:
            for phase, at in (("reviewing", REVIEWING), ("released", CAMERA_READY)):
                season.at(at)
                client.get(path).close()  # what is built once is built
                with season.statements() as seen, client.get(path) as answer:
                    pass
                if answer.status_code == 200:
                    found[name, path, phase] = len(seen)
    return found


def test_thirty_cost_as_many_statements_as_one(season: Season) -> None:
    season.grant(season.ada, Role.REVIEWER)
    season.release(NOTIFICATION + timedelta(hours=1))
    season.at(NOTIFICATION)
    first = grow(season, None, 0, 1)
    ids = {"rey": season.rey.id, "ron": season.rey.id, "letter": 1}
    paths = [head.split()[1] for head, _ in rows(PAGES)]
    paths = [path.format_map(ids) for path in paths if not LEFT_OUT.search(path)]
    paths += [
        f"{ORGANIZE}settings/{name}" for name in ("basics", "rules", "texts", "people", "sponsors", "program")
    ]
    one = counted(season, paths)
    grow(season, first, 1, MANY)
    many = counted(season, paths)
    more = {key: many[key] - one[key] for key in one}
    assert one.keys() == many.keys()
    assert {path for _, path, _ in one} >= COUNTED | {
        "/",
        "/sbm2022/",
        "/sbm2022/submissions/",
        "/sbm2022/papers/1/review",
    }
    assert {key: count for key, count in more.items() if count} == {
        key: 1 for key in one if key[1] in COUNTED
    }
