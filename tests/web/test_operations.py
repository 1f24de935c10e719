"""What those who run the machine ask of it."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from core import jobs
from core.db import transaction
from mail.models import Batch, Message, MessageState
from tests.season import BEFORE, PDF, Season, make_app
from tests.submissions.door import HOME, fields, file

TOKEN = "a-token-of-sixteen-letters"


@pytest.fixture
def ready(season_on_both: Season) -> Season:
    """A season whose worker has just reported."""
    with season_on_both.app.extensions["sessions"]() as session:
        jobs.report(session, "w")
    return season_on_both


def asked(season: Season) -> tuple[int, dict[str, Any]]:
    """The answer now, not the one that is kept for a second."""
    season.app.extensions["readiness"]._found = {}
    answer = season.client().get("/readyz")
    assert answer.json
    return answer.status_code, answer.json["checks"]


def test_healthy_without_a_database(season: Season) -> None:
    client = season.client(season.ada)
    with season.statements() as seen:
        answer = client.get("/healthz")
    assert (answer.status_code, answer.text, seen) == (200, "ok\n", [])


def test_ready(ready: Season) -> None:
    status, checks = asked(ready)
    assert (status, {name: check["ok"] for name, check in checks.items()}) == (
        200,
        dict.fromkeys(("database", "files", "jobs", "later", "letters", "migrations", "worker"), True),
    )
    assert checks["worker"] == {"ok": True, "says": "A worker has reported within two minutes.", "seconds": 0}


def not_well(checks: dict[str, Any]) -> dict[str, str]:
    return {name: check["says"] for name, check in checks.items() if not check["ok"]}


def test_a_silent_worker_and_work_that_waits(ready: Season) -> None:
    season = ready
    season.app.config["DATELINE"] = make_smtp(season)
    with season.app.extensions["sessions"]() as session, transaction(session):
        jobs.enqueue(session, "send_something")
        jobs.enqueue(session, "check_file", sha256="x", priority=jobs.LATER)
        batch = Batch(venue_id=season.venue.id, occasion="o", not_before=BEFORE)
        session.add(batch)
        session.flush()
        session.add(message(batch_id=batch.id))
    season.at(BEFORE + timedelta(minutes=2))
    assert asked(season)[0] == 200
    season.at(BEFORE + timedelta(minutes=5, seconds=1))
    status, checks = asked(season)
    assert status == 503
    assert not_well(checks) == {
        "worker": "No worker has reported for two minutes.",
        "jobs": "A job that is due waits for more than five minutes.",
        "letters": "A letter that is due waits for more than five minutes.",
    }
    assert checks["letters"]["seconds"] == checks["jobs"]["seconds"] == checks["later"]["seconds"] == 301
    season.at(BEFORE + timedelta(hours=1))
    assert "later" not in not_well(asked(season)[1])
    season.at(BEFORE + timedelta(hours=1, seconds=1))
    assert (
        not_well(asked(season)[1])["later"]
        == "What may wait, such as a PDF to be looked at, waits for more than an hour: start another worker."
    )


def make_smtp(season: Season) -> Any:
    return replace(season.app.config["DATELINE"], smtp="smtp://127.0.0.1:25")


def message(**fields: Any) -> Message:
    return Message(
        occasion="o", thing="t", to_email="ada@example.org", to_name="Ada", subject="s", text="t", html="h",
        message_id="<1@dateline>", state=MessageState.HELD, queued_at=BEFORE, retry_at=BEFORE, **fields,
    )  # fmt: skip


def test_letters_wait_without_a_relay(ready: Season) -> None:
    status, checks = asked(ready)
    assert (status, checks["letters"]["says"]) == (
        200,
        "Letters wait in the outbox: DATELINE_SMTP is not set.",
    )


def test_an_older_schema_is_not_ready(ready: Season) -> None:
    ready.session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    ready.session.commit()
    status, checks = asked(ready)
    says = "The database has another schema than this code: run ./dateline db upgrade."
    assert (status, not_well(checks)) == (503, {"migrations": says})


def test_no_database_and_no_files_are_said_without_their_places(ready: Season) -> None:
    ready.session.rollback()
    ready.session.execute(text("ALTER TABLE alembic_version RENAME TO gone"))
    ready.session.commit()
    shutil.rmtree(ready.store.incoming)
    status, checks = asked(ready)
    assert (status, not_well(checks)) == (
        503,
        {
            "files": "The file store cannot be written to.",
            "migrations": "The database has another schema than this code: run ./dateline db upgrade.",
        },
    )
    ready.session.execute(text("ALTER TABLE workers RENAME TO lost"))
    ready.session.commit()
    assert not_well(asked(ready)[1])["database"] == "The database does not answer."


def test_the_answer_is_kept_for_a_second(season: Season) -> None:
    with season.statements() as seen:
        client = season.client()
        assert (client.get("/readyz").status_code, client.get("/readyz").status_code) == (503, 503)
    assert sum("workers" in statement for statement in seen) == 1


def metrics(answer: str) -> dict[tuple[str, str], float]:
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer)
        for sample in family.samples
    }


def test_the_counts_are_for_the_token_and_for_administrators(tmp_path: Path, season: Season) -> None:
    sam = season.person("Sam Sand", is_site_admin=True)
    for person, status in ((None, 404), (season.olga, 404), (sam, 200)):
        assert season.client(person).get("/metrics").status_code == status
    # No token is set, so none opens.
    assert season.client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    app = make_app(
        tmp_path / "data", str(season.app.config["DATELINE"].database_url), DATELINE_METRICS_TOKEN=TOKEN
    )
    given = {TOKEN: 200, TOKEN[:-1]: 404, "": 404, "é": 404}
    for token, status in given.items():
        head = f"Bearer {token}".encode().decode("latin-1")
        answer = app.test_client().get("/metrics", headers={"Authorization": head})
        assert answer.status_code == status, token
    app.extensions["engine"].dispose()


def test_what_is_counted(season: Season) -> None:
    client = season.client(season.person("Sam Sand", is_site_admin=True))
    before = metrics(client.get("/metrics").text)
    ada = season.client(season.ada)
    ada.page("/sbm2022/")
    ada.page("/Nowhere", status=404)
    ada.send(f"{HOME}/new", **fields(form_key="k", paper=file(PDF)))
    ada.send(f"{HOME}/new", status=422, **fields(form_key="l", paper=file(b"no PDF")))
    after = metrics(client.get("/metrics").text)

    def grown(name: str, labels: str = "") -> float:
        return after[name, labels] - before.get((name, labels), 0)

    assert grown("dateline_requests_total", "program.home,200") == 1
    assert grown("dateline_requests_total", "none,404") == 1
    assert grown("dateline_requests_total", "submissions.new,303") == 1
    assert grown("dateline_uploads_total", "stored") == 1
    assert grown("dateline_uploads_total", "refused") == 1
    assert grown("dateline_uploaded_bytes_total") == len(PDF)
    assert grown("dateline_letters", "queued") == 2
    assert grown("dateline_jobs", "queued") == 1
    assert grown("dateline_request_seconds_count") == 5
    assert "ada" not in client.get("/metrics").text


def test_whom_to_tell_of_a_hole(tmp_path: Path, season: Season) -> None:
    assert season.client().get("/.well-known/security.txt").status_code == 404
    url = season.app.config["DATELINE"].database_url
    app = make_app(tmp_path / "data", url, DATELINE_SECURITY_CONTACT="Safe@Example.org")
    answer = app.test_client().get("/.well-known/security.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text == (
        "Contact: mailto:safe@example.org\nExpires: 2023-03-25T00:00:00Z\nPreferred-Languages: en\n"
        f"Canonical: {app.config['DATELINE'].url}/.well-known/security.txt\n"
    )
    app.extensions["engine"].dispose()
