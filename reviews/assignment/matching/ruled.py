"""The highest total under rules about who reviews together, which no flow can hold: an integer program over all pairs.

    maximise  sum of s x   over whole x, within demands and loads,   such that   sum of x over each set of pairs
    is at least 1 (the seniors of a submission) or at most 1 (a group at a submission; two pairs, mutually).

1. The linear relaxation on candidates prices reviewers, submissions and rules; pairs that are worth more than these
   prices join, until there are none among all. Its value then bounds every assignment.
2. The integer program on the candidates gives an assignment. Rules "at most 1" that it breaks join, and 1 follows.
3. A pair that belongs to a better assignment cannot be worth less than its prices by more than bound and total are
   apart. All that are not join. When there are none left, the integer program's own bound holds for all pairs.
"""

import math
from dataclasses import dataclass, replace

import highspy
import numpy as np

from reviews.assignment.matching import programs
from reviews.assignment.matching.infeasible import Cure, Infeasible, named
from reviews.assignment.matching.pricing import Candidates, better, scores_of
from reviews.assignment.matching.problem import Problem, ProblemError
from reviews.assignment.matching.rules import Rules
from reviews.assignment.matching.scores import Factors, Floats, Ints, Sparse, Weighted
from reviews.assignment.matching.total import GAP, maximise

ADDED = 48  # candidates of a submission in one round
MISSED = 1e3  # of the largest score: what a review too few, or too many for a reviewer, costs
HALF = 0.5


