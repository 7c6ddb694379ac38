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
from domain.upkeep.doctor.checks import CheckFailed, DoctorCheck
from models import db
from settings import Settings

PATIENCE = 5  # seconds for a server to answer


def _check_database(settings: Settings) -> str:
    url = make_url(settings.database_url or f"sqlite:///{settings.instance_path}/zige.db")
    if url.drivername == "sqlite":
        return _check_sqlite_file(url, settings)
    target = url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        psycopg.connect(target, connect_timeout=PATIENCE).close()
    except psycopg.Error as fault:
        reason = str(fault).partition("\n")[0].strip()
        raise CheckFailed(
            f"PostgreSQL does not let us in ({reason}); start it, or mend ZIGE_DATABASE_URL"
        ) from None
    return f"PostgreSQL, {url.host or 'local socket'}"


def _check_sqlite_file(url: URL, settings: Settings) -> str:
    # Opening a connection would make an empty file.
    file = Path(settings.instance_path, url.database or "")
    if not file.is_file():
        raise CheckFailed(f"there is no database at {file}; run ./zige flask db upgrade")
    return f"SQLite, {file}"


def _check_schema(_settings: Settings) -> str:
    newest = ScriptDirectory(str(Path(current_app.root_path) / "migrations")).get_current_head()
    with db.engine.connect() as connection:
        here = MigrationContext.configure(connection).get_current_revision()
    if here is None:
        raise CheckFailed("the database has no tables yet; run ./zige flask db upgrade")
    if here != newest:
        raise CheckFailed(
            f"it is at {here} and {newest} is due; back it up, then run ./zige flask db upgrade"
        )
    return f"{here}, the newest"


def _check_files(_settings: Settings) -> str:
    key, content = outside.new_key("doctor"), secrets.token_bytes(64)
    store = outside.get_store()
    store.put(key, content)
    try:
        if store.get(key) != content:
            raise CheckFailed("what was written comes back changed; mend ZIGE_STORAGE_URL")
    finally:
        store.clear(key.partition("/")[0])  # a folder of its own: an examined instance stays as it was
    return "files can be written, read and deleted"


def _check_limit_store(settings: Settings) -> str:
    scheme = settings.limits_url.partition(":")[0]
    if not current_app.extensions["limits"].storage.check():
        raise CheckFailed(
            f"the {scheme} store of ZIGE_LIMITS_URL does not answer; start it, or set database://"
        )
    return f"{scheme} counts"


DATABASE = "ZIGE_DATABASE_URL"
CHECKS = (
    DoctorCheck(what="database", look=_check_database, needs=(DATABASE, "ZIGE_INSTANCE_PATH")),
    DoctorCheck(what="schema", look=_check_schema, needs=(DATABASE, "database")),
    DoctorCheck(
        what="files", look=_check_files, needs=("ZIGE_STORAGE_URL", "ZIGE_INSTANCE_PATH", "instance folder")
    ),
    DoctorCheck(what="limits", look=_check_limit_store, needs=("ZIGE_LIMITS_URL",)),
)
