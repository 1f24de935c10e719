"""The forms of a venue's settings: one for each table of its file. What is typed is checked as the file's words are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)

from core import rows
from organizers.venue_file import Fault
from organizers.venue_values import LABELS
from venues.models import Blindness, Section


class SettingsForm(FlaskForm):
    """What all of them have. `table` is the table of the file, `needed` what cannot be empty."""

    table = ""
    needed: tuple[str, ...] = ()
    started_from = HiddenField()  # the mark of what the form was opened on

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.needed:
            self[name].flags.required = True

    def show(self, content: Any) -> None:
        """Show what is stored."""
        for key, value in content.items():
            if key in self:
                self[key].data = value

    def content(self) -> Any:
        """What the table would say."""
        return {f.name: f.data or "" for f in self if f.name not in ("started_from", "csrf_token")}

    def press(self, pressed: Mapping[str, str]) -> bool:
        """Do what a button beside a row asks for; False when none was pressed."""
        return False

    def show_faults(self, faults: Iterable[Fault]) -> None:
        """Put each fault beside its field."""
        for fault in faults:
            key = str(fault.where[1]) if len(fault.where) > 1 else ""
            entry = f"Entry {fault.where[2]}: " if len(fault.where) > 2 else ""
            if key in self:
                self[key].errors = [*self[key].errors, entry + _sentence(fault.what)]
            else:
                self.form_errors.append(str(fault))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


class RowsForm(SettingsForm):
    """A list of the file: its rows are the field named like the table."""

    def show(self, content: Any) -> None:
        rows.show(self[self.table], content)

    def content(self) -> Any:
        rows.drop_empty(self[self.table], ignoring="section")
        return [
            row for row in rows.read(self[self.table]) if any(row.get(key) for key in row if key != "section")
        ]

    def press(self, pressed: Mapping[str, str]) -> bool:
        return rows.press(self[self.table], pressed)

    def show_faults(self, faults: Iterable[Fault]) -> None:
        field = self[self.table]
        for fault in faults:
            _table, *rest = fault.where
            if len(rest) == 2 and rest[1] in field[int(rest[0]) - 1].form:
                cell = field[int(rest[0]) - 1].form[rest[1]]
                cell.errors = [*cell.errors, _sentence(fault.what)]
            else:
                field.errors = [*field.errors, _sentence(fault.what)]
        # What the macro asks of a list: that it has errors when one of its rows has.
        if any(row.form.errors for row in field) and not field.errors:
            field.errors = [{}]


def _field(key: str, hint: str = "") -> StringField:
    return StringField(LABELS[key], description=hint)


class BasicsForm(SettingsForm):
    """What the venue is called, where it takes place, whom to ask."""

    table, needed = "venue", ("name", "short_name", "event_zone")
    name = _field("venue.name")
    short_name = _field("venue.short_name", "Stands on every page and in letters.")
    parent = _field("venue.parent", "The conference that it belongs to, such as NeurIPS 2022.")
    place = _field("venue.place", "The city, the building, the room.")
    event_zone = _field(
        "venue.event_zone",
        "UTC, UTC+2 or a name like Europe/Paris. In another zone the event and its program keep their hours.",
    )
    contact = _field("venue.contact", "The e-mail that authors and reviewers write to.")
    registration_url = _field("venue.registration_url", "The address of the page where people register.")
    website = _field("venue.website", "The address of the venue's own site, if it has one.")


class DatesForm(SettingsForm):
    """The dates, as people write them."""

    table = "dates"
    call_opens = _field("dates.call_opens", "Empty: submission is open as soon as there is a deadline.")
    submission = _field("dates.submission")
    review = _field("dates.review", "Empty: reviews can be written until the notification.")
    notification = _field("dates.notification", "A promise: releasing the decisions stays your act.")
    camera_ready = _field(
        "dates.camera_ready", "Uploads of final versions open with the release of the decisions."
    )
    event_starts = _field("dates.event_starts", "With its hour, such as 2022-12-02 08:50.")
    event_ends = _field("dates.event_ends")


class RulesForm(SettingsForm):
    """What is taken, and who reads what of whom."""

    table, needed = "submission", ("max_file_mb", "upload_minutes")
    page_limit = _field("submission.page_limit", "Pages without references and appendices. Empty: no limit.")
    max_file_mb = _field("submission.max_file_mb", "In MB, for the paper and for the supplement.")
    upload_minutes = _field(
        "submission.upload_minutes", "In minutes: how long an upload may take that began before the deadline."
    )
    blindness = RadioField(
        LABELS["submission.blindness"],
        choices=[
            SelectChoice(
                Blindness.DOUBLE.value,
                "double: reviewers do not learn who wrote, authors do not learn who reviewed",
            ),
            SelectChoice(
                Blindness.SINGLE.value, "single: reviewers see who wrote, authors do not learn who reviewed"
            ),
        ],
    )
    topics = TextAreaField(
        LABELS["submission.topics"], description="One on each line. Authors choose among them, in this order."
    )

    def show(self, content: Any) -> None:
        limit = str(content["page_limit"] or "")
        super().show({**content, "topics": "\n".join(content["topics"]), "page_limit": limit})

    def content(self) -> Any:
        said = super().content()
        topics = [line.strip() for line in said["topics"].splitlines() if line.strip()]
        numbers = {key: _number(said[key]) for key in ("page_limit", "max_file_mb", "upload_minutes")}
        return {**said, **numbers, "page_limit": numbers["page_limit"] or 0, "topics": topics}


def _number(text: str) -> int | str:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


class TextsForm(SettingsForm):
    """Texts in Markdown."""

    table = "text"
    introduction = TextAreaField(
        LABELS["text.introduction"], description="Stands on the home page, in Markdown."
    )
    call = TextAreaField(LABELS["text.call"], description="What to send, what happens then; in Markdown.")
    camera_ready = TextAreaField(
        LABELS["text.camera_ready"], description="What authors of accepted papers read; in Markdown."
    )
    support = TextAreaField(
        LABELS["text.support"], description="What else you offer; on the home page, in Markdown."
    )


class _PersonRow(Form):
    section = SelectField(
        "Section", choices=[SelectChoice(section.value, section.value.capitalize()) for section in Section]
    )
    name = StringField("Name")
    affiliation = StringField("Affiliation")
    url = StringField("Web page")


class PeopleForm(RowsForm):
    """Who is named on the home page."""

    table = "people"
    people = FieldList(
        FormField(_PersonRow),
        LABELS["people"],
        description="Speakers, panelists, organizers in the order of the home page. They need no account and get none.",
    )


class _SponsorRow(Form):
    name = StringField("Name")
    gives = StringField("Gives")
    url = StringField("Web page")


class SponsorsForm(RowsForm):
    """Who gives something."""

    table = "sponsors"
    sponsors = FieldList(FormField(_SponsorRow), LABELS["sponsors"])


class _EntryRow(Form):
    starts = StringField("Starts")
    title = StringField("What")


class ProgramForm(RowsForm):
    """The day, line by line."""

    table = "schedule"
    schedule = FieldList(
        FormField(_EntryRow),
        LABELS["schedule"],
        description="Each begins at a moment like 2022-12-02 08:50, in the zone of the event; sorted by it when saved.",
    )


@dataclass(frozen=True)
class Page:
    """A page of the settings."""

    title: str
    lead: str
    form: type[SettingsForm]


PAGES = {
    "basics": Page("Basics", "What the venue is called, where it takes place, whom to ask.", BasicsForm),
    "dates": Page(
        "Dates",
        "Written as people write them: a day includes all of that day, a minute the whole minute. A deadline that "
        "names no zone is anywhere on Earth (AoE), the event is in its own zone.",
        DatesForm,
    ),
    "rules": Page("Submission rules", "What is taken, and who reads what of whom.", RulesForm),
    "texts": Page("Texts", "What the home page, the call and the camera-ready page say.", TextsForm),
    "people": Page("People", "Who is named on the home page.", PeopleForm),
    "sponsors": Page("Sponsors", "Who gives something, named on the home page.", SponsorsForm),
    "program": Page("Program", "The day of the event, line by line.", ProgramForm),
}
