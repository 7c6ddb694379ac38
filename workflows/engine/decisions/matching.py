"""Cells that can never match, and rules that an earlier one leaves nothing: slips that decide silently."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from math import ceil, floor
from typing import Any

from translations import gettext
from workflows.engine.decisions.unary import ConditionCell, UnaryTest
from workflows.engine.expressions import ExpressionError

CellProblem = tuple[int, str, str]  # place of the rule, code, sentence

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
        yield from ((place, *found) for found in _check_test(test, kind, has_days))
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
            sentence = gettext(
                "的条件与规则 %(first)s 完全相同，这条规则不会单独适用，请删去或改正。", first=first + 1
            )
            yield place, "dmn-duplicate-rule", sentence
        elif always is not None:
            yield (
                place,
                "dmn-never",
                gettext(
                    "排在总是适用的规则 %(always)s 之后，不会用到，请调整次序或删去。", always=always + 1
                ),
            )
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


def _check_test(test: UnaryTest, kind: str, has_days: bool) -> Iterator[tuple[str, str]]:
    constants = _known_values(test)
    for value in constants:
        if test.kind != "value" and not _has_order(value):
            yield (
                "dmn-never",
                gettext("拿 %(value)s 比较大小，只有数字和文字可以比较，请改正。", value=f"{value!r}"),
            )
        elif isinstance(value, str) and _is_bad_day(value, kind, test, has_days):
            sentence = gettext(
                "中的日期 %(value)s 写法不对，不会与日期相符，请写成 2026-05-01 这样的形式。",
                value=f"{value!r}",
            )
            yield "dmn-date", sentence
        elif kind in _WHOLE and test.kind == "value" and isinstance(value, float) and value % 1:
            yield (
                "dmn-never",
                gettext(
                    "中的 %(value)s 不是整数，而该列只有整数，这条规则不会适用，请改正。", value=f"{value!r}"
                ),
            )
    if test.kind == "range" and len(constants) == 2 and _is_empty(test, constants, kind):
        yield "dmn-never", gettext("的范围 %(text)s 中没有任何值，请改正。", text=test.text)


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
                sentence = gettext(
                    "拿文字比较大小，而规则 %(first)s 拿数字比较，请统一。", first=first[0] + 1
                )
                if not is_text:
                    sentence = gettext(
                        "拿数字比较大小，而规则 %(first)s 拿文字比较，请统一。", first=first[0] + 1
                    )
                yield place, "dmn-never", sentence
                return