@dataclass(frozen=True)
class Ruled:
    """The chosen pairs, what no assignment exceeds, prices and utilities; what is missed where it cannot be done."""

    chosen: Candidates
    bound: float
    prices: Floats
    utilities: Floats
    lacking: Ints
    unattended: Ints
    over: Ints
    short: Ints

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missed."""
        return not any(each.any() for each in (self.lacking, self.unattended, self.over, self.short))


@dataclass(frozen=True)
class _Master:
    """A program on candidates. Columns: pairs, reviews lacking, seniors lacking, reviews too many, and too few."""

    problem: Problem
    rules: Rules
    candidates: Candidates
    crowds: Ints  # submission, family, label of each row "at most one of this group"
    mutuals: Ints  # two pairs of each row "not both"
    missed: float

    def run(self, *, whole: bool) -> tuple[highspy.Highs, Floats, Floats]:
        """The solver after its run, the values of the columns, the prices of the rows."""
        (count, width), size, far = self.problem.shape, len(self.candidates), highspy.kHighsInf
        rows, columns, values = self._entries()
        slack = 2 * (count + width)
        order = np.lexsort([rows, columns])
        one, rest = np.ones(count), len(self.crowds) + len(self.mutuals)
        lp, fixed = highspy.HighsLp(), self.problem.fixed.has(self.candidates.rows, self.candidates.columns)
        lp.num_col_, lp.num_row_ = size + slack, slack - width + rest
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_ = np.append(self.candidates.scores, np.full(slack, -self.missed))
        lp.col_lower_ = np.append(fixed.astype(float), np.zeros(slack))
        lp.col_upper_ = np.append(np.ones(size), np.full(slack, far))
        senior = (self.problem.demand > 0) & (self.rules.seniors is not None)
        lp.row_lower_ = np.concatenate([self.problem.demand, self.problem.least, senior, np.full(rest, -far)])
        lp.row_upper_ = np.concatenate([self.problem.demand, self.problem.most, one * far, np.ones(rest)])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.searchsorted(columns[order], np.arange(size + slack + 1))
        lp.a_matrix_.index_, lp.a_matrix_.value_ = rows[order], values[order]
        if whole:
            lp.integrality_ = [highspy.HighsVarType.kInteger] * (size + slack)
        solver = programs.solver(lp)
        solver.run()
        found = solver.getSolution()
        return solver, np.array(found.col_value), np.array(found.row_dual)

    def _entries(self) -> tuple[Ints, Ints, Floats]:
        (count, width), (rows, columns) = self.problem.shape, (self.candidates.rows, self.candidates.columns)
        size, base = len(rows), 2 * count + width
        each, papers, people = np.arange(size), np.arange(count), np.arange(width)
        parts = [(rows, each, 1.0), (count + columns, each, 1.0)]
        if self.rules.seniors is not None:
            seniors = np.flatnonzero(self.rules.seniors[columns])
            parts.append((count + width + rows[seniors], seniors, 1.0))
        for at, (row, family, label) in enumerate(self.crowds.tolist()):
            lies = np.arange(*np.searchsorted(rows, [row, row + 1]))
            lies = lies[self.rules.groups[family][columns[lies]] == label]
            parts.append((np.full(len(lies), base + at), lies, 1.0))
        keys = rows * width + columns
        for at, pairs in enumerate(self.mutuals.tolist(), base + len(self.crowds)):
            lies = np.flatnonzero(np.isin(keys, [pairs[0] * width + pairs[1], pairs[2] * width + pairs[3]]))
            parts.append((np.full(len(lies), at), lies, 1.0))
        parts += [(papers, size + papers, 1.0), (count + width + papers, size + count + papers, 1.0)]
        parts += [(count + people, size + 2 * count + people, -1.0)]
        parts += [(count + people, size + 2 * count + width + people, 1.0)]
        values = np.concatenate([np.full(len(part[0]), part[2]) for part in parts])
        return (
            np.concatenate([part[0] for part in parts]),
            np.concatenate([part[1] for part in parts]),
            values,
        )

    def priced(self, duals: Floats) -> tuple[Problem, Floats, Floats]:
        """The problem with the rules' prices in the scores, the utilities of submissions, the prices of reviewers."""
        (count, width), (utilities, prices, senior, rest) = self.problem.shape, self.parts(duals)
        terms: list[tuple[float, Sparse | Factors]] = []
        if self.rules.seniors is not None:
            terms.append((-1.0, Factors(senior[:, None], self.rules.seniors[:, None].astype(float))))
        lists = [(np.empty(0, np.int64),) * 2 + (np.empty(0),)]
        for (row, family, label), price in zip(self.crowds.tolist(), rest[: len(self.crowds)], strict=True):
            people = np.flatnonzero(self.rules.groups[family] == label)
            lists.append((np.full(len(people), row), people, np.full(len(people), price)))
        for pairs, price in zip(self.mutuals, rest[len(self.crowds) :], strict=True):
            lists.append((pairs[0::2], pairs[1::2], np.full(2, price)))
        rows, columns, values = (np.concatenate(part) for part in zip(*lists, strict=True))
        keys, place = np.unique(rows * width + columns, return_inverse=True)
        sums = np.bincount(place, values, len(keys)).astype(np.float64)
        terms.append((-1.0, Sparse(*np.divmod(keys, width), sums, (count, width))))
        return replace(self.problem, scores=Weighted(((1.0, self.problem.scores), *terms))), utilities, prices

    def parts(self, duals: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Utilities, prices of reviewers, of seniors (at most 0) and of "at most 1" (at least 0)."""
        count, width = self.problem.shape
        utilities, prices, senior, rest = np.split(duals, np.cumsum([count, width, count]))
        return utilities, prices, np.minimum(senior, 0.0), np.maximum(rest, 0.0)

    def bound(self, duals: Floats, priced: Problem, found: Candidates) -> float:
        """What no assignment exceeds by these prices; `found` are the pairs worth more, with their priced scores."""
        problem, fixed = self.problem, self.problem.fixed.lists()
        utilities, prices, senior, rest = self.parts(duals)
        gains = found.scores - prices[found.columns] - utilities[found.rows]
        given = priced.scores.at(*fixed) - prices[fixed[1]] - utilities[fixed[0]]
        loads = problem.most * np.maximum(prices, 0) + problem.least * np.minimum(prices, 0)
        needed = senior[(problem.demand > 0) & (self.rules.seniors is not None)]
        parts = (problem.demand * utilities, gains, given, loads, needed, rest)
        return math.fsum(float(part.sum()) for part in parts)


def highest(problem: Problem, gap: float = GAP) -> Ruled:
    """The best assignment under the problem's rules. Raises Infeasible, or ProblemError."""
    rules, fixed = problem.rules or Rules(), problem.fixed.lists()
    if len(rules.crowded(*fixed)) or len(rules.mutual(*fixed)):
        raise ProblemError("the fixed pairs break a rule")
    start = maximise(replace(problem, rules=None, least=np.zeros_like(problem.least)).remaining()).candidates
    start = start.joined(Candidates(*fixed, scores_of(problem, *fixed)), problem.shape[1])
    missed = MISSED * float(np.abs(start.scores).max(initial=0) or 1.0)
    while True:
        found = _highest(problem, rules, start, missed, gap)
        if found.is_whole:
            return found
        least = _least_missed(problem, rules, start)
        if not least.is_whole:
            raise _told(least)
        missed *= MISSED


def _highest(problem: Problem, rules: Rules, candidates: Candidates, missed: float, gap: float) -> Ruled:
    master = _Master(
        problem, rules, candidates, np.empty((0, 3), np.int64), np.empty((0, 4), np.int64), missed
    )
    width, most = problem.shape[1], max(ADDED, int(problem.demand.max(initial=0)))
    while True:
        _, _, duals = master.run(whole=False)
        priced, utilities, prices = master.priced(duals)
        found = better(priced, prices, utilities + programs.ROUGH, most)
        wider = _with(master, found)
        if len(wider.candidates) > len(master.candidates):
            master = wider
            continue
        bound = master.bound(duals, priced, found) + programs.ROUGH * float(problem.demand.sum())
        solver, values, _ = master.run(whole=True)
        if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            raise TimeoutError(f"no assignment within the rules was found in {programs.SECONDS:.0f} seconds")
        size = len(master.candidates)
        chosen = master.candidates.kept(np.flatnonzero(values[:size] > HALF))
        broken = rules.crowded(chosen.rows, chosen.columns), rules.mutual(chosen.rows, chosen.columns)
        if len(broken[0]) or len(broken[1]):
            master = replace(
                master,
                crowds=np.concatenate([master.crowds, broken[0]]),
                mutuals=np.concatenate([master.mutuals, broken[1]]),
            )
            continue
        total = float(solver.getInfo().objective_function_value)
        near = max(0.0, bound - total)
        if near > gap * float(np.abs(chosen.scores).sum()):
            wider = _with(master, better(priced, prices, utilities - near, most))
            if len(wider.candidates) > len(master.candidates):
                master = wider
                continue
            bound = min(bound, float(solver.getInfo().mip_dual_bound))
        counts = np.rint(values[size:]).astype(np.int64)
        missing = np.split(counts, np.cumsum([problem.shape[0], problem.shape[0], width]))
        return Ruled(chosen, bound, prices, utilities, *missing)


def _with(master: _Master, found: Candidates) -> _Master:
    """The program with these candidates as well, at what they are worth without the rules' prices."""
    plain = Candidates(found.rows, found.columns, scores_of(master.problem, found.rows, found.columns))
    return replace(master, candidates=master.candidates.joined(plain, master.problem.shape[1]))


def _least_missed(problem: Problem, rules: Rules, candidates: Candidates) -> Ruled:
    """The assignment that misses least of what is asked, whatever it is worth."""
    nothing = Sparse.of(*(np.empty(0, np.int64),) * 2, np.empty(0), problem.shape)
    plain = Candidates(candidates.rows, candidates.columns, np.zeros(len(candidates)))
    return _highest(replace(problem, scores=nothing), rules, plain, 1.0, 0.0)


def _told(least: Ruled) -> Infeasible:
    cure = [
        Cure(what, int(who), sign * int(counts[who]))
        for what, counts, sign in (
            ("load", least.over, 1),
            ("min_load", least.short, -1),
            ("senior", least.unattended, -1),
            ("demand", least.lacking, -1),
        )
        for who in np.flatnonzero(counts)
    ]
    submissions = np.flatnonzero(least.lacking + least.unattended)
    reviewers = np.flatnonzero(least.over + least.short)
    if least.unattended.any():
        reason = f"{named('submission', np.flatnonzero(least.unattended))} without a senior reviewer who may take it."
    elif len(submissions):
        reason = (
            f"{named('submission', submissions)} without as many reviewers as it needs, within the rules."
        )
    else:
        than = "more than they may" if least.over.any() else "less than they must"
        reason = f"{named('reviewer', reviewers)} to review {than}, for the rules to hold."
    return Infeasible(reason, submissions, reviewers, cure)
