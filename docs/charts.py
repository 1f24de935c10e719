"""Draws the charts of assignment.md from real runs: `.venv/bin/python -m docs.charts`. Takes some minutes of computing.

The data are the invented affinities of `bench/affinities.py`, the same on every machine; only times differ.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench.assignment import CASES, measure, synthetic
from reviews.assignment.matching.randomised import capped, perturbed
from reviews.assignment.matching.solve import fairest, highest_total

FOLDER = Path(__file__).parent / "pictures"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 340, 62, 24, 46, 50
INK, QUIET, BLUE, RED, PAPER = "#1b2529", "#c9d3d6", "#0b5a75", "#b3441e", "#fbfaf6"
CAPS = np.arange(1, 9) / 8
POOREST = 100  # submissions that the first chart shows


@dataclass
class Chart:
    """Axes from a least to a greatest value, and what is drawn between them."""

    title: str
    x: tuple[float, float]
    y: tuple[float, float]
    parts: list[str] = field(default_factory=list)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a point lies in the picture."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)

    def line(self, xs: list[float], ys: list[float], colour: str, *, dashed: bool = False) -> None:
        """Through these points."""
        points = " ".join("{:.1f},{:.1f}".format(*self.place(*each)) for each in zip(xs, ys, strict=True))
        dash = ' stroke-dasharray="6 5"' if dashed else ""
        self.parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"{dash}/>'
        )

    def dot(self, x: float, y: float, colour: str) -> None:
        """A point that was measured."""
        self.parts.append(
            '<circle cx="{:.1f}" cy="{:.1f}" r="4" '.format(*self.place(x, y)) + f'fill="{colour}"/>'
        )

    def bar(self, x: float, width: float, y: float, colour: str) -> None:
        """From the x-axis up."""
        (left, top), (right, bottom) = self.place(x, y), self.place(x + width, self.y[0])
        self.parts.append(
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}" '
            f'fill="{colour}"/>'
        )

    def text(self, x: float, y: float, words: str, colour: str = INK, anchor: str = "start") -> None:
        """Words at a point, a little above it."""
        left, top = self.place(x, y)
        self.parts.append(
            f'<text x="{left:.1f}" y="{top - 6:.1f}" fill="{colour}" text-anchor="{anchor}">{words}</text>'
        )

    def save(self, name: str, xs: dict[float, str], ys: dict[float, str], below: str) -> None:
        """Write docs/pictures/NAME.svg, with these marks on the axes and these words below."""
        grid = []
        for y, words in ys.items():
            left, at = self.place(self.x[0], y)
            grid.append(f'<path d="M{left:.1f} {at:.1f}H{WIDTH - RIGHT}" stroke="{QUIET}"/>')
            grid.append(f'<text x="{left - 8:.1f}" y="{at + 5:.1f}" text-anchor="end">{words}</text>')
        for x, words in xs.items():
            at, bottom = self.place(x, self.y[0])
            grid.append(f'<text x="{at:.1f}" y="{bottom + 19:.1f}" text-anchor="middle">{words}</text>')
        middle = (LEFT + WIDTH - RIGHT) / 2
        (FOLDER / f"{name}.svg").write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
            f'height="{HEIGHT}" font-family="\'Liberation Sans\', Arial, Helvetica, sans-serif" font-size="14" '
            f'fill="{INK}" role="img" aria-label="{self.title}">\n<rect width="{WIDTH}" height="{HEIGHT}" '
            f'fill="{PAPER}"/>\n<text x="{LEFT}" y="26" font-size="16" font-weight="600">{self.title}</text>\n'
            + "\n".join([*grid, *self.parts])
            + f'\n<text x="{middle}" y="{HEIGHT - 10}" text-anchor="middle">{below}</text>\n</svg>\n'
        )


def fairness() -> None:
    """The poorest submissions at the highest total, and fairly assigned."""
    asked = synthetic(1000, 1000, 4)(None)
    best, (fair, bound) = highest_total(asked), fairest(asked)
    print(
        f"total {best.total:.2f} minimum {best.scores.min():.4f}; fair {fair.total:.2f} {fair.scores.min():.4f} {bound}"
    )
    chart = Chart("The 100 submissions that fare worst, of 1,000", (1, POOREST), (0.8, 2.2))
    ranks = list(range(1, POOREST + 1))
    for found, colour in ((best, RED), (fair, BLUE)):
        chart.line(list(map(float, ranks)), np.sort(found.scores)[:POOREST].tolist(), colour)
    if bound is not None:
        chart.line([1, POOREST], [bound, bound], INK, dashed=True)
        chart.text(POOREST, bound, f"no assignment has a minimum above {bound:.3f}", INK, "end")
    chart.text(28, 1.05, f"highest total {best.total:.1f}, minimum {best.scores.min():.2f}", RED)
    chart.text(2, 1.58, f"fair: total {fair.total:.1f}, minimum {fair.scores.min():.2f}", BLUE)
    heights = {y: f"{y:.1f}" for y in np.arange(0.8, 2.3, 0.2).tolist()}
    chart.save(
        "assignment-fair", {1: "1st", 50: "50th", 100: "100th"}, heights, "submissions, the poorest first"
    )


def lotteries() -> None:
    """What a cap on every pair's probability costs, and what the perturbed objective gives for its cost."""
    asked = synthetic(1000, 1000, 4)(None)
    best = highest_total(asked).total
    shares = [capped(asked, float(cap)).expected_total / best for cap in CAPS]
    spread = perturbed(asked)
    print("caps", dict(zip(CAPS.tolist(), shares, strict=True)), "perturbed", spread.expected_total / best)
    chart = Chart("What chance costs: expected total, of the highest there is", (0.06, 1.08), (0.8, 1.01))
    chart.line(CAPS.tolist(), shares, BLUE)
    for cap, share in zip(CAPS.tolist(), shares, strict=True):
        chart.dot(cap, share, BLUE)
        chart.text(cap + 0.01, share - 0.02, f"{100 * share:.1f} %", BLUE)
    heights = {y: f"{100 * y:.0f} %" for y in (0.8, 0.85, 0.9, 0.95, 1.0)}
    chart.save(
        "assignment-lottery",
        {cap: f"{cap:g}" for cap in CAPS.tolist()},
        heights,
        "no pair is likelier than this",
    )


def times() -> None:
    """Computing time beside OR-tools' flow on all pairs."""
    names = {"1000": "1,000 by 1,000", "cvpr": "2,623 by 1,373", "5000": "5,000 by 5,000"}
    chart = Chart("Computing time, as a share of a flow's on all pairs", (0, 3), (0, 1.1))
    for at, name in enumerate(names):
        answer = measure(next(case for case in CASES if case.name == name), None)
        print(answer)
        chart.bar(at + 0.2, 0.28, 1, QUIET)
        chart.text(at + 0.34, 1, f"{answer['flow']['seconds']:.2g} s", INK, "middle")
        chart.bar(at + 0.52, 0.28, answer["ratio"], BLUE)
        chart.text(at + 0.66, answer["ratio"], f"{answer['seconds']:.2g} s", BLUE, "middle")
    marks = {at + 0.5: words for at, words in enumerate(names.values())}
    chart.save(
        "assignment-time",
        marks,
        {0: "0", 0.5: "0.5", 1: "1"},
        "submissions by reviewers; grey: all pairs, blue: Dateline",
    )


CHARTS: list[Callable[[], None]] = [lotteries, times, fairness]

if __name__ == "__main__":
    for draw in CHARTS:
        draw()
