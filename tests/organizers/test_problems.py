"""The list of what wants an organizer's eye, however long it is."""

import re

from tests.season import REVIEWING, Season

PAGE = "/sbm2022/organize/problems"


def sentences(page: str) -> list[str]:
    """The problems on a page."""
    (items,) = re.findall(r'<ul class="lines">(.*?)</ul>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", item).split()) for item in re.findall("<li>.*?</li>", items)]


def test_it_comes_in_pages_and_the_overview_counts_all(season: Season) -> None:
    season.at(REVIEWING)
    for number in range(60):
        season.submission(f"Score {number}")
    client = season.client(season.olga)
    alone = [f"Paper {number} has no reviewers." for number in range(1, 61)]
    idle = ["Rey Ross is a reviewer and has no paper.", "Rut Ruiz is a reviewer and has no paper."]
    first, second = client.page(PAGE), client.page(PAGE + "?page=2")
    found = sentences(first) + sentences(second)
    assert [one for one in found if "has no reviewers" in one] == alone
    assert (len(sentences(first)), len(found), found[-2:]) == (50, len(set(found)), idle)
    assert 'href="?page=2"' in first
    assert 'href="?page=1"' in second
    assert 'href="/sbm2022/organize/assignments/60"' in second
    for asked, shown in (("99", second), ("-1", first), ("x", first), ("0", first)):
        assert sentences(client.page(f"{PAGE}?page={asked}")) == sentences(shown), asked
    assert f"{len(found)} problems" in " ".join(
        re.sub("<[^>]+>", " ", client.page("/sbm2022/organize/")).split()
    )


def test_its_statements_do_not_grow(season: Season) -> None:
    season.at(REVIEWING)
    client, counts = season.client(season.olga), []
    for size in (1, 60):
        for number in range(size):
            season.submission(f"Score {size}.{number}")
        season.session.commit()
        with season.statements() as seen:
            client.page(PAGE)
        counts.append(len(seen))
    assert counts[0] == counts[1]
