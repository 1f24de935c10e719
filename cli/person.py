"""./dateline person reset-second-factor EMAIL"""

import argparse
import sys

import core.config
from accounts import actions, queries
from cli import db
from core import addresses, clock
from core.db import make_sessions, transaction
from core.engine import make_engine


def configure(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    reset = acts.add_parser(
        "reset-second-factor",
        help="let somebody who lost telephone and recovery codes sign in without a code",
    )
    reset.add_argument("email")


def run(args: argparse.Namespace) -> int:
    """Turn it off; the person is told by mail."""
    from web import create_app

    config = core.config.read()
    db.upgrade(config.database_url)
    engine = make_engine(config.database_url)
    try:
        email = addresses.canonical(args.email)
        # The letter needs the addresses of pages.
        app = create_app(config)
        with (
            app.test_request_context(base_url=config.url),
            make_sessions(engine)() as session,
            transaction(session),
        ):
            person = session.scalar(queries.by_address(email))
            if person is None:
                return _fail(f"Nobody has the e-mail {email}.")
            if not actions.turn_off_second_factor(session, person, by=None, at=clock.now()):
                return _fail(f"{person.name} signs in without a second factor already.")
            name = person.name
    except addresses.AddressError as error:
        return _fail(str(error))
    finally:
        engine.dispose()
    print(f"{name} signs in without a code from now on, and is told so by mail.")
    return 0


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1
