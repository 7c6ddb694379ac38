"""What operations are given by variables: a value that an operation refuses would stop every case there."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from translations import join_words, lazy_gettext
from workflows.engine.expressions import ExpressionError, compile_expression
from workflows.engine.lint.data.certain import CertainFlow, overlay
from workflows.engine.lint.data.writing import read_scripts
from workflows.engine.lint.reading.allowlist import SPIFF
from workflows.engine.lint.reading.diagram import Scope, list_extensions
from workflows.engine.lint.reading.report import Report, shorten_text
from workflows.engine.lint.types.known_variables import Known, Values
from workflows.engine.source.environment import OperationFacts
from workflows.engine.source.safe_xml import Element

_STEPS = 50  # of judging a value
_SHOWN = 60
_REFUSED = lazy_gettext(
    "%(element)s的参数 %(name)s 取自 %(text)s，它可能是“%(value)s”，操作不接受：%(reason)s"
)
_LACKING = lazy_gettext(
    "%(element)s的参数 %(name)s 取自 %(text)s，其中要有 %(parts)s，但它可能没有，请核对。"
)


def check_given(
    scope: Scope, certain: CertainFlow, operations: Mapping[str, OperationFacts], report: Report
) -> None:
    """Judge all values that the variables given to the service tasks of a scope may have."""
    for task in scope.of("serviceTask"):
        before = certain.before.get(task)
        for operator in list_extensions(task, "serviceTaskOperator") if before is not None else ():
            facts = operations.get(operator.get("id", ""))
            if facts is not None and before is not None:
                _check_operator((task, operator), facts, overlay(before, read_scripts(task)), report)


def _check_operator(
    drawn: tuple[Element, Element], facts: OperationFacts, known: Known, report: Report
) -> None:
    task, operator = drawn
    for parameter in operator.iter(f"{{{SPIFF}}}parameter"):
        name, text = parameter.get("id", ""), (parameter.get("value") or "").strip()
        if name not in facts.parameters:
            continue  # told elsewhere
        values = _find_values(text, known)
        said = {"name": name, "text": shorten_text(text, _SHOWN)}
        for value, reason in _list_refused(name, values, facts):
            report.spend(task, _STEPS)
            shown = shorten_text(str(value), _SHOWN)
            report.error(task, "parameter-value", _REFUSED, **said, value=shown, reason=reason)
        missing = facts.parts.get(name, frozenset()) - values.keys() if isinstance(values, Mapping) else ()
        if missing:
            report.error(task, "parameter-value", _LACKING, **said, parts=join_words(sorted(missing)))


def _list_refused(name: str, values: Values, facts: OperationFacts) -> Iterator[tuple[Any, str]]:
    if facts.judge is not None and isinstance(values, frozenset):
        for value in sorted(values, key=repr):
            yield from ((value, sentence) for sentence in facts.judge(name, value)[:1])


def _find_values(text: str, known: Known) -> Values:
    """The values of a variable, or of a part of one; None where they may be any."""
    try:
        compile_expression(text)
    except ExpressionError:
        return None  # told elsewhere
    match ast.parse(text, mode="eval").body:
        case ast.Name(id=name):
            return known.values.get(name)
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(part))):
            whole = known.values.get(name)
            return whole.get(part) if isinstance(whole, Mapping) else None
    return None
