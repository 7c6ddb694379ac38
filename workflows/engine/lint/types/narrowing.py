"""What a choice tells: the values with which its condition holds, where it asks one variable alone."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from workflows.engine.expressions import ExpressionError, compile_expression
from workflows.engine.lint.reading.diagram import Flow, text_of
from workflows.engine.lint.types.known_variables import Known, Listed, Values
from workflows.vocabulary import ValueType


def narrow_known(known: Known, flow: Flow, ways: Sequence[Flow]) -> Known | None:
    """What is known on one way out of a choice; None where it can never be taken."""
    asked = [way for way in ways if way.condition is not None]
    place = asked.index(flow) if flow in asked else len(asked)
    found: Known | None = known
    for way in asked[:place]:  # those that come first in the file were not taken
        found = _keep_values(found, text_of(way.condition), holds=False) if found is not None else None
    if found is not None and flow.condition is not None:
        found = _keep_values(found, text_of(flow.condition), holds=True)
    return found


def _keep_values(known: Known, text: str, *, holds: bool) -> Known | None:
    try:
        compile_expression(text)
    except ExpressionError:
        return known  # told elsewhere
    return assume(known, ast.parse(text.strip(), mode="eval").body, holds=holds)


def assume(known: Known, test: ast.expr, *, holds: bool) -> Known | None:
    """What is known when a test holds, or does not; None where that cannot be."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return assume(known, operand, holds=not holds)
        case ast.BoolOp(op=joined, values=parts) if isinstance(joined, ast.And) is holds:
            found: Known | None = known
            for part in parts:
                found = assume(found, part, holds=holds) if found is not None else None
            return found
    for name in {node.id for node in ast.walk(test) if isinstance(node, ast.Name)} & known.values.keys():
        values = _see_asked(known.values[name])
        if isinstance(values, ValueType) and _tells_there(test, name, holds=holds):
            values = replace(values, is_optional=False)
        known = Known(values={**known.values, name: values}, is_open=known.is_open)
    return _keep_bounded(known, ast.unparse(test), holds=holds)


def _see_asked(values: Values) -> Values:
    """Whoever asks about a list is taken to have asked whether there is anything in it."""
    return replace(values, is_filled=True) if isinstance(values, Listed) else values


def _tells_there(test: ast.expr, name: str, *, holds: bool) -> bool:
    """Whether a test tells that a variable has a value."""
    match test:
        case ast.Name(id=asked):
            return holds and asked == name
        case ast.Compare(left=left, ops=[asks], comparators=[right]):
            sides = [left, right]
            if not any(isinstance(one, ast.Name) and one.id == name for one in sides):
                return False
            if any(is_nothing(one) for one in sides):
                return holds is isinstance(asks, ast.NotEq | ast.IsNot)
            return holds is isinstance(asks, ast.Eq) and any(isinstance(one, ast.Constant) for one in sides)
    return False


def is_nothing(node: ast.expr) -> bool:
    """Whether an expression is the empty value."""
    return (isinstance(node, ast.Constant) and node.value is None) or (
        isinstance(node, ast.Name) and node.id == "null"
    )


def _keep_bounded(known: Known, text: str, *, holds: bool) -> Known | None:
    try:
        test = compile_expression(text)
    except ExpressionError:
        return known  # told elsewhere
    name = next(iter(test.names), "")
    values = known.values.get(name)
    if len(test.names) != 1 or not isinstance(values, frozenset):
        return known
    kept = set()
    for value in values:
        try:
            if bool(test.evaluate({name: value})) is holds:
                kept.add(value)
        except ExpressionError:
            kept.add(value)
    return Known(values={**known.values, name: frozenset(kept)}, is_open=known.is_open) if kept else None
