"""Nobody reads what is planted for somebody else: in pages, headers, files and what is packed in them, letters."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import product
from typing import Any
from urllib.parse import unquote_plus, urljoin, urlsplit

import pikepdf
import pytest
from sqlalchemy import delete, select
from werkzeug import Response

from core.db import transaction
from decisions.models import Decision, Outcome
from mail.models import Message
from reviews.assignment.models import Assignment
from reviews.reviewing.models import Review
from tests.policy.cast import MOMENTS, PHASES, Cast, column, moment, pdf
from tests.policy.test_matrix import ACTS, FORMS, GROUPS, PAGES, rows
from tests.season import ANSWERS, CLOSED, REVIEWING, Season
from tests.submissions.door import fields

# What is planted, and who may come across it: in all phases, or while submission is open | in reviewing | after the
# release. Paper 1 is by ada, bo and una, and accepted; papers 2 to 4 are by cid, and not.
SECRETS = """
Kept in one             authors organizers | authors organizers rey | all
About Kept in one       authors free | authors free rey | authors free rey
Ada Abel                authors organizers | authors organizers | all
ada@example.org         authors free
bo@example.org          authors free
Abel Academy            authors free
abel-draft.pdf          authors free
abel-extra.pdf          authors free
Meta abel               authors free
Extra abel              authors free
abel-final.pdf          authors
Final abel              authors | authors | authors organizers
Lost in two             cid organizers | cid organizers rut | cid organizers rut
Cid Cole                cid organizers
cid@example.org         cid organizers
Cole College            cid organizers
cole-draft.pdf          cid organizers
Meta cole               cid organizers
Extra cole              cid organizers
Rey Ross                rey organizers
Lea Lund                free
rey@example.org         rey organizers
lea@example.org         nobody
Ina Imre                organizers
dee@example.org         organizers
No time in autumn.      organizers
co-authors              free
Lea found it sound.     free | free | authors free
ps2lea                  free | free | authors free
ps0rey                  free
Rut found it thin.      organizers | organizers rut | cid organizers rut
Rey still doubts.       nobody | rey | rey
Accepted for a talk: Kept in one    free | free | free
Decision on Lost in two     organizers
Ada was ill.            free
Late for one            authors free
Zoe Zorn                authors free
zoe@example.org         authors free
zorn-late.pdf           free
Meta late               authors free
Gone in three           cid organizers
Its proof is wrong.     cid organizers
Meta gone               cid organizers
Begun in four           cid organizers
Sent to others          ora
Dan Dorn                ora
Meta dorn               ora
{token}                 nobody
"""


@pytest.fixture
def cast(season: Season) -> Cast:
    return Cast(season)


def crawl(cast: Cast, name: str) -> Iterator[tuple[str, bytes]]:
    """Every address of the table and every one that a page links to, with what this person gets there.

    Links that sign in are left out: whoever holds one may use it.
    """
    client, paths = cast.client(name), cast.paths()
    links = {head.split()[1] for head, _ in rows(PAGES)}
    waiting = [link for link in links if not re.search(r"\{(welcome|reset|verify|invited)\}|/static/", link)]
    waiting = [link.format_map(paths) for link in waiting]
    waiting += [
        link.replace("submissions/1/", "submissions/2/") for link in waiting if "submissions/1/" in link
    ]
    waiting += ["/sbm2022/papers/2/", "/sbm2022/papers/2/paper.pdf", "/other/", "/other/organize/submissions"]
    waiting += [f"/sbm2022/organize/outbox/{number}" for number in range(1, 20)]
    waiting += ["/sbm2022/organize/submissions?q=Abel", "/sbm2022/organize/submissions?sort=-mean"]
    seen = set(waiting)
    while waiting:
        path = waiting.pop()
        with client.get(path) as answer:
            body = answer.data
        yield path, received(answer, body)
        if answer.mimetype == "text/html":
            for found in re.findall(r'href="([^"#]+)', body.decode()):
                link = urljoin(f"http://localhost{path}", unescape(found))
                if urlsplit(link).netloc == "localhost" and "/static/" not in link and link[16:] not in seen:
                    seen.add(link[16:])
                    waiting.append(link[16:])


def received(answer: Response, body: bytes) -> bytes:
    """The headers of an answer, as they are and decoded, with all that is in its body."""
    headers = str(answer.headers)
    return f"{headers}{unquote_plus(headers)}".encode() + unpacked(body)


def unpacked(body: bytes) -> bytes:
    """The bytes with all that is packed in them: the files of a ZIP, the objects and streams of a PDF."""
    found = [body]
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            found += [unpacked(archive.read(name)) for name in archive.namelist()]
    if body.startswith(b"%PDF-"):
        with pikepdf.open(io.BytesIO(body)) as opened:
            for thing in opened.objects:
                found.append(thing.unparse())
                if isinstance(thing, pikepdf.Stream):
                    found.append(thing.read_bytes())
    return b"\n".join(found)


def test_a_planted_name_is_found_in_a_pdf_and_in_a_zip(cast: Cast) -> None:
    """What the crawl relies on."""
    for name, path, secret in (
        ("ada", "/sbm2022/submissions/1/versions/1/paper.pdf", b"Meta abel"),
        ("olga", "/sbm2022/organize/camera-ready.zip", b"Final abel"),
    ):
        cast.season.at(PHASES["released"])
        got = dict(crawl(cast, name))[path]
        assert secret in got


@pytest.mark.parametrize("phase", MOMENTS)
def test_nobody_comes_across_what_is_not_for_them(cast: Cast, phase: str) -> None:
    """And what is for them is found, so that nothing passes because it is nowhere."""
    cast.season.at(moment(phase))
    token = re.findall(r"/reset/(\S+)", cast.secret_letter.text)[0]
    wrong = []
    for name in cast.people:
        met: dict[str, list[str]] = {}
        for path, got in crawl(cast, name):
            whole = unescape(got.decode("utf-8", "replace"))
            for secret in secrets_for(name, phase):
                if secret.format(token=token) in whole:
                    met.setdefault(secret, []).append(path)
        for secret, may in secrets_for(name, phase).items():
            if secret in met and not may:
                wrong.append(f"{name} sees {secret!r} at {' '.join(met[secret])}")
            if secret not in met and may:
                wrong.append(f"{name} never sees {secret!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("phase", ["open", "reviewing", "released"])
def test_no_answer_to_what_is_sent_tells_it_either(cast: Cast, phase: str) -> None:
    """Everything that can be sent, by everybody: done or refused, neither the answer nor the page after it does.

    The page of an invitation greets whoever holds its link by name.
    """
    cast.season.at(moment(phase))
    paths, wrong, right = cast.paths(), [], set()
    for name in cast.people:
        secrets = {secret: may for secret, may in secrets_for(name, phase).items() if "{" not in secret}
        for head, _ in rows(ACTS):
            endpoint, method, path = head.split()
            with cast.undone():
                act = FORMS.get(endpoint, {}) | {"follow_redirects": "{invited}" not in path}
                answer = cast.client(name).open(path.format_map(paths), method=method, **act)
                got = b"".join(received(one, one.data) for one in (*answer.history, answer))
                whole = unescape(got.decode("utf-8", "replace"))
            met = {secret for secret in secrets if secret in whole}
            wrong += [f"{method} {path} shows {name} {secret!r}" for secret in met if not secrets[secret]]
            right |= {(name, secret) for secret in met}
    assert not wrong, "\n".join(wrong)
    assert ("ada", "Ada Abel") in right
    assert ("bo", "abel-draft.pdf") in right


@pytest.mark.parametrize(
    ("phase", "knowing"),
    [("reviewing", {"olga", "rey"}), ("released", {"olga", "rey", "ada", "bo", "una"})],
)
def test_nothing_shows_how_a_paper_fares(cast: Cast, phase: str, knowing: set[str]) -> None:
    """A review and a reviewer less on paper 1, and before the release another decision, change not one byte for
    whoever may not know."""
    kept_from = [name for name in cast.people if name not in knowing]
    cast.season.at(PHASES[phase])
    before = {name: pages(cast, name) for name in kept_from}
    session, one = cast.season.session, cast.one.id
    with transaction(session):
        if phase != "released":
            session.get_one(Decision, one).outcome = Outcome.REJECT
        letters = select(Message).where(Message.thing == f"submission:{one}")
        for letter in session.scalars(letters):
            letter.subject, letter.text, letter.html = "Rejected", "Not accepted.", "<p>Not accepted.</p>"
        lea, rey = (cast.review_of[name].id for name in ("lea", "rey"))
        session.execute(delete(Review).where(Review.assignment_id == lea))
        session.get_one(Assignment, rey).removed_at = REVIEWING
    for name in kept_from:
        after = pages(cast, name)
        assert before[name].keys() == after.keys()
        assert [path for path in after if before[name][path] != after[path]] == [], name


def pages(cast: Cast, name: str) -> dict[str, bytes]:
    """What this person gets at each address; without the metrics, which count, and a second factor's new secret."""
    others = ("/metrics", "/account/second-factor")
    return {path: plain(got) for path, got in crawl(cast, name) if path not in others}


