import smtplib
import socket
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page
from sqlalchemy import create_engine, inspect, text

from tests.browser import assert_accessible
from tests.servers import Dateline, PostgreSQL, Smtp


def test_every_postgresql_database_is_new(postgres: PostgreSQL) -> None:
    def fill(url: str) -> None:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE papers (title text)"))
        engine.dispose()

    first, second = (postgres.copy_of("with_papers", fill=fill) for _ in range(2))
    engine = create_engine(first)
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT version()")).startswith("PostgreSQL ")
        connection.execute(text("INSERT INTO papers VALUES ('Kept')"))
    other = create_engine(second)
    with other.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM papers")) == 0
    empty = create_engine(postgres.new_database())
    assert inspect(empty).get_table_names() == []
    for used in (engine, other, empty):
        used.dispose()
        postgres.drop(used.url.render_as_string(hide_password=False))


def letter(to: str, subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "papers@example.org", to, subject
    message.set_content("Your paper came in.")
    return message


def test_smtp_keeps_what_it_takes(smtp: Smtp) -> None:
    with smtplib.SMTP("127.0.0.1", smtp.port) as client:
        client.send_message(letter("ada@example.org", "Received — №1"))
    assert [(got.sender, got.recipients, got.message["Subject"]) for got in smtp.delivered] == [
        ("papers@example.org", ["ada@example.org"], "Received — №1")
    ]
    assert smtp.to("nel@example.org") == []


def test_smtp_refuses_is_slow_and_hangs_up(smtp: Smtp) -> None:
    smtp.refuse["nel@example.org"] = "550 No such user"
    with (
        smtplib.SMTP("127.0.0.1", smtp.port) as client,
        pytest.raises(smtplib.SMTPRecipientsRefused, match="No such user"),
    ):
        client.send_message(letter("nel@example.org", "Refused"))

    smtp.answer = "452 Disk full"
    with (
        smtplib.SMTP("127.0.0.1", smtp.port) as client,
        pytest.raises(smtplib.SMTPDataError, match="Disk full"),
    ):
        client.send_message(letter("ada@example.org", "No room"))

    smtp.answer, smtp.delay = "250 OK", 0.5
    client = smtplib.SMTP("127.0.0.1", smtp.port, timeout=0.2)
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        client.send_message(letter("ada@example.org", "Slow"))
    client.close()
    assert smtp.delivered == []

    smtp.delay, smtp.drop_after_data = 0, True
    client = smtplib.SMTP("127.0.0.1", smtp.port)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.send_message(letter("ada@example.org", "Taken, not acknowledged"))
    client.close()
    assert "Taken, not acknowledged" in [message["Subject"] for message in smtp.to("ada@example.org")]


@pytest.mark.parametrize("on", ["sqlite", "postgres"])
def test_dateline_serves_until_it_is_told_to_stop(
    serve: Callable[..., Dateline], page: Page, on: str, request: pytest.FixtureRequest
) -> None:
    settings = (
        {"DATABASE_URL": request.getfixturevalue("postgres").new_database()} if on == "postgres" else {}
    )
    server = serve(**settings)
    page.goto(server.url + "/sign-in")
    assert page.title() == "Sign in · Dateline"
    assert_accessible(page)
    server.stop()
    assert server.process.returncode == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", server.port)) != 0
