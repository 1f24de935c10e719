"""From a Markdown file, or a venue's own words, and values to a letter: subject, text and HTML."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from core import markdown

FOLDER = Path(__file__).parent.parent / "templates" / "mail"
PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)\}")
FACTS = "\n\n---\n\n"
Own = Mapping[str, tuple[str, str]]  # a venue's own letters: name of the file -> (subject, body)


@dataclass(frozen=True)
class Letter:
    """A rendered letter to one person about one thing on one occasion."""

    occasion: str
    thing: str
    to_email: str
    to_name: str
    subject: str
    text: str
    html: str
    venue_id: int | None = None
    reply_to: str = ""
    is_secret: bool = False


class UnknownPlaceholder(ValueError):
    """The text asks for a value that this letter does not have; str() names it."""


class Standard(NamedTuple):
    """A letter's file. What stands in it below a line of three hyphens no venue rewords: the facts of a receipt."""

    subject: str
    body: str
    facts: str


def compose(
    template: str,
    *,
    thing: str,
    to_email: str,
    to_name: str,
    venue_id: int | None = None,
    reply_to: str = "",
    is_secret: bool = False,
    occasion: str = "",
    own: Own | None = None,
    **values: str,
) -> Letter:
    """The letter `templates/mail/<template>.md` with its {placeholders} filled; the first line is the subject.

    Where `own` has the file's name, its subject and body take the place of the file's. The occasion is that name unless
    given. Values are plain text: they show as they are, in both parts.
    """
    name = template.rpartition("/")[2]
    subject, body, facts = standard(template)
    if own and name in own:
        subject, body = own[name]
    source = f"{subject}\n\n{body}" + (FACTS + facts if facts else "")
    subject, text, html = fill(source, {"name": to_name, **values})
    occasion = occasion or name
    return Letter(occasion, thing, to_email, to_name, subject, text, html, venue_id, reply_to, is_secret)


def fill(source: str, values: dict[str, str]) -> tuple[str, str, str]:
    """Subject, text and HTML of a Markdown source. Raises UnknownPlaceholder."""
    subject, _, body = source.strip().partition("\n")
    plain = "".join(_filled(body.strip(), values, escaped=False))
    rich = markdown.to_mail_html("".join(_filled(body.strip(), values, escaped=True)))
    subject = " ".join("".join(_filled(subject, values, escaped=False)).split())
    return subject, plain + "\n", f"<!doctype html><html><body>{rich}</body></html>"


def _filled(source: str, values: dict[str, str], *, escaped: bool) -> Iterator[str]:
    for index, part in enumerate(PLACEHOLDER.split(source)):
        if index % 2 == 0:
            yield part if escaped else part.replace("**", "")  # bold is for the HTML
        elif part not in values:
            raise UnknownPlaceholder(
                f"{{{part}}} is not known in this letter; known are {', '.join(sorted(values))}."
            )
        elif escaped:
            yield _rich(values[part])
        else:
            yield values[part]


def _rich(value: str) -> str:
    """The value in Markdown: an address becomes a link, line breaks stay, everything else shows as it is."""
    if re.fullmatch(r"https?://[^\s<>]+", value):
        return f"<{value}>"
    return "\\\n".join(markdown.escape(line) for line in value.split("\n"))


@cache
def standard(template: str) -> Standard:
    """The file's own subject, body and facts."""
    subject, _, rest = (FOLDER / f"{template}.md").read_text(encoding="utf-8").strip().partition("\n")
    body, _, facts = rest.partition(FACTS)
    return Standard(subject, body.strip(), facts.strip())
