"""Bounds on texts, numbers, lists and nesting, so that no expression can exhaust the machine."""

from __future__ import annotations

import math
from typing import Any

from translations import gettext, lazy_gettext
from workflows.engine.expressions import meters
from workflows.engine.expressions.faults import ExpressionError, Fault

LONGEST_EXPRESSION = 2_000  # characters
LONGEST_SCRIPT = 10_000  # characters
MOST_LINES = 100  # assignments of a script
MOST_NODES = 500  # of one expression; also the budget of one evaluation
DEEPEST_NODE = 40
LARGEST_NUMBER = 10**18
LONGEST_TEXT = 10_000  # characters of a text that an expression makes
HEAVIEST = 100_000  # items and characters of a list or dict that an expression makes
DEEPEST_VALUE = 20
MOST_VARIABLES = 500  # of an instance
_LIGHT = frozenset({int, float, bool, type(None)})  # weigh one, and hold nothing


def check_number(value: Any) -> Any:
    """The value, if it is a number within bounds; truth values are not numbers here."""
    kind = type(value)
    if kind is int:
        if -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
            return value
        raise Fault(gettext("数字太大"))
    if kind is float:
        if math.isfinite(value):
            return value
        raise Fault(gettext("计算结果不是有限的数字"))
    raise Fault(gettext("只有数字可以运算，这里是%(kind)s", kind=describe_kind(value)))


def check_text(value: str) -> str:
    """The text, if it is short enough."""
    if len(value) > LONGEST_TEXT:
        raise Fault(gettext("文字太长，最多 %(longest_text)s 个字", longest_text=LONGEST_TEXT))
    return value


def limit_weight(value: Any) -> Any:
    """The list or dict, if it is small enough when written out: parts that are shared count each time."""
    _charge_weight(value)
    return value


def _charge_weight(value: Any) -> None:
    # What is looked at is paid for even when it turns out to be too heavy.
    left = _count_weight(value, HEAVIEST, 0)
    meters.charge_units(HEAVIEST - left)


def charge_comparison(value: Any) -> None:
    """Count what a comparison looks at: all of a list or dict, the characters of a text."""
    if isinstance(value, str):
        meters.charge_units(len(value))
    elif isinstance(value, list | dict):
        _charge_weight(value)


def _count_weight(value: Any, left: int, depth: int) -> int:
    """What is left of a weight when a value is taken from it."""
    left -= 1
    if isinstance(value, str):
        left -= len(value)
    elif isinstance(value, list | dict):
        left = _weigh_parts(value, left, depth + 1)
    return left if left >= 0 else _refuse_weight()


def _weigh_parts(value: Any, left: int, depth: int) -> int:
    if isinstance(value, dict):
        left -= sum(len(key) for key in value if isinstance(key, str))
    left -= len(value)  # before it is looked into: what is too long is refused at once
    if left < 0:
        return _refuse_weight()
    if value and depth > DEEPEST_VALUE:
        raise Fault(gettext("列表或字典的嵌套超过 %(deepest_value)s 层", deepest_value=DEEPEST_VALUE))
    for part in list_parts(value):
        if type(part) not in _LIGHT:
            left = _count_weight(part, left + 1, depth)
    return left


def _refuse_weight() -> int:
    meters.charge_units(HEAVIEST)
    raise Fault(gettext("列表或字典太大，最多 %(heaviest)s 项（字）", heaviest=HEAVIEST))


def list_parts(value: Any) -> Any:
    """What a list or dict holds; nothing for anything else."""
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def check_weight(value: Any) -> None:
    """Refuse what would be too heavy when written out; raises ExpressionError."""
    with meters.shared_meter() as meter:
        try:
            meter.begin("expression", meters.OF_EXPRESSION)
            _charge_weight(value)
        except Fault as fault:
            raise ExpressionError(gettext("%(fault)s。", fault=fault)) from None


def detach_value(value: Any) -> Any:
    """A copy that shares nothing with other variables, since the engine appends to lists in place."""
    return _copy_value(limit_weight(value))


def _copy_value(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: part if type(part) in _LIGHT else _copy_value(part) for key, part in value.items()}
    if isinstance(value, list):
        return [part if type(part) in _LIGHT else _copy_value(part) for part in value]
    return value


_KINDS = {
    bool: lazy_gettext("是非值"),
    int: lazy_gettext("数字"),
    float: lazy_gettext("数字"),
    str: lazy_gettext("文字"),
    list: lazy_gettext("列表"),
    dict: lazy_gettext("字典"),
    type(None): lazy_gettext("空值"),
}


def describe_kind(value: Any) -> str:
    """The kind of a value in the words of designers."""
    return _KINDS.get(type(value), gettext("其他类型的数据"))
