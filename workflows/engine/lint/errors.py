"""Errors that nothing catches: where one leaves the last process around it, the instance is stuck.

An error end ends its scope and travels outward: to the boundary events of the sub-process or call activity,
for its code or for any, then to the scope around. What is judged is what these files draw; an error that
leaves a process which nothing known calls can go no further.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from translations import lazy_gettext
from workflows.engine.lint.meaning.events import list_definitions
from workflows.engine.lint.reading.diagram import Diagram, Scope
from workflows.engine.lint.reading.graph import rank_nodes
from workflows.engine.lint.reading.report import Report, local_name, shorten_text
from workflows.engine.lint.shape.references import DeploymentContext
from workflows.engine.source.problems import LintProblem
from workflows.engine.source.safe_xml import BPMN, Element

_THROWN = ("error", "escalation")
_UNCAUGHT = lazy_gettext(
    "%(element)s抛出的错误 %(code)s 没有人接收，流程会停在这里；请在外层的子流程或调用活动上加错误边界事件。"
)
_UNCAUGHT_CALL = lazy_gettext(
    "%(element)s调用的流程 %(process)s 会抛出错误 %(code)s，没有人接收；请在调用活动或外层加错误边界事件。"
)
_LOST = lazy_gettext("%(element)s抛出的升级 %(code)s 没有人接收，不起作用，请核对。")


@dataclass(frozen=True, kw_only=True)
class Thrown:
    """What leaves a scope: its kind and code, and the element that a designer would look at."""

    kind: str
    code: str
    element: Element
    called: str | None = None  # the process in which it is thrown, when that is another one


@dataclass(kw_only=True)
class _Escapes:
    """What leaves each process, those that are called first."""

    scopes: Mapping[Element, Scope]
    by_process: dict[str, list[Thrown]] = field(default_factory=dict)

    def find(self, scope: Scope) -> list[Thrown]:
        """What leaves a scope."""
        found: list[Thrown] = []
        for node in scope.nodes.values():
            kind = local_name(node)
            if kind in ("endEvent", "intermediateThrowEvent"):
                found += _list_thrown(node, scope)
            elif kind == "callActivity":
                found += _list_uncaught(self._list_called(node), node, scope)
            elif node in self.scopes:
                found += _list_uncaught(self.find(self.scopes[node]), node, scope)
        return found

    def _list_called(self, call: Element) -> Iterator[Thrown]:
        key = call.get("calledElement") or ""
        for code in dict.fromkeys((one.kind, one.code) for one in self.by_process.get(key, ())):
            yield Thrown(kind=code[0], code=code[1], element=call, called=key)


def check_errors(known: DeploymentContext) -> list[LintProblem]:
    """Errors and escalations that leave a process which nothing known calls.

    Deployed callers are judged anew with what they call: of them only what was not so before is told.
    """
    before = {_sign(one) for found in _judge_diagrams(known.deployed, known).values() for one in found}
    judged = _judge_diagrams((*known.diagrams, *known.around), known)
    own = {diagram.root for diagram in known.diagrams}
    return [
        one
        for root, found in judged.items()
        for one in found
        if root in own or (one.severity == "error" and _sign(one) not in before)
    ]


def _sign(problem: LintProblem) -> tuple[str | None, str]:
    return problem.element, problem.message


def _judge_diagrams(
    diagrams: Sequence[Diagram], known: DeploymentContext
) -> dict[Element, list[LintProblem]]:
    scopes = {scope.element: scope for diagram in diagrams for scope in diagram.scopes}
    reports = {diagram.root: Report(diagram.file, known.effort) for diagram in diagrams}
    processes = {one.get("id"): one for one in scopes if local_name(one) == "process"}
    calls = {key: _list_calls(process) for key, process in processes.items()}
    numbers, _ = rank_nodes(calls, lambda count: None)
    escapes = _Escapes(scopes=scopes)
    for key in sorted(processes, key=numbers.__getitem__, reverse=True):  # what is called comes first
        escapes.by_process[key] = escapes.find(scopes[processes[key]])
    called = {key for keys in calls.values() for key in keys} | known.environment.called
    for key, process in processes.items():
        for thrown in escapes.by_process[key] if key not in called else ():
            _report_thrown(thrown, reports[process.getparent()])
    return {root: report.problems for root, report in reports.items()}


def _report_thrown(thrown: Thrown, report: Report) -> None:
    code = shorten_text(thrown.code, 60)
    if thrown.kind == "escalation":
        report.warning(thrown.element, "uncaught", _LOST, code=code)
    elif thrown.called is not None:
        report.error(thrown.element, "uncaught", _UNCAUGHT_CALL, process=thrown.called, code=code)
    else:
        report.error(thrown.element, "uncaught", _UNCAUGHT, code=code)


def _list_calls(process: Element) -> tuple[str, ...]:
    calls = process.iter(f"{{{BPMN}}}callActivity")
    return tuple(dict.fromkeys(call.get("calledElement", "") for call in calls))


def _list_thrown(node: Element, scope: Scope) -> Iterator[Thrown]:
    definitions = list_definitions(node)
    for definition in definitions if len(definitions) == 1 else ():  # several are told elsewhere
        kind = local_name(definition).removesuffix("EventDefinition")
        if kind in _THROWN and (code := _read_code(kind, definition, scope)):
            yield Thrown(kind=kind, code=code, element=node)


def _list_uncaught(thrown: Iterator[Thrown] | list[Thrown], host: Element, scope: Scope) -> Iterator[Thrown]:
    caught = set()
    for event in scope.attached.get(host.get("id") or "", ()):
        for definition in list_definitions(event):
            kind = local_name(definition).removesuffix("EventDefinition")
            if kind in _THROWN:
                caught.add((kind, _read_code(kind, definition, scope)))
    for one in thrown:
        if not caught & {(one.kind, one.code), (one.kind, None)}:
            yield one


def _read_code(kind: str, definition: Element, scope: Scope) -> str | None:
    """The code that an event names; nothing where it takes any, or names none."""
    target = scope.declared.get(kind, {}).get(definition.get(f"{kind}Ref") or "")
    return None if target is None else target.get(f"{kind}Code") or None
