"""The form of a review, as data, and its answers: read from what browsers send, checked, and given back.

The questions and scales are those of NeurIPS 2025; the words are our own.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

NAME = "neurips2025"
MOST = 200_000  # characters of one text
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # and halves of surrogate pairs
Answers = dict[str, Any]  # by question: a text, a number or None, True, False or None


class Kind(StrEnum):
    TEXT = "text"
    SCALE = "scale"
    YES_NO = "yes_no"
    ATTEST = "attest"


class Audience(StrEnum):
    """Who reads an answer, beside its writer."""

    AUTHORS = "authors"  # and the organizers
    ORGANIZERS = "organizers"


@dataclass(frozen=True)
class Question:
    """One question. `missing` is what to say when an answer must be given and is not there."""

    name: str
    label: str
    hint: str
    kind: Kind
    missing: str = ""
    choices: tuple[tuple[int, str], ...] = ()
    audience: Audience = Audience.AUTHORS

    @property
    def is_required(self) -> bool:
        return bool(self.missing)


class AnswerError(ValueError):
    """What was sent is no answer to the question `name` (empty: to none); str() is a sentence."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name


def _grades(four: str, three: str, two: str, one: str) -> tuple[tuple[int, str], ...]:
    return (
        (4, f"Excellent: {four}"),
        (3, f"Good: {three}"),
        (2, f"Fair: {two}"),
        (1, f"Poor: {one}"),
    )


QUESTIONS = (
    Question(
        "summary",
        "Summary",
        "What the paper does and claims, in your own words and without judging it. Its authors should agree with it.",
        Kind.TEXT,
        "Summarize the paper in a few sentences.",
    ),
    Question(
        "strengths_and_weaknesses",
        "Strengths and weaknesses",
        "What speaks for it and what against: is it sound, clear, important, new? Give reasons; point to places.",
        Kind.TEXT,
        "Name the paper's strengths and weaknesses.",
    ),
    Question(
        "quality",
        "Quality",
        "Are the claims supported, the methods right, the limits of the work stated?",
        Kind.SCALE,
        "Grade the quality.",
        _grades(
            "claims fully supported",
            "supported, with small gaps",
            "important gaps",
            "claims not supported",
        ),
    ),
    Question(
        "clarity",
        "Clarity",
        "Is it well written and organized, with what is needed to reproduce it?",
        Kind.SCALE,
        "Grade the clarity.",
        _grades("a pleasure to read", "easy to follow", "hard to follow in places", "hard to understand"),
    ),
    Question(
        "significance",
        "Significance",
        "Will others use its ideas or results, or build on them?",
        Kind.SCALE,
        "Grade the significance.",
        _grades("will be widely used", "useful to many here", "useful to a few", "of little use"),
    ),
    Question(
        "originality",
        "Originality",
        "Does it bring new insight, methods or combinations, and say how it differs from earlier work?",
        Kind.SCALE,
        "Grade the originality.",
        _grades("new and surprising", "clearly new", "a small step", "known before"),
    ),
    Question(
        "questions",
        "Questions to the authors",
        "Three to five points whose answer could change your mind, and how.",
        Kind.TEXT,
        "Ask the authors something, or write that you have no questions.",
    ),
    Question(
        "limitations",
        "Limitations",
        "Do the authors speak of the limits of their work and of harm it may do? If not, what is missing?",
        Kind.TEXT,
        "Say whether the limitations are addressed.",
    ),
    Question(
        "overall",
        "Overall",
        "Your recommendation, all considered.",
        Kind.SCALE,
        "Choose an overall recommendation.",
        (
            (6, "Strong accept: sound throughout, and groundbreaking"),
            (5, "Accept: sound, with high impact in its area"),
            (4, "Borderline accept: reasons to accept outweigh those to reject"),
            (3, "Borderline reject: reasons to reject outweigh those to accept"),
            (2, "Reject: flaws in the method, too little evaluated, or hard to reproduce"),
            (1, "Strong reject: known before, wrong, or ethically wanting"),
        ),
    ),
    Question(
        "confidence",
        "Confidence",
        "How sure you are of this review.",
        Kind.SCALE,
        "Say how confident you are.",
        (
            (5, "Certain: I know the related work very well and checked the details"),
            (4, "Confident: it is unlikely that I misunderstood something"),
            (3, "Fairly confident: I may have missed some parts; details were not checked"),
            (2, "Willing to defend it: but central parts may have escaped me"),
            (1, "An educated guess: not my area, or hard to understand"),
        ),
    ),
    Question(
        "ethics",
        "Does this paper need an ethics review?",
        "Only the organizers see this answer. If yes, write to them why.",
        Kind.YES_NO,
        "Say whether an ethics review is needed.",
        audience=Audience.ORGANIZERS,
    ),
    Question(
        "conduct",
        "I wrote this review myself, kept the paper confidential, and have no conflict of interest with it.",
        "The code of conduct for reviewers.",
        Kind.ATTEST,
        "Tick this to hand the review in.",
        audience=Audience.ORGANIZERS,
    ),
)
TEXTS = tuple(question.name for question in QUESTIONS if question.kind is Kind.TEXT)
BY_NAME = {question.name: question for question in QUESTIONS}
# What a browser sends for each choice.
_KNOWN: dict[str, dict[str, int | bool | None]] = {
    question.name: {"": None, **{str(number): number for number, _ in question.choices}}
    if question.kind is Kind.SCALE
    else {"": None, "yes": True, "no": False}
    for question in QUESTIONS
}


