"""What a reviewer's browser sends, for the tests of reviewing."""

from typing import Any

from sqlalchemy import select

from accounts.models import Person
from reviews.assignment.models import Assignment
from reviews.reviewing.models import Review
from tests.season import ANSWERS, REVIEWING, Season

PAGE = "/sbm2022/papers/1/review"
DRAFT = PAGE + "/draft"
LAST = REVIEWING.replace(day=15, hour=11, minute=59, second=59)  # the last second of reviewing
FIELDS: dict[str, Any] = {
    **{name: str(value) for name, value in ANSWERS.items()},
    "ethics": "no",
    "conduct": "y",
}


def review_of(season: Season, person: Person) -> Review | None:
    season.session.rollback()
    query = select(Review).join(Assignment).where(Assignment.person_id == person.id)
    return season.session.scalar(query)


def put(season: Season, revision: Any, fields: Any, person: Person | None = None) -> tuple[int, Any]:
    answer = season.client(person or season.rey).put(DRAFT, json={"revision": revision, "fields": fields})
    return answer.status_code, answer.json
