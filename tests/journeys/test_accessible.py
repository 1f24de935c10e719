"""axe on every page that no other test shows to it, on a laptop and on a telephone, in light and dark."""

from tests.browser import WIDTHS, accessibility_problems
from tests.journeys.hands import Mouse, Opener
from tests.journeys.walks import WALKS, cast_of, walk

# Seen by axe at both widths elsewhere. A new page is not among them, and so is looked at here.
ELSEWHERE = {
    "web/test_home.py": ["home.index"],
    "accounts/test_browser.py": [
        "accounts.sign_up",
        "accounts.forgot",
        "accounts.welcome",
        "accounts.sign_in",
        "accounts.reset",
        "accounts.account",
    ],
    "organizers/test_settings_in_browser.py": ["organizers_pictures.index"],
    "reviews/test_draft_in_browser.py": [
        "reviewing.index",
        "papers.paper",
        "reviewing.review",
        "pool.invitation",
        "pool.reviewers",
        "assignment.papers",
        "assignment.paper",
        "assignment.loads",
        "assignment.ask_to_unassign",
    ],
    "journeys/test_season.py": [
        "program.home",
        "submissions.show",
        "submissions.edit",
        "decisions.decide_list",
        "decisions.decision",
        "camera_ready.final",
        "camera_ready.desk",
        "organizers.overview",
        "organizers_outbox.index",
    ],
}


def test_axe_finds_nothing_in_any_page(opened: Opener) -> None:
    site, found = opened(1280, Mouse), []
    cast, seen = cast_of(site), set[str]()
    but = frozenset(endpoint for endpoints in ELSEWHERE.values() for endpoint in endpoints)
    for phase, names in WALKS:
        for name, path, page in walk(site, cast, phase, names, seen, but=but):
            for width, height in WIDTHS.items():
                page.set_viewport_size({"width": width, "height": height})
                found += [f"{name} at {path}, {width}: {problem}" for problem in accessibility_problems(page)]
    assert len(seen) >= 25
    assert found == [], "\n".join(found)
