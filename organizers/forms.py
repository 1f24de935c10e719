"""Forms of the organizers' pages."""

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import EmailField, HiddenField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from accounts.forms import one_line
from core.addresses import AddressError, canonical
from organizers import venue_letters
from venues import deadlines, slugs
from venues.deadlines import Announced, DateKind, DeadlineError
from venues.models import Role

KINDS = {
    DateKind.SUBMISSION: "Submission",
    DateKind.REVIEW: "Reviews",
    DateKind.CAMERA_READY: "Camera-ready",
}
ROLES = {Role.ORGANIZER: "Organizer", Role.AREA_CHAIR: "Area chair", Role.REVIEWER: "Reviewer"}


def _stripped(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()


class _Email(EmailField):
    """An e-mail; its data is canonical once it is valid."""

    def pre_validate(self, form: Any) -> None:
        try:
            self.data: str = canonical(self.data or "")
        except AddressError as error:
            raise ValidationError(str(error)) from None


class ConflictForm(FlaskForm):
    """Somebody who is in conflict with a submission."""

    email = _Email("E-mail", [InputRequired("Whose conflict is it? Type their e-mail.")])
    reason = StringField(
        "Reason", [Length(max=300, message="Use at most 300 characters.")], filters=[one_line]
    )


class PictureForm(FlaskForm):
    """A picture for a name of the home page; one form for each name stands on the page."""

    name = HiddenField()
    picture = FileField("Picture")


class LetterForm(FlaskForm):
    """A letter in the venue's own words; `revision` is the one that they began from."""

    revision = HiddenField(default="0")
    subject = StringField("Subject", filters=[_stripped])
    body = TextAreaField("Text", filters=[_stripped])

    def is_letter(self, kind: venue_letters.Kind) -> bool:
        """Whether the words make a letter of this kind; what is wrong stands beside the fields."""
        if self.validate():
            subject, body = venue_letters.faults(kind, self.subject.data or "", self.body.data or "")
            self.subject.errors, self.body.errors = subject, body
        return not self.errors

    def started_from(self) -> int:
        """The revision that the form was made from."""
        text = self.revision.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class TimeForm(FlaskForm):
    """More time: for which deadline, for whom, until when, why."""

    kind = SelectField("Deadline", choices=[SelectChoice(kind.value, label) for kind, label in KINDS.items()])
    scope = RadioField(
        "For",
        choices=[
            SelectChoice("extension", "everybody: the deadline is extended, and the home page says so"),
            SelectChoice(
                "grace", "everybody, as grace: the deadline stays, and what comes a little later still counts"
            ),
            SelectChoice("submission", "one submission"),
            SelectChoice("person", "one person"),
        ],
        default="extension",
    )
    who = StringField(
        "Which", description="The number of the submission or the e-mail of the person; empty for everybody."
    )
    until = StringField(
        "Until",
        [InputRequired("Until when? Write it like Sept 28, 2022, 23:59 AoE.")],
        description="As you would write it: Sept 28, 2022, 23:59 AoE. The whole minute or day counts.",
    )
    reason = StringField(
        "Reason",
        [
            InputRequired("Say why: it stands in the record."),
            Length(max=300, message="Use at most 300 characters."),
        ],
        filters=[one_line],
    )
    announced: Announced | None = None

    def validate_until(self, field: StringField) -> None:
        try:
            self.announced = deadlines.parse(field.data or "")
        except DeadlineError as error:
            raise ValidationError(str(error)) from None

    def validate_who(self, field: StringField) -> None:
        text = (field.data or "").strip()
        if self.scope.data == "submission":
            if not (text.isascii() and text.isdigit() and len(text) < 9):
                raise ValidationError("Type the number of the submission.")
        elif self.scope.data == "person":
            try:
                field.data = canonical(text)
            except AddressError as error:
                raise ValidationError(str(error)) from None
        elif text:
            raise ValidationError("Leave this empty, or choose one submission or one person above.")


class RoleForm(FlaskForm):
    """A role for somebody."""

    email = _Email("E-mail", [InputRequired("Who? Type their e-mail.")])
    name = StringField(
        "Name",
        [Length(max=200, message="Use at most 200 characters.")],
        filters=[one_line],
        description="Used when nobody has this e-mail yet. They get in by “forgot password”.",
    )
    role = SelectField("Role", choices=[SelectChoice(role.value, label) for role, label in ROLES.items()])


class VenueForm(FlaskForm):
    """A new venue."""

    slug = StringField(
        "Address",
        [InputRequired("Choose the first part of its addresses, such as sbm2022.")],
        description="The first part of all its addresses: small letters, digits, hyphens. It stays.",
    )
    name = StringField(
        "Name",
        [InputRequired("Name the venue."), Length(max=200, message="Use at most 200 characters.")],
        filters=[one_line],
    )
    short_name = StringField(
        "Short name",
        [
            InputRequired("A short name stands on every page."),
            Length(max=60, message="Use at most 60 characters."),
        ],
        filters=[one_line],
    )
    event_zone = StringField(
        "Zone of the event",
        [InputRequired("Name the zone, such as America/Chicago.")],
        default="UTC",
        description="Where it takes place: UTC, UTC+2 or a name like America/Chicago.",
    )

    def validate_slug(self, field: StringField) -> None:
        try:
            slugs.check((field.data or "").strip())
        except slugs.SlugError as error:
            raise ValidationError(str(error)) from None

    def validate_event_zone(self, field: StringField) -> None:
        try:
            field.data = deadlines.zone_name(field.data or "")
        except DeadlineError as error:
            raise ValidationError(str(error)) from None


class VenueFileForm(FlaskForm):
    """A venue from its TOML file."""

    file = FileField("File", [InputRequired("Choose a file.")])
