"""The figure and the table of a sample paper: a score field and Langevin walks on it, really computed."""

import math
import random
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

HEIGHT = 150  # points, of a panel
BELOW = 12  # for the numbers of its axis
HALF = 3.0  # the left panel spans -HALF..HALF in both directions, the right one likewise
BINS = 30
GRID = 14  # arrows in a row
WALKERS = 400
STEPS = 60
INK, ACCENT, PALE = (0.12, 0.16, 0.24), (0.11, 0.36, 0.62), (0.72, 0.80, 0.90)

Point = tuple[float, float]


@dataclass(frozen=True)
class Figure:
    """What is drawn and said of one experiment."""

    arrows: list[tuple[Point, Point]]  # where, and the score there
    samples: list[Point]
    bars: list[float]  # densities of the walks' ends in BINS bins over -HALF..HALF
    curve: list[Point]  # the true density
    caption: str
    rows: list[list[str]]
    table_caption: str


@cache
def experiment(seed: int) -> Figure:
    """A mixture of three Gaussians in the plane and two on a line, always the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311  (nothing secret)
    width = chance.uniform(0.55, 0.75)
    centres = [(chance.uniform(-2, 2), chance.uniform(-1.6, 1.6)) for _ in range(3)]
    grid = [-HALF + 2 * HALF * (step + 0.5) / GRID for step in range(GRID)]
    samples = []
    for _ in range(180):
        x, y = chance.choice(centres)
        samples.append((chance.gauss(x, width), chance.gauss(y, width)))
    left, right = chance.uniform(-1.8, -1.0), chance.uniform(0.9, 1.6)
    share = chance.uniform(0.35, 0.65)
    line = ((share, left), (1 - share, right))
    spread = 0.45
    sizes = (0.02, 0.05, 0.10, 0.20)
    steps = np.random.default_rng(seed)
    ends = {size: _walks(steps, line, spread, size) for size in sizes}
    mean = share * left + (1 - share) * right
    deviation = math.sqrt(spread**2 + share * (1 - share) * (right - left) ** 2)
    counts, _ = np.histogram(ends[0.05], BINS, (-HALF, HALF))
    bars = [float(count) * BINS / (2 * HALF * WALKERS) for count in counts]
    xs = [-HALF + 2 * HALF * step / 120 for step in range(121)]
    rows = [["step size", "mean", "deviation", "within 1"]]
    for size, walk in ends.items():
        rows.append([f"{size:.2f}", *_row(walk.mean(), walk.std(), (abs(walk) < 1).mean())])
    rows.append(["exact", *_row(mean, deviation, _mass(line, spread))])
    return Figure(
        arrows=[((x, y), _score(x, y, centres, width)) for x in grid for y in grid],
        samples=samples,
        bars=bars,
        curve=[(x, _density(x, line, spread)) for x in xs],
        caption=f"Left: score of a mixture of three Gaussians of width {width:.2f}, with 180 samples. Right: "
        f"ends of {WALKERS} Langevin walks of {STEPS} steps of size 0.05 (bars) and the density that they should have "
        "(line).",
        rows=rows,
        table_caption=f"Moments of the ends of {WALKERS} walks of {STEPS} steps, and the exact values.",
    )


def _score(x: float, y: float, centres: list[Point], width: float) -> Point:
    """The gradient of the log-density of the mixture."""
    weights = [math.exp(-((x - a) ** 2 + (y - b) ** 2) / (2 * width**2)) + 1e-300 for a, b in centres]
    total = sum(weights) * width**2
    pull = list(zip(weights, centres, strict=True))
    return sum(w * (a - x) for w, (a, _) in pull) / total, sum(w * (b - y) for w, (_, b) in pull) / total


Line = tuple[tuple[float, float], ...]  # weight and centre of each part


def _density(x: float, line: Line, spread: float) -> float:
    return sum(w * math.exp(-((x - c) ** 2) / (2 * spread**2)) for w, c in line) / (
        spread * math.sqrt(2 * math.pi)
    )


def _mass(line: Line, spread: float) -> float:
    """The probability of -1..1."""
    root = spread * math.sqrt(2)
    return sum(w * (math.erf((1 - c) / root) - math.erf((-1 - c) / root)) / 2 for w, c in line)


def _walks(chance: np.random.Generator, line: Line, spread: float, size: float) -> "np.ndarray[Any, Any]":
    """Where unadjusted Langevin walks from a wide start end, in order."""
    x, kick = chance.normal(0, 1.5, WALKERS), math.sqrt(2 * size)
    (w1, c1), (w2, c2) = line
    for _ in range(STEPS):
        # The share of the first part at x, from the logarithm of the ratio of the two.
        odds = math.log(w1 / w2) + ((x - c2) ** 2 - (x - c1) ** 2) / (2 * spread**2)
        first = 1 / (1 + np.exp(-odds.clip(-50, 50)))
        x += size * (first * c1 + (1 - first) * c2 - x) / spread**2 + kick * chance.normal(size=WALKERS)
    return np.sort(x)


class Drawing(Flowable):
    """Draws the two panels side by side."""

    def __init__(self, figure: Figure, width: float) -> None:
        super().__init__()
        self.figure, self.width, self.height = figure, width, HEIGHT + BELOW

    def draw(self) -> None:
        """On the canvas, with the lower left corner at the origin."""
        canvas: Canvas = self.canv
        panel = (self.width - 24) / 2
        canvas.translate(0, BELOW)
        self._field(canvas, panel)
        canvas.translate(panel + 24, 0)
        self._histogram(canvas, panel)

    def _field(self, canvas: Canvas, width: float) -> None:
        def at(x: float, y: float) -> Point:
            return (x + HALF) / (2 * HALF) * width, (y + HALF) / (2 * HALF) * HEIGHT

        canvas.setFillColorRGB(*PALE)
        for x, y in self.figure.samples:
            if abs(x) < HALF and abs(y) < HALF:
                left, low = at(x, y)
                canvas.rect(left - 1, low - 1, 2, 2, stroke=0, fill=1)
        canvas.setStrokeColorRGB(*ACCENT)
        canvas.setFillColorRGB(*ACCENT)
        canvas.setLineWidth(0.5)
        for (x, y), (u, v) in self.figure.arrows:
            strength = math.hypot(u, v) or 1.0
            length = 5.5 * math.tanh(strength / 3) + 1.5  # points
            (left, low), (u, v) = at(x, y), (u / strength, v / strength)
            tip = (left + u * length, low + v * length)
            canvas.line(left, low, *tip)
            head = canvas.beginPath()
            head.moveTo(*tip)
            head.lineTo(tip[0] - 2.2 * u + 1.1 * v, tip[1] - 2.2 * v - 1.1 * u)
            head.lineTo(tip[0] - 2.2 * u - 1.1 * v, tip[1] - 2.2 * v + 1.1 * u)
            head.close()
            canvas.drawPath(head, stroke=0, fill=1)
        _frame(canvas, width)

    def _histogram(self, canvas: Canvas, width: float) -> None:
        highest = 1.1 * max(*self.figure.bars, *(density for _, density in self.figure.curve))
        canvas.setFillColorRGB(*PALE)
        for number, density in enumerate(self.figure.bars):
            canvas.rect(
                number * width / BINS, 0, width / BINS - 0.6, density / highest * HEIGHT, stroke=0, fill=1
            )
        curve = canvas.beginPath()
        for number, (x, density) in enumerate(self.figure.curve):
            point = ((x + HALF) / (2 * HALF) * width, density / highest * HEIGHT)
            (curve.lineTo if number else curve.moveTo)(*point)
        canvas.setStrokeColorRGB(*ACCENT)
        canvas.setLineWidth(1.2)
        canvas.drawPath(curve)
        _frame(canvas, width)


def _frame(canvas: Canvas, width: float) -> None:
    """The panel's border and the ticks of its axis from -HALF to HALF."""
    canvas.setStrokeColorRGB(*INK)
    canvas.setFillColorRGB(*INK)
    canvas.setLineWidth(0.6)
    canvas.rect(0, 0, width, HEIGHT)
    canvas.setFont("SourceSerif", 7)
    for tick in (-2, 0, 2):
        x = (tick + HALF) / (2 * HALF) * width
        canvas.line(x, 0, x, 3)
        canvas.drawCentredString(x, -9, _written(tick, 0))


def _row(*numbers: float) -> list[str]:
    return [_written(number, 3) for number in numbers]


def _written(number: float, places: int) -> str:
    """The number with a true minus sign."""
    return f"{number:.{places}f}".replace("-", "\N{MINUS SIGN}")
