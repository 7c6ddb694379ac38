"""Errors that a boundary event waits for and nothing in its activity throws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from translations import lazy_gettext
from workflows.definitions.reading.names import explain_unknown
from workflows.engine.lint.meaning.events import list_definitions
from workflows.engine.lint.reading.diagram import Scope, list_children, list_extensions
from workflows.engine.lint.reading.report import Report, local_name, shorten_text
from workflows.engine.lint.shape.references import DeploymentContext
from workflows.engine.source.problems import LintProblem
from workflows.engine.source.safe_xml import BPMN, Element

_SHOWN = 60
_HOSTS = frozenset({"serviceTask", "callActivity", "subProcess", "transaction"})
_NEVER = lazy_gettext("%(element)s等待错误 %(code)s，但所附的活动不会抛出它：%(reason)s")
_NONE = lazy_gettext("%(element)s等待错误 %(code)s，但所附的活动不会抛出任何错误，请删去。")


def check_caught(known: DeploymentContext) -> list[LintProblem]:
    """Boundary events of these files whose error nothing in their activity throws."""
    finder = _Thrown(known)
    problems: list[LintProblem] = []
    for diagram in known.diagrams:
        report = Report(diagram.file, known.effort)
        for scope in diagram.scopes:
            for event in scope.of("boundaryEvent"):
                _check_event(event, scope, finder, report)
        problems += report.problems
    return problems


def _check_event(event: Element, scope: Scope, finder: _Thrown, report: Report) -> None:
    host = scope.nodes.get(event.get("attachedToRef", ""))
    codes = list(_list_codes(event, scope))
    if host is None or local_name(host) not in _HOSTS or not codes:
        return  # an event where it cannot be is told elsewhere
    report.spend(event, 10 * len(list(host.iter())))
    thrown = finder.list_codes(host, scope.declared)
    for code in codes:
        if thrown is not None and code not in thrown:
            said = {"code": shorten_text(code, _SHOWN), "reason": explain_unknown(code, thrown)}
            report.error(event, "never-thrown", _NEVER if thrown else _NONE, **said)


def _list_codes(event: Element, scope: Scope) -> Iterator[str]:
    """The codes of the errors that an event waits for or throws."""
    for definition in list_definitions(event):
        if local_name(definition) == "errorEventDefinition":
            yield from _read_code(definition, scope.declared)


def _read_code(definition: Element, declared: Mapping[str, dict[str, Element]]) -> Iterator[str]:
    error = declared.get("error", {}).get(definition.get("errorRef", ""))
    if error is not None and error.get("errorCode"):
        yield error.get("errorCode", "")


class _Thrown:
    """The codes that activities throw, those within called processes included."""

    def __init__(self, known: DeploymentContext) -> None:
        self.operations = known.environment.operations
        self.processes = {
            process.get("id"): (process, diagram)
            for diagram in (*known.around, *known.diagrams)
            for process in diagram.running
        }
        self.found: dict[str, frozenset[str] | None] = {}

    def list_codes(self, host: Element, declared: Mapping[str, dict[str, Element]]) -> frozenset[str] | None:
        """All codes that may be thrown within an activity; None where it may be any."""
        codes: set[str] = set()
        for node in host.iter(f"{{{BPMN}}}serviceTask", f"{{{BPMN}}}callActivity", f"{{{BPMN}}}endEvent"):
            thrown = self._list_own(node, declared)
            if thrown is None:
                return None
            codes |= thrown
        return frozenset(codes)

    def _list_own(self, node: Element, declared: Mapping[str, dict[str, Element]]) -> frozenset[str] | None:
        kind = local_name(node)
        if kind == "callActivity":
            return self._list_called(node.get("calledElement", ""))
        if kind == "endEvent":
            ends = list_children(node, "errorEventDefinition")
            return frozenset(code for one in ends for code in _read_code(one, declared))
        operator = next(iter(list_extensions(node, "serviceTaskOperator")), None)
        facts = None if operator is None else self.operations.get(operator.get("id", ""))
        return None if facts is None else facts.errors

    def _list_called(self, key: str) -> frozenset[str] | None:
        if key not in self.processes:
            return None
        if key not in self.found:
            self.found[key] = None  # of one that calls itself, which is told elsewhere
            process, diagram = self.processes[key]
            declared = {"error": diagram.declared("error")}
            self.found[key] = self.list_codes(process, declared)
        return self.found[key]
