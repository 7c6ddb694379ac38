"""Plain values, the only ones that variables may have: text, numbers, booleans, nothing, lists and dicts."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

Variables: TypeAlias = dict[str, object]  # plain values by name

SIMPLE = frozenset({str, int, float, bool, type(None)})


def is_same_value(one: object, other: object) -> bool:
    """Whether two values are the same, types included: Python takes 1, 1.0 and True for equal."""
    if one is other:
        return True
    if type(one) is not type(other) or one != other:
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return all(is_same_value(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return all(map(is_same_value, one, other))
    return True


def to_plain_value(value: object) -> Any:
    """The value as plain values of its own: moments, days and decimals become text, tuples and sets lists."""
    if type(value) in SIMPLE:
        return value
    if isinstance(value, dict):
        return {str(key): to_plain_value(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_plain_value(part) for part in value]
    return msgspec.to_builtins(value, str_keys=True)
