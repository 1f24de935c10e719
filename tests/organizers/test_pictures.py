"""Pictures of the people on the home page: taken in, served, kept by the name, removed."""

import io
import re

import pytest
from PIL import Image
from sqlalchemy import select

from core.audit import AuditEntry
from core.db import transaction
from organizers import venue_export, venue_file, venue_loading
from tests.season import Season
from venues.models import ListedPerson, Section

PAGE = "/sbm2022/organize/settings/pictures"


def red(kind: str = "PNG") -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (200, 200), "red").save(out, kind)
    out.seek(0)
    return out


@pytest.fixture
def named(season: Season) -> Season:
    """A speaker who is an organizer, too, and a panelist."""
    rows = [(Section.SPEAKER, "Ann Ash"), (Section.PANELIST, "Ben Birk"), (Section.ORGANIZER, "Ann Ash")]
    for position, (section, name) in enumerate(rows):
        season.add(ListedPerson(venue_id=season.venue.id, section=section, position=position, name=name))
    return season


def pictures(season: Season) -> list[tuple[str, str | None]]:
    season.session.rollback()
    query = select(ListedPerson.name, ListedPerson.picture_sha256).where(
        ListedPerson.venue_id == season.venue.id
    )
    return [
        (name, picture) for name, picture in season.session.execute(query.order_by(ListedPerson.position))
    ]


def upload(
    season: Season, name: str = "Ann Ash", status: int = 303, content: io.BytesIO | None = None
) -> str:
    file = (content or red(), "C:\\faces\\ann.png")
    return season.client(season.olga).send(PAGE, status, name=name, picture=file).text


def test_a_picture_stands_on_the_home_page(named: Season) -> None:
    assert "<img" not in named.client().page("/sbm2022/")
    upload(named)
    (first, sha256), (_, none), (_, again) = pictures(named)
    assert (first, sha256 is not None, none, again) == ("Ann Ash", True, None, sha256)
    home = named.client().page("/sbm2022/")
    found = re.findall(r'<img class="face" src="(.*?)" width="96" height="96" alt="(.*?)"', home)
    assert found == [(f"/sbm2022/people/{sha256}.jpg", "Portrait of Ann Ash")] * 2
    assert ">BB</span>" in home
    with named.client().get(found[0][0]) as answer:
        with Image.open(io.BytesIO(answer.data)) as shown:
            assert (shown.format, shown.size) == ("JPEG", (288, 288))
        headers = {
            "Content-Type": "image/jpeg",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "public, max-age=3600",
            "ETag": f'"{sha256}"',
        }
        assert headers.items() <= dict(answer.headers).items()
    with named.client().get(found[0][0], headers={"If-None-Match": f'"{sha256}"'}) as answer:
        assert answer.status_code == 304


def test_only_pictures_of_this_home_page_are_served(named: Season) -> None:
    upload(named)
    sha256 = pictures(named)[0][1]
    secret = named.put(b"a submission").sha256
    named.make_venue("other")
    client = named.client()
    for path in (f"/sbm2022/people/{secret}.jpg", f"/other/people/{sha256}.jpg", "/sbm2022/people/x.jpg"):
        assert client.get(path).status_code == 404


def test_a_picture_is_replaced_and_removed(named: Season) -> None:
    upload(named, "Ben Birk")
    before = pictures(named)[1][1]
    upload(named, "Ben Birk", content=red("JPEG"))
    after = pictures(named)[1][1]
    assert None not in (before, after)
    client = named.client(named.olga)
    assert (
        "The home page shows the initials of Ben Birk."
        in client.post(f"{PAGE}/remove", data={"name": "Ben Birk"}, follow_redirects=True).text
    )
    assert pictures(named) == [("Ann Ash", None), ("Ben Birk", None), ("Ann Ash", None)]
    assert client.get(f"/sbm2022/people/{after}.jpg").status_code == 404
    said = named.session.scalars(select(AuditEntry.data).where(AuditEntry.act == "venue.changed")).all()
    picture = "Picture of Ben Birk"
    assert [(one["changes"][0]["before"], one["changes"][0]["after"]) for one in said] == [
        ("", picture),
        (picture, picture),
        (picture, ""),
    ]
    assert "Picture of Ben Birk" in client.page("/sbm2022/organize/settings/history")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Choose a picture first."),
        (b"%PDF-1.7 not a face", "This file is neither a JPEG nor a PNG picture."),
        (
            b"\xff\xd8\xff\xe0 not a face",
            "This picture could not be read. Save it anew as JPEG or PNG, and try that.",
        ),
        (red().getvalue() + bytes(5_000_000), "The picture has more than 5 MB."),
    ],
    ids=["none", "PDF", "broken", "large"],
)
def test_what_is_no_picture_is_said_beside_the_field(named: Season, content: bytes, sentence: str) -> None:
    file = (io.BytesIO(content), "ben.png") if content else ""
    page = named.client(named.olga).send(PAGE, 422, name="Ben Birk", picture=file).text
    assert page.count(sentence) == 1
    (field,) = re.findall(r'<input[^>]* aria-describedby="([^"]*-error[^"]*)"[^>]*>', page)
    error = next(each for each in field.split() if each.endswith("-error"))
    assert sentence in page[page.index(f'id="{error}"') :]
    assert page.index("Picture of Ben Birk") < page.index(sentence)
    assert [picture for _, picture in pictures(named)] == [None] * 3
    assert list(named.store.incoming.iterdir()) == []


def test_a_name_that_is_gone_is_said(named: Season) -> None:
    assert (
        "nobody on it is called so any more"
        in named.client(named.olga)
        .post(PAGE, data={"name": "Cat Cole", "picture": (red(), "cat.png")}, follow_redirects=True)
        .text
    )


def test_a_picture_stays_with_the_name(named: Season) -> None:
    """Through the form and the file, which does not hold it and says so; who is named no more loses it."""
    upload(named)
    sha256 = pictures(named)[0][1]
    session, venue, fields = named.session, named.venue, {"by": named.olga, "at": named.venue.created_at}
    text = venue_export.to_toml(session, venue)
    assert "Pictures of people are not in it: they stay where they are, with whoever keeps the name." in text
    assert str(sha256) not in text
    changed = text.replace('name = "Ben Birk"', 'name = "Ben Birke"').replace(
        'section = "speaker"', 'section = "panelist"'
    )
    with transaction(session):
        report = venue_loading.change(session, venue, venue_file.parse(changed.encode()), **fields)  # type: ignore[arg-type]
    assert report.notes == []
    assert pictures(named) == [("Ann Ash", sha256), ("Ben Birke", None), ("Ann Ash", sha256)]
    with transaction(session):
        file = venue_file.parse(changed.replace("Ann Ash", "Anne Ash").encode())
        report = venue_loading.change(session, venue, file, **fields)  # type: ignore[arg-type]
    assert report.notes == ['people: "Ann Ash" is not named any more, so the picture goes, too.']
    assert [picture for _, picture in pictures(named)] == [None] * 3
