"""Constant parameters of operations: what is wrong with one is said before a case ever comes there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from models.processes.states import DefinitionSort
from translations import lazy_gettext
from workflows.definitions.letters import Sheet
from workflows.definitions.reading.names import explain_unknown
from workflows.engine.expressions import ExpressionError, compile_expression
from workflows.engine.lint.reading.allowlist import SPIFF
from workflows.engine.lint.reading.diagram import Scope, list_extensions, read_properties
from workflows.engine.lint.reading.report import Report, shorten_text
from workflows.engine.lint.shape.references import DeploymentContext
from workflows.engine.source.environment import OperationFacts
from workflows.engine.source.safe_xml import Element

_STEPS = 50  # of loading a value
_SHOWN = 60  # characters of a wrong value


def check_constants(scope: Scope, report: Report, known: DeploymentContext) -> None:
    """Load the constant parameters of the service tasks of a scope as the operation will."""
    for task in scope.of("serviceTask"):
        for operator in list_extensions(task, "serviceTaskOperator"):
            facts = known.environment.operations.get(operator.get("id", ""))
            for name, value in list_constants(operator) if facts is not None else ():
                report.spend(task, _STEPS)
                _check_constant(task, (name, value), facts, report, known)


def check_modes(scope: Scope, report: Report, known: DeploymentContext) -> None:
    """The ways of confirmation that a part of a process is for."""
    modes = known.environment.modes
    if modes is None:
        return
    for node in scope.nodes.values():
        mode = read_properties(node).get("onlyFor")
        if mode is not None and mode not in modes:
            reason = explain_unknown(shorten_text(mode, _SHOWN), modes)
            report.error(
                node, "only-for", lazy_gettext("%(element)s的属性 onlyFor 不对：%(reason)s"), reason=reason
            )


def list_constants(operator: Element) -> Iterator[tuple[str, Any]]:
    """The parameters whose expressions read no variable, with their values."""
    for parameter in operator.iter(f"{{{SPIFF}}}parameter"):
        try:
            expression = compile_expression((parameter.get("value") or "").strip())
            if not expression.names:
                yield parameter.get("id", ""), expression.evaluate({})
        except ExpressionError:
            continue  # told where expressions are checked


def _check_constant(
    task: Element,
    given: tuple[str, Any],
    facts: OperationFacts | None,
    report: Report,
    known: DeploymentContext,
) -> None:
    name, value = given
    if facts is None or name not in facts.parameters:
        return  # told elsewhere
    wrong = facts.judge(name, value) if facts.judge is not None else ()
    for sentence in wrong:
        report.error(
            task,
            "parameter-value",
            lazy_gettext("%(element)s的参数 %(name)s 不能是“%(value)s”：%(reason)s"),
            name=name,
            value=shorten_text(str(value), _SHOWN),
            reason=sentence,
        )
    if not wrong and name in facts.names and isinstance(value, str):
        _check_named(task, facts.names[name], value, report, known)


def _check_named(
    task: Element, sort: DefinitionSort, key: str, report: Report, known: DeploymentContext
) -> None:
    """A letter or a notice that there has to be; a sheet is printed by pages, and nobody can issue it."""
    sheets = _list_sheets(known)
    if (sort, key) in known.named and not (sort == DefinitionSort.LETTER and key in sheets):
        return
    if (sort, key) in known.named:
        sentence = lazy_gettext("%(element)s要送达的“%(key)s”是一张表样（.typ），不是文书，请改用文书。")
        report.error(task, "sheet-issued", sentence, key=shorten_text(key, _SHOWN))
        return
    there = sorted(name for kind, name in known.named if kind == sort and name not in sheets)
    sentences = {
        DefinitionSort.LETTER: lazy_gettext("%(element)s的文书没有定义：%(reason)s"),
        DefinitionSort.NOTICE: lazy_gettext("%(element)s的通知没有定义：%(reason)s"),
    }
    fallback = lazy_gettext("%(element)s所指的名称没有定义：%(reason)s")
    reason = explain_unknown(shorten_text(key, _SHOWN), there)
    report.error(task, f"unknown-{sort}", sentences.get(sort, fallback), reason=reason)


def _list_sheets(known: DeploymentContext) -> frozenset[str]:
    here = {one.key: isinstance(one.value, Sheet) for _, one in known.definitions if one.sort == "letter"}
    elsewhere = known.environment.sheets - here.keys()
    return elsewhere | frozenset(key for key, is_sheet in here.items() if is_sheet)
