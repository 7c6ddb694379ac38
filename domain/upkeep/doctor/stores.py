"""The database, the files and the counts of tries."""

from __future__ import annotations

import secrets
from pathlib import Path

import psycopg
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import URL, make_url

from domain import outside
from domain.upkeep.doctor.checks import Check, Unfit
from models import db
from settings import Settings

PATIENCE = 5  # seconds for a server to answer


def _reachable(settings: Settings) -> str:
    url = make_url(settings.database_url or f"sqlite:///{settings.instance_path}/zige.db")
    if url.drivername == "sqlite":
        return _sqlite_file(url, settings)
    target = url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        psycopg.connect(target, connect_timeout=PATIENCE).close()
    except psycopg.Error as fault:
        reason = str(fault).partition("\n")[0].strip()
        raise Unfit(
            f"PostgreSQL does not let us in ({reason}); start it, or mend ZIGE_DATABASE_URL"
        ) from None
    return f"PostgreSQL, {url.host or 'local socket'}"


def _sqlite_file(url: URL, settings: Settings) -> str:
    # Opening a connection would make an empty file.
    file = Path(settings.instance_path, url.database or "")
    if not file.is_file():
        raise Unfit(f"there is no database at {file}; run ./zige flask db upgrade")
    return f"SQLite, {file}"


def _schema(_settings: Settings) -> str:
    newest = ScriptDirectory(str(Path(current_app.root_path) / "migrations")).get_current_head()
    with db.engine.connect() as connection:
        here = MigrationContext.configure(connection).get_current_revision()
    if here is None:
        raise Unfit("the database has no tables yet; run ./zige flask db upgrade")
    if here != newest:
        raise Unfit(f"it is at {here} and {newest} is due; back it up, then run ./zige flask db upgrade")
    return f"{here}, the newest"


def _files(_settings: Settings) -> str:
    key, content = outside.new_key("doctor"), secrets.token_bytes(64)
    store = outside.store()
    store.put(key, content)
    try:
        if store.get(key) != content:
            raise Unfit("what was written comes back changed; mend ZIGE_STORAGE_URL")
    finally:
        store.clear(key.partition("/")[0])  # a folder of its own: an examined instance stays as it was
    return "files can be written, read and deleted"


def _counts(settings: Settings) -> str:
    scheme = settings.limits_url.partition(":")[0]
    if not current_app.extensions["limits"].storage.check():
        raise Unfit(f"the {scheme} store of ZIGE_LIMITS_URL does not answer; start it, or set database://")
    return f"{scheme} counts"


DATABASE = "ZIGE_DATABASE_URL"
CHECKS = (
    Check(what="database", look=_reachable, needs=(DATABASE, "ZIGE_INSTANCE_PATH")),
    Check(what="schema", look=_schema, needs=(DATABASE, "database")),
    Check(what="files", look=_files, needs=("ZIGE_STORAGE_URL", "ZIGE_INSTANCE_PATH", "instance folder")),
    Check(what="limits", look=_counts, needs=("ZIGE_LIMITS_URL",)),
)
