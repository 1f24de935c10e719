from datetime import timedelta

import pytest

from core import tokens
from core.db import make_sessions, transaction
from core.engine import make_engine
from core.tokens import TokenError

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def secret() -> None:
    tokens.use("a" * 64)


def test_a_token_says_what_it_was_given_for_its_purpose_only() -> None:
    token = tokens.issue("reset", {"person": 7})
    assert tokens.read("reset", token, max_age=DAY) == {"person": 7}
    for purpose, text in [
        ("invite", token),
        ("reset", token[:-1]),
        ("reset", ""),
        ("reset", "x.y.z"),
        ("reset", "é" * 9),
    ]:
        with pytest.raises(TokenError, match="not complete"):
            tokens.read(purpose, text, max_age=DAY)


def test_a_token_expires() -> None:
    token = tokens.issue("reset", 1)
    with pytest.raises(TokenError, match="expired"):
        tokens.read("reset", token, max_age=timedelta(seconds=-1))


def test_another_key_does_not_sign_for_us() -> None:
    token = tokens.issue("reset", 1)
    tokens.use("b" * 64)
    with pytest.raises(TokenError):
        tokens.read("reset", token, max_age=DAY)


def test_a_token_is_spent_once(database_url: str) -> None:
    engine = make_engine(database_url)
    with make_sessions(engine)() as session:
        token, other = tokens.issue("reset", 1), tokens.issue("reset", 2)
        assert tokens.is_spent(session, token) is False
        with transaction(session):
            tokens.spend(session, token, max_age=DAY)
        assert (tokens.is_spent(session, token), tokens.is_spent(session, other)) == (True, False)
        with pytest.raises(TokenError, match="used already"), transaction(session):
            tokens.spend(session, token, max_age=DAY)
    engine.dispose()
