"""Cells that can never match, and rules that an earlier one leaves nothing: slips that decide silently."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from math import ceil, floor
from typing import Any, NamedTuple

from translations import lazy_gettext
from workflows.engine.decisions.unary import ConditionCell, UnaryTest
from workflows.engine.expressions import ExpressionError


class CellProblem(NamedTuple):
    """What is wrong with a rule; its sentence names the table and the rule, and the input if one is meant."""

    place: int  # of the rule
    code: str
    sentence: str  # with placeholders
    values: Mapping[str, object]


_NO_ORDER = lazy_gettext(
    "%(table)s规则 %(rule)s 的条件“%(input)s”拿 %(value)s 比较大小，只有数字和文字可以比较，请改正。"
)
_BAD_DAY = lazy_gettext(
    "%(table)s规则 %(rule)s 的条件“%(input)s”中的日期 %(value)s 写法不对，不会与日期相符，"
    "请写成 2026-05-01 这样的形式。"
)
_NOT_WHOLE = lazy_gettext(
    "%(table)s规则 %(rule)s 的条件“%(input)s”中的 %(value)s 不是整数，而该列只有整数，"
    "这条规则不会适用，请改正。"
)
_EMPTY_RANGE = lazy_gettext("%(table)s规则 %(rule)s 的条件“%(input)s”的范围 %(range)s 中没有任何值，请改正。")
_TEXT_AMONG_NUMBERS = lazy_gettext(
    "%(table)s规则 %(rule)s 的条件“%(input)s”拿文字比较大小，而规则 %(first)s 拿数字比较，请统一。"
)
_NUMBER_AMONG_TEXTS = lazy_gettext(
    "%(table)s规则 %(rule)s 的条件“%(input)s”拿数字比较大小，而规则 %(first)s 拿文字比较，请统一。"
)

DAYS = frozenset({"date", "dateTime", "date and time"})
_WHOLE = frozenset({"integer", "long"})
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(T.+)?", re.ASCII)
_LIKE_A_DAY = re.compile(
    r"\d{2,4}\s*([-/.])\s*\d{1,2}\s*\1\s*\d{1,2}(?!\d).*|\d{4}\s*年.*|\d{4}/\d{1,2}|\d{4}-\d", re.DOTALL
)


def check_column(cells: Sequence[ConditionCell | None], kind: str) -> Iterator[CellProblem]:
    """What can never match in one column of conditions; unreadable cells are left out."""
    tests = [(place, test) for place, cell in enumerate(cells) if cell for test in cell.tests]
    has_days = kind in DAYS or any(
        _is_day(value) for _, test in tests for value in _known_values(test) if isinstance(value, str)
    )
    for place, test in tests:
        yield from _check_test(place, test, (kind, has_days))
    yield from _find_mixed_kinds(tests)


def check_rules(rows: Sequence[tuple[ConditionCell | None, ...]], hit_policy: str) -> Iterator[CellProblem]:
    """Rules that repeat an earlier one, or come after one that always applies and is taken first."""
    if hit_policy == "COLLECT":
        return
    seen: dict[tuple[Any, ...], int] = {}
    always: int | None = None
    for place, cells in enumerate(rows):
        if any(cell is None for cell in cells):
            continue
        key = tuple(cell.key for cell in cells if cell)
        first = seen.setdefault(key, place)
        if first != place:
            sentence = lazy_gettext(
                "%(table)s规则 %(rule)s 的条件与规则 %(first)s 完全相同，这条规则不会单独适用，请删去或改正。"
            )
            yield CellProblem(place, "dmn-duplicate-rule", sentence, {"first": first + 1})
        elif always is not None:
            sentence = lazy_gettext(
                "%(table)s规则 %(rule)s 排在总是适用的规则 %(always)s 之后，不会用到，请调整次序或删去。"
            )
            yield CellProblem(place, "dmn-never", sentence, {"always": always + 1})
        if hit_policy == "FIRST" and always is None and not any(key):
            always = place


def _known_values(test: UnaryTest) -> list[Any]:
    """The values of a test that are known beforehand, those of lists one by one."""
    found: list[Any] = []
    for expression in test.expressions:
        if not expression.names:
            try:
                value = expression.evaluate({})
            except ExpressionError:
                continue  # told with the cell
            found += value if isinstance(value, list) and test.kind == "value" else [value]
    return found


def _check_test(place: int, test: UnaryTest, column: tuple[str, bool]) -> Iterator[CellProblem]:
    kind, has_days = column
    constants = _known_values(test)
    for value in constants:
        if test.kind != "value" and not _has_order(value):
            yield CellProblem(place, "dmn-never", _NO_ORDER, {"value": repr(value)})
        elif isinstance(value, str) and _is_bad_day(value, kind, test, has_days):
            yield CellProblem(place, "dmn-date", _BAD_DAY, {"value": repr(value)})
        elif kind in _WHOLE and test.kind == "value" and isinstance(value, float) and value % 1:
            yield CellProblem(place, "dmn-never", _NOT_WHOLE, {"value": repr(value)})
    if test.kind == "range" and len(constants) == 2 and _is_empty(test, constants, kind):
        yield CellProblem(place, "dmn-never", _EMPTY_RANGE, {"range": test.text})


def _has_order(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _is_day(text: str) -> bool:
    if not _ISO.fullmatch(text):
        return False
    try:
        date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_bad_day(text: str, kind: str, test: UnaryTest, has_days: bool) -> bool:
    if kind in DAYS:
        return not _is_day(text)
    meant = _ISO.fullmatch(text) or _LIKE_A_DAY.fullmatch(text.strip())
    return bool(meant) and not _is_day(text) and (has_days or test.kind != "value")


def _is_empty(test: UnaryTest, bounds: list[Any], kind: str) -> bool:
    low, high = bounds
    if not (_has_order(low) and _has_order(high)) or isinstance(low, str) is not isinstance(high, str):
        return False  # told elsewhere
    above, below = test.text[0] == "[", test.text[-1] == "]"
    if kind in _WHOLE and not isinstance(low, str):
        least = ceil(low) + (not above and low == ceil(low))
        return bool(least > floor(high) - (not below and high == floor(high)))
    return bool(low > high or (low == high and not (above and below)))


def _find_mixed_kinds(tests: list[tuple[int, UnaryTest]]) -> Iterator[CellProblem]:
    """A column is compared with numbers and with texts: whatever comes in, one of them stops it."""
    first: tuple[int, bool] | None = None
    for place, test in tests:
        for value in _known_values(test) if test.kind != "value" else ():
            if not _has_order(value):
                continue
            is_text = isinstance(value, str)
            if first is None:
                first = (place, is_text)
            elif first[1] is not is_text:
                sentence = _TEXT_AMONG_NUMBERS if is_text else _NUMBER_AMONG_TEXTS
                yield CellProblem(place, "dmn-never", sentence, {"first": first[0] + 1})
                return
