"""What prebuilt statements rely on inside SQLAlchemy is there, and does what is relied on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import psycopg
import pytest
from sqlalchemy import (
    BindParameter,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    delete,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.sql import visitors

from models.base.columns import Moment
from models.base.prebuilt import CHECKED_WITH, Prebuilt

THINGS = Table(
    "thing",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", String, unique=True),
    Column("at", Moment),
    Column("counted", Integer, default=lambda: 1, onupdate=lambda: 2),
)
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DIALECTS: list[Dialect] = [SQLiteDialect_pysqlite(), PGDialect_psycopg()]  # type: ignore[no-untyped-call]
RENAME = (
    update(THINGS)
    .where(THINGS.c.name == bindparam("old"), THINGS.c.at < bindparam("before"))
    .values(name=bindparam("new"), counted=bindparam("seen") + 1)
)


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A connection to an empty database in memory."""
    engine = create_engine("sqlite://")
    with engine.connect() as opened:
        THINGS.metadata.create_all(opened)
        yield opened
    engine.dispose()


def test_the_version_is_the_one_that_was_looked_at() -> None:
    assert version("SQLAlchemy") == CHECKED_WITH, (
        "SQLAlchemy has changed. Compare what models/base/prebuilt.py names with sql/compiler.py (bind_names,"
        " positiontup, insert_prefetch, update_prefetch), sql/type_api.py (dialect_impl, bind_processor,"
        " result_processor), sql/visitors.py (replacement_traverse) and engine/base.py"
        " (_handle_dbapi_exception) of both versions, run tests/workflows/test_prebuilt.py on both databases"
        " and `python -m benchmarks.claim`, then set CHECKED_WITH."
    )


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_compiled_statement_tells_its_parameters(dialect: Dialect) -> None:
    compiled: Any = RENAME.compile(dialect=dialect)
    names = {"old", "before", "new", "seen"}
    assert set(compiled.bind_names.values()) >= names
    for bind, name in compiled.bind_names.items():
        assert (bind.required, bind.expanding) == (name in names, False)
        assert name in names or bind.value == 1
    assert compiled.positional == (dialect.name == "sqlite")
    if compiled.positional:
        assert sorted(compiled.positiontup) == sorted(compiled.bind_names.values())
        assert [compiled.string.count("?"), compiled.positiontup[0]] == [len(compiled.positiontup), "new"]
    else:
        assert all(f"%({name})s" in compiled.string for name in names)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize(
    ("statement", "made"),
    [
        (insert(THINGS), "insert_prefetch"),
        (update(THINGS).values(name=bindparam("new")), "update_prefetch"),
    ],
)
def test_defaults_made_in_python_are_told(dialect: Dialect, statement: Any, made: str) -> None:
    open_ones: Any = statement.compile(dialect=dialect, column_keys=["name"])
    assert [column.name for column in getattr(open_ones, made)] == ["counted"]
    given: Any = statement.compile(dialect=dialect, column_keys=["name", "counted"])
    assert not given.insert_prefetch
    assert not given.update_prefetch


def test_lists_are_told_by_their_parameters() -> None:
    chosen = select(THINGS.c.id).where(THINGS.c.id.in_(bindparam("ids", expanding=True)))
    compiled: Any = chosen.compile(dialect=DIALECTS[0])
    assert [bind.expanding for bind in compiled.bind_names] == [True]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_types_make_values_of_drivers_and_back(dialect: Dialect) -> None:
    kind = THINGS.c.at.type.dialect_impl(dialect)
    into, out = kind.bind_processor(dialect), kind.result_processor(dialect, None)
    assert into is not None
    assert out is not None
    assert out(into(AT)) == AT
    plain = THINGS.c.counted.type.dialect_impl(dialect)
    assert (plain.bind_processor(dialect), plain.result_processor(dialect, None)) == (None, None)


def test_elements_are_replaced_where_a_function_gives_another() -> None:
    def shown(element: Any, **_: Any) -> Any:
        known = isinstance(element, BindParameter) and not element.required
        return literal_column(str(element.value), element.type) if known else None

    replaced = visitors.replacement_traverse(RENAME, {}, shown)
    assert "+ 1" in str(replaced.compile(dialect=DIALECTS[0]))
    assert "+ 1" not in str(RENAME.compile(dialect=DIALECTS[0]))


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        (select(THINGS.c.id, THINGS.c.name), ["id", "name"]),
        (insert(THINGS).returning(THINGS.c.id), ["id"]),
        (delete(THINGS).returning(THINGS.c.at), ["at"]),
        (insert(THINGS), []),
        (RENAME, []),
        (delete(THINGS), []),
    ],
)
def test_a_statement_tells_the_columns_of_its_rows(statement: Any, names: list[str]) -> None:
    assert list(statement.exported_columns.keys()) == names
    assert len(statement.exported_columns) == len(names)
    dialect = DIALECTS[0]
    row = Prebuilt(statement).compiled(("name", "counted", "old", "before", "new", "seen"), dialect).row
    assert (row is None) == (not names)


def test_a_driver_s_error_becomes_the_one_that_sqlalchemy_raises(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    assert connection.dialect.loaded_dbapi.Error is sqlite3.Error
    driver.execute("insert into thing (name) values ('a')")
    with pytest.raises(sqlite3.IntegrityError) as raised:
        driver.execute("insert into thing (name) values ('a')")
    made: Any = DBAPIError.instance(
        "insert", None, raised.value, sqlite3.Error, dialect=connection.dialect, connection_invalidated=False
    )
    assert (type(made), made.orig, made.statement) == (IntegrityError, raised.value, "insert")
    with pytest.raises(IntegrityError):
        connection.execute(insert(THINGS), {"name": "a"})


@pytest.mark.parametrize(
    ("dialect", "error", "lost"),
    [
        (DIALECTS[0], sqlite3.ProgrammingError("Cannot operate on a closed database."), True),
        (DIALECTS[0], sqlite3.IntegrityError("UNIQUE constraint failed"), False),
        (DIALECTS[1], psycopg.errors.UniqueViolation("duplicate key"), False),
    ],
)
def test_a_lost_connection_is_told_from_an_error(dialect: Any, error: Exception, lost: bool) -> None:
    dialect.dbapi = dialect.import_dbapi()
    assert bool(dialect.is_disconnect(error, None, None)) == lost


def test_a_connection_that_was_given_up_is_made_anew(connection: Connection) -> None:
    before = connection.connection.driver_connection
    connection.invalidate(OperationalError("", None, Exception()))
    connection.rollback()
    assert connection.connection.driver_connection is not before
