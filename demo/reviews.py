"""Sample reviews: neutral, marked as samples, always the same for the same paper and reviewer."""

import random
from typing import Any

from demo.content import Paper

MARK = "*Sample review written for this demo.*"

SUMMARY = (
    "The paper sets out one idea, motivates it with a small example, and tests it on a few problems of growing size.",
    "The authors change one part of a known approach, explain why, and compare the result with the unchanged one.",
    "The submission states a question, answers it under assumptions that are listed, and illustrates the answer.",
    "This work describes a method and its cost, and reports where it helps and where it makes no difference.",
)
STRENGTHS = (
    "The question is clearly stated and the answer fits the four pages.",
    "The figure shows the effect at a glance, and its axes are what one wants to see.",
    "The assumptions are written down before they are used.",
    "The comparison is fair: equal budgets, and the spread over seeds is given.",
    "The idea is simple enough to be tried by others within a day.",
    "The relation to earlier work is explained rather than only cited.",
)
SMALL_WEAKNESSES = (
    "One more problem of a different kind would make the comparison more convincing.",
    "The notation of the second section could be lighter.",
    "The cost in memory is not reported.",
    "The choice of the noise schedule is not discussed.",
)
WEAKNESSES = (
    "The gain is within the spread over seeds, so that I cannot tell it from chance.",
    "The main comparison is with a method that was not tuned.",
    "The central claim is supported by one example only.",
    "The difference from earlier work is not clear to me after two readings.",
    "The assumptions exclude the case that motivates the paper.",
)
QUESTIONS = (
    "How do the results change with half as many training samples?",
    "Does the method still work when the score is known only up to a constant factor?",
    "Which part of the gain remains when the step size is tuned for each method?",
    "What happens in ten times the dimension?",
    "Could the authors say how the hyper-parameters were chosen?",
)
LIMITATIONS = (
    "The authors discuss the limits of their experiments; I see no harm that they overlooked.",
    "The limits are stated in the last section. Nothing to add.",
    "The dependence on dimension deserves a sentence among the limitations.",
)


def sample(paper: Paper, reviewer: str) -> dict[str, Any]:
    """One reviewer's answers to the review form of NeurIPS 2025, in line with what becomes of the paper.

    Accepted papers get an overall of 4 to 6 (orals 5 or 6) and rarely a 3; rejected ones 1 to 3 and rarely a 4.
    """
    chance = random.Random(f"{paper.title}|{reviewer}")  # noqa: S311  (nothing secret)
    if paper.is_oral:
        overall = chance.choice((5, 5, 5, 6))
    elif paper.is_accepted:
        overall = chance.choice((3, 4, 4, 4, 4, 5, 5, 5, 6))
    else:
        overall = chance.choice((1, 2, 2, 2, 3, 3, 3, 4))
    weaknesses = SMALL_WEAKNESSES if overall >= 4 else WEAKNESSES
    good = chance.sample(STRENGTHS, 3 if overall >= 4 else 2)
    bad = chance.sample(weaknesses, 2)

    def grade() -> int:
        """From 1 to 4, near to the overall from 1 to 6."""
        return min(4, max(1, round(overall * 2 / 3 + chance.choice((-0.6, 0, 0, 0.6)))))

    return {
        "summary": f"{MARK}\n\n{chance.choice(SUMMARY)}",
        "strengths_and_weaknesses": f"**Strengths**\n\n{_listed(good)}\n\n**Weaknesses**\n\n{_listed(bad)}",
        "quality": grade(),
        "clarity": grade(),
        "significance": grade(),
        "originality": grade(),
        "questions": _listed(chance.sample(QUESTIONS, 2)),
        "limitations": chance.choice(LIMITATIONS),
        "overall": overall,
        "confidence": chance.choice((2, 3, 3, 3, 4, 4, 5)),
        "ethics": False,
        "conduct": True,
    }


def _listed(sentences: list[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)
