"""./dateline venue load FILE.toml | export SLUG | list | grant SLUG ROLE EMAIL"""

import argparse
import sys
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import core.config
from accounts.actions import person_for_verified_email
from cli import db
from core import addresses, clock
from core.db import make_sessions, transaction
from core.engine import make_engine
from organizers import venue_export, venue_file, venue_loading
from venues import actions, queries
from venues.models import Membership, Role, Venue


def configure(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    load = acts.add_parser("load", help="make or update a venue from a TOML file; sends nothing")
    load.add_argument("file", type=Path)
    export = acts.add_parser("export", help="write a venue's TOML file to standard output")
    export.add_argument("slug")
    acts.add_parser("list", help="list the venues")
    grant = acts.add_parser("grant", help="give somebody a role in a venue; sends nothing")
    grant.add_argument("slug")
    grant.add_argument("role", choices=[role.value for role in Role])
    grant.add_argument("email")
    grant.add_argument("--name", default="", help="used when nobody has this e-mail yet")


def run(args: argparse.Namespace) -> int:
    config = core.config.read()
    core.config.activate(config)
    db.upgrade(config.database_url)
    engine = make_engine(config.database_url)
    try:
        with make_sessions(engine)() as session:
            if args.act == "load":
                return _load(session, args.file)
            if args.act == "export":
                return _export(session, args.slug)
            if args.act == "grant":
                return _grant(session, args)
            return _list(session)
    finally:
        engine.dispose()


def _load(session: Session, path: Path) -> int:
    try:
        with path.open("rb") as file:
            data = file.read(venue_file.MAX_BYTES + 1)
        with transaction(session):
            report = venue_loading.load(session, data, by=None, at=clock.now())
            slug = report.venue.slug
    except OSError as error:
        return _fail(f"{path}: {error.strerror}.")
    except venue_file.VenueFileError as error:
        return _fail(*(f"{path}: {sentence}" for sentence in error.sentences), "Nothing was changed.")
    for line in report.lines or ["nothing changed"]:
        print(f"{slug}: {line}")
    for note in report.notes:
        print(f"{slug}: note: {note}")
    return 0


def _export(session: Session, slug: str) -> int:
    venue: Venue | None = session.scalar(*queries.by_slug(slug))
    if venue is None:
        return _unknown(slug)
    sys.stdout.write(venue_export.to_toml(session, venue))
    return 0


def _grant(session: Session, args: argparse.Namespace) -> int:
    try:
        email = addresses.canonical(args.email)
    except addresses.AddressError as error:
        return _fail(str(error))
    with transaction(session):
        venue = session.scalar(*queries.by_slug(args.slug))
        if venue is None:
            return _unknown(args.slug)
        at = clock.now()
        person = person_for_verified_email(session, email, args.name or email.partition("@")[0], at=at)
        is_new = actions.grant(session, venue, person, Role(args.role), by=None, at=at)
    print(f"{args.slug}: {email} {'is now' if is_new else 'was already'} {args.role.replace('_', ' ')}")
    return 0


def _list(session: Session) -> int:
    query = select(Venue.slug, Venue.name, func.count(Membership.id))
    query = query.outerjoin(
        Membership, (Membership.venue_id == Venue.id) & (Membership.role == Role.ORGANIZER)
    )
    rows = session.execute(query.group_by(Venue.id).order_by(Venue.slug)).all()
    for slug, name, organizers in rows:
        print(f"{slug:<20} {name} ({organizers} organizer{'' if organizers == 1 else 's'})")
    if not rows:
        print("No venue yet. Make one: ./dateline venue load FILE.toml")
    return 0


def _unknown(slug: str) -> int:
    return _fail(f"There is no venue {slug!r}; './dateline venue list' shows all.")


def _fail(*sentences: str) -> int:
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    return 1
