"""The page of elements for developers, at /elements; registered only in debug and in the demo."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import Blueprint, render_template
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    EmailField,
    FieldList,
    Form,
    FormField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Email, InputRequired, Length

from core import clock
from core.duty import Duty, agenda
from core.verdict import ALLOWED, Verdict
from web import icons

pages = Blueprint("elements", __name__)


class AuthorForm(Form):
    """One row of the sample's co-authors."""

    name = StringField("Name", [InputRequired("Every author needs a name.")])
    email = EmailField(
        "E-mail", [InputRequired("An e-mail is needed."), Email("That is not an e-mail address.")]
    )
    affiliation = StringField("Affiliation")


class SampleForm(FlaskForm):
    """A field of every kind."""

    title = StringField("Title", [InputRequired("The paper needs a title.")])
    abstract = TextAreaField(
        "Abstract", [Length(max=1500)], description="Markdown and formulas between dollar signs."
    )
    track = SelectField(
        "Track",
        choices=[SelectChoice("main", "Workshop papers"), SelectChoice("short", "Extended abstracts")],
    )
    topics = SelectMultipleField(
        "Topics",
        choices=[
            SelectChoice("1", "Generative modeling"),
            SelectChoice("2", "Differential equations"),
            SelectChoice("3", "Optimal transport"),
            SelectChoice("4", "Stein's method"),
            SelectChoice("5", "Inverse problems"),
            SelectChoice("6", "Images, video, audio, molecules"),
        ],
        description="One to three.",
    )
    authors = FieldList(
        FormField(AuthorForm), "Authors", min_entries=1, description="In the order they are printed in."
    )
    paper = FileField("Paper")
    rating = RadioField(
        "Overall",
        [InputRequired("A review needs a rating.")],
        choices=[
            SelectChoice("4", "Accept: sound, useful to this workshop, evaluated with care."),
            SelectChoice("3", "Borderline accept: reasons to accept outweigh reasons to reject."),
            SelectChoice("2", "Borderline reject: reasons to reject outweigh reasons to accept."),
            SelectChoice("1", "Reject: a flaw in the method, or too little to judge by."),
        ],
    )
    is_student = BooleanField(
        "The first author is a student", description="Counts for the student prize only."
    )


class _Person(NamedTuple):
    name: str
    affiliation: str
    url: str | None = None


