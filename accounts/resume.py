"""What was typed into a form that could not be taken: carried through the sign-in, and sent again by its person.

Only ever from one page of a browser to the next: it is nowhere stored, and it goes to our own addresses only.
"""

from dataclasses import dataclass

from flask import request

from core import links

NEVER_KEPT = {"csrf_token", "password", "new_password", "current_password", "code"}
FIELD, FILE = "typed:", "file:"


@dataclass(frozen=True)
class Typed:
    """A form on its way: where to, its fields in order, and (field, file's name) of what must be chosen again."""

    to: str
    fields: list[tuple[str, str]]
    files: list[tuple[str, str]]


def of_this_request() -> Typed:
    """What this request brought."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER_KEPT]
    files = [(name, file.filename) for name, file in request.files.items(multi=True) if file.filename]
    return Typed(links.local(request.full_path.rstrip("?")) or "/", fields, files)


def carried() -> Typed | None:
    """What this sign-in carries along."""
    to = links.local(request.form.get("resume_to", ""))
    if not to:
        return None
    return Typed(to, _prefixed(FIELD), _prefixed(FILE))


def _prefixed(prefix: str) -> list[tuple[str, str]]:
    named = [
        (name.removeprefix(prefix), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(prefix)
    ]
    return [(name, value) for name, value in named if name not in NEVER_KEPT]