def plain(got: bytes) -> bytes:
    """Without what differs each time: tokens, cookies, the time of day and the request's own name."""
    got = re.sub(rb"(?m)^(Set-Cookie|Date|Expires|X-Request-Id):.*$", b"", got)
    return re.sub(rb'(name="csrf_token"[^>]*?value=)"[^"]*"', rb'\1""', got)


def test_letters_say_only_what_their_reader_may_know(cast: Cast) -> None:
    ada, olga = cast.client("ada"), cast.client("olga")
    cast.season.at(PHASES["open"])
    ada.send("/sbm2022/submissions/1/withdraw", confirmation="1", reason="A flaw.")
    ada.send("/sbm2022/submissions/1/restore")
    cast.season.at(PHASES["reviewing"])
    rut, rey = cast.season.rut.id, cast.season.rey.id
    olga.send("/sbm2022/organize/assignments/1", reviewer=str(rut))
    olga.send(f"/sbm2022/organize/assignments/1/reviewers/{rey}/remove")
    olga.send("/sbm2022/organize/reviewers", people="Ole Olsen <ole@example.org>", confirm="1")
    cast.write_letters()
    cast.season.at(PHASES["released"])
    ada.send("/sbm2022/submissions/1/camera-ready", paper=(io.BytesIO(pdf("Final abel")), "x.pdf"))
    cast.season.session.rollback()
    letters = cast.season.session.scalars(select(Message)).all()
    assert {letter.occasion for letter in letters} == {
        "decision_released",
        "final_received",
        "forgotten",
        "paper_assigned",
        "paper_taken_back",
        "reviewer_invited",
        "submission_restored",
        "submission_withdrawn",
    }
    told = {(letter.to_email, letter.subject.partition(" (")[0]) for letter in letters if letter.batch_id}
    assert told == {
        ("ada@example.org", "Accepted for a talk: Kept in one"),
        ("bo@example.org", "Accepted for a talk: Kept in one"),
        ("una@example.org", "Accepted for a talk: Kept in one"),
        ("cid@example.org", "Decision on Lost in two"),
    }
    more = {"Kept in one": "authors organizers rey rut", "A flaw.": "authors"}  # rut is assigned above
    assert told_too_much(cast, letters, more) == []


