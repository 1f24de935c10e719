from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from core import clock
from core.db import make_sessions, transaction
from core.engine import make_engine
from mail import outbox, sending
from mail.letters import Letter
from mail.models import Batch, Message, MessageState
from tests.servers import Smtp, free_port

AT = datetime(2022, 10, 20, 12, 0, tzinfo=UTC)
LETTER = Letter(
    "receipt", "submission:1", "ada@example.org", "Ada Abel", "Received", "Dear Ada\n", "<p>Dear Ada</p>"
)


@pytest.fixture
def sessions(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[sessionmaker[Session]]:
    monkeypatch.setattr(clock, "real", lambda: AT)
    engine = make_engine(database_url)
    yield make_sessions(engine)
    engine.dispose()


def put(sessions: sessionmaker[Session], *letters: Letter, batch: Batch | None = None) -> None:
    with sessions(expire_on_commit=False) as session, transaction(session):
        if batch is not None:
            session.add(batch)
            session.flush()
        outbox.enqueue_all(session, letters, at=AT, batch=batch)


def messages(sessions: sessionmaker[Session]) -> list[Message]:
    with sessions() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def deliver(sessions: sessionmaker[Session], url: str) -> int:
    return sending.deliver_due(sessions, url, "dateline@example.org", "w")


def mails(smtp: Smtp) -> list[EmailMessage]:
    return [taken.message for taken in smtp.delivered]


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def test_a_letter_arrives_once_with_both_parts(sessions: sessionmaker[Session], smtp: Smtp) -> None:
    put(sessions, LETTER, LETTER)
    put(sessions, LETTER, replace(LETTER, to_email="bo@example.org", to_name='Bo "B" Brandt, Jr.'))
    assert deliver(sessions, smtp.url) == 2
    assert deliver(sessions, smtp.url) == 0
    first, second = mails(smtp)
    assert (first["To"], first["Subject"]) == ("Ada Abel <ada@example.org>", "Received")
    assert part(first, "plain").strip() == "Dear Ada"
    assert part(first, "html").strip() == "<p>Dear Ada</p>"
    assert second["To"].addresses[0].display_name == 'Bo "B" Brandt, Jr.'
    assert first["Message-ID"] == messages(sessions)[0].message_id
    assert [m.state for m in messages(sessions)] == [MessageState.SENT] * 2


def test_a_held_letter_waits_for_its_batch_and_then_goes_even_if_the_clock_is_set_back(
    sessions: sessionmaker[Session], smtp: Smtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = Batch(venue_id=1, occasion="receipt")
    put(sessions, LETTER, replace(LETTER, to_email="bo@example.org"), batch=batch)
    put(sessions, replace(LETTER, thing="submission:2"))
    assert deliver(sessions, smtp.url) == 1
    assert [m["To"] for m in mails(smtp)] == ["Ada Abel <ada@example.org>"]
    with sessions() as session, transaction(session):
        session.get_one(Batch, batch.id).not_before = AT + timedelta(hours=1)
    assert deliver(sessions, smtp.url) == 0
    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(hours=1))
    with sessions() as session:
        assert sending.claim(session, "dead", at=clock.now()) is not None
    monkeypatch.setattr(clock, "now", lambda: AT - timedelta(days=1))
    assert deliver(sessions, smtp.url) == 1  # the other one: the first is claimed by a worker that died
    monkeypatch.setattr(clock, "real", lambda: AT + sending.LEASE + timedelta(seconds=1))
    assert deliver(sessions, smtp.url) == 1
    assert sorted(str(m["To"]) for m in mails(smtp)[1:]) == [
        "Ada Abel <ada@example.org>",
        "Ada Abel <bo@example.org>",
    ]


def test_a_letter_of_its_own_does_not_wait_behind_those_of_a_release(
    sessions: sessionmaker[Session], smtp: Smtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link to sign in, asked for after the decisions were released; before both comes what a dead worker held."""
    decisions = [replace(LETTER, to_email=f"p{number}@example.org") for number in range(4)]
    put(sessions, *decisions, batch=Batch(venue_id=1, occasion="receipt", not_before=AT))
    with sessions() as session:
        assert sending.claim(session, "dead", at=AT) is not None
    monkeypatch.setattr(clock, "real", lambda: AT + timedelta(seconds=30))
    assert deliver(sessions, smtp.url) == 3
    put(
        sessions,
        *(replace(LETTER, thing="submission:2", to_email=one.to_email) for one in decisions),
        batch=Batch(venue_id=1, occasion="receipt", not_before=AT),
    )
    monkeypatch.setattr(clock, "real", lambda: AT + sending.LEASE + timedelta(seconds=1))
    put(sessions, replace(LETTER, thing="sign-in"))
    assert deliver(sessions, smtp.url) == 6
    to = ["p1", "p2", "p3", "p0", "ada", "p0", "p1", "p2", "p3"]
    assert [mail["To"].addresses[0].username for mail in mails(smtp)] == to


def test_a_secret_is_erased_once_sent(sessions: sessionmaker[Session], smtp: Smtp) -> None:
    put(sessions, replace(LETTER, is_secret=True, text="link: abc\n"))
    assert deliver(sessions, smtp.url) == 1
    assert "link: abc" in part(mails(smtp)[0], "plain")
    (message,) = messages(sessions)
    assert (message.text, message.html) == ("", "")


def test_no_relay_means_a_retry_with_growing_delays(
    sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(sessions, LETTER)
    nobody, real = f"smtp://127.0.0.1:{free_port()}", AT
    for minutes in (1, 5, 15, 60, 240, 720):
        assert deliver(sessions, nobody) == 0
        (message,) = messages(sessions)
        assert (message.state, message.retry_at - real) == (MessageState.QUEUED, timedelta(minutes=minutes))
        assert "refused" in message.last_error
        assert deliver(sessions, nobody) == 0  # not yet due: not tried
        real = message.retry_at
        monkeypatch.setattr(clock, "real", lambda real=real: real)
    deliver(sessions, nobody)
    (message,) = messages(sessions)
    assert (message.state, message.attempts) == (MessageState.FAILED, 7)


def test_a_refused_recipient_is_final_and_the_others_go_out(
    sessions: sessionmaker[Session], smtp: Smtp
) -> None:
    smtp.refuse["ada@example.org"] = "550 No such user"
    put(sessions, LETTER, replace(LETTER, to_email="bo@example.org"))
    assert deliver(sessions, smtp.url) == 1
    ada, bo = messages(sessions)
    assert (ada.state, bo.state) == (MessageState.FAILED, MessageState.SENT)
    assert "550" in ada.last_error


def test_a_relay_that_hangs_up_after_the_data_may_get_the_same_message_twice_never_another(
    sessions: sessionmaker[Session], smtp: Smtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    smtp.drop_after_data = True
    put(sessions, LETTER)
    assert deliver(sessions, smtp.url) == 0
    smtp.drop_after_data = False
    monkeypatch.setattr(clock, "real", lambda: AT + timedelta(minutes=2))
    assert deliver(sessions, smtp.url) == 1
    assert len({mail["Message-ID"] for mail in mails(smtp)}) == 1
    assert len(mails(smtp)) == 2


def test_a_domain_with_accents_is_written_as_the_net_knows_it(
    sessions: sessionmaker[Session], smtp: Smtp
) -> None:
    put(sessions, replace(LETTER, to_email="zoe@bücher.example"))
    assert deliver(sessions, smtp.url) == 1
    assert smtp.delivered[0].recipients == ["zoe@xn--bcher-kva.example"]


def test_a_name_with_accents_before_the_at_goes_out_where_the_relay_takes_it(
    sessions: sessionmaker[Session], smtp: Smtp
) -> None:
    put(sessions, replace(LETTER, to_email="zoë@example.org"), LETTER)
    assert deliver(sessions, smtp.url) == 2
    assert [taken.recipients for taken in smtp.delivered] == [["zoë@example.org"], ["ada@example.org"]]


def test_an_address_that_no_letter_can_carry_fails_and_the_next_goes_out(
    sessions: sessionmaker[Session], smtp: Smtp
) -> None:
    put(sessions, replace(LETTER, to_email=f"ada@{'a' * 70}ü.example"), LETTER)
    assert deliver(sessions, smtp.url) == 1
    assert [m.state for m in messages(sessions)] == [MessageState.FAILED, MessageState.SENT]
