"""What the demo is filled with: the workshop's accepted papers, invented ones beside them, invented reviewers.

Titles and authors of the accepted papers are real; every e-mail address is at example.org, and every abstract and
review was written for the demo and says so.
"""

import random
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

MARK = "*Sample abstract written for this demo.*"

ASKS = {
    "generative modeling": "What does a generative model have to know of a density that it only ever sees noisy?",
    "differential equations": "The path from noise to data is a differential equation, and more than one will do.",
    "probabilistic inference": "Posterior distributions are seldom available but for their scores.",
    "optimal transport": "Moving one distribution into another takes a plan, and plans differ in cost.",
    "gradient estimation and control variates": "An estimate of a gradient is as useful as its variance is small.",
    "Stein's method": "Stein operators turn a score into functions whose mean is known to be zero.",
    "images, video, audio, molecules": "Images, sounds and molecules lie near thin sets in very large spaces.",
    "science and engineering": "Scientific models come with structure that a generic network has to rediscover.",
    "inverse problems": "A measurement constrains what was measured without determining it.",
    "dynamical systems": "What changes in time is observed at few and irregular moments.",
    "hypothesis testing": "A test of fit should notice the differences that matter and no others.",
    "causal discovery and inference": "The score of the joint density bears traces of which variable acts on which.",
}
DOES = (
    "We ask what that means where scores are learned from data, and separate what follows from the data from what "
    "the parametrization adds.",
    "We describe a method that changes one ingredient of the usual recipe, and say which of its steps are exact.",
    "We give conditions under which the approach works and an example for each in which dropping it does harm.",
    "We set out the simplest version of the idea that still shows the effect, and build up from there.",
)
FINDS = (
    "Experiments on small problems with known answers, and on one larger problem, agree with the analysis.",
    "The gain is largest where noise is low; where it is high, nothing is lost.",
    "At equal cost the results are at least as good as those of the methods compared, with less tuning.",
    "The main limit is the dimension: we show how far it went and where it stopped.",
)


@dataclass(frozen=True)
class Person:
    """Somebody of the demo."""

    name: str
    email: str
    affiliation: str = ""


@dataclass(frozen=True)
class Paper:
    """A paper of the demo and what becomes of it."""

    title: str
    authors: tuple[Person, ...]
    topics: tuple[str, ...]
    abstract: str  # Markdown
    is_accepted: bool
    is_oral: bool


def accepted() -> list[Paper]:
    """The 54 papers that the workshop accepted, in the order of its list; six are oral."""
    return [
        Paper(
            title=row["title"],
            authors=tuple(Person(name, email(name)) for name in row["authors"]),
            topics=tuple(row["topics"]),
            abstract=abstract(row["title"], row["topics"]),
            is_accepted=True,
            is_oral=row.get("oral", False),
        )
        for row in _read("accepted-papers.toml")["paper"]
    ]


def rejected() -> list[Paper]:
    """The 20 invented papers."""
    return [
        Paper(
            title=row["title"],
            authors=tuple(Person(name, email(name), row["affiliation"]) for name in row["authors"]),
            topics=tuple(row["topics"]),
            abstract=f"{row['abstract']}\n\n{MARK}",
            is_accepted=False,
            is_oral=False,
        )
        for row in _read("invented.toml")["paper"]
    ]


def reviewers() -> list[Person]:
    """The 30 invented reviewers."""
    return [
        Person(row["name"], email(row["name"]), row["affiliation"])
        for row in _read("invented.toml")["reviewer"]
    ]


def email(name: str) -> str:
    """The address of a person of the demo: "Hannes Stärk" is hannes.stark@example.org."""
    plain = (
        unicodedata.normalize("NFKD", name.replace("\N{LATIN SMALL LETTER DOTLESS I}", "i"))
        .encode("ascii", "ignore")
        .decode()
    )
    return ".".join(re.findall(r"[a-z0-9]+", plain.lower())) + "@example.org"


def abstract(title: str, topics: list[str]) -> str:
    """Three sentences about the paper's first topic, always the same for the same title."""
    chance = random.Random(title)  # noqa: S311  (nothing secret)
    asks = ASKS[topics[0].partition(": ")[2]]
    return f"{asks} {chance.choice(DOES)} {chance.choice(FINDS)}\n\n{MARK}"


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files("demo") / name).read_text(encoding="utf-8"))
