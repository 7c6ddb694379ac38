"""Ways in which a work item may stand, read as a condition of SQL and as a judgment of a row at hand.

A way says what some columns of an item hold, all of them together; an item stands as a list of ways says
where one of them is true.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, literal_column, or_

from models.processes.instances import WorkItem

ITEM: Any = WorkItem.__table__
Way = dict[str, Any]  # column → a value, None for nothing, or one of the three below


@dataclass(frozen=True)
class Anybody:
    """Somebody, whoever it is."""


@dataclass(frozen=True)
class OtherThan:
    """Somebody else than this person."""

    person: Any


@dataclass(frozen=True)
class EndedBy:
    """A moment that is not after this one."""

    at: Any


def combine_ways(first: Iterable[Way], second: Iterable[Way]) -> list[Way]:
    """The ways in which an item stands as both say; no column is in both."""
    later = list(second)
    return [{**one, **other} for one in first for other in later]


def match_ways(ways: Iterable[Way]) -> ColumnElement[bool]:
    """The condition of SQL; each way stands by itself, so that each finds its index."""
    found = [and_(*(_match_column(ITEM.c[name], wanted) for name, wanted in way.items())) for way in ways]
    # By itself it goes from an OR that it stands in; as "0 = 1" it would have SQLite read the whole table.
    return or_(*found) if found else false()


def is_true_of(ways: Iterable[Way], item: WorkItem) -> bool:
    """Whether an item that was read stands in one of the ways."""
    return any(all(_judge_value(getattr(item, name), wanted) for name, wanted in way.items()) for way in ways)


def _match_column(column: Any, wanted: Any) -> ColumnElement[bool]:
    if isinstance(wanted, Anybody):
        found = column.is_not(None)
    elif isinstance(wanted, OtherThan):
        found = column != wanted.person
    elif isinstance(wanted, EndedBy):
        found = column <= wanted.at
    elif wanted is None:
        found = column.is_(None)
    elif column.name == "state":
        # It stands in the statement itself: a partial index serves no statement that sends it as parameter.
        found = column == literal_column(f"'{wanted}'")
    else:
        found = column == wanted
    condition: ColumnElement[bool] = found
    return condition


def _judge_value(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, Anybody):
        return value is not None
    if isinstance(wanted, OtherThan):
        return value is not None and value != wanted.person
    if isinstance(wanted, EndedBy):
        return value is not None and value <= wanted.at
    return bool(value == wanted)
