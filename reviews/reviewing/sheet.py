"""The questions of a review as HTML: drawn once with the form's macros, and filled in for each page.

Drawing the fields costs more than all else on the page, and they are the same for everybody.
"""

import re
from functools import cache

from flask import render_template
from markupsafe import Markup, escape

from reviews.reviewing import form
from reviews.reviewing.form import Answers, Kind
from reviews.reviewing.forms import ReviewForm

MARK = "\ue000"  # stands around the name of a text where its answer goes; a private character of Unicode
_SLOT = re.compile(rf'(<input [^>]* type="(?:radio|checkbox)"[^>]*)(?=>)|{MARK}(\w+){MARK}')
_NAME, _VALUE = re.compile(r' name="(\w+)"'), re.compile(r' value="(\w+)"')


def filled(answers: Answers, *, may_preview: bool) -> Markup:
    """The questions with these answers, and with buttons to preview the texts."""
    blank, slots = _blank(may_preview)
    fields = form.to_fields(answers)
    parts = [blank[0]]
    for (name, value), after in zip(slots, blank[1:], strict=True):
        answer = fields[name]
        if value is None:
            parts.append(escape(answer))
        elif value in answer if isinstance(answer, list) else value == answer:
            parts.append(" checked")
        parts.append(after)
    return Markup("".join(parts))  # noqa: S704 (our own page, and what was typed is escaped)


@cache
def _blank(may_preview: bool) -> tuple[list[str], list[tuple[str, str | None]]]:
    """The page's text around its slots, and of each slot (question, None or the value that is chosen there)."""
    marked = ReviewForm(formdata=None)
    marked.show({one.name: MARK + one.name + MARK for one in form.QUESTIONS if one.kind is Kind.TEXT}, 0)
    texts: list[str] = [""]
    slots: list[tuple[str, str | None]] = []
    drawn = render_template(
        "reviewing/_questions.html",
        form=marked,
        questions=form.QUESTIONS,
        previews=dict.fromkeys(form.TEXTS, ""),
        may_preview=may_preview,
    )
    for text, control, name in zip(*[iter([*_SLOT.split(drawn), "", ""])] * 3, strict=True):
        texts[-1] += text
        if control:
            texts[-1] += control
            slots.append((_NAME.findall(control)[0], _VALUE.findall(control)[0]))
        elif name:
            slots.append((name, None))
        if control or name:
            texts.append("")
    return texts, slots
