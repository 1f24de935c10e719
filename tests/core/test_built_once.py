"""Queries that are built once are asked with their own values each time."""

import pytest
from sqlalchemy import Select, select

from accounts.models import Email, Person
from core.db import built_once, rows
from tests.season import Season

built: list[str] = []


@built_once
def named(name: str, address: str) -> Select[int, str]:
    built.append("named")
    query = select(Person.id, Person.name).join(Email, Email.person_id == Person.id)
    return query.where(Person.name == name, Email.address == address)


def test_it_is_built_once_and_asked_with_each_calls_values(season: Season) -> None:
    built.clear()
    ada, rey = (season.ada.id, "Ada Abel"), (season.rey.id, "Rey Ross")
    found = [named("Ada Abel", "ada@example.org"), named("Rey Ross", "rey@example.org")]
    found.append(named("Ada Abel", "rey@example.org"))
    assert [rows(season.session, *query).all() for query in found] == [[ada], [rey], []]
    assert [season.session.execute(*query).all() for query in reversed(found)] == [[], [rey], [ada]]
    assert len(built) <= 1  # none when another test built it


def test_it_can_be_narrowed(season: Season) -> None:
    query, values = named("Ada Abel", "ada@example.org")
    assert season.session.execute(query.where(Person.id == season.rey.id), values).all() == []
    assert season.session.scalars(query.with_only_columns(Person.id), values).all() == [season.ada.id]


def test_a_value_that_is_not_given_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        named("Ada Abel")  # type: ignore[call-arg]
