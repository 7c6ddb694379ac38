"""The kinds of values in the words of designers, and which of them can be compared with each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from translations import join_words, lazy_gettext
from workflows.engine.lint.types.known_variables import Listed, Values
from workflows.vocabulary import Kind, ValueType

NAMES = {
    Kind.SUBJECT: lazy_gettext("业务编号"),
    Kind.PERSON: lazy_gettext("人员"),
    Kind.MOMENT: lazy_gettext("时刻"),
    Kind.DURATION: lazy_gettext("时长"),
    Kind.NUMBER: lazy_gettext("数字"),
    Kind.TEXT: lazy_gettext("文字"),
    Kind.TRUTH: lazy_gettext("是非值"),
    Kind.LIST: lazy_gettext("列表"),
    Kind.OBJECT: lazy_gettext("字典"),
    Kind.NOTHING: lazy_gettext("空值"),
}
_BASIC = {
    Kind.SUBJECT: Kind.NUMBER,
    Kind.PERSON: Kind.NUMBER,
    Kind.MOMENT: Kind.TEXT,
    Kind.DURATION: Kind.TEXT,
}
_OF_VALUES: dict[type, Kind] = {
    bool: Kind.TRUTH,
    int: Kind.NUMBER,
    float: Kind.NUMBER,
    str: Kind.TEXT,
    type(None): Kind.NOTHING,
}
_NONE: frozenset[Kind] = frozenset()


def find_kinds(values: Values) -> frozenset[Kind]:
    """All kinds that values may be of; nothing where they may be any."""
    if isinstance(values, frozenset):
        return frozenset(_OF_VALUES.get(type(value), Kind.OBJECT) for value in values)
    if isinstance(values, ValueType):
        return frozenset({values.kind, Kind.NOTHING} if values.is_optional else {values.kind})
    if isinstance(values, Listed):
        return frozenset({Kind.LIST})
    return frozenset({Kind.OBJECT}) if isinstance(values, Mapping) else _NONE


def find_basic(values: Values) -> frozenset[Kind]:
    """The same as expressions see them: a moment is a text, a person a number."""
    return frozenset(_BASIC.get(kind, kind) for kind in find_kinds(values))


def name_kinds(kinds: Iterable[Kind]) -> str:
    """Kinds in the words of designers."""
    return join_words([str(NAMES[kind]) for kind in sorted(kinds)])


def is_constant(values: Values) -> bool:
    """Whether all values are known, and there are any."""
    return isinstance(values, frozenset) and bool(values)


def list_constants(values: Values) -> list[Any]:
    """The values, where all are known."""
    return sorted(values, key=repr) if isinstance(values, frozenset) else []
