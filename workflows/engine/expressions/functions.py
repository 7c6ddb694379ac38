"""The functions that expressions may call: few, pure and bounded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from translations import gettext
from workflows.engine.expressions import bounds
from workflows.engine.expressions.faults import Fault

_LONGEST_NUMERAL = 40  # characters that int and float read
_LONGEST_PERIOD = 36_500 * 24 * 60  # minutes; a hundred years
_FINEST, _COARSEST = 12, -6  # digits that round takes


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function and how many arguments it takes."""

    call: Callable[..., Any]
    fewest: int
    most: int
    yields: str = ""  # the type of what it gives, where it is always the same


def _len(value: Any) -> int:
    if not isinstance(value, str | list | dict):
        raise Fault(gettext("len 只用于文字、列表和字典，这里是%(kind)s", kind=bounds.describe_kind(value)))
    return len(value)


def _check_candidates(values: tuple[Any, ...], name: str) -> list[Any]:
    """What min and max choose from: one list, or the arguments; all numbers or all texts."""
    items = _check_list(values[0], name) if len(values) == 1 else list(values)
    if len(values) > 1:
        bounds.charge_comparison(items)
    if not items:
        raise Fault(gettext("%(name)s 的列表是空的", name=name))
    if not all(isinstance(item, str) for item in items):
        for item in items:
            bounds.check_number(item)
    return items


def _check_list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise Fault(gettext("%(name)s 需要列表，这里是%(kind)s", name=name, kind=bounds.describe_kind(value)))
    bounds.charge_comparison(value)
    return value


def _min(*values: Any) -> Any:
    return min(_check_candidates(values, "min"))


def _max(*values: Any) -> Any:
    return max(_check_candidates(values, "max"))


def _sum(values: Any) -> Any:
    total: Any = 0
    for value in _check_list(values, "sum"):
        total = bounds.check_number(total + bounds.check_number(value))
    return total


def _round(value: Any, digits: Any = None) -> Any:
    if digits is None:
        return round(bounds.check_number(value))
    if type(digits) is not int or not _COARSEST <= digits <= _FINEST:
        raise Fault(gettext("round 的位数应为 %(least)s 到 %(most)s 的整数", least=_COARSEST, most=_FINEST))
    return round(bounds.check_number(value), digits)


def _abs(value: Any) -> Any:
    return abs(bounds.check_number(value))


def _check_numeral(value: Any, name: str) -> Any:
    if isinstance(value, str):
        if len(value) > _LONGEST_NUMERAL:
            raise Fault(gettext("%(name)s 读不了这么长的文字", name=name))
        return value
    return bounds.check_number(value)


def _int(value: Any) -> Any:
    return bounds.check_number(int(_check_numeral(value, "int")))


def _float(value: Any) -> Any:
    return bounds.check_number(float(_check_numeral(value, "float")))


def _str(value: Any) -> str:
    return value if isinstance(value, str) else str(bounds.check_number(value))


def _any(values: Any) -> bool:
    return any(_check_list(values, "any"))


def _all(values: Any) -> bool:
    return all(_check_list(values, "all"))


def _get(mapping: Any, key: Any, default: Any = None) -> Any:
    if not isinstance(mapping, dict):
        raise Fault(gettext("get 需要字典，这里是%(kind)s", kind=bounds.describe_kind(mapping)))
    return mapping.get(key, default)


def _check_period(count: Any, minutes: int, name: str) -> int:
    if type(count) is not int or not 0 <= count * minutes <= _LONGEST_PERIOD:
        raise Fault(gettext("%(name)s 需要 0 或正整数，且不超过一百年", name=name))
    return count


def _format_days(count: Any) -> str:
    return f"P{_check_period(count, 24 * 60, 'days')}D"


def _format_hours(count: Any) -> str:
    return f"PT{_check_period(count, 60, 'hours')}H"


def _format_minutes(count: Any) -> str:
    return f"PT{_check_period(count, 1, 'minutes')}M"


_MANY = 50  # arguments of min and max

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "len": Function(call=_len, fewest=1, most=1, yields="number"),
        "min": Function(call=_min, fewest=1, most=_MANY),
        "max": Function(call=_max, fewest=1, most=_MANY),
        "sum": Function(call=_sum, fewest=1, most=1, yields="number"),
        "round": Function(call=_round, fewest=1, most=2, yields="number"),
        "abs": Function(call=_abs, fewest=1, most=1, yields="number"),
        "int": Function(call=_int, fewest=1, most=1, yields="number"),
        "float": Function(call=_float, fewest=1, most=1, yields="number"),
        "str": Function(call=_str, fewest=1, most=1, yields="string"),
        "any": Function(call=_any, fewest=1, most=1, yields="boolean"),
        "all": Function(call=_all, fewest=1, most=1, yields="boolean"),
        "get": Function(call=_get, fewest=2, most=3),  # get(plan, "until", "")
        "days": Function(
            call=_format_days, fewest=1, most=1, yields="string"
        ),  # ISO 8601 durations for timers
        "hours": Function(call=_format_hours, fewest=1, most=1, yields="string"),
        "minutes": Function(call=_format_minutes, fewest=1, most=1, yields="string"),
    }
)
