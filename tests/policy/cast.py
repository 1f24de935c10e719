"""A season in which everything is planted that somebody may not see, and everybody who may want to see it.

All of it is in the database from the start, decisions and reviews too: only the clock and the roles keep it back.
"""

import io
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import pikepdf
from sqlalchemy import select

from accounts import signed_links
from accounts.actions import ask_for_link
from accounts.models import Email, Person
from camera_ready.models import FinalVersion
from core import tokens
from core.db import transaction
from core.jobs import run_next
from decisions import jobs
from decisions.models import Outcome
from mail.models import Message
from reviews.pool.models import Invitation, InvitationState
from reviews.reviewing.models import Review
from submissions import checks
from submissions.models import State, Submission, Upload, Version
from tests.season import ANSWERS, BEFORE, CAMERA_READY, CLOSED, NOTIFICATION, REVIEWING, Client, Season
from venues.deadlines import DateKind
from venues.models import Extension, ListedPerson, Role, Section
from web.jobs import JOBS

PHASES = {"open": BEFORE, "reviewing": REVIEWING, "released": CAMERA_READY}  # the columns of the tables
# Every phase of the season, each with the column that holds for it.
MOMENTS = {
    "before the call": (datetime(2022, 8, 1, 9, tzinfo=UTC), "open"),
    "open": (BEFORE, "open"),
    "reviewing": (REVIEWING, "reviewing"),
    "deciding": (datetime(2022, 10, 17, 9, tzinfo=UTC), "reviewing"),
    "released": (CAMERA_READY, "released"),
    "program": (datetime(2022, 11, 28, 9, tzinfo=UTC), "released"),
    "over": (datetime(2022, 12, 5, 9, tzinfo=UTC), "released"),
}
OUT = "signed out"
# Who stands for whom. The table of the matrix and that of the secrets speak of the people by these names.
KINDS = {
    OUT: "signed out",
    "nel": "stranger",
    "ada": "author",
    "bo": "co-author",
    "cid": "author of another paper",
    "rey": "reviewer",
    "rut": "reviewer of another paper",
    "ron": "reviewer in conflict",
    "olga": "organizer",
    "una": "organizer who is an author",
    "ivo": "organizer in conflict",
    "ora": "organizer of another venue",
    "sam": "site administrator",
}


def moment(phase: str) -> datetime:
    """An instant of this phase."""
    return MOMENTS[phase][0]


def column(phase: str) -> int:
    """Which column of the tables holds for this phase."""
    return list(PHASES).index(MOMENTS[phase][1])