def read(fields: Any) -> Answers:
    """The answers in what a browser sent: texts and single values by name, as they are or in a list of one.

    Line ends become one kind; control characters go. Raises AnswerError.
    """
    if not isinstance(fields, dict) or not BY_NAME.keys() >= fields.keys():
        raise AnswerError("", "These are not the answers of this form. Reload the page and try again.")
    return {question.name: _read(question, fields.get(question.name)) for question in QUESTIONS}


def _read(question: Question, value: Any) -> str | int | bool | None:
    if isinstance(value, list) and len(value) <= 1:
        value = value[0] if value else None
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise AnswerError(question.name, f"“{question.label}” came in a form that cannot be read.")
    if question.kind is Kind.TEXT:
        return _read_text(question, value)
    if question.kind is Kind.ATTEST:
        return bool(value)
    known = _KNOWN[question.name]
    if value not in known:
        raise AnswerError(question.name, f"Choose one of the given answers to “{question.label}”.")
    return known[value]


def _read_text(question: Question, text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub("", text)
    if len(text) > MOST:
        raise AnswerError(
            question.name, f"“{question.label}” has {len(text):,} characters; at most {MOST:,} can be kept."
        )
    return text


def to_fields(answers: Answers) -> dict[str, str | list[str]]:
    """The answers as a browser sends them."""
    found: dict[str, str | list[str]] = {}
    for question in QUESTIONS:
        value = answers.get(question.name)
        if question.kind is Kind.ATTEST:
            found[question.name] = ["y"] if value else []
        elif question.kind is Kind.YES_NO:
            found[question.name] = "" if value is None else "yes" if value else "no"
        else:
            found[question.name] = "" if value is None else str(value)
    return found


def missing(answers: Answers) -> list[str]:
    """What still has to be answered before the review can be handed in."""
    return [
        question.missing
        for question in QUESTIONS
        if question.is_required and _is_empty(question, answers.get(question.name))
    ]


def _is_empty(question: Question, value: Any) -> bool:
    if question.kind is Kind.TEXT:
        return not (value or "").strip()
    return not value if question.kind is Kind.ATTEST else value is None


def in_words(question: Question, value: Any) -> str:
    """An answer that is no text, for people: “5 Accept”, “Yes”."""
    if value is None:
        return ""
    if question.kind is Kind.SCALE:
        return f"{value} {dict(question.choices)[value].partition(': ')[0]}"
    return str(value) if question.kind is Kind.TEXT else "Yes" if value else "No"
