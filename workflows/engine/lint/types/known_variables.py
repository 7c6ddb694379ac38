"""The variables that may be there, each with all values it may have, as far as somebody bounds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workflows.vocabulary import Kind, ValueType


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A list, with all values that its entries may have; None: any."""

    entries: Values
    is_filled: bool = False  # somebody has made sure that it has an entry


# All values, those of the parts of an object, or of the entries of a list; any of a type; None: any at all.
Values = frozenset[Any] | Mapping[str, Any] | Listed | ValueType | None


def read_type(told: ValueType | None) -> Values:
    """What may be there where a type is told."""
    if told is not None and told.choices:
        return told.choices
    if told is None or told.kind not in (Kind.TRUTH, Kind.LIST):
        return told
    if told.kind == Kind.LIST:
        return None if told.is_optional else Listed(entries=read_type(told.entries))
    return frozenset({True, False, None} if told.is_optional else {True, False})


@dataclass(frozen=True, kw_only=True)
class Known:
    """What may have been written; where it is open, anything may."""

    values: Mapping[str, Values] = field(default_factory=dict)
    is_open: bool = False

    def join(self, other: Known) -> Known:
        """What may have been written here or there."""
        if other is self or not (other.values or other.is_open):
            return self
        if not (self.values or self.is_open):
            return other
        merged = dict(self.values)
        for name, values in other.values.items():
            merged[name] = join_values(merged[name], values) if name in merged else values
        return Known(values=merged, is_open=self.is_open or other.is_open)


NOTHING = Known()
ANYTHING = Known(is_open=True)


def join_all(parts: Iterable[Known]) -> Known:
    """What may have been written in any of the parts."""
    found = NOTHING
    for part in parts:
        found = found.join(part)
    return found


def name_all(names: Iterable[str]) -> Known:
    """Variables of any value."""
    return Known(values=dict.fromkeys(names))


def join_values(one: Values, other: Values) -> Values:
    """All values of one or the other."""
    if one == other or one is None or other is None:
        return one if one == other else None
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return one | other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        names = {**one, **other}
        return {name: join_values(one.get(name, frozenset()), other.get(name, frozenset())) for name in names}
    if isinstance(one, Listed) and isinstance(other, Listed):
        filled = one.is_filled and other.is_filled
        return Listed(entries=join_values(one.entries, other.entries), is_filled=filled)
    if isinstance(one, frozenset):
        one, other = other, one
    return _join_type(one, other) if isinstance(one, ValueType) else None


_PYTHON = {Kind.TEXT: (str,), Kind.NUMBER: (int, float)}


def _join_type(told: ValueType, other: Values) -> Values:
    """A type and another, or some values: of the same type they are, or one of them is missing."""
    if isinstance(other, ValueType):
        optional = told.is_optional or other.is_optional
        one, two = replace(told, is_optional=optional), replace(other, is_optional=optional)
        return one if one == two else None
    if not isinstance(other, frozenset):
        return None
    known = _PYTHON.get(told.kind, ())
    if all(value is None or (isinstance(value, known) and not isinstance(value, bool)) for value in other):
        return replace(told, is_optional=told.is_optional or None in other)
    return None
