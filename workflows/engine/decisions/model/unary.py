"""Unary tests: the conditions in the cells of a decision table.

A cell is empty, `-`, `not(tests)` or tests separated by commas of which one has to hold. A test is a range
`[a..b]` (also `(a..b)`, `]a..b[` and mixtures), a comparison `< a`, or a value.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from translations import gettext
from workflows.engine.expressions import Expression, ExpressionError, bounds, compile_expression
from workflows.engine.expressions.faults import Fault, quote_text

Holds = Callable[[Any, Mapping[str, Any]], bool]

_TOKEN = re.compile(r"\"[^\"\\]*\"|'[^'\\]*'|\.\.|[\[\](){},]|[^\"'\[\](){},.]+|\.")
_COMPARISON = re.compile(r"\s*(<=|>=|<|>)\s*(.*)", re.DOTALL)
_EQUALS = re.compile(r"\s*(==?|!=)")
_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_OPENING, _CLOSING = frozenset("[({"), frozenset("])}")
_LONGEST = 2_000  # characters of a cell


@dataclass(frozen=True, kw_only=True)
class UnaryTest:
    """One of the tests that a condition is made of, for the linter."""

    kind: Literal["value", "comparison", "range"]
    text: str
    expressions: tuple[Expression, ...]

    @cached_property
    def constants(self) -> list[Any] | None:
        """The values that it compares with; nothing when they depend on facts, or are lists of lists."""
        found: list[Any] = []
        for expression in self.expressions:
            if expression.names:
                return None
            try:
                value = expression.evaluate({})
            except ExpressionError:
                return None  # told with the cell
            found += value if isinstance(value, list) and self.kind == "value" else [value]
        return None if any(isinstance(value, list | dict) for value in found) else found

    def limits(self, values: Sequence[Any]) -> list[tuple[str, Any]]:
        """Of a range or a comparison, the signs and the values that an input is compared with."""
        if self.kind == "comparison":
            sign = self.text[:2] if self.text[1:2] == "=" else self.text[0]
            return [(sign, values[0])]
        low, high = values
        above, below = ">=" if self.text[0] == "[" else ">", "<=" if self.text[-1] == "]" else "<"
        return [(above, low), (below, high)]

    @property
    def key(self) -> str:
        """The same for tests that are written differently and mean the same."""
        tokens = _TOKEN.findall(self.text)
        return "".join(
            f'"{token[1:-1]}"' if token[0] in "\"'" else "".join(token.split()) for token in tokens
        )


@dataclass(frozen=True, kw_only=True)
class ConditionCell:
    """A compiled condition."""

    holds: Holds
    tests: tuple[UnaryTest, ...] = ()
    negated: bool = False

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """What the tests are made of."""
        return tuple(expression for test in self.tests for expression in test.expressions)

    @property
    def key(self) -> tuple[bool, frozenset[str]] | None:
        """The same for conditions that hold for the same values; nothing for one that always holds."""
        return (self.negated, frozenset(test.key for test in self.tests)) if self.tests else None


ALWAYS = ConditionCell(holds=lambda value, facts: True)


def compile_cell(text: str) -> ConditionCell:
    """Compile a condition; raises ExpressionError."""
    stripped = text.strip()
    if stripped in ("", "-"):
        return ALWAYS
    try:
        return _build_cell(_split_tokens(stripped))
    except Fault as fault:
        raise ExpressionError(
            gettext("条件%(condition)s：%(reason)s。", condition=quote_text(stripped), reason=fault),
            text=stripped,
        ) from None


def _build_cell(tokens: list[str]) -> ConditionCell:
    if len(tokens) > 3 and tokens[0].strip() == "not" and tokens[1] == "(" and tokens[-1] == ")":
        inner = _combine_tests(_split_tests(tokens[2:-1]))
        return ConditionCell(
            holds=lambda value, facts: not inner.holds(value, facts), tests=inner.tests, negated=True
        )
    return _combine_tests(_split_tests(tokens))


def _split_tokens(text: str) -> list[str]:
    if len(text) > _LONGEST:
        raise ExpressionError(gettext("条件超过 %(longest)s 个字符。", longest=_LONGEST), text=text[:50])
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text:
        raise ExpressionError(
            gettext("条件%(condition)s的引号没有配对，或含有反斜杠。", condition=quote_text(text)),
            text=text,
        )
    return tokens


def _split_tests(tokens: list[str]) -> list[list[str]]:
    """The tests between the commas that are not within brackets."""
    items: list[list[str]] = []
    place = 0
    while place <= len(tokens):
        end = _end_of_range(tokens, place) or _end_of_value(tokens, place)
        items.append(tokens[place:end])
        place = end + 1
    return items


def _end_of_range(tokens: list[str], start: int) -> int | None:
    """Where a range that begins here ends; its brackets need not match, so it holds none within."""
    place = start
    while place < len(tokens) and not tokens[place].strip():
        place += 1
    if place >= len(tokens) or tokens[place] not in ("[", "(", "]"):
        return None
    dots = _skip_plain(tokens, place + 1)
    if dots >= len(tokens) or tokens[dots] != "..":
        return None
    close = _skip_plain(tokens, dots + 1)
    if close >= len(tokens) or tokens[close] not in ("]", ")", "["):
        return None
    end = close + 1
    while end < len(tokens) and not tokens[end].strip():
        end += 1
    return end if end == len(tokens) or tokens[end] == "," else None


def _skip_plain(tokens: list[str], place: int) -> int:
    while place < len(tokens) and tokens[place] not in ("..", ",", "[", "]", "(", ")", "{", "}"):
        place += 1
    return place


def _end_of_value(tokens: list[str], start: int) -> int:
    depth = 0
    for place in range(start, len(tokens)):
        if tokens[place] == "," and depth == 0:
            return place
        depth += (tokens[place] in _OPENING) - (tokens[place] in _CLOSING)
    return len(tokens)


def _combine_tests(items: list[list[str]]) -> ConditionCell:
    cells = [_build_test(item) for item in items]
    if len(cells) == 1:
        return cells[0]
    tests = tuple(cell.holds for cell in cells)
    return ConditionCell(
        holds=lambda value, facts: any(holds(value, facts) for holds in tests),
        tests=tuple(test for cell in cells for test in cell.tests),
    )


def _build_test(tokens: list[str]) -> ConditionCell:
    text = "".join(tokens).strip()
    if not text:
        raise ExpressionError(gettext("逗号之间少了一个值。"), text=text)
    if _end_of_range(tokens, 0) == len(tokens):
        return _build_range([token for token in tokens if token.strip()])
    if match := _COMPARISON.fullmatch(text):
        return _build_comparison(match[1], match[2])
    if _EQUALS.match(text):
        raise ExpressionError(
            gettext("条件%(condition)s不用写等号；不等于请写成 not(值)。", condition=quote_text(text)),
            text=text,
        )
    return _build_value_test(text)


def _build_range(tokens: list[str]) -> ConditionCell:
    dots = tokens.index("..")
    low, high = (compile_expression("".join(part)) for part in (tokens[1:dots], tokens[dots + 1 : -1]))
    above = operator.ge if tokens[0] == "[" else operator.gt
    below = operator.le if tokens[-1] == "]" else operator.lt
    _check_order(low, high)

    def holds(value: Any, facts: Mapping[str, Any]) -> bool:
        return _compare_ordered(above, value, low.evaluate(facts)) and _compare_ordered(
            below, value, high.evaluate(facts)
        )

    test = UnaryTest(kind="range", text="".join(tokens), expressions=(low, high))
    return ConditionCell(holds=holds, tests=(test,))


def _check_order(low: Expression, high: Expression) -> None:
    if low.names or high.names:
        return
    if _compare_ordered(operator.gt, low.evaluate({}), high.evaluate({})):
        raise ExpressionError(
            gettext("范围的下限 %(low)s 大于上限 %(high)s。", low=low.text, high=high.text), text=low.text
        )


def _build_comparison(sign: str, text: str) -> ConditionCell:
    bound, act = compile_expression(text), _COMPARE[sign]
    _refuse_test(bound)
    return ConditionCell(
        holds=lambda value, facts: _compare_ordered(act, value, bound.evaluate(facts)),
        tests=(UnaryTest(kind="comparison", text=f"{sign}{text}", expressions=(bound,)),),
    )


def _compare_ordered(act: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    """Compare two numbers or two texts; anything else has no order."""
    if isinstance(left, bool) or isinstance(right, bool):
        raise Fault(gettext("是非值不能比较大小"))
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    if not numbers and not (isinstance(left, str) and isinstance(right, str)):
        raise Fault(gettext("只能拿数字与数字、文字与文字比较大小"))
    return act(left, right)


def _build_value_test(text: str) -> ConditionCell:
    wanted = compile_expression(text)
    _refuse_test(wanted)

    def holds(value: Any, facts: Mapping[str, Any]) -> bool:
        found = wanted.evaluate(facts)
        return (
            any(_is_equal_value(value, one) for one in found)
            if isinstance(found, list)
            else _is_equal_value(value, found)
        )

    return ConditionCell(holds=holds, tests=(UnaryTest(kind="value", text=text, expressions=(wanted,)),))


def _is_equal_value(left: Any, right: Any) -> bool:
    """Equal and of one kind: 1 is not true."""
    bounds.charge_comparison(right)
    return isinstance(left, bool) is isinstance(right, bool) and bool(left == right)


def _refuse_test(expression: Expression) -> None:
    """A comparison would yield true or false, which never equals the input: a slip that matches nothing."""
    if expression.is_test:
        raise ExpressionError(
            gettext(
                "条件%(condition)s写成了完整的判断；请只写值、范围或“< 值”，否定写成 not(值)。",
                condition=quote_text(expression.text),
            ),
            text=expression.text,
        )
