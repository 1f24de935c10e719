"""./dateline db upgrade"""

import argparse
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig

import core.config

ROOT = Path(__file__).parent.parent


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=["upgrade"], help="upgrade: apply the migrations that are missing")


def run(_args: argparse.Namespace) -> None:
    upgrade(core.config.read().database_url)


def upgrade(url: str) -> None:
    """Bring the database at this address to the newest schema."""
    command.upgrade(alembic_config(url), "head")


def alembic_config(url: str) -> AlembicConfig:
    """Alembic's own configuration, for this database."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    return config
