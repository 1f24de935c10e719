"""Repeating rows of a form (authors, people, entries of a program): the FieldList behind the `rows` macro."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import FieldList

Row = dict[str, Any]  # by the name of the field


def read(field: FieldList) -> list[Row]:
    """What stands in the rows."""
    return [{each.short_name: each.data for each in row.form} for row in field]


def show(field: FieldList, rows: Sequence[Row]) -> None:
    """Show these instead; one empty row at least."""
    while field.entries:
        field.pop_entry()
    for row in rows or [{}]:
        field.append_entry(row)


def drop_empty(field: FieldList, ignoring: str = "") -> None:
    """Leave out rows in which nothing was typed; what was chosen in `ignoring` alone is nothing typed."""
    rows = read(field)
    filled = [row for row in rows if any(value for key, value in row.items() if key != ignoring)]
    if filled != rows or not rows:
        show(field, filled)


def press(field: FieldList, pressed: Mapping[str, str]) -> bool:
    """Do what a button beside a row asks for (add, move, remove); False when none was pressed."""
    rows = read(field)
    if f"{field.name}-add" in pressed:
        show(field, [*rows, {}])
        return True
    for act in ("move-up", "move-down", "remove"):
        text = pressed.get(f"{field.name}-{act}", "")
        if not text.isascii() or not text.isdigit() or int(text) >= len(rows):
            continue
        row = rows.pop(int(text))
        if act != "remove":
            rows.insert(max(0, int(text) + (-1 if act == "move-up" else 1)), row)
        show(field, rows)
        return True
    return False
