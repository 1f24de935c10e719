"""The review's form made of its questions."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, TextAreaField
from wtforms.fields import Field, SelectChoice
from wtforms.validators import DataRequired

from reviews.reviewing.form import QUESTIONS, Answers, Kind, Question


def _field(question: Question) -> Field:
    needed: dict[str, Any] = {"description": question.hint}
    needed["validators"] = [DataRequired(question.missing)] if question.is_required else []
    if question.kind is Kind.TEXT:
        return TextAreaField(question.label, **needed)
    if question.kind is Kind.ATTEST:
        return BooleanField(question.label, **needed)
    words = [(str(number), words) for number, words in question.choices] or [("no", "No"), ("yes", "Yes")]
    choices = [SelectChoice(value, label) for value, label in words]
    return RadioField(question.label, choices=choices, validate_choice=False, **needed)


class ReviewForm(FlaskForm):
    """All questions, and the revision of the draft that the page was made from."""

    revision = HiddenField()

    def sent(self) -> dict[str, list[str]]:
        """What the browser sent, by question."""
        return {question.name: self[question.name].raw_data or [] for question in QUESTIONS}

    def show(self, answers: Answers, revision: int) -> None:
        """Fill an unsent form."""
        for question in QUESTIONS:
            value = answers.get(question.name)
            if question.kind is Kind.YES_NO and value is not None:
                value = "yes" if value else "no"
            self[question.name].process(None, str(value) if question.kind is Kind.SCALE and value else value)
        self.revision.data = str(revision)

    def started_from(self) -> int:
        """The revision of the draft that the page was made from."""
        text = self.revision.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


for _question in QUESTIONS:
    setattr(ReviewForm, _question.name, _field(_question))
