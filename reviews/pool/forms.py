"""The pasted list of people to invite, and the answer to an invitation."""

import csv
import re
from dataclasses import dataclass

from flask_wtf import FlaskForm
from wtforms import StringField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from core import addresses
from core.addresses import AddressError

MOST_LINES = 1000
MOST_NAME = 200
WORDS = "Name <name@example.org>, or name@example.org, or both with a comma, semicolon or tab between"


@dataclass(frozen=True)
class Invitee:
    """Somebody on the list. `repeats` is the line that named the same address before, or 0."""

    line: int
    email: str
    name: str
    repeats: int = 0


class ListError(ValueError):
    """What is wrong with one line; str() is a sentence without the line's number."""


def read_list(text: str) -> tuple[list[Invitee], list[str]]:
    """The people on the list, one a line, and a sentence for each line that cannot be read. Empty lines are skipped."""
    people: list[Invitee] = []
    faults: list[str] = []
    first_line: dict[str, int] = {}
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not line.strip(" \t,;\ufeff"):
            continue
        try:
            email, name = _read_line(line.strip(" \ufeff"))
        except (ListError, AddressError) as error:
            faults.append(f"Line {number}: {error}")
            continue
        repeats = first_line.setdefault(email, number)
        people.append(Invitee(number, email, name, 0 if repeats == number else repeats))
    if len(people) > MOST_LINES:
        faults.append(f"There are {len(people):,} people on the list; invite at most {MOST_LINES:,} at once.")
    return people, faults


def _read_line(line: str) -> tuple[str, str]:
    """(e-mail, name) of one line. Raises ListError or AddressError."""
    if line.count("@") != 1:
        what = "There is no e-mail address" if "@" not in line else "There is more than one e-mail address"
        raise ListError(f"{what} in “{_short(line)}”. Write {WORDS}; one person a line.")
    if in_brackets := re.fullmatch(r"([^<>]*)<([^<>]*)>[\s,;]*", line):
        name, address = in_brackets[1].strip().strip('"'), in_brackets[2]
    else:
        delimiter = next((mark for mark in "\t;" if mark in line), ",")
        try:
            (cells,) = csv.reader([line], delimiter=delimiter, skipinitialspace=True)
        except (csv.Error, ValueError):
            raise ListError(f"“{_short(line)}” cannot be read. Write {WORDS}.") from None
        cells = [cell.strip() for cell in cells if cell.strip()]
        if len(cells) > 2:
            raise ListError(f"There is more than a name and an e-mail in “{_short(line)}”. Write {WORDS}.")
        address, name = sorted([*cells, ""][:2], key=lambda cell: "@" not in cell)
    name = " ".join(name.split())
    if not all(c.isprintable() for c in name):
        raise ListError("The name holds characters that cannot be shown. Type it anew.")
    if len(name) > MOST_NAME:
        raise ListError(f"The name has {len(name)} characters; at most {MOST_NAME} are taken.")
    last, comma, first = name.partition(", ")
    email = addresses.canonical(address)
    return email, (f"{first} {last}" if comma else name) or email.partition("@")[0]


def _short(line: str) -> str:
    line = " ".join(line.split())
    return line if len(line) <= 60 else line[:60] + "…"


class ReviewersForm(FlaskForm):
    """People to invite: checked and shown first, invited when confirmed."""

    invitees: list[Invitee] = []
    people = TextAreaField(
        "People to invite",
        [InputRequired("Paste at least one line."), Length(max=200_000)],
        description=f"One a line: {WORDS}. Nothing is sent before you have seen the list.",
    )

    confirm = SubmitField("Send the invitations")

    def confirmed(self) -> bool:
        """Whether the list was shown and is now to be invited."""
        return bool(self.confirm.data)

    def validate_people(self, field: TextAreaField) -> None:
        """Every bad line is named; one is enough that nobody is invited."""
        self.invitees, faults = read_list(field.data)
        if not faults and not self.invitees:
            raise ValidationError("There is nobody on the list.")
        if faults:
            field.errors = [*field.errors, *faults]
            raise ValidationError("Nobody was invited yet. Correct these lines, or take them out:")


class AnswerForm(FlaskForm):
    """What somebody who declines may say."""

    reason = StringField(
        "Why not? (may stay empty)",
        [Length(max=300, message="At most 300 characters, please.")],
        description="Only the organizers read it.",
    )
    accept = SubmitField("Accept")

    def is_yes(self) -> bool:
        """Whether the answer is to accept."""
        return bool(self.accept.data)
