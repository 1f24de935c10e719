"""The authors' forms: the shape of what they type."""

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    EmailField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length

from core import rows
from core.addresses import AddressError, canonical

MAX_ABSTRACT = 6000
MAX_AUTHORS = 300


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


class AuthorForm(Form):
    """One author."""

    name = StringField(
        "Name", [DataRequired("Every author needs a name."), Length(max=200)], filters=[_one_line]
    )
    email = EmailField(
        "E-mail", [DataRequired("Every author needs an e-mail: the receipt goes there.")], filters=[_one_line]
    )
    affiliation = StringField("Affiliation", [Length(max=200)], filters=[_one_line])

    def validate_email(self, field: EmailField) -> None:
        """Bring it into its canonical form."""
        try:
            field.data = canonical(field.data)
        except AddressError as error:
            raise ValidationError(str(error)) from None


class SubmissionForm(FlaskForm):
    """A submission. `started_from`: the version that it shows; `form_key`: of a new one, so that it is made once."""

    started_from = HiddenField()
    form_key = HiddenField()
    title = StringField(
        "Title",
        [DataRequired("The submission needs a title."), Length(max=300, message="At most 300 characters.")],
        filters=[_one_line],
    )
    abstract = TextAreaField(
        "Abstract",
        [Length(max=MAX_ABSTRACT, message=f"At most {MAX_ABSTRACT} characters.")],
        description="Markdown and formulas in TeX, such as $x^2$, are welcome.",
        filters=[lambda text: (text or "").replace("\r\n", "\n").strip()],
    )
    topics = SelectMultipleField("Topics", coerce=int)
    authors = FieldList(
        FormField(AuthorForm),
        "Authors",
        description="In the order of the paper. Nobody needs an account; whoever signs in with the e-mail given here "
        "sees and edits this submission. Rows left empty don't count.",
    )
    paper_token = HiddenField()
    paper = FileField("Paper")
    supplement_token = HiddenField()
    supplement = FileField("Supplement (optional)")
    drops_supplement = BooleanField("Remove the supplement that is there now")

    def validate_authors(self, field: FieldList) -> None:
        """At least one, not too many, each once."""
        if len(field) > MAX_AUTHORS:
            raise ValidationError(f"At most {MAX_AUTHORS} authors.")
        seen: set[str] = set()
        for row in field:
            email = (row.form.email.data or "").lower()
            if email and email in seen:
                raise ValidationError(
                    f"{email} stands there twice; every author needs an e-mail of their own."
                )
            seen.add(email)

    def author_rows(self) -> list[list[str]]:
        """[name, e-mail, affiliation] in order."""
        return [[row.form.name.data, row.form.email.data, row.form.affiliation.data] for row in self.authors]

    def set_authors(self, authors: list[list[str]]) -> None:
        """Show these instead; at least one row, empty if need be."""
        shown = [dict(zip(("name", "email", "affiliation"), row, strict=True)) for row in authors]
        rows.show(self.authors, shown)

    def drop_empty_authors(self) -> None:
        """Leave out rows in which nothing was typed."""
        rows.drop_empty(self.authors)

    def press(self, pressed: "MultiDict[str, str]") -> bool:
        """Do what a button beside an author asks for (add, move, remove); False when none was pressed."""
        return rows.press(self.authors, pressed)


class WithdrawForm(FlaskForm):
    """A withdrawal, confirmed by typing the number."""

    reason = TextAreaField("Reason (optional)", [Length(max=2000)], description="The organizers see it.")
    confirmation = StringField("Type the number of the submission to confirm")

    def __init__(self, number: int, **values: Any) -> None:
        super().__init__(**values)
        self.number = number

    def validate_confirmation(self, field: StringField) -> None:
        """The number, with or without its #."""
        if (field.data or "").strip().removeprefix("#") != str(self.number):
            raise ValidationError(f"Type {self.number} to withdraw, or go back: nothing was changed.")


class ReceiptForm(FlaskForm):
    """A receipt, pasted or as a file, and maybe the PDF."""

    receipt = TextAreaField(
        "The receipt",
        description="Paste all of it, from the BEGIN line to the END line. Quoted mail is fine.",
    )
    file = FileField("Or its file")
    paper = FileField(
        "The PDF (optional)", description="Is this PDF the one that the receipt names? It is not stored."
    )

    def validate_receipt(self, field: TextAreaField) -> None:
        if not (field.data or "").strip() and not self.file.data:
            raise ValidationError("Paste a receipt, or choose its file.")
