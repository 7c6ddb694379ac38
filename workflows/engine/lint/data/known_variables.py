"""The variables that may be there, each with all values it may have, as far as somebody bounds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A list, with all values that its entries may have; None: any."""

    entries: frozenset[Any] | None


# All values, those of the parts of an object, or of the entries of a list; None: any.
Values = frozenset[Any] | Mapping[str, frozenset[Any] | None] | Listed | None


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
    if one is None or other is None:
        return None
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return one | other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        names = {**one, **other}
        return {name: _join_parts(one.get(name, frozenset()), other.get(name, frozenset())) for name in names}
    if isinstance(one, Listed) and isinstance(other, Listed):
        return Listed(entries=_join_parts(one.entries, other.entries))
    return None


def _join_parts(one: frozenset[Any] | None, other: frozenset[Any] | None) -> frozenset[Any] | None:
    return None if one is None or other is None else one | other
