"""Which letters a venue may put in its own words, with which placeholders, and what is wrong with such words."""

import difflib
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from decisions.queries import OCCASION
from mail.letters import PLACEHOLDER, Standard, standard

LONGEST_SUBJECT = 200
LONGEST_BODY = 20_000
MOST_DOTS = 200  # in a line: more are refused by the reader of the venue's file
# A placeholder, whatever somebody took for one, and braces that stand alone.
BRACED = re.compile(r"\{[^{}\n]{0,80}\}|[{}]")
TURNING = frozenset("\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Kind:
    """A letter that a venue may put in its own words."""

    template: str
    label: str
    sent: str  # when, and to whom
    placeholders: Mapping[str, str]  # name -> what stands in its place
    required: tuple[str, ...] = ()  # in the body
    group: str = "Decisions"

    @property
    def occasion(self) -> str:
        """As which it stands in the outbox."""
        return OCCASION if self.group == "Decisions" else self.template.rpartition("/")[2]

    @property
    def standard(self) -> Standard:
        """The words it has while the venue has none of its own."""
        return standard(self.template)


_PERSON = {"name": "the reader's name"}
_VENUE = {"venue": "the venue's name", "short": "the venue's short name"}
_PAPER = {
    **_PERSON,
    "venue": "the venue's name",
    "number": "the paper's number",
    "title": "the paper's title",
    "authors": "the names of all authors",
    "page": "the address of the page with decision and reviews",
}
_ACCEPTED = {
    **_PAPER,
    "camera_ready": "the deadline of the final version",
    "upload": "the address where the final version is uploaded",
}
_RECEIPT = {
    **_PERSON,
    "venue": "the venue's short name",
    "number": "the submission's number",
    "title": "its title",
    "authors": "the list of authors, one a line",
    "version": "the number of this version",
    "saved_by": "who saved it",
    "time": "the server's time when it was saved",
    "page": "the address of the submission",
}
# By the name of the letter's file, in the order of the season.
LETTERS = {
    "reviewer_invited": Kind(
        "pool/reviewer_invited",
        "Invitation to review",
        "To everybody whom you invite, and again when you remind them.",
        {
            **_PERSON,
            **_VENUE,
            "due": "a sentence that says when reviews are due",
            "link": "the link by which they accept or decline",
        },
        required=("link",),
        group="Reviewers",
    ),
    "submission_received": Kind(
        "submissions/submission_received",
        "Receipt of a submission",
        "To every author, at each version saved. The facts of the receipt follow your words and stay as they are.",
        _RECEIPT,
        group="Receipts",
    ),
    "paper_assigned": Kind(
        "assignment/paper_assigned",
        "A paper to review",
        "To a reviewer who is given a paper.",
        {
            **_PERSON,
            **_VENUE,
            "number": "the paper's number",
            "paper": "“paper 12”, with its title once reviewers may read it",
            "reading": "a sentence that says from when it can be read",
            "due": "a sentence that says when reviews are due",
            "link": "the address of the reviewer's papers",
        },
        required=("paper", "link"),
        group="Reviewers",
    ),
    "review_received": Kind(
        "reviewing/review_received",
        "Receipt of a review",
        "To a reviewer who hands a review in, once.",
        {
            **_PERSON,
            **_VENUE,
            "number": "the paper's number",
            "title": "the paper's title",
            "time": "the server's time",
            "due": "until when the review can be changed",
            "page": "the address of the review",
        },
        group="Reviewers",
    ),
    "accepted_oral": Kind(
        "decisions/accepted_oral",
        "Accepted for a talk",
        "To every author of a paper decided as oral, with the release.",
        _ACCEPTED,
        required=("title", "page"),
    ),
    "accepted_poster": Kind(
        "decisions/accepted_poster",
        "Accepted as a poster",
        "To every author of a paper decided as poster, with the release.",
        _ACCEPTED,
        required=("title", "page"),
    ),
    "rejected": Kind(
        "decisions/rejected",
        "Not accepted",
        "To every author of a paper decided as reject, with the release.",
        _PAPER,
        required=("title", "page"),
    ),
    "final_received": Kind(
        "camera_ready/final_received",
        "Receipt of a camera-ready version",
        "To every author, at each final file. The facts of the receipt follow your words and stay as they are.",
        {
            **_PERSON,
            "venue": "the venue's name",
            "number": "the paper's number",
            "title": "the paper's title",
            "page": "the address of its camera-ready page",
        },
        group="Receipts",
    ),
}


TRIALS = {f"test_{name}": name for name in LETTERS}  # occasion of a test letter -> the letter that it tries


def named(names: Collection[str]) -> str:
    """Placeholders as they are written: "{name}, {title}"."""
    return ", ".join(f"{{{name}}}" for name in names)


def faults(kind: Kind, subject: str, body: str) -> tuple[list[str], list[str]]:
    """What is wrong with the subject, and with the body: sentences; both empty when it is a letter."""
    in_subject, in_body = _unknown(kind, subject), _unknown(kind, body)
    if not subject.strip():
        in_subject.append("Write a subject.")
    elif any(unicodedata.category(c) == "Cc" or c in TURNING for c in subject):
        in_subject.append(
            "The subject is one line: it holds a line break or a character that cannot be shown. Type it anew."
        )
    if len(subject) > LONGEST_SUBJECT:
        in_subject.append(
            f"The subject has {len(subject):,} characters; at most {LONGEST_SUBJECT} are taken."
        )
    if not body.strip():
        in_body.append("Write the letter, or go back to the standard one.")
    else:
        used = set(PLACEHOLDER.findall(body))
        missing = [name for name in kind.required if name not in used]
        in_body += [
            f"{{{name}}} is missing, {kind.placeholders[name]}: the letter is of no use without it."
            for name in missing
        ]
    if any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in body):
        in_body.append("The text holds a character that cannot be shown. Type that place anew.")
    if any(line.count(".") > MOST_DOTS for line in body.split("\n")):
        in_body.append(f"A line has more than {MOST_DOTS} dots: break it into shorter ones.")
    if len(body) > LONGEST_BODY:
        in_body.append(f"The text has {len(body):,} characters; at most {LONGEST_BODY:,} are taken.")
    return in_subject, in_body


def _unknown(kind: Kind, text: str) -> list[str]:
    """A sentence for each thing in braces that is no placeholder of this letter."""
    wrong: dict[str, str] = {}
    for found in BRACED.findall(text):
        name = found[1:-1]
        if name in kind.placeholders:
            continue
        if len(found) == 1:
            wrong.setdefault(
                "{}",
                f"“{found}” stands alone: braces are for placeholders. Known are {named(kind.placeholders)}.",
            )
            continue
        near = difflib.get_close_matches(name.strip().lower(), kind.placeholders, 1)
        meant = f"Did you mean {{{near[0]}}}? " if near else ""
        wrong.setdefault(
            found, f"{found} is not known in this letter. {meant}Known are {named(kind.placeholders)}."
        )
    return list(wrong.values())[:5]
