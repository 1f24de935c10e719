"""Printed pages: what they are about, and nothing that one would press or go elsewhere with."""

from tests.journeys.hands import Mouse, Opener
from tests.journeys.walks import cast_of
from tests.policy.cast import OUT, moment

# What is of no use on paper.
FOR_SCREENS = """() => {
  const all = "nav, .site-tools, .tabs, .settings-nav, .skip-link, button";
  const is_drawn = one => one.checkVisibility() && one.getBoundingClientRect().height > 1;
  const name_of = one => one.getAttribute("aria-label") ?? one.textContent.trim();
  return [...document.querySelectorAll(all)].filter(is_drawn)
    .map(one => one.matches(".site-tools") ? "tools" : name_of(one));
}"""
ALWAYS = {"Skip to the content", "tools", "Light", "Dark", "As the system"}
VENUE = "SBM 2022"
# Who looks at which page, and what is drawn there on the screen beside what every page has.
PAGES = {
    "/sbm2022/": (OUT, {VENUE}),
    "/sbm2022/submissions/1/": ("ada", {VENUE, "Submission 1", "Change"}),
    "/sbm2022/submissions/1/decision": ("ada", {VENUE, "Submission 1"}),
    "/sbm2022/papers/1/review": ("rey", {VENUE, "Hand the review in"}),
    "/sbm2022/organize/submissions": ("olga", {VENUE, "Organize", "Pages", "Filter"}),
    "/sbm2022/organize/settings/history": ("olga", {VENUE, "Organize", "Settings"}),
    "/sbm2022/organize/settings/dates": ("olga", {VENUE, "Organize", "Settings", "Look at the changes"}),
    "/account": (
        "olga",
        {"Save", "Remove", "Add this e-mail", "Set password", "Sign out everywhere"},
    ),
}


def test_nothing_to_press_is_printed(opened: Opener) -> None:
    site, drawn, printed = opened(1280, Mouse), {}, {}
    cast = cast_of(site)
    site.season.at(moment("released"))
    for path, (name, _) in PAGES.items():
        page = site.open(cast.people[name], path).page
        drawn[path] = set(page.evaluate(FOR_SCREENS)) - ALWAYS
        page.emulate_media(media="print")
        headings = page.get_by_role("heading", level=1)
        printed[path] = (page.evaluate(FOR_SCREENS), headings.count(), headings.first.is_visible())
        page.close()
    assert drawn == {path: names for path, (_, names) in PAGES.items()}
    assert printed == dict.fromkeys(PAGES, ([], 1, True))
