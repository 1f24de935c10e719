"""An upgrade that fails leaves nothing of the step that failed, and goes on from there."""

import shutil
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, inspect, text

from cli import db
from tests.servers import ROOT
from web.readiness import head

STEP = """
revision = "9999"
down_revision = "{head}"

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("{then}")
"""


def test_a_migration_is_whole_or_not_there(database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", folder)
    config = db.alembic_config(database_url)
    config.set_main_option("script_location", str(folder))
    step = folder / "versions" / "9999_more.py"
    step.write_text(STEP.format(head=head(), then="INSERT INTO nowhere VALUES (1)"))
    with pytest.raises(Exception, match="nowhere"):
        command.upgrade(config, "head")

    def found() -> tuple[bool, str | None]:
        engine = create_engine(database_url)
        with engine.connect() as connection:
            version = connection.scalar(text("SELECT version_num FROM alembic_version"))
        has_table = inspect(engine).has_table("half")
        engine.dispose()
        return has_table, version

    assert found() == (False, head())
    step.write_text(STEP.format(head=head(), then="INSERT INTO half VALUES (1)"))
    command.upgrade(config, "head")
    assert found() == (True, "9999")
