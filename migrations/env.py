"""Alembic's environment: the tables of all packages, on the database that the caller names."""

from typing import Literal

from alembic import context

import migrations.tables
from core.config import read
from core.db import Base, UTCDateTime
from core.engine import make_engine


def _render(kind: str, thing: object, _context: object) -> str | Literal[False]:
    """Write our instants as plain DateTime, so that old migrations do not depend on our code."""
    if kind == "type" and isinstance(thing, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


url = context.config.attributes.get("url") or read().database_url
engine = make_engine(url)
try:
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            render_item=_render,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
finally:
    engine.dispose()
