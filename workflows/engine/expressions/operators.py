"""Arithmetic on bounded numbers, joining of texts, comparison."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from translations import gettext, gettext_plural
from workflows.engine.expressions import bounds, meters
from workflows.engine.expressions.faults import Fault

_HEAVY = frozenset({str, list, dict})
Binary = Callable[[Any, Any], Any]


def _bounded_arithmetic(act: Binary) -> Binary:
    def compute(left: Any, right: Any) -> Any:
        return bounds.check_number(act(bounds.check_number(left), bounds.check_number(right)))

    return compute


_sum_of = _bounded_arithmetic(operator.add)


def _add_values(left: Any, right: Any) -> Any:
    """Two texts are joined; everything else is arithmetic."""
    if type(left) is str and type(right) is str:
        if len(left) + len(right) > bounds.LONGEST_TEXT:
            raise Fault(gettext("文字太长，最多 %(longest_text)s 个字", longest_text=bounds.LONGEST_TEXT))
        meters.charge_units(len(left) + len(right))
        return left + right
    return _sum_of(left, right)


def _is_contained(item: Any, container: Any) -> bool:
    if not isinstance(container, str | list | dict):
        raise Fault(
            gettext("in 的右边应是文字、列表或字典，这里是%(kind)s", kind=bounds.describe_kind(container))
        )
    if not isinstance(container, dict):
        bounds.charge_comparison(container)
    return item in container


def _charged_comparison(act: Binary) -> Binary:
    def compare(left: Any, right: Any) -> Any:
        if type(left) in _HEAVY and type(right) is type(left):
            bounds.charge_comparison(left)
        return act(left, right)

    return compare


def _is_not_contained(item: Any, container: Any) -> bool:
    return not _is_contained(item, container)


ARITHMETIC: dict[type[ast.operator], Binary] = {
    ast.Add: _add_values,
    ast.Sub: _bounded_arithmetic(operator.sub),
    ast.Mult: _bounded_arithmetic(operator.mul),
    ast.Div: _bounded_arithmetic(operator.truediv),
    ast.FloorDiv: _bounded_arithmetic(operator.floordiv),
    ast.Mod: _bounded_arithmetic(operator.mod),
}

COMPARISON: dict[type[ast.cmpop], Binary] = {
    ast.Eq: _charged_comparison(operator.eq),
    ast.NotEq: _charged_comparison(operator.ne),
    ast.Lt: _charged_comparison(operator.lt),
    ast.LtE: _charged_comparison(operator.le),
    ast.Gt: _charged_comparison(operator.gt),
    ast.GtE: _charged_comparison(operator.ge),
    ast.In: _is_contained,
    ast.NotIn: _is_not_contained,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}


def negate_number(value: Any) -> Any:
    """The number with its sign turned."""
    return -bounds.check_number(value)


def get_item(container: Any, key: Any) -> Any:
    """The item of a list, dict or text under a key or index."""
    if isinstance(container, dict):
        return _get_entry(container, key)
    if not isinstance(container, list | str):
        raise Fault(gettext("不能从%(kind)s中取项", kind=bounds.describe_kind(container)))
    if type(key) is not int:
        raise Fault(gettext("列表的位置应是整数，这里是%(kind)s", kind=bounds.describe_kind(key)))
    if not -len(container) <= key < len(container):
        raise Fault(gettext_plural("列表只有 %(num)s 项，没有第 %(place)s 项", num=len(container), place=key))
    return container[key]


def _get_entry(container: dict[Any, Any], key: Any) -> Any:
    if not isinstance(key, str | int | float):
        raise Fault(gettext("字典的键应是文字，这里是%(kind)s", kind=bounds.describe_kind(key)))
    if key not in container:
        raise Fault(gettext("没有“%(key)s”这一项", key=str(key)[:50]))
    return container[key]
