"""Administrators of the site make venues in the browser, others do not."""

import io
from typing import Any

from sqlalchemy import select

from tests.season import Season
from venues.models import Membership, Role, Venue

MADE: dict[str, Any] = {
    "slug": "waves",
    "name": "Workshop on Waves",
    "short_name": "Waves",
    "event_zone": "Europe/Lisbon",
}


def test_an_administrator_makes_a_venue(season: Season) -> None:
    admin = season.person("Sam Site", is_site_admin=True)
    client = season.client(admin)
    assert "Make a venue" in client.page("/")
    client.page("/venue/new")
    assert client.send("/venue/new", **MADE).location == "/waves/organize/"
    season.session.rollback()
    venue = season.session.scalars(select(Venue).where(Venue.slug == "waves")).one()
    assert (venue.name, venue.short_name, venue.event_zone) == ("Workshop on Waves", "Waves", "Europe/Lisbon")
    held = select(Membership.person_id, Membership.role).where(Membership.venue_id == venue.id)
    assert [tuple(row) for row in season.session.execute(held)] == [(admin.id, Role.ORGANIZER)]
    assert "No dates are set yet" in client.page("/waves/organize/")
    assert "Nothing is announced yet" in season.client().page("/waves/")


def test_what_is_wrong_stands_beside_the_field_and_nothing_is_lost(season: Season) -> None:
    client = season.client(season.person("Sam Site", is_site_admin=True))
    for slug, sentence in (
        ("sbm2022", "There is a venue at /sbm2022 already."),
        ("api", "&#39;api&#39; is reserved"),
        ("Big Wave", "&#39;Big Wave&#39; cannot be an address"),
    ):
        answer = client.send("/venue/new", 422, **{**MADE, "slug": slug})
        assert sentence in answer.text
        assert 'value="Workshop on Waves"' in answer.text
    answer = client.send("/venue/new", 422, **{**MADE, "event_zone": "CST"})
    assert "does not name one zone for certain" in answer.text
    season.session.rollback()
    assert season.session.scalars(select(Venue.slug)).all() == ["sbm2022"]


def test_a_venue_from_an_uploaded_file(season: Season) -> None:
    client = season.client(season.person("Sam Site", is_site_admin=True))

    def load(text: str, status: int = 200) -> str:
        return client.send("/venue/load", status, file=(io.BytesIO(text.encode()), "venue.toml")).text

    assert "venue.place: &#34;Lisbon&#34;" in load("[venue]\nslug = 'sbm2022'\nplace = 'Lisbon'")
    assert "Nothing changed." in load("[venue]\nslug = 'sbm2022'\nplace = 'Lisbon'")
    assert "venue.plaice: there is no such key" in load("[venue]\nslug = 'sbm2022'\nplaice = 'x'", 422)
    assert "Choose a file." in client.send("/venue/load", 422).text


def test_others_find_nothing(season: Season) -> None:
    for person in (season.olga, season.nel):
        client = season.client(person)
        client.page("/venue/new", status=404)
        client.send("/venue/new", status=404, **MADE)
        client.send("/venue/load", status=404, file=(io.BytesIO(b""), "x.toml"))
    assert season.client().get("/venue/new").status_code == 302
    season.session.rollback()
    assert season.session.scalars(select(Venue.slug)).all() == ["sbm2022"]
