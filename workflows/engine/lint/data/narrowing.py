"""What a choice tells: the values with which its condition holds, where it asks one variable alone."""

from __future__ import annotations

from collections.abc import Sequence

from workflows.engine.expressions import ExpressionError, compile_expression
from workflows.engine.lint.data.known_variables import Known
from workflows.engine.lint.reading.diagram import Flow, text_of


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
