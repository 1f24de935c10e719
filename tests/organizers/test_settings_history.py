"""The history of a venue's settings, and roles given and taken."""

from typing import Any

from tests.organizers.settings import SETTINGS, fields, load_model, saved
from tests.organizers.test_pages import text_of
from tests.season import REVIEWING, Season
from venues.models import Role


def test_the_history_tells_of_files_roles_extensions_and_conflicts(season: Season) -> None:
    load_model(season)
    paper, hers = season.submission(), season.submission("Hers", authors=[season.olga])
    omar = season.person("Omar Second", email="omar2@example.org")
    season.grant(omar, Role.ORGANIZER)
    client = season.client(season.olga)
    more: dict[str, Any] = {"kind": "submission", "until": "2022-09-30", "reason": "ill"}
    client.send("/sbm2022/organize/dates", **more, scope="person", who="bo@example.org")
    client.send("/sbm2022/organize/dates", **more, scope="submission", who="1")
    client.send("/sbm2022/organize/submissions/1/conflicts", email="rut@example.org", reason="friends")
    client.send(SETTINGS + "roles", email="nel@example.org", role="reviewer", confirmed="1")
    client.send(f"{SETTINGS}roles/{season.rey.id}/reviewer/revoke")
    his = season.client(omar)
    his.send(
        f"/sbm2022/organize/submissions/{hers.number}/conflicts", email="rut@example.org", reason="planted"
    )
    words = text_of(client.page(SETTINGS + "history"))
    for sentence in (
        "Olga Orlova took the role of reviewer from Rey Ross 2022-09-26 10:00:00 UTC",
        "Olga Orlova made Nel Noor reviewer",
        f"Olga Orlova recorded a conflict of Rut Ruiz with submission {paper.number}: friends",
        "gave more time for submission, submission 1, closed from Sat 1 Oct 2022 12:00 UTC: ill",
        "gave more time for submission, Bo Brandt, closed from Sat 1 Oct 2022 12:00 UTC: ill",
        "Somebody on the command line loaded a file",
        "Held at → NeurIPS 2022",
        "Introduction written",
    ):
        assert sentence in words, sentence
    assert "planted" not in words  # of a submission that olga is in conflict with
    assert "planted" in text_of(his.page(SETTINGS + "history"))


def test_the_history_asks_as_many_statements_for_many_entries(season: Season) -> None:
    client = season.client(season.olga)

    def count() -> int:
        client.page(SETTINGS + "history")
        with season.statements() as seen:
            client.page(SETTINGS + "history")
        return len(seen)

    saved(client, "basics", place="Lisbon")
    few = count()
    for number in range(5):
        saved(client, "basics", place=f"Room {number}")
        client.send(SETTINGS + "roles", email=f"p{number}@example.org", role="reviewer", confirmed="1")
    assert count() <= few + 1


def test_a_role_is_given_after_what_it_means_was_read(season: Season) -> None:
    season.submission("Hers", authors=[season.nel])
    client = season.client(season.olga)
    page = client.send(SETTINGS + "roles", 200, email="Nel@example.org", name="", role="organizer").text
    assert "Make Nel Noor organizer?" in text_of(page)
    assert "In conflict with 1 submission here, which stay closed to them." in text_of(page)
    back = client.send(SETTINGS + "roles", 200, **fields(page), edit="1").text
    assert fields(back)["email"] == "nel@example.org"
    assert season.client(season.nel).get(SETTINGS + "roles").status_code == 404
    client.send(SETTINGS + "roles", **fields(page), confirmed="1")
    assert "Nel Noor is now organizer." in client.page(SETTINGS + "roles")
    assert season.client(season.nel).get(SETTINGS + "roles").status_code == 200
    page = client.send(SETTINGS + "roles", 200, email="new@example.org", role="reviewer").text
    assert "Nobody here has new@example.org: they get in by" in text_of(page)
    client.send(SETTINGS + "roles", 422, email="new", role="reviewer")


def test_before_a_role_is_taken_it_says_what_is_with_them(season: Season) -> None:
    season.at(REVIEWING)
    season.review(season.assign(season.submission(), season.rey))
    season.assign(season.submission("Two"), season.rey)
    season.assign(season.submission("Hers", authors=[season.olga]), season.rey)
    client = season.client(season.olga)
    words = text_of(client.page(f"{SETTINGS}roles/{season.rey.id}/reviewer/revoke"))
    assert "2 papers are with them, which they can no longer read; 1 review is handed in and stays." in words
    client.page(f"{SETTINGS}roles/{season.nel.id}/reviewer/revoke", status=404)
    client.page(f"{SETTINGS}roles/{season.rey.id}/king/revoke", status=404)
    words = text_of(client.page(f"{SETTINGS}roles/{season.olga.id}/organizer/revoke"))
    assert "This is the last organizer: give somebody else the role first." in words
