"""The figures: which page, as whom, beside which bare page, and the goal."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from bench import data
from bench.measure import Client, cost, ratio
from bench.site import Site, csrf_token

UPLOAD = 5_000_000  # bytes
HELLOS = 40  # requests of the bare page in a round
VENUE = f"/{data.SLUG}"
Act = Callable[[], None]


@dataclass(frozen=True)
class Figure:
    """`prepare` gives what is done, once, `count` times a round; `base` what one is compared with."""

    name: str
    what: str
    goal: float
    prepare: Callable[[Site], Act]
    count: int = 5
    base: Callable[[Site], Act] | None = None


@dataclass(frozen=True)
class Result:
    """A figure's value: CPU time of the server as a multiple of the bare page's; in milliseconds for people."""

    name: str
    value: float
    goal: float
    milliseconds: float

    @property
    def is_reached(self) -> bool:
        return self.value <= self.goal


def measure(site: Site, figure: Figure, rounds: int) -> Result:
    """One figure, after a few requests that warm up."""
    act = figure.prepare(site)
    base, base_count = (figure.base(site), figure.count) if figure.base else (_hello(site), HELLOS)
    for _ in range(3):
        act()
        base()
    taken: list[float] = []

    def measured() -> float:
        taken.append(cost(site.dateline.pid, act, figure.count))
        return taken[-1]

    value = ratio(measured, lambda: cost(site.bare.pid, base, base_count), rounds)
    return Result(figure.name, round(value, 2), figure.goal, round(1000 * sum(taken) / len(taken), 2))


def shorter(figure: Figure, count: int) -> Figure:
    """The same with fewer requests in a round."""
    return replace(figure, count=count)


def _hello(site: Site) -> Act:
    client = site.bare_client()
    return lambda: _get(client, "/")


def _get(client: Client, path: str, **headers: str) -> None:
    client.ask("GET", path, headers=headers)


def _page(path: str, who: Callable[[data.People], str] = lambda _people: "") -> Callable[[Site], Act]:
    def prepare(site: Site) -> Act:
        client = site.client(who(site.people))
        return lambda: _get(client, VENUE + path)

    return prepare


def _autosave(site: Site) -> Act:
    """The review's script saves what was typed, a few more words each time."""
    client = site.client(site.people.reviewer)
    page = client.ask("GET", f"{VENUE}/papers/1/review")
    headers = {"X-CSRFToken": csrf_token(page), "Content-Type": "application/json"}
    state = {"revision": 1, "words": 0}

    def act() -> None:
        state["words"] += 1
        typed = {"summary": data.TEXT + f"word {state['words']}", "strengths_and_weaknesses": data.TEXT * 2}
        fields = {
            **typed,
            "quality": "3",
            "clarity": "2",
            "overall": "4",
            "confidence": "3",
            "conduct": ["y"],
        }
        body = json.dumps({"revision": state["revision"], "fields": fields}).encode()
        answer = client.ask("PUT", f"{VENUE}/papers/1/review/draft", body, headers=headers)
        state["revision"] = json.loads(answer)["revision"]

    return act


def _new_file() -> bytes:
    return b"%PDF-1.7\n" + random.randbytes(16) + bytes(UPLOAD - 25)


def _upload(site: Site) -> Act:
    """An author's script announces a file, then sends it."""
    client = site.client(site.people.author)
    token = csrf_token(client.ask("GET", f"{VENUE}/submissions/"))
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    announcement = json.dumps({"size": UPLOAD}).encode()

    def act() -> None:
        said = {**headers, "Content-Type": "application/json"}
        opened = client.ask("POST", f"{VENUE}/submissions/uploads", announcement, status=201, headers=said)
        sent = {**headers, "Content-Type": "application/pdf"}
        path = json.loads(opened)["url"] + "?kind=paper&name=paper.pdf"
        client.ask("PUT", path, _new_file(), status=201, headers=sent)

    return act


def _bare_upload(site: Site) -> Act:
    client = site.bare_client()

    def act() -> None:
        client.ask("POST", "/upload", _new_file())

    return act


FIGURES = (
    Figure(
        "organizer-list",
        "organizer's list, 50 of 1000 submissions",
        14,
        _page("/organize/submissions", lambda people: people.organizer),
    ),
    Figure(
        "organizer-submission",
        "one submission with three reviews",
        10,
        _page("/organize/submissions/7/", lambda people: people.organizer),
    ),
    Figure(
        "upload",
        "upload of 5 MB, announced, sent and durable; over a bare route that saves and fsyncs it",
        1.5,
        _upload,
        count=1,
        base=_bare_upload,
    ),
    Figure("home", "home page of the venue, signed out, made anew", 6, _page("/?anew")),
    Figure("home-kept", "home page of the venue, signed out, kept whole", 2, _page("/"), count=20),
    Figure(
        "author-submission",
        "an author's own submission",
        9,
        _page("/submissions/1/", lambda people: people.author),
    ),
    Figure("reviewer-list", "a reviewer's list of 6", 9, _page("/papers/", lambda people: people.reviewer)),
    Figure(
        "review-form", "the form of a review", 14, _page("/papers/1/review", lambda people: people.reviewer)
    ),
    Figure("autosave", "the draft of a review saved while typing", 6, _autosave),
)
