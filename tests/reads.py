"""Which rows a request reads, and how often: a page reads each once and passes on what it read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from models import db

FIRST_TABLE = re.compile(r"SELECT .*?\bFROM (\w+)", re.DOTALL)


@contextmanager
def counted() -> Iterator[Counter[tuple[str, str]]]:
    """How often each table was read with the same values, as (table, values)."""
    found: Counter[tuple[str, str]] = Counter()

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if table := FIRST_TABLE.match(statement):
            found[table[1], statement + repr(parameters)] += 1

    db.session.rollback()
    db.session.expunge_all()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def reads_of(found: Counter[tuple[str, str]], *tables: str) -> dict[str, int]:
    """How many statements read each of some tables."""
    return {table: sum(times for (read, _), times in found.items() if read == table) for table in tables}


def loads_of(found: Counter[tuple[str, str]], table: str) -> int:
    """How many statements read whole rows of a table, and not a column or two."""
    return sum(times for (_, said), times in found.items() if said.startswith(f"SELECT {table}.id, {table}."))


def repeated(found: Counter[tuple[str, str]]) -> list[str]:
    """The reads that were asked for more than once with the same values."""
    return [f"{times} times {statement}" for (_, statement), times in found.items() if times > 1]
