"""A database that is not as it should be ends a command with a sentence that says what to do about it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from models.base.database_faults import DatabaseFault, classify_fault
from settings import Settings
from tests import shared_app, stores
from tests.handlers.commands.test_commands import LEAVE, typed

pytestmark = pytest.mark.found("X14")
NOBODY = "postgresql+psycopg://zige@127.0.0.1:1/zige"  # nothing listens on this port
COMMANDS = (
    ("check",),
    ("tick",),
    ("jobs", "list"),
    ("jobs", "health"),
    ("files", "sweep"),
    ("calendar", "load"),
    ("deploy", str(LEAVE)),
    ("token", "create", "--user", "root"),
    ("admin", "create", "--login", "root", "--name", "林", "--password", "a long enough password"),
)


def test_no_tables_are_told_with_the_way_to_them(tmp_path: Path) -> None:
    place = tmp_path / "instance"
    with stores.fresh(place) as store, shared_app.opened(store.settings) as bare, bare.app_context():
        for words in COMMANDS:
            told = typed(bare, *words)
            assert (told.exit_code, "flask db upgrade" in told.output) == (1, True), (words, told.output)
            assert "restore" not in told.output


def test_a_server_that_is_down_is_no_reason_to_bring_a_backup_back(tmp_path: Path) -> None:
    down = Settings(
        instance_path=str(tmp_path / "instance"), database_url=NOBODY, secret_key="only for tests" * 3
    )
    more = (("backup", str(tmp_path / "saved")), ("db", "current"))
    with shared_app.opened(down) as app, app.app_context():
        for words in (*COMMANDS, *more):
            told = typed(app, *words)
            assert (told.exit_code, "连不上数据库" in told.output) == (1, True), (words, told.output)
            assert "restore" not in told.output
            assert "Traceback" not in told.output
    assert not (tmp_path / "saved").exists()


SAID = (
    (sqlite3.OperationalError("no such table: job"), DatabaseFault.UNPREPARED),
    (sqlite3.OperationalError("no such column: job.lane"), DatabaseFault.UNPREPARED),
    (sqlite3.OperationalError("unable to open database file"), DatabaseFault.UNREACHABLE),
    (sqlite3.OperationalError("attempt to write a readonly database"), DatabaseFault.UNREACHABLE),
    (sqlite3.OperationalError("database is locked"), DatabaseFault.BUSY),
    (sqlite3.OperationalError("database or disk is full"), DatabaseFault.FULL),
    (sqlite3.DatabaseError("database disk image is malformed"), DatabaseFault.DAMAGED),
    (sqlite3.DatabaseError("file is not a database"), DatabaseFault.DAMAGED),
    (sqlite3.OperationalError('near "SELEC": syntax error'), None),
    (psycopg.OperationalError("connection failed"), DatabaseFault.UNREACHABLE),
    (psycopg.errors.InvalidPassword("no"), DatabaseFault.UNREACHABLE),
    (psycopg.errors.InvalidCatalogName("no"), DatabaseFault.UNREACHABLE),
    (psycopg.errors.AdminShutdown("no"), DatabaseFault.UNREACHABLE),
    (psycopg.errors.UndefinedTable("no"), DatabaseFault.UNPREPARED),
    (psycopg.errors.UndefinedColumn("no"), DatabaseFault.UNPREPARED),
    (psycopg.errors.TooManyConnections("no"), DatabaseFault.BUSY),
    (psycopg.errors.LockNotAvailable("no"), DatabaseFault.BUSY),
    (psycopg.errors.QueryCanceled("no"), DatabaseFault.BUSY),
    (psycopg.errors.DiskFull("no"), DatabaseFault.FULL),
    (psycopg.errors.DataCorrupted("no"), DatabaseFault.DAMAGED),
    (psycopg.errors.SyntaxError("no"), None),
)


@pytest.mark.parametrize(("error", "fault"), SAID, ids=str)
def test_what_a_driver_says_is_told_apart(error: Exception, fault: DatabaseFault | None) -> None:
    assert classify_fault(error) is fault
    assert classify_fault(OperationalError("select", None, error)) is fault
