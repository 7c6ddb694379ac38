"""Cells that can never match: slips that decide silently."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from translations import gettext
from workflows.engine.decisions.checks.segments import Column
from workflows.engine.decisions.model.types import AT, DAYS, MOMENTS, PERIODS, WHOLE, format_value
from workflows.engine.decisions.model.unary import ConditionCell, UnaryTest

CellProblem = tuple[int, str, str]  # place of the rule, code, sentence

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(T.+)?", re.ASCII)
_DAY = len("2026-05-01")
_TIME = re.compile(r"\d{2}:\d{2}.*", re.ASCII)
_PERIOD = re.compile(r"-?P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?", re.ASCII)
_LIKE_A_DAY = re.compile(
    r"\d{2,4}\s*([-/.])\s*\d{1,2}\s*\1\s*\d{1,2}(?!\d).*|\d{4}\s*年.*|\d{4}/\d{1,2}|\d{4}-\d", re.DOTALL
)


def check_column(cells: Sequence[ConditionCell | None], kind: str, column: Column) -> Iterator[CellProblem]:
    """What can never match in one column of conditions; unreadable cells are left out."""
    tests = [(place, test) for place, cell in enumerate(cells) if cell for test in cell.tests]
    has_days = kind in DAYS or any(
        _is_day(value) for _, test in tests for value in test.constants or () if isinstance(value, str)
    )
    told = set()
    for place, test in tests:
        for code, sentence in _check_test(test, kind, has_days):
            told.add(place)
            yield place, code, sentence
    for place, cell in enumerate(cells):
        if cell and place not in told:
            yield from ((place, "dmn-never", sentence) for sentence in _in_cell(cell, column))


def _check_test(test: UnaryTest, kind: str, has_days: bool) -> Iterator[tuple[str, str]]:
    if kind in PERIODS and test.kind != "value":
        yield (
            "dmn-never",
            gettext(
                "%(at)s中的 %(text)s 拿时长比较大小，时长只能比较是否相同，请改用天数（数字）。",
                at=AT,
                text=test.text,
            ),
        )
        return
    values = test.constants or []
    for value in values:
        if test.kind != "value" and not _has_order(value):
            yield (
                "dmn-never",
                gettext(
                    "%(at)s拿 %(value)s 比较大小，只有数字和文字可以比较，请改正。",
                    at=AT,
                    value=format_value(value),
                ),
            )
        elif isinstance(value, str) and (sentence := _describe_other_form(value, kind, test)):
            yield "dmn-date", sentence
        elif isinstance(value, str) and _is_bad_day(value, kind, test, has_days):
            sentence = gettext(
                "%(at)s中的日期 %(value)s 写法不对，不会与日期相符，请写成 2026-05-01 这样的形式。",
                at=AT,
                value=format_value(value),
            )
            yield "dmn-date", sentence
        elif kind in WHOLE and test.kind == "value" and isinstance(value, float) and value % 1:
            yield (
                "dmn-never",
                gettext(
                    "%(at)s中的 %(value)s 不是整数，而该列只有整数，这条规则不会适用，请改正。",
                    at=AT,
                    value=repr(value),
                ),
            )
    if not values and test.kind == "value" and test.constants is not None:
        yield (
            "dmn-never",
            gettext(
                "%(at)s中的 %(text)s 是空列表，不会与任何值相符，请填写值或删去。", at=AT, text=test.text
            ),
        )


def _in_cell(cell: ConditionCell, column: Column) -> Iterator[str]:
    """Tests that hold for nothing, by themselves or after the others of their cell."""
    fails = 0
    for test in cell.tests:
        found = column.of_test(test)
        if found is None:
            return  # it depends on other facts
        if not found.holds:
            yield gettext("%(at)s的范围 %(text)s 中没有任何值，请改正。", at=AT, text=test.text)
        elif not found.holds & ~fails:
            yield gettext(
                "%(at)s中的 %(text)s 排在比较大小之后，轮到它之前就会出错，请把它写在前面。",
                at=AT,
                text=test.text,
            )
        fails |= found.fails
    reach = column.reach(cell)
    if reach and not reach.holds and all(test.holds for test in map(column.of_test, cell.tests) if test):
        yield gettext("%(at)s排除了所有的值，这条规则不会适用，请改正。", at=AT)


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


def _describe_other_form(text: str, kind: str, test: UnaryTest) -> str:
    """What is wrong with a day, a moment or a time of day that no value of the column is written like."""
    shown = format_value(text)
    if kind == "date" and _is_day(text) and len(text) > _DAY:
        return gettext(
            '%(at)s中的 %(value)s 带有时刻，而该列只有日期，不会相符，请写成 "%(day)s"。',
            at=AT,
            value=shown,
            day=text[:_DAY],
        )
    if kind in MOMENTS and test.kind == "value" and _is_day(text) and len(text) == _DAY:
        return gettext(
            "%(at)s中的 %(value)s 没有时刻，不会与该列的日期时间相同，请改用范围或比较。", at=AT, value=shown
        )
    if kind == "time" and not _is_time(text):
        return gettext(
            "%(at)s中的时刻 %(value)s 写法不对，不会与时刻相符，请写成 10:30:00 这样的形式。",
            at=AT,
            value=shown,
        )
    if kind in PERIODS and not _PERIOD.fullmatch(text):
        return gettext(
            "%(at)s中的时长 %(value)s 写法不对，不会与时长相符，请写成 P9D、PT2H 这样的形式。",
            at=AT,
            value=shown,
        )
    return ""


def _is_time(text: str) -> bool:
    try:
        return bool(_TIME.fullmatch(text)) and time.fromisoformat(text) is not None
    except ValueError:
        return False


def _is_bad_day(text: str, kind: str, test: UnaryTest, has_days: bool) -> bool:
    if kind in DAYS:
        return not _is_day(text)
    meant = _ISO.fullmatch(text) or _LIKE_A_DAY.fullmatch(text.strip())
    return bool(meant) and not _is_day(text) and (has_days or test.kind != "value")
