"""Runs migrations on the app's database, each step in a transaction of its own."""

from __future__ import annotations

from typing import Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from models.base import migrating
from models.base.columns import Json, Moment
from models.base.database import db


def _is_ours(_object: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    return not (kind == "table" and reflected and name is not None and name.startswith("sqlite_"))


def _rendered(kind: str, item: object, _context: object) -> str | Literal[False]:
    # A migration outlives the code it was made from, so it names plain types.
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Json):
        return "sa.Text()"
    return False


def _configure(connection: Connection) -> None:
    options = {
        "connection": connection,
        "target_metadata": db.metadata,
        "include_object": _is_ours,
        "render_item": _rendered,
        "transactional_ddl": True,  # SQLite too undoes what it made; alembic has it down as unable to
        "transaction_per_migration": True,
        "on_version_apply": migrating.check_references,
        **current_app.extensions["migrate"].configure_args,
    }
    context.configure(**options)
    context.configure(**options, fn=migrating.guard_downgrades(context.get_context().opts["fn"]))


def run() -> None:
    """Migrate; a step that fails leaves the database at the step before."""
    with migrating.migration_connection() as connection:
        _configure(connection)
        with context.begin_transaction():
            # not the environment's own, which would hold `op` while the guard needs it
            context.get_context().run_migrations()
        connection.commit()


run()
