"""What keeps migrations from harming rows: references are checked after each step, losses refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.runtime.migration import RevisionStep
from alembic.script import Script, ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, column, create_engine, func, inspect, not_, or_, select, table
from sqlalchemy import types as sqltypes
from sqlalchemy.exc import SQLAlchemyError

from models.base.database import db, writing
from translations import gettext, gettext_plural, join_clauses, join_words, lazy_gettext

Schema = dict[str, set[str]]  # the columns of each table
OWN = "alembic_version"
SHOWN = 10  # broken references in one sentence

LOSES = lazy_gettext(
    "不能降级到 {target}：较旧的结构放不下这些已有内容，数据库没有改动。{what}。请先备份并处理这些内容。"
)
BREAKS = lazy_gettext("迁移 {step} 之后，有些行所指的行不存在，这一步没有生效：{what}。")
FAILS = lazy_gettext("迁移没有完成，数据库停在 {step}，内容完整：{why}")


class MigrationRefused(CommandError):
    """A migration that would harm the rows; `flask db` says its sentence and ends with status 1."""


@contextmanager
def migration_connection() -> Iterator[Connection]:
    """A connection for migrations: SQLite makes tables anew, which nobody's references may hinder.

    There the switch for references is ignored within a transaction, so it is turned before the first begins.
    """
    token = writing.set(True)
    try:
        with db.engine.connect() as connection:
            _switch_references(connection, "OFF")
            try:
                yield connection
            except SQLAlchemyError as error:
                connection.rollback()
                why = str(error).partition("\n")[0]
                raise MigrationRefused(FAILS.format(step=_current_revision(connection), why=why)) from error
            finally:
                connection.rollback()
                _switch_references(connection, "ON")
    finally:
        writing.reset(token)


def check_references(*, ctx: MigrationContext, step: Any, **_: Any) -> None:
    """Refuse a step after which rows point to nothing; its transaction ends with the refusal."""
    connection = ctx.connection
    if connection is None or connection.dialect.name != "sqlite":
        return  # PostgreSQL checks its references itself
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if not broken:
        return
    rows = [
        gettext("%(table)s 第 %(row)s 行指向 %(parent)s", table=one, row=row, parent=parent)
        for one, row, parent, _key in broken[:SHOWN]
    ]
    more = [gettext_plural("共 %(num)s 处", num=len(broken))] if len(broken) > SHOWN else []
    raise MigrationRefused(BREAKS.format(step=step.up_revision_id, what=join_clauses([*rows, *more])))


def guard_downgrades(planned: Any) -> Any:
    """The steps that alembic plans, refused as a whole when the way down would lose something."""

    def steps(heads: tuple[str, ...], context: MigrationContext) -> Iterator[Any]:
        found = list(planned(heads, context))
        down = [step for step in found if isinstance(step, RevisionStep) and step.is_downgrade]
        if down and context.script is not None and context.connection is not None:
            _refuse_losses(context.connection, context.script, down)
        with Operations.context(context):
            yield from found

    return steps


def _refuse_losses(connection: Connection, script: ScriptDirectory, down: list[Any]) -> None:
    left = [step.revision for step in down]
    targets = {str(name) for name in down[-1].to_revisions}
    lost = list(find_losses(connection, _build_schema(script, targets), _list_carried(left)))
    if lost:
        raise MigrationRefused(
            LOSES.format(target=join_words(sorted(targets)) or "base", what=join_clauses(lost))
        )


def find_losses(connection: Connection, target: Schema, carried: set[str]) -> Iterator[str]:
    """What a schema has no place for: tables with rows, columns with more than they are given by default."""
    for name, columns in sorted(read_schema(connection).items()):
        if name not in target:
            rows = connection.scalar(select(func.count()).select_from(table(name))) or 0
            if rows and name not in carried:
                yield gettext("%(name)s 有 %(rows)s 行", name=name, rows=rows)
            continue
        for gone in sorted(columns - target[name]):
            filled = 0 if f"{name}.{gone}" in carried else _count_filled(connection, name, gone)
            if filled:
                yield gettext("%(table)s.%(column)s 有 %(rows)s 行已填", table=name, column=gone, rows=filled)


def read_schema(connection: Connection) -> Schema:
    """The tables of a database with their columns."""
    found = inspect(connection)
    return {
        name: {one["name"] for one in found.get_columns(name)}
        for name in found.get_table_names()
        if name != OWN
    }


def _build_schema(script: ScriptDirectory, targets: Iterable[str]) -> Schema:
    """The tables that a revision knows, made in memory by the migrations that lead to it."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        with Operations.context(MigrationContext.configure(connection)):
            for revision in _list_revisions(script, targets):
                revision.module.upgrade()
        found = read_schema(connection)
    engine.dispose()
    return found


def _list_revisions(script: ScriptDirectory, targets: Iterable[str]) -> list[Script]:
    way = [one for target in targets for one in script.walk_revisions("base", target)]
    return list(reversed(way))


def _list_carried(left: Iterable[Script]) -> set[str]:
    """What downgrades take elsewhere themselves, as `CARRIED_DOWN` of their migrations names it."""
    return {name for one in left for name in getattr(one.module, "CARRIED_DOWN", ())}


def _count_filled(connection: Connection, name: str, gone: str) -> int:
    known: Any = column(gone, _find_column_type(connection, name, gone))
    empty = known.is_(None)
    for value in _empty_values(connection, name, gone):
        empty = or_(empty, known == value)
    query = select(func.count()).select_from(table(name, known)).where(not_(empty))
    return connection.scalar(query) or 0


def _find_column_type(connection: Connection, name: str, gone: str) -> Any:
    kinds = {one["name"]: one["type"] for one in inspect(connection).get_columns(name)}
    return kinds[gone]


def _empty_values(connection: Connection, name: str, gone: str) -> Iterator[Any]:
    """What a column holds where nobody has filled it."""
    declared = db.metadata.tables[name].columns.get(gone) if name in db.metadata.tables else None
    default: Any = declared.default if declared is not None else None
    if default is not None and default.is_scalar:
        yield default.arg
        return
    kind = _find_column_type(connection, name, gone)
    if isinstance(kind, sqltypes.Boolean):
        yield False
    elif isinstance(kind, sqltypes.String):
        yield from ("", "[]", "{}")
    elif isinstance(kind, (sqltypes.Integer, sqltypes.Numeric)):
        yield 0


def _switch_references(connection: Connection, state: str) -> None:
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA foreign_keys={state}")


def _current_revision(connection: Connection) -> str:
    found = MigrationContext.configure(connection).get_current_heads()
    return join_words(found) or "base"
