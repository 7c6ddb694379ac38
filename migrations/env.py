"""Runs migrations on the app's database, within one transaction."""

from __future__ import annotations

from typing import Literal

from alembic import context
from flask import current_app

from models.columns import Json, Moment
from models.database import db, writing


def _is_ours(_object: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    return not (kind == "table" and reflected and name is not None and name.startswith("sqlite_"))


def _rendered(kind: str, item: object, _context: object) -> str | Literal[False]:
    # A migration outlives the code it was made from, so it names plain types.
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Json):
        return "sa.Text()"
    return False


def run() -> None:
    """Migrate; SQLite's tables are made anew where they cannot be altered."""
    token = writing.set(True)
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            include_object=_is_ours,
            render_item=_rendered,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    writing.reset(token)


run()
