"""Conditions of one choice that can both be true: which of them counts is then a matter of their order.

A witness is looked for among the values that the conditions themselves name; without one nothing is told.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import combinations, islice, product

from translations import lazy_gettext
from workflows.engine.expressions import ExpressionError, compile_expression
from workflows.engine.lint.reading.diagram import Flow, Scope, text_of
from workflows.engine.lint.reading.report import Report, shorten_text

_STEPS = 5  # of trying one set of values
_MOST_TRIED = 300  # sets of values for two conditions
_MOST_PAIRS = 60  # of one gateway
_OTHER_TEXT = "…"  # one that no condition names
_SHOWN = 60


def check_overlaps(scope: Scope, report: Report) -> None:
    """Check the conditions of every exclusive gateway of a scope, two by two."""
    for gateway in scope.of("exclusiveGateway"):
        flows = [flow for flow in scope.outgoing(gateway) if flow.condition is not None]
        for first, second in islice(combinations(flows, 2), _MOST_PAIRS):
            report.spend(gateway, _STEPS)
            if (witness := _find_witness(first, second, report)) is not None:
                sentence = lazy_gettext(
                    "%(element)s与顺序流 %(other)s 的条件在 %(witness)s 时都成立，这时走文件中在前的"
                    " %(other)s；如果不是有意，请改写条件。"
                )
                told = ", ".join(f"{name} = {value!r}" for name, value in witness.items())
                report.warning(
                    second.element,
                    "conditions-overlap",
                    sentence,
                    other=first.element.get("id"),
                    witness=shorten_text(told, _SHOWN),
                )


def _find_witness(first: Flow, second: Flow, report: Report) -> Mapping[str, object] | None:
    """Values with which both conditions hold."""
    texts = [text_of(flow.condition) for flow in (first, second)]
    try:
        tests = [compile_expression(text) for text in texts]
        trees = [ast.parse(text, mode="eval") for text in texts]
    except (ExpressionError, SyntaxError):
        return None  # told elsewhere
    if any(isinstance(node, ast.Subscript | ast.Call) for tree in trees for node in ast.walk(tree)):
        return None  # what stands inside a value is not made up
    names = sorted(tests[0].names | tests[1].names)
    if not tests[0].names & tests[1].names:
        return None  # nothing is said of how different variables go together
    values = list(dict.fromkeys(value for tree in trees for value in _list_values(tree)))
    for chosen in islice(product(values, repeat=len(names)), _MOST_TRIED):
        report.spend(second.element, _STEPS)
        given = dict(zip(names, chosen, strict=True))
        try:
            if all(test.evaluate(given) is True for test in tests):
                return given
        except ExpressionError:
            continue  # values that cannot be compared
    return None


def _list_values(tree: ast.AST) -> Iterator[object]:
    """What variables may be: the constants of a condition, the numbers beside them, and anything else."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float):
            yield node.value
            if not isinstance(node.value, str | bool):
                yield from (node.value + 1, node.value - 1)
    yield from (_OTHER_TEXT, True, False)
