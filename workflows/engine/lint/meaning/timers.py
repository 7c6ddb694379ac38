"""Timers: the text is an expression, so a fixed time stands in quotes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from models.processes.states import TimerPurpose
from translations import join_words, lazy_gettext
from workflows.engine.elements.timers import BadTimer, parse_timedelta
from workflows.engine.expressions import ExpressionError, judge_expression
from workflows.engine.lint.meaning.events import list_definitions
from workflows.engine.lint.reading.diagram import Scope, list_children, read_properties, text_of
from workflows.engine.lint.reading.report import Report, local_name
from workflows.engine.source.safe_xml import Element

_DURATION = re.compile(
    r"P(?=\d|T\d)(?:\d{1,6}W|(?:\d{1,4}Y)?(?:\d{1,5}M)?(?:\d{1,6}D)?(?:T(?=\d)(?:\d{1,6}H)?(?:\d{1,6}M)?(?:\d{1,8}S)?)?)"
)
_CYCLE = re.compile(r"R(\d{0,6})/(.+)", re.DOTALL)
# A time that was written without quotes.
BARE = re.compile(r"P[\dT][\dA-Z]*|R\d*/.+|\d{4}-\d{2}-\d{2}.*", re.DOTALL)


def is_duration(text: str) -> bool:
    """Whether the text is an ISO 8601 duration longer than nothing, such as P14D or PT2H."""
    if not _DURATION.fullmatch(text) or not any(digit in text for digit in "123456789"):
        return False
    try:
        return parse_timedelta(text) > timedelta(0)
    except BadTimer:
        return False  # beyond a hundred years: it would be refused at every start


def is_moment(text: str) -> bool:
    """Whether the text is an ISO 8601 date and time with its offset; without one it would be ambiguous."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def is_cycle(text: str) -> bool:
    """Whether the text repeats a duration: R3/P2D, also from a start on."""
    match = _CYCLE.fullmatch(text)
    if match is None or (match[1].strip("0") == "" and match[1]):
        return False
    start, _, every = match[2].rpartition("/")
    return is_duration(every) and (not start or is_moment(start))


_KINDS: dict[str, tuple[Callable[[str], bool], str]] = {
    "timeDuration": (is_duration, lazy_gettext("'P14D'（14 天）或 'PT2H'（2 小时）")),
    "timeDate": (is_moment, lazy_gettext("'2026-06-30T17:00:00+08:00'，必须写明时区")),
    "timeCycle": (is_cycle, lazy_gettext("'R3/P2D'（每 2 天一次，共 3 次）")),
}


def check_timers(scope: Scope, report: Report) -> None:
    """Check every timer of a scope."""
    for event in scope.of("intermediateCatchEvent", "boundaryEvent"):
        for definition in list_definitions(event):
            if local_name(definition) == "timerEventDefinition":
                _check_timer(event, definition, report)
        _check_purpose(event, report)


def _check_purpose(event: Element, report: Report) -> None:
    stated = read_properties(event).get("purpose")
    if stated is None:
        return
    if next(list_children(event, "timerEventDefinition"), None) is None:
        report.error(event, "purpose", lazy_gettext("%(element)s不是定时器，属性 purpose 没有意义，请删去。"))
    elif stated not in set(TimerPurpose):
        report.error(
            event,
            "purpose",
            lazy_gettext("%(element)s的属性 purpose 只能是 %(allowed)s，现在是“%(found)s”。"),
            allowed=join_words(TimerPurpose),
            found=stated,
        )


def _check_timer(event: Element, definition: Element, report: Report) -> None:
    times = list(list_children(definition, *_KINDS))
    if len(times) != 1:
        report.error(event, "timer", lazy_gettext("%(element)s需要一个时间：时长、时刻或循环三者之一。"))
        return
    _check_time(event, times[0], report)
    repeats = local_name(times[0]) == "timeCycle"
    if repeats and (local_name(event) != "boundaryEvent" or event.get("cancelActivity", "true") == "true"):
        report.error(
            event,
            "timer-cycle",
            lazy_gettext("%(element)s不能循环：循环定时只用在不中断的边界事件上，请改成时长。"),
        )


def _check_time(event: Element, time: Element, report: Report) -> None:
    text = text_of(time)
    accepts, example = _KINDS[local_name(time)]
    if BARE.fullmatch(text):
        report.error(
            event,
            "timer",
            lazy_gettext("%(element)s的时间 %(text)s 要加英文引号，写成 '%(text)s'。"),
            text=text,
        )
        return
    try:
        expression = judge_expression(text)
        value = None if expression.names else expression.evaluate({})
    except ExpressionError as error:
        report.error(
            event,
            "expression",
            lazy_gettext("%(element)s的时间不能计算：%(reason)s"),
            reason=error.sentence,
        )
        return
    if not expression.names and not (isinstance(value, str) and accepts(value)):
        report.error(
            event,
            "timer",
            lazy_gettext("%(element)s的时间 %(text)s 不对，应写成 %(example)s。"),
            text=text,
            example=example,
        )