class Cast:
    """The people, four papers of this venue and one of another.

    ada, bo and una (an organizer, too) wrote paper 1, which is accepted, and a version of it came late; cid wrote
    paper 2, which is not, paper 3, which was withdrawn, and a draft. rey and lea review paper 1 (lea has left the
    committee since), rut reviews paper 2 and was to review paper 3. ron is in conflict with paper 1 and was
    given it all the same; ivo is an organizer in conflict with it. ora organizes another venue, sam is the site's
    administrator, nel is a stranger.
    """

    def __init__(self, season: Season) -> None:
        self.season, self.app = season, season.app
        self._file = str(season.app.extensions["engine"].url.database)
        made = {
            name.split()[0].lower(): season.person(name)
            for name in (
                "Una Urban",
                "Cid Cole",
                "Lea Lund",
                "Ron Reed",
                "Ivo Ives",
                "Ora Otto",
                "Dan Dorn",
            )
        }
        sam = season.person("Sam Sand", is_site_admin=True)
        self.people: dict[str, Person | None] = {
            OUT: None,
            **{name: getattr(season, name) for name in ("nel", "ada", "bo", "rey", "rut", "olga")},
            **{name: made[name] for name in ("cid", "ron", "una", "ivo", "ora")},
            "sam": sam,
        }
        self._roles(made)
        with transaction(season.session):
            season.ada.affiliation, made["cid"].affiliation = "Abel Academy", "Cole College"
        self.one = self._paper("Kept in one", [season.ada, season.bo, made["una"]], "abel")
        self.two = self._paper("Lost in two", [made["cid"]], "cole")
        other = season.make_venue("other")
        season.grant(made["ora"], Role.ORGANIZER, other)
        season.submission("Sent to others", authors=[made["dan"]], venue=other, content=pdf("Meta dorn"))
        self._kept_aside(made["cid"])
        self._reviews(made)
        self._decisions()
        self._letters()

    def client(self, name: str) -> Client:
        """The browser of one of the people."""
        return self.season.client(self.people[name])

    @contextmanager
    def undone(self) -> Iterator[Callable[[], bool]]:
        """Gives a function that says whether the database was written since; afterwards all is as it was."""
        with closing(sqlite3.connect(self._file)) as here, closing(sqlite3.connect(":memory:")) as kept:
            here.backup(kept)

            def version() -> int:
                return int(here.execute("PRAGMA data_version").fetchone()[0])

            before = version()
            yield lambda: version() != before
            if version() != before:
                self.season.session.rollback()
                kept.backup(here)

    def _roles(self, made: dict[str, Person]) -> None:
        grant = self.season.grant
        for name in ("una", "ivo"):
            grant(made[name], Role.ORGANIZER)
        grant(made["ron"], Role.REVIEWER)
        rows = [
            ("ina@example.org", "Ina Imre", InvitationState.INVITED, ""),
            ("dee@example.org", "Dee Dahl", InvitationState.DECLINED, "No time in autumn."),
        ]
        self.season.add(
            *(
                Invitation(
                    venue_id=self.season.venue.id,
                    email=email,
                    name=name,
                    role=Role.REVIEWER,
                    state=state,
                    invited_by_id=self.season.olga.id,
                    invited_at=BEFORE,
                    last_letter_at=BEFORE,
                    reason=reason,
                )
                for email, name, state, reason in rows
            )
        )

    def _paper(self, title: str, authors: list[Person], name: str) -> Submission:
        """A submission whose files tell who made them, with the copies that the real check made for reviewers."""
        season = self.season
        paper = season.submission(title, authors=authors, content=pdf(f"Meta {name}"))
        extra = season.put(pdf(f"Extra {name}"))
        with transaction(season.session):
            version = season.session.scalars(select(Version).where(Version.submission_id == paper.id)).one()
            version.paper_name = f"{name}-draft.pdf"
            version.supplement_name, version.supplement_sha256 = f"{name}-extra.pdf", extra.sha256
            version.supplement_size = extra.size
            season.session.execute(checks.REGISTER, {"sha256": extra.sha256, "state": "waiting", "no": False})
        with self.app.app_context():
            for sha256 in (version.paper_sha256, version.supplement_sha256):
                checks.check_file(season.session, str(sha256))
        return paper

    def _kept_aside(self, cid: Person) -> None:
        """What counts for nothing: a late version, a paper that was withdrawn and a draft."""
        season = self.season
        came = season.put(pdf("Meta late"))
        late = Version(
            submission_id=self.one.id,
            number=2,
            title="Late for one",
            abstract="Too late.",
            authors=[["Zoe Zorn", "zoe@example.org", "Zorn Zoo"]],
            topics=[],
            paper_sha256=came.sha256,
            paper_size=came.size,
            paper_name="zorn-late.pdf",
            saved_by_id=season.ada.id,
            saved_at=CLOSED,
            began_at=CLOSED,
            is_late=True,
        )
        gone = season.submission(
            "Gone in three", authors=[cid], state=State.WITHDRAWN, content=pdf("Meta gone")
        )
        gone.withdrawn_reason = "Its proof is wrong."
        season.add(late)
        season.assign(gone, season.rut, "ps4rut")
        season.submission("Begun in four", authors=[cid], state=State.DRAFT)

    def _reviews(self, made: dict[str, Person]) -> None:
        season = self.season
        mine = season.assign(self.one, season.rey, "ps0rey")
        ron, lea = (
            season.assign(self.one, made["ron"], "ps1ron"),
            season.assign(self.one, made["lea"], "ps2lea"),
        )
        season.conflict(self.one, made["ron"])
        season.conflict(self.one, made["ivo"])
        season.review(lea, summary="Lea found it sound.", overall=5)
        season.review(season.assign(self.two, season.rut, "ps3rut"), summary="Rut found it thin.", overall=2)
        draft = {**ANSWERS, "summary": "Rey still doubts.", "overall": 1}
        season.add(
            Review(
                assignment_id=mine.id,
                form="neurips2025",
                revision=1,
                draft=draft,
                draft_saved_at=REVIEWING,
                answers={},
            )
        )
        self.review_of = {"rey": mine, "ron": ron, "lea": lea}

    def _decisions(self) -> None:
        season = self.season
        season.decide(self.one, Outcome.ORAL)
        season.decide(self.two, Outcome.REJECT)
        season.release(NOTIFICATION)
        self.write_letters()
        final = season.put(pdf("Final abel"))
        season.add(
            FinalVersion(
                submission_id=self.one.id,
                number=1,
                paper_sha256=final.sha256,
                paper_size=final.size,
                paper_name="abel-final.pdf",
                saved_by_id=season.ada.id,
                saved_at=NOTIFICATION,
                began_at=NOTIFICATION,
            )
        )

    def write_letters(self) -> None:
        """Write the decision letters that are missing."""
        with self.app.test_request_context(base_url="http://dateline.test"):
            jobs.write_decision_letters(self.season.session, self.season.venue.id)

    def work(self) -> None:
        """Do the jobs that wait."""
        with self.app.test_request_context(base_url="http://dateline.test"):
            while run_next(self.app.extensions["sessions"], JOBS, "w"):
                pass

    def _letters(self) -> None:
        """A letter with a link that signs in, about one of the organizers' own people."""
        session, nel = self.season.session, self.season.nel
        with self.app.test_request_context(base_url="http://dateline.test"), transaction(session):
            ask_for_link(session, nel.primary_email, at=BEFORE)
        query = select(Message).where(Message.to_email == nel.primary_email)
        self.secret_letter = session.scalars(query).one()
        self.nel_second = Email(person_id=nel.id, address="nel@example.net", verified_at=BEFORE)
        self.extension = Extension(
            venue_id=self.season.venue.id,
            kind=DateKind.CAMERA_READY,
            submission_id=self.one.id,
            until=datetime(2022, 11, 30, 12, tzinfo=UTC),
            reason="Ada was ill.",
            granted_at=BEFORE,
        )
        self.upload = Upload(
            token="t" * 43,
            venue_id=self.season.venue.id,
            person_id=self.season.ada.id,
            begun_at=BEFORE,
            size=9,
        )
        self.face = self.season.put(b"\xff\xd8\xff a face").sha256
        speaker = ListedPerson(
            venue_id=self.season.venue.id,
            section=Section.SPEAKER,
            position=0,
            name="Kay Keys",
            picture_sha256=self.face,
        )
        self.season.add(self.nel_second, self.extension, self.upload, speaker)

    def paths(self) -> dict[str, object]:
        """What stands in {braces} in the tables of routes."""
        session, season = self.season.session, self.season
        session.rollback()
        letter = session.scalars(
            select(Message.id).where(Message.thing == f"submission:{self.one.id}")
        ).first()
        invitation = session.scalars(select(Invitation).where(Invitation.email == "ina@example.org")).one()
        return {
            "rey": season.rey.id,
            "ron": self.review_of["ron"].person_id,
            "letter": letter,
            "invitation": invitation.id,
            "invited": tokens.issue("invitation", invitation.id),
            "welcome": signed_links.welcome("new@example.org"),
            "reset": signed_links.reset(season.nel, season.nel.primary_email),
            "verify": signed_links.add_email(season.nel, "nel@example.com"),
            "email": self.nel_second.id,
            "extension": self.extension.id,
            "upload": self.upload.token,
            "face": self.face,
        }


def pdf(secret: str) -> bytes:
    """A PDF of one page that names its maker everywhere beside the page: information, XMP, attachment, comment."""
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(612, 792))
        made.docinfo["/Author"] = secret
        with made.open_metadata() as meta:
            meta["dc:creator"] = [secret]
        made.attachments["note.txt"] = secret.encode()
        made.pages[0]["/PieceInfo"] = pikepdf.Dictionary(Maker=secret)
        made.pages[0]["/Annots"] = made.make_indirect(
            pikepdf.Array(
                [
                    pikepdf.Dictionary(
                        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9], T=secret
                    )
                ]
            )
        )
        out = io.BytesIO()
        made.save(out)
    return out.getvalue()