def sample() -> dict[str, Any]:
    """What the page shows: forms right and wrong, dates around now, invented people."""
    now = clock.now().replace(microsecond=0)
    entered = [
        ("title", ""),
        ("abstract", "We study a score."),
        ("topics", "1"),
        ("topics", "4"),
        ("authors-0-name", "Ada Aziz"),
        ("authors-0-email", "ada@example.org"),
        ("authors-0-affiliation", "University of Trieste"),
        ("authors-1-name", "Bo Lindqvist"),
        ("authors-1-email", "bo(at)example.org"),
        ("authors-1-affiliation", "Institute of Waves"),
        ("authors-2-name", "Chidi Okafor"),
        ("authors-2-email", "chidi@example.org"),
    ]
    wrong = SampleForm(MultiDict(entered), meta={"csrf": False})
    wrong.validate()
    right = SampleForm(
        MultiDict([*entered[1:6], ("title", "Targeted separation and convergence"), ("rating", "3")]),
        meta={"csrf": False},
        prefix="",
    )

    def in_days(days: float) -> datetime:
        return now + timedelta(days=days)

    return {
        "right": right,
        "wrong": wrong,
        "now": now,
        "closes_at": in_days(3.2),
        "passed_at": in_days(-12),
        "yes": ALLOWED,
        "no": Verdict("The deadline passed on Tue 27 Sep 2022 at 12:00 UTC; ask for an extension."),
        "agenda": agenda(
            [
                Duty(
                    "Review “Estimation by scores alone”",
                    "#",
                    in_days(-1),
                    False,
                    "25 Sep, 12:00 UTC",
                    "SBM 2022",
                ),
                Duty(
                    "Review “Statistical efficiency of score matching”",
                    "#",
                    in_days(0.2),
                    False,
                    "27 Sep, 12:00 UTC",
                    "SBM 2022",
                ),
                Duty(
                    "Answer the invitation to review for Waves",
                    "#",
                    in_days(6),
                    False,
                    "3 Oct, 12:00 UTC",
                    "Waves",
                ),
                Duty(
                    "Review “Kernelized score-based tests”",
                    "#",
                    in_days(-1),
                    True,
                    "25 Sep, 12:00 UTC",
                    "SBM 2022",
                    "#",
                ),
            ],
            now,
        ),
        "dates": [
            {
                "label": "Call opens",
                "shown": "Aug 12, 2022 AoE",
                "closes_at": in_days(-45),
                "closed": "",
                "state": "done",
            },
            {
                "label": "Submission",
                "shown": "Sept 26, 2022, 23:59 AoE",
                "closes_at": in_days(3.2),
                "closed": "closed from Tue 27 Sep 2022 12:00 UTC",
                "state": "now",
            },
            {
                "label": "Notification",
                "shown": "Oct 20, 2022 AoE",
                "closes_at": in_days(25),
                "closed": "",
                "state": "next",
            },
            {
                "label": "Camera-ready",
                "shown": "Nov 25, 2022 AoE",
                "closes_at": in_days(60),
                "closed": "closed from Sat 26 Nov 2022 12:00 UTC",
                "state": "next",
            },
            {
                "label": "Workshop",
                "shown": "Dec 2, 2022, 08:50 New Orleans",
                "closes_at": in_days(68),
                "closed": "",
                "state": "next",
            },
        ],
        "papers": [
            (
                14,
                "Targeted separation and convergence with kernel discrepancies",
                "A. Aziz, B. Lindqvist",
                "oral",
                3,
                "4.7",
                "Stein's method",
            ),
            (
                23,
                "Multiresolution textual inversion",
                "C. Okafor",
                "submitted",
                2,
                "3.5",
                "Generative modeling",
            ),
            (
                31,
                "A note on bridges between distributions that have no density and the price of pretending",
                "D. Marín, E. Sato",
                "missing",
                0,
                "",
                "Optimal transport",
            ),
            (38, "Scores without likelihoods", "G. Haddad", "withdrawn", 1, "2.0", "Differential equations"),
            (
                52,
                "Noise schedules for inverse problems",
                "H. Novak, I. Boateng",
                "rejected",
                3,
                "1.7",
                "Inverse problems",
            ),
        ],
        "committee": [
            _Person("Rey Castellanos", "University of Montevideo", "#"),
            _Person("Rut Lindgren", "Institute of Waves"),
            _Person("Ari Takahashi", "Kanazawa School of Statistics"),
            _Person("Olga Petrenko", "Kharkiv Polytechnic"),
        ],
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "prose": Markup(
            "<p>The paper asks when a <strong>kernel discrepancy</strong> separates a target from every other "
            "distribution, and answers with conditions that can be checked.</p>"
            "<ul><li>The proof of Theorem 2 is clean and short.</li>"
            "<li>The experiments stop at <code>d = 10</code>; one line on what happens beyond would help.</li></ul>"
            "<blockquote>“We leave high dimensions to future work.”</blockquote>"
            "<p>I would gladly see it as a talk.</p>"
        ),
        "letter_text": "Dear Ada Aziz,\n\nwe are happy to tell you that your paper #14 was accepted as a talk.\n\n"
        "The camera-ready version is due on Nov 25, 2022 AoE.\n\nThe organizers",
        "scores": [("1", 4), ("2", 17), ("3", 41), ("4", 28), ("5", 9), ("6", 0)],
        "arrivals": [
            ("Sep 1", 2),
            ("Sep 5", 5),
            ("Sep 9", 8),
            ("Sep 13", 13),
            ("Sep 17", 19),
            ("Sep 21", 30),
            ("Sep 25", 51),
            ("Sep 26", 74),
        ],
        "shares": [("Reviews", [148, 41, 33]), ("Papers with three reviews", [39, 22, 13])],
    }


@pages.get("/elements")
def elements() -> str:
    """Every element of the pages, right and wrong, beside its name."""
    return render_template("elements.html", icons=icons.ICONS, **sample())
