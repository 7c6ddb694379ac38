"""Rows for every table of a database as it is, made from its own declarations: no model is asked."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import CheckConstraint, Column, Connection, MetaData, Table, insert, inspect, select
from sqlalchemy import types as sqltypes

Rows = dict[str, list[dict[str, Any]]]
OWN = "alembic_version"
START = datetime(2026, 1, 1, tzinfo=UTC)
_numbers = count(1)


def tables_of(connection: Connection) -> list[Table]:
    """The tables of the database, those that are pointed to first."""
    found = MetaData()
    found.reflect(connection)
    return [one for one in found.sorted_tables if one.name != OWN]


def fill(connection: Connection) -> None:
    """Two more rows in every table, with every column filled, a yes and a no, and every reference set."""
    tables = tables_of(connection)
    for flag in (True, False):
        for table in tables:
            connection.execute(insert(table).values(_row(connection, table, flag=flag)))


def rows_of(connection: Connection) -> Rows:
    """All rows of all tables, as the driver reads them, in an order of their own."""
    found: Rows = {}
    for name in inspect(connection).get_table_names():
        if name != OWN:
            read = connection.exec_driver_sql(f'SELECT * FROM "{name}"')
            found[name] = sorted((dict(one._mapping) for one in read), key=repr)
    return found


def schema_of(connection: Connection) -> dict[str, Any]:
    """Columns, constraints and indexes of every table, to be compared."""
    known = inspect(connection)
    return {name: _declared(known, name) for name in known.get_table_names() if name != OWN}


def empty(connection: Connection, table: str) -> None:
    """Take all rows of a table away, and before them the rows of others that cannot do without them."""
    known = tables_of(connection)  # those that are pointed to come first
    going: set[str] = {table}
    for one in known:
        if any(going & {key.column.table.name} and not key.parent.nullable for key in one.foreign_keys):
            going.add(one.name)
    for one in known:
        loose = {key.parent.name: None for key in one.foreign_keys if key.column.table.name in going}
        if loose and one.name not in going:
            connection.execute(one.update().values(loose))
    for one in reversed(known):
        if one.name in going:
            connection.execute(one.delete())


def _declared(known: Any, name: str) -> dict[str, Any]:
    columns = [
        (one["name"], str(one["type"]), one["nullable"], one["default"]) for one in known.get_columns(name)
    ]
    indexes = [
        (one["name"], one["column_names"], one["unique"], _partial(one)) for one in known.get_indexes(name)
    ]
    keys = [(one["name"], one["referred_table"]) for one in known.get_foreign_keys(name)]
    unique = [(one["name"], one["column_names"]) for one in known.get_unique_constraints(name)]
    checks = [one["name"] for one in known.get_check_constraints(name)]
    return {
        "columns": sorted(columns, key=repr),
        "indexes": sorted(indexes, key=repr),
        "keys": sorted(keys, key=repr),
        "unique": sorted(unique, key=repr),
        "checks": sorted(checks, key=repr),
    }


def _partial(index: Any) -> str:
    options = index.get("dialect_options", {})
    return str(options.get("sqlite_where", options.get("postgresql_where", "")))


def _row(connection: Connection, table: Table, *, flag: bool) -> dict[str, Any]:
    number = next(_numbers)
    values = {one.name: _value(connection, one, number) for one in table.columns if one.computed is None}
    return {name: flag if value is True else value for name, value in values.items()}


def _value(connection: Connection, one: Column[Any], number: int) -> Any:
    for key in one.foreign_keys:
        if key.column.table is not one.table:
            return _unused(connection, one, key.column)
    allowed = _allowed(one)
    if allowed:
        return allowed[number % len(allowed)]
    return _by_kind(one.type, number)


def _unused(connection: Connection, one: Column[Any], target: Column[Any]) -> Any:
    """A row to point to, the newest: each table gets a row a round, so that unique references stay unique."""
    newest = select(target).where(target.not_in(select(one).where(one.is_not(None))))
    found = connection.scalars(newest.order_by(target.desc())).first()
    return found if found is not None else connection.scalars(select(target).order_by(target.desc())).first()


def _allowed(one: Column[Any]) -> list[str]:
    """The words that a check constraint allows in a column."""
    checks = [str(check.sqltext) for check in one.table.constraints if isinstance(check, CheckConstraint)]
    own = [check for check in checks if re.search(rf"\b{one.name}\b", check)]
    return [word for check in own for word in re.findall(r"'([^']*)'", check)]


def _by_kind(kind: Any, number: int) -> Any:
    if isinstance(kind, sqltypes.Boolean):
        return True
    if isinstance(kind, sqltypes.Integer):
        return number
    if isinstance(kind, sqltypes.Numeric):
        return number % 100 + 0.5
    if isinstance(kind, sqltypes.DateTime):
        moment = START + timedelta(minutes=number)
        return moment if kind.timezone else moment.replace(tzinfo=None)
    if isinstance(kind, sqltypes.Date):
        return date(2000, 1, 1) + timedelta(days=number)
    if isinstance(kind, sqltypes.LargeBinary):
        return b"\x01" + str(number).encode()
    return f'["{number}"]' if kind.length is None else f"{number:06d}"[-kind.length :]
