"""Nothing of what people do, type or hold stands in the logs: every page and every act, what breaks, what is sent."""

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import request
from sqlalchemy.orm import Session

from core import jobs, logs
from core.db import transaction
from mail import sending
from tests.policy.cast import OUT, PHASES, Cast
from tests.policy.test_leaks import SECRETS
from tests.policy.test_matrix import ACTS, FORMS, PAGES, rows
from tests.season import Season
from tests.servers import Smtp
from web.accounting import well_formed


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    before, level, to = logging.root.handlers[:], logging.root.level, io.StringIO()
    logs.configure(as_json=True, to=to)
    yield to
    logs.silence()
    logging.root.handlers[:] = before
    logging.root.setLevel(level)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_no_secret_is_logged(season: Season, log: io.StringIO, smtp: Smtp) -> None:
    cast = Cast(season)
    season.app.config["PROPAGATE_EXCEPTIONS"] = False

    @season.app.post("/broken/<token>")
    def broken(token: str) -> str:
        raise ValueError(f"cannot take '{request.form['title']}' of {request.form['email']} by {token}")

    season.at(PHASES["released"])
    paths, cookies = cast.paths(), set()
    with cast.undone():
        for name in (OUT, "ada", "rey", "olga", "sam"):
            client = cast.client(name)
            if cookie := client.get_cookie("session"):
                cookies.add(cookie.value)
            for head, _ in rows(PAGES):
                client.get(head.split()[1].format_map(paths)).close()
    for head, _ in rows(ACTS):
        endpoint, method, path = head.split()
        with cast.undone():
            fields = FORMS.get(endpoint) or {"data": {"title": "Typed once", "password": "Opens-all-9"}}
            cast.client("ada").open(path.format_map(paths), method=method, **fields)
    token = str(paths["reset"])
    answer = cast.client("ada").post(
        f"/broken/{token}", data={"title": "Typed once", "email": "x@example.net"}
    )
    assert answer.status_code == 500
    smtp.refuse["nel@example.org"] = "550 no <nel@example.org> here"
    sessions = season.app.extensions["sessions"]
    with season.app.test_request_context():
        with sessions() as session, transaction(session):
            jobs.enqueue(session, "check_file", sha256="Typed once")
        jobs.run_next(sessions, {"check_file": break_down}, "w")
        assert sending.deliver_due(sessions, smtp.url, "dateline@example.org", "w") > 0

    said = log.getvalue()
    events = {line["event"] for line in lines(log)}
    assert {"request", "request broke", "job failed", "letter sent", "letter not sent"} <= events
    planted = planted_secrets()
    planted += [str(paths[name]) for name in ("invited", "welcome", "reset", "verify", "upload")]
    planted += [*cookies, "Typed once", "Opens-all-9", "x@example.net", season.app.config["SECRET_KEY"]]
    assert len(planted) > 30
    assert [secret for secret in planted if secret in said] == []
    assert re.findall(r"[\w.]+@(?!dateline)[\w.]+", said) == []


def break_down(_session: Session, sha256: str) -> None:
    int(sha256)


def planted_secrets() -> list[str]:
    """What the crawl for leaks looks for."""
    return [re.split(r"\s{2,}", line)[0] for line in SECRETS.strip().splitlines()]


def test_a_request_is_found_again_by_its_code(season: Season, log: io.StringIO) -> None:
    season.app.config["PROPAGATE_EXCEPTIONS"] = False

    @season.app.get("/broken")
    def broken() -> str:
        raise ValueError("so")

    answer = season.client(season.ada).get("/broken")
    code = answer.headers["X-Request-Id"]
    assert re.fullmatch("[0-9a-f]{16}", code)
    assert f"<code>{code}</code>" in answer.text
    broke, line = lines(log)[-2:]
    assert (broke["event"], broke["request"], broke["endpoint"]) == ("request broke", code, "broken")
    assert (line["event"], line["request"], line["status"]) == ("request", code, 500)


@pytest.mark.parametrize("given", ["short", "with space in it", "a" * 65, 'x"}{-xxxxxxx', "line\nfeed-xxxx"])
def test_an_id_from_outside_counts_only_from_the_proxy(season: Season, given: str) -> None:
    client = season.client()
    answer = client.get("/healthz", headers={"X-Request-Id": "0123456789abcdef"})
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"])
    assert answer.headers["X-Request-Id"] != "0123456789abcdef"
    assert well_formed(given) == ""
    assert well_formed("0123456789abcdef") == "0123456789abcdef"
