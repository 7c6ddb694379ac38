"""Statements of the hot paths: compiled once for each dialect, run on the driver's own cursor.

SQLAlchemy spends more on each execution than the database does; claiming, completing and listing happen
hundreds of times a day for each reviewer. The transaction, the connection and the types stay SQLAlchemy's.

This is the one place that uses what SQLAlchemy has made for its own compiler and execution: any release may
change it. `tests/models/test_sqlalchemy_internals.py` shows that it is there and does what is relied on, and
fails when another version is installed than was looked at.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Dialect, literal_column, null
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import visitors

from models.base.database import current_connection as current

CHECKED_WITH = "2.1.9"

Convert = Callable[[Any], Any] | None
PLACE = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, kw_only=True, eq=False)
class _Compiled:
    """A statement for one dialect: its text, what it is given, and what it gives back."""

    text: str
    given: dict[str, Any]  # values that the statement brings itself
    order: tuple[str, ...] | None  # names by position, where the driver wants positions
    binds: tuple[tuple[str, Callable[[Any], Any]], ...]
    row: Callable[[Any], Any] | None

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """The values as the driver takes them."""
        known = {**self.given, **values}
        for name, convert in self.binds:
            known[name] = convert(known[name])
        return known if self.order is None else [known[name] for name in self.order]


class Prebuilt:
    """One statement with named parameters, without `IN`; it does not flush the session before it runs.

    Every column with a default in Python needs a value. Driver errors are raised as SQLAlchemy's.
    """

    def __init__(self, statement: Any) -> None:
        self.statement = statement
        self._compiled: dict[tuple[str, tuple[str, ...]], _Compiled] = {}

    def all(self, values: Mapping[str, Any]) -> list[Any]:
        """All rows, with columns as attributes; none from a statement that returns nothing."""
        connection = current()
        compiled = self.compiled(tuple(values), connection.dialect)
        cursor = _execute_statement(compiled.text, compiled.parameters(values), connection)
        return [compiled.row(row) for row in cursor.fetchall()] if compiled.row else []

    def first(self, values: Mapping[str, Any]) -> Any | None:
        """The first row, if there is one."""
        rows = self.all(values)
        return rows[0] if rows else None

    def scalar(self, values: Mapping[str, Any]) -> Any:
        """The first column of the first row; nothing without a row."""
        rows = self.all(values)
        return rows[0][0] if rows else None

    def run(self, values: Mapping[str, Any]) -> None:
        """Run it for what it does."""
        self.all(values)

    def compiled(self, names: tuple[str, ...], dialect: Dialect) -> _Compiled:
        """The statement for a dialect and the names of its values."""
        found = self._compiled.get((dialect.name, names))
        if found is None:
            found = self._compiled[dialect.name, names] = _compile_statement(self.statement, names, dialect)
        return found


Write = tuple[Prebuilt, Mapping[str, Any]]


def on_postgresql() -> bool:
    """Whether the session speaks with PostgreSQL."""
    return current().dialect.name == "postgresql"


def run_together(calls: Sequence[Write]) -> list[list[int]]:
    """Run several writes that do not build on each other; each returns ids, and these are handed on.

    PostgreSQL gets them as one statement, in which all see the state before it: each way to the server and
    back costs both sides more than the write itself.
    """
    if not on_postgresql():
        return [[row[0] for row in statement.all(values)] for statement, values in calls]
    connection = current()
    parts = [statement.compiled(tuple(values), connection.dialect) for statement, values in calls]
    known: dict[str, Any] = {}
    for number, (part, (_, values)) in enumerate(zip(parts, calls, strict=True)):
        known |= {f"p{number}_{name}": value for name, value in part.parameters(values).items()}
    found: list[list[int]] = [[] for _ in calls]
    for number, row_id in _execute_statement(_join_statements(tuple(parts)), known, connection).fetchall():
        found[number].append(row_id)
    return found


@lru_cache(maxsize=256)
def _join_statements(parts: tuple[_Compiled, ...]) -> str:
    """The parts as common table expressions of one statement."""
    texts = [PLACE.sub(rf"%(p{number}_\1)s", part.text) for number, part in enumerate(parts)]
    named = ", ".join(f"part_{number} AS ({text})" for number, text in enumerate(texts))
    # Each is asked for its ids: PostgreSQL runs those first, in this order, and the others backwards.
    answers = [f"SELECT {number}, id FROM part_{number}" for number in range(len(parts))]
    return f"WITH {named} {' UNION ALL '.join(answers)}"


def _execute_statement(text: str, parameters: Any, connection: Connection) -> Any:
    """Run a text on the driver's connection, past SQLAlchemy's execution (`driver_connection`)."""
    driver: Any = connection.connection.driver_connection
    try:
        return driver.execute(text, parameters)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _translate_error(error, text, connection) from error


def _compile_statement(statement: Any, names: tuple[str, ...], dialect: Dialect) -> _Compiled:
    """Take from a compiled statement what its execution takes (`bind_names`, `positiontup`, `*_prefetch`)."""
    keys = names if getattr(statement, "is_insert", False) else None
    compiled = visitors.replacement_traverse(statement, {}, _inline_constant).compile(
        dialect=dialect, column_keys=keys
    )
    if compiled.insert_prefetch or compiled.update_prefetch or any(b.expanding for b in compiled.bind_names):
        raise ValueError(f"this statement cannot be prebuilt: {compiled.string}")
    binds = {}
    for bind, name in compiled.bind_names.items():  # one name may stand in several places, typed in some
        convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
        if convert is not None:
            binds[name] = convert
    given = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
    return _Compiled(
        text=compiled.string,
        given=given,
        order=tuple(compiled.positiontup) if compiled.positional else None,
        binds=tuple(binds.items()),
        row=_build_row_converter(statement, dialect),
    )


def _inline_constant(element: Any, **_: Any) -> ColumnElement[Any] | None:
    """A value that the statement brings itself, as text of the statement.

    Neither database matches a partial index ("where state = 'open'") with a value that it is only handed.
    """
    if not isinstance(element, BindParameter) or element.required or element.expanding:
        return None
    value: Any = element.value
    if value is None:
        return null()
    if isinstance(value, str):
        return literal_column("'" + value.replace("'", "''") + "'", element.type)
    return literal_column(str(value), element.type) if type(value) is int else None


def _build_row_converter(statement: Any, dialect: Dialect) -> Any:
    """How to read a row, or nothing where there are none (`result_processor`, as a result does it)."""
    columns = statement.exported_columns
    if not len(columns):
        return None
    named: Any = namedtuple
    made = named("Row", list(columns.keys()))
    converts: list[Convert] = [
        column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns
    ]
    wanted = [(place, convert) for place, convert in enumerate(converts) if convert is not None]
    if not wanted:
        return made._make

    def convert_row(row: Any) -> Any:
        values = list(row)
        for place, convert in wanted:
            values[place] = convert(values[place])
        return made._make(values)

    return convert_row


def _translate_error(error: Exception, text: str, connection: Connection) -> BaseException:
    """A driver's error as SQLAlchemy's own execution raises it (`is_disconnect`, `DBAPIError.instance`)."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection, None)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        text,
        None,
        error,
        dialect.loaded_dbapi.Error,
        dialect=dialect,
        connection_invalidated=lost,
    )
