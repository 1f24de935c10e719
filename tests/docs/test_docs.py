"""The guides say what is there: their links and pictures exist, every setting and command is named."""

import re
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from cli.__main__ import COMMANDS
from core import clock, config
from organizers import venue_loading
from venues.models import Membership, Role

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_pictures_exist(page: Path) -> None:
    targets = [target for target in LINK.findall(page.read_text()) if "://" not in target]
    missing = [target for target in targets if not (page.parent / target.partition("#")[0]).exists()]
    assert missing == []


def test_every_picture_is_shown() -> None:
    shown = {(page.parent / target).resolve() for page in PAGES for target in LINK.findall(page.read_text())}
    assert [picture.name for picture in (ROOT / "docs/pictures").iterdir() if picture not in shown] == []


def test_every_setting_is_in_the_operators_guide() -> None:
    named = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/operators.md").read_text(), re.MULTILINE))
    assert named == set(config.NAMES)


def test_every_command_is_named() -> None:
    text = "".join(page.read_text() for page in PAGES)
    assert [name for name in COMMANDS if f"./dateline {name}" not in text] == []


def test_no_other_command_is_named() -> None:
    text = "".join(page.read_text() for page in PAGES)
    named = set(re.findall(r"\./dateline ([a-z]+)", text))
    assert named - set(COMMANDS) == {"test", "check", "lock"}


def test_the_architecture_names_what_is_there() -> None:
    rows = [
        line for line in (ROOT / "docs/architecture.md").read_text().splitlines() if line.startswith("| ")
    ]
    found = {}
    for row in rows:
        for path, name in re.findall(r"`([a-z_/]+\.py)`(?: \(`(\w+)`\))?", row):
            if "/" in path:
                found[path, name] = (ROOT / path).is_file() and name in (ROOT / path).read_text()
    assert ("reviews/papers/queries.py", "VISIBLE") in found
    assert [place for place, is_there in found.items() if not is_there] == []


def test_the_first_venue_loads(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    with Session(engine) as session:
        data = (ROOT / "docs/first-venue.toml").read_bytes()
        report = venue_loading.load(session, data, by=None, at=clock.now())
        roles = session.scalars(select(Membership.role)).all()
    engine.dispose()
    assert (report.is_new, report.notes, roles) == (True, [], [Role.ORGANIZER])
