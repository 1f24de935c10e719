"""A venue's file and the venue say the same: what was exported, loaded again, changes nothing."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from cli import db
from cli.__main__ import main
from core.db import make_sessions, transaction
from core.engine import make_engine
from organizers import venue_export, venue_file, venue_loading
from organizers.venue_file import VenueFileError
from tests.architecture.tree import ROOT
from tests.season import BEFORE, Season
from venues.models import ScheduleEntry, Venue, VenueDate

MODEL = (ROOT / "demo" / "sbm2022.toml").read_bytes()


def load(season: Season, data: bytes) -> venue_loading.Report:
    with transaction(season.session):
        return venue_loading.load(season.session, data, by=None, at=BEFORE)


def exported(season: Season, slug: str) -> str:
    season.session.rollback()
    venue = season.session.scalars(select(Venue).where(Venue.slug == slug)).one()
    return venue_export.to_toml(season.session, venue)


def test_the_model_comes_out_as_it_went_in(season_on_both: Season) -> None:
    season = season_on_both
    load(season, MODEL.replace(b'"sbm2022"', b'"model"', 1))
    text = exported(season, "model")
    assert load(season, text.encode()).lines == []
    assert exported(season, "model") == text
    said = venue_file.parse(MODEL.replace(b'"sbm2022"', b'"model"', 1))
    said.fields["website"] = ""  # an export says what is empty, too
    assert venue_file.parse(text.encode()) == said
    for line in (
        'submission = "Sept 26, 2022 (11:59 pm AOE)"',
        'event_starts = "2022-12-02 08:50"',
        '  "Foundations: Stein\'s method",',
        "- Reviewing is **double-blind**: no names, affiliations, acknowledgements or tell-tale links in the file.",
    ):
        assert line.strip() in text


def test_an_export_makes_the_same_venue_elsewhere(season: Season, tmp_path: Path) -> None:
    load(season, MODEL)
    text = exported(season, "sbm2022")
    url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    db.upgrade(url)
    engine = make_engine(url)
    with make_sessions(engine)() as session:
        with transaction(session):
            assert venue_loading.load(session, text.encode(), by=None, at=BEFORE).is_new
        venue = session.scalars(select(Venue)).one()
        assert venue_export.to_toml(session, venue) == text
    engine.dispose()
    assert 'email = "rut@example.org"' in text  # the reviewers' roles are in it, too


def test_what_browsers_and_people_type_survives(season: Season) -> None:
    venue = season.venue
    with transaction(season.session):
        venue.name = 'The "quoted" \\ workshop, ünï ﷽ 💡'
        venue.introduction = 'a\r\nb """ c \\\n\ttab "'.replace("\r\n", "\n")
        venue.call = "one line"
        venue.page_limit = None
    text = exported(season, "sbm2022")
    assert load(season, text.encode()).lines == []
    season.session.rollback()
    assert season.venue.introduction == 'a\nb """ c \\\n\ttab "'
    assert season.venue.page_limit is None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc"], include_characters="\n\t"), max_size=300
    ),
    name=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Z"]), min_size=1, max_size=60),
    topics=st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Z"]), min_size=1, max_size=30),
        max_size=3,
        unique=True,
    ),
)
def test_whatever_the_form_takes_survives(season: Season, text: str, name: str, topics: list[str]) -> None:
    tables = {
        "venue": {"name": name, "place": name[:50]},
        "text": {"call": text},
        "submission": {"topics": topics},
        "people": [{"section": "speaker", "name": name}],
        "schedule": [{"starts": "2022-12-02 08:50", "title": name}],
    }
    try:
        file = venue_file.read(tables, "America/Chicago")
    except VenueFileError:
        return  # the form says why
    with transaction(season.session):
        venue_loading.change(season.session, season.venue, file, by=season.olga, at=BEFORE)
    assert load(season, exported(season, "sbm2022").encode()).lines == []


def test_an_hour_that_occurs_twice_is_kept(season: Season) -> None:
    load(
        season,
        b"[venue]\nslug = 'sbm2022'\n[[schedule]]\nstarts = '2022-11-06 06:30 UTC'\ntitle = 'First half past one'\n"
        b"[[schedule]]\nstarts = '2022-11-06 01:30'\ntitle = 'Second'",
    )
    text = exported(season, "sbm2022")
    assert 'starts = "2022-11-06 06:30 UTC"' in text
    assert 'starts = "2022-11-06 01:30"' in text
    assert load(season, text.encode()).lines == []


def test_in_another_zone_the_event_keeps_its_hours(season: Season) -> None:
    load(season, b"[venue]\nslug = 'sbm2022'\n[[schedule]]\nstarts = '2022-12-02 09:00'\ntitle = 'Opening'")
    report = load(season, b"[venue]\nslug = 'sbm2022'\nevent_zone = 'Europe/Paris'")
    assert report.lines == [
        'venue.event_zone: "America/Chicago" -> "Europe/Paris"',
        "dates.event_starts: Dec 2, 2022, 08:50 America/Chicago -> Dec 2, 2022, 08:50 Europe/Paris",
        "dates.event_ends: Dec 2, 2022, 17:00 America/Chicago -> Dec 2, 2022, 17:00 Europe/Paris",
        "schedule: the same hours in Europe/Paris, no longer in America/Chicago",
    ]
    assert (
        season.session.scalars(select(ScheduleEntry.starts_at)).one().isoformat()
        == "2022-12-02T08:00:00+00:00"
    )
    assert load(season, exported(season, "sbm2022").encode()).lines == []


def test_a_zone_that_skips_the_hour_of_the_event_is_refused(season: Season) -> None:
    load(season, b"[venue]\nslug = 'sbm2022'\n[[schedule]]\nstarts = '2022-03-27 02:30'\ntitle = 'Opening'")
    with pytest.raises(VenueFileError) as caught:
        load(season, b"[venue]\nslug = 'sbm2022'\nevent_zone = 'Europe/Paris'")
    (sentence,) = caught.value.sentences
    assert sentence.startswith("venue.event_zone: Opening: There is no 02:30 on Mar 27, 2022 in Europe/Paris")


def test_a_date_whose_words_mean_another_instant_is_written_out(season: Season) -> None:
    with transaction(season.session):
        season.venue.event_zone = "Europe/Paris"  # as before hours followed the zone
    text = exported(season, "sbm2022")
    assert 'event_starts = "Dec 2, 2022, 08:50 America/Chicago"' in text
    before = select(VenueDate.kind, VenueDate.at).order_by(VenueDate.kind)
    instants = season.session.execute(before).all()
    load(season, text.encode())
    assert season.session.execute(before).all() == instants


def test_the_command(
    season: Season, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATELINE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("DATABASE_URL", str(season.app.extensions["engine"].url))
    load(season, MODEL)
    text = exported(season, "sbm2022")
    season.session.rollback()
    assert main(["venue", "export", "sbm2022"]) == 0
    assert capsys.readouterr().out == text
    (tmp_path / "sbm.toml").write_text(text)
    assert main(["venue", "load", str(tmp_path / "sbm.toml")]) == 0
    assert "sbm2022: nothing changed" in capsys.readouterr().out
    assert main(["venue", "export", "nowhere"]) == 1
    assert capsys.readouterr().err == "There is no venue 'nowhere'; './dateline venue list' shows all.\n"