def test_letters_on_versions_and_reviews_say_only_what_their_reader_may_know(cast: Cast) -> None:
    """A version that names nel for bo and a late one, a review, and a withdrawal that its reviewers hear of twice."""
    ada, rey = cast.client("ada"), cast.client("rey")
    page, title = "/sbm2022/submissions/1", "Kept in one"
    people = [cast.season.ada, cast.people["una"], cast.season.nel]
    named = [[one.name, one.primary_email, one.affiliation] for one in people if one]
    cast.season.at(PHASES["open"])
    ada.send(f"{page}/edit", started_from="1", **fields(named, title=title))
    cast.season.at(CLOSED)
    ada.send(f"{page}/edit", started_from="3", **fields(named, title=title, abstract="Later."))
    cast.season.at(PHASES["reviewing"])
    answers: dict[str, Any] = {name: str(answer) for name, answer in ANSWERS.items()}
    answers |= {"ethics": "no", "conduct": "y", "summary": "Rey still doubts."}
    rey.send("/sbm2022/papers/1/review", submit="1", revision="1", **answers)
    ada.send(f"{page}/withdraw", confirmation="1", reason="Its figures are wrong.")
    cast.work()
    ada.send(f"{page}/restore")
    cast.work()
    cast.season.session.rollback()
    letters = cast.season.session.scalars(select(Message)).all()
    told = {(letter.occasion, letter.to_email.partition("@")[0]) for letter in letters}
    to_authors = ("submission_received", "version_late", "submission_withdrawn", "submission_restored")
    assert told == {
        ("forgotten", "nel"),
        ("author_removed", "bo"),
        ("review_received", "rey"),
        ("decision_released", "cid"),
        *product(("decision_released", *to_authors), ("ada", "nel", "una")),
        *product(("paper_withdrawn", "paper_restored"), ("lea", "rey", "ron")),
    }
    more = {
        title: "authors organizers nel rey",
        "Ada Abel": "authors organizers nel",
        **dict.fromkeys(("ada@example.org", "Abel Academy"), "authors nel"),
        **dict.fromkeys(("Nel Noor", "nel@example.org", "Its figures are wrong."), "ada nel una"),
    }
    assert told_too_much(cast, letters, more) == []


def told_too_much(cast: Cast, letters: Iterable[Message], more: dict[str, str]) -> list[tuple[str, str, str]]:
    """What letters tell to whoever may not know it; `more` says of secrets, over the table, who may."""
    of, found = {f"{name}@example.org": name for name in cast.people}, []
    for letter in letters:
        phase = next(phase for phase in reversed(PHASES) if letter.queued_at >= PHASES[phase])
        phase = "released" if letter.batch_id else phase
        name = of.get(letter.to_email, letter.to_email)
        whole = "\n".join([letter.subject, letter.text, unescape(letter.html), letter.reply_to])
        secrets = secrets_for(name, phase) | {secret: is_among(name, who) for secret, who in more.items()}
        for secret, may in secrets.items():
            is_own = secret in (letter.to_name, letter.to_email) or letter.subject.startswith(secret)
            if secret in whole and not may and not is_own:
                found.append((letter.occasion, letter.to_email, secret))
    return found


def secrets_for(name: str, phase: str) -> dict[str, bool]:
    """What is planted, and whether this person may see it in this phase."""
    found, place = {}, column(phase)
    for line in SECRETS.strip().splitlines():
        first, *others = line.split("|")
        secret, who = re.split(r" {2,}", first, maxsplit=1)
        cell = [who, *others][place] if others else who
        found[secret] = is_among(name, cell)
    return found


def is_among(name: str, who: str) -> bool:
    """Whether this person is one of those that a cell names."""
    return any(name in GROUPS.get(word, {word}) for word in who.split())
