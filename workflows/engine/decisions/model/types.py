"""The types that a column of a decision table may name, and what fits them."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from translations import gettext, join_words, lazy_gettext

WHOLE = frozenset({"integer", "long"})
NUMBERS = frozenset({"number", "double"}) | WHOLE
MOMENTS = frozenset({"dateTime", "date and time"})
DAYS = frozenset({"date"}) | MOMENTS
PERIODS = frozenset(
    {
        "dayTimeDuration",
        "yearMonthDuration",
        "days and time duration",
        "years and months duration",
    }
)
_OTHERS = frozenset({"time", "Any"})
_OFFERED = ("string", "number", "integer", "boolean", "date", "dateTime")
# What designers write who come from other languages and tools.
_MEANT = {
    "str": "string",
    "text": "string",
    "varchar": "string",
    "int": "integer",
    "short": "integer",
    "float": "number",
    "decimal": "number",
    "numeric": "number",
    "bool": "boolean",
    "datetime": "dateTime",
    "date_time": "dateTime",
    "timestamp": "dateTime",
}
_IN_WORDS = {
    "boolean": lazy_gettext("是非值"),
    "number": lazy_gettext("数字"),
    "string": lazy_gettext("文字"),
}
AT = "{at}"  # where a sentence names its place, which whoever looked at the cell does not know
_KNOWN = NUMBERS | DAYS | PERIODS | _OTHERS | {"string", "boolean"}


def name_of(written: str) -> str:
    """The type as its column names it, without the prefix that older tools write."""
    return written.strip().removeprefix("feel:")


def describe_unknown_type(written: str) -> str:
    """What is wrong with a type that nobody knows, with the one that was meant; empty for a known one."""
    name = name_of(written)
    if not name or name in _KNOWN:
        return ""
    offered = join_words(_OFFERED)
    if near := _find_nearest(name):
        return gettext(
            "%(at)s的类型 %(name)s 不存在，应是 %(near)s；可用的类型有 %(types)s。",
            at=AT,
            name=name,
            near=near,
            types=offered,
        )
    return gettext(
        "%(at)s的类型 %(name)s 不存在，请改正；可用的类型有 %(types)s。", at=AT, name=name, types=offered
    )


def _find_nearest(name: str) -> str:
    lowered = {known.lower(): known for known in sorted(_KNOWN)}
    near = difflib.get_close_matches(name.lower()[:40], [*lowered, *_MEANT], n=1, cutoff=0.6)
    return lowered.get(near[0]) or _MEANT[near[0]] if near else ""


def build_type_check(kind: str) -> Callable[[object], bool] | None:
    """Whether a value is of the type; nothing for columns without one that could be checked."""
    if kind == "boolean":
        return lambda value: isinstance(value, bool)
    if kind in NUMBERS:
        return lambda value: isinstance(value, int | float) and not isinstance(value, bool)
    if kind in _KNOWN - {"Any"}:  # days and periods are texts to us: 2026-5-1 without quotes is 2020
        return lambda value: isinstance(value, str)
    return None


def may_yield(found: str, kind: str) -> bool:
    """Whether what is always of one type can be of the type that a column names; days are texts to us."""
    samples: dict[str, object] = {"boolean": True, "number": 1, "string": ""}
    fits = build_type_check(kind)
    return fits is None or found not in samples or fits(samples[found])


def describe_type(found: str) -> str:
    """A type of `find_outcome_type` in words."""
    return str(_IN_WORDS[found])


def format_value(value: object) -> str:
    """A value as a cell would have it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f'"{value}"' if isinstance(value, str) else str(value)
