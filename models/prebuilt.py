"""Statements of the hot paths: compiled once for each dialect, run on the driver's own cursor.

SQLAlchemy spends more on each execution than the database does; claiming, completing and listing happen
hundreds of times a day for each reviewer. The transaction, the connection and the types stay SQLAlchemy's.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError

from models.database import db

Convert = Callable[[Any], Any] | None


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
        """All rows, with columns as attributes."""
        compiled, cursor = self._run(values)
        assert compiled.row is not None
        return [compiled.row(row) for row in cursor.fetchall()]

    def first(self, values: Mapping[str, Any]) -> Any | None:
        """The first row, if there is one."""
        compiled, cursor = self._run(values)
        assert compiled.row is not None
        row = cursor.fetchone()
        return None if row is None else compiled.row(row)

    def scalar(self, values: Mapping[str, Any]) -> Any:
        """The first column of the first row; nothing without a row."""
        row = self.first(values)
        return None if row is None else row[0]

    def changed(self, values: Mapping[str, Any]) -> int:
        """How many rows it changed."""
        return int(self._run(values)[1].rowcount)

    def run(self, values: Mapping[str, Any]) -> None:
        """Run it for what it does."""
        self._run(values)

    def each(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run once for each row of values."""
        for row in rows:
            self._run(row)

    def _run(self, values: Mapping[str, Any]) -> tuple[_Compiled, Any]:
        connection = db.session.connection()
        names = tuple(values)
        compiled = self._compiled.get((connection.dialect.name, names))
        if compiled is None:
            compiled = _compile(self.statement, names, connection.dialect)
            self._compiled[connection.dialect.name, names] = compiled
        driver: Any = connection.connection.driver_connection
        try:
            return compiled, driver.execute(compiled.text, compiled.parameters(values))
        except connection.dialect.loaded_dbapi.Error as error:
            raise _translated(error, compiled, connection) from error


def _compile(statement: Any, names: tuple[str, ...], dialect: Dialect) -> _Compiled:
    keys = names if getattr(statement, "is_insert", False) else None
    compiled = statement.compile(dialect=dialect, column_keys=keys)
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
        row=_row(statement, dialect),
    )


def _row(statement: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    if not (statement.is_select or statement._returning):
        return None
    columns = statement.exported_columns
    made: Any = namedtuple("Row", list(columns.keys()))
    converts: list[Convert] = [
        column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns
    ]
    wanted = [(place, convert) for place, convert in enumerate(converts) if convert is not None]
    if not wanted:
        return made._make  # type: ignore[no-any-return]

    def convert_row(row: Any) -> Any:
        values = list(row)
        for place, convert in wanted:
            values[place] = convert(values[place])
        return made._make(values)

    return convert_row


def _translated(error: Exception, compiled: _Compiled, connection: Connection) -> BaseException:
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection, None)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        compiled.text,
        None,
        error,
        dialect.loaded_dbapi.Error,
        dialect=dialect,
        connection_invalidated=lost,
    )
