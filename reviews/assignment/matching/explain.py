"""Why a pair is in an assignment, or why it is not, from the prices: what it is worth, and what would have to give."""

from dataclasses import dataclass

import numpy as np

from reviews.assignment.matching.problem import Problem
from reviews.assignment.matching.result import Result

NOTHING = 1e-6  # worth no word


@dataclass(frozen=True)
class Explanation:
    """`because`: conflict, fixed, assigned, rules, full or less. `by`: how far it is above what must be, or below."""

    because: str
    score: float
    price: float  # of the reviewer: what their last review is worth elsewhere
    by: float
    gives: int | None  # the reviewer who would have to give way at the submission
    instead: int | None  # the submission that would have to find another, where the reviewer is full

    def __str__(self) -> str:
        match self.because:
            case "conflict":
                return "They are in conflict."
            case "fixed":
                return "It was fixed beforehand."
            case "rules":
                return f"It is worth {self.by:.2f} more than would do, but the rules leave it out."
            case "assigned" if self.by < -NOTHING:
                return f"It is worth {self.score:.2f}, {-self.by:.2f} less than would do, but the rules ask for it."
            case "assigned":
                return f"It is worth {self.score:.2f}, {self.by:.2f} more than would do."
        way = "" if self.gives is None else f" Reviewer {self.gives} would have to give way"
        if self.because == "full":
            way += "" if self.instead is None else f", and submission {self.instead} to find another"
            return f"The reviewer is full with what is worth more: {-self.by:.2f} is lacking.{way}."
        return f"It is worth less by {-self.by:.2f}.{way}."


def explain(problem: Problem, found: Result, submission: int, reviewer: int) -> Explanation:
    """Why this pair is in the result, or not. The prices are those of the highest total."""
    one, other = np.array([submission]), np.array([reviewer])
    if problem.conflicts.has(one, other)[0]:
        return Explanation("conflict", 0.0, 0.0, 0.0, None, None)
    score, price = float(problem.scores.at(one, other)[0]), float(found.prices[reviewer])
    by = score - price - float(found.utilities[submission])
    if problem.fixed.has(one, other)[0]:
        return Explanation("fixed", score, price, by, None, None)
    here, there = found.submissions == submission, found.reviewers == reviewer
    if (here & there).any():
        return Explanation("assigned", score, price, by, None, None)
    if problem.rules is not None and by > NOTHING:
        return Explanation("rules", score, price, by, None, None)
    gives = _least(found.worth - found.prices[found.reviewers], here)
    is_full = bool(found.loads[reviewer] >= problem.most[reviewer])
    instead = _least(found.worth - found.utilities[found.submissions], there) if is_full else None
    return Explanation(
        "full" if is_full else "less",
        score,
        price,
        by,
        None if gives is None else int(found.reviewers[gives]),
        None if instead is None else int(found.submissions[instead]),
    )


def _least(values: np.ndarray, among: np.ndarray) -> int | None:
    places = np.flatnonzero(among)
    return int(places[np.argmin(values[places])]) if len(places) else None
