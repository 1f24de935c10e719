"""From a Markdown file and values to a letter: subject, text and HTML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core import markdown

FOLDER = Path(__file__).parent.parent / "templates" / "mail"
PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)\}")


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
    **values: str,
) -> Letter:
    """The letter `templates/mail/<template>.md` with its {placeholders} filled; the first line is the subject.

    The occasion is the template's name without its folder unless given. Values are plain text: they show as they are,
    in both parts.
    """
    source = _source(template)
    subject, text, html = fill(source, {"name": to_name, **values})
    occasion = occasion or template.rpartition("/")[2]
    return Letter(occasion, thing, to_email, to_name, subject, text, html, venue_id, reply_to, is_secret)


def fill(source: str, values: dict[str, str]) -> tuple[str, str, str]:
    """Subject, text and HTML of a Markdown source. Raises UnknownPlaceholder."""
    subject, _, body = source.strip().partition("\n")
    plain = "".join(_filled(body.strip(), values, escaped=False))
    rich = markdown.to_html("".join(_filled(body.strip(), values, escaped=True)))
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
def _source(template: str) -> str:
    return (FOLDER / f"{template}.md").read_text(encoding="utf-8")
