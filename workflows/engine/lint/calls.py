"""Calls that multiply: a process that runs too many tasks before anything waits is stopped at every start.

Eight processes that each call the next one three times run 3^8 tasks, and each start took more than a second
to be stopped. What is counted is the least that a start can lead to: where something may wait, fail or be
interrupted, the count ends. So what is refused could never have been started.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from models.processes.states import OperationKind
from translations import lazy_gettext
from workflows.engine.lint.meaning.events import list_definitions
from workflows.engine.lint.reading.diagram import Diagram, Scope, list_children, list_extensions
from workflows.engine.lint.reading.effort import Effort, EffortExhausted, build_exhausted_problem
from workflows.engine.lint.reading.graph import rank_nodes
from workflows.engine.lint.reading.report import Report, describe_element, local_name
from workflows.engine.lint.shape.references import DeploymentContext
from workflows.engine.moves.execution import MOST
from workflows.engine.source import safe_xml
from workflows.engine.source.drawings import DrawnProcess
from workflows.engine.source.environment import Environment, OperationFacts
from workflows.engine.source.problems import LintProblem
from workflows.engine.source.safe_xml import Element

_STEPS_OF_A_NODE = 10
_ENDING = 2  # tasks that SpiffWorkflow adds where a process or sub-process ends
_ROUNDS = 3  # over the nodes of a scope: what circles lead to is counted less, never more
_PARTS = frozenset({"subProcess", "transaction"})
_RUNNING = _PARTS | {
    "startEvent",
    "endEvent",
    "intermediateThrowEvent",
    "scriptTask",
    "businessRuleTask",
    "callActivity",
    "exclusiveGateway",
    "inclusiveGateway",
    "parallelGateway",
}
_BREAKING = frozenset(
    {
        "errorEventDefinition",
        "escalationEventDefinition",
        "cancelEventDefinition",
        "terminateEventDefinition",
    }
)
_SENTENCE = lazy_gettext(
    "会使流程在等待任何人之前就执行超过 %(most)s 步（调用层层相乘），每次启动都会被停止；"
    "请减少调用，或在其中加入等待。",
    most=MOST,
)


@dataclass(frozen=True, kw_only=True)
class Least:
    """What a process or sub-process runs at least before it rests, and whether it then has ended for sure."""

    tasks: int
    ends: bool
    told: bool = False  # it is too much by itself: its callers have no fault of their own


_UNKNOWN = Least(tasks=0, ends=False)


def check_calls(known: DeploymentContext) -> list[LintProblem]:
    """Processes of these files whose calls multiply beyond what one step may run."""
    keys = {process.get("id") for diagram in known.diagrams for process in diagram.running}
    return _find_problems(known.diagrams, keys, (known.environment, known.effort))


def check_reached_calls(reached: Iterable[DrawnProcess], environment: Environment) -> list[LintProblem]:
    """The same for a process with all that it calls, wherever that was deployed."""
    drawn = list(reached)
    files = {(drawing.file, drawing.content) for drawing in drawn}
    diagrams = [Diagram(file, safe_xml.parse_xml(content, name=file)) for file, content in sorted(files)]
    try:
        return _find_problems(diagrams, {drawing.key for drawing in drawn}, (environment, Effort()))
    except EffortExhausted as end:
        return [build_exhausted_problem(drawn[0].file, end.element, describe_element(end.element))]


def _find_problems(
    diagrams: Sequence[Diagram], keys: set[str], around: tuple[Environment, Effort]
) -> list[LintProblem]:
    environment, effort = around
    reports = {diagram.file: Report(diagram.file, effort) for diagram in diagrams}
    scopes = {scope.element: (scope, reports[one.file]) for one in diagrams for scope in one.scopes}
    drawn = {process.get("id"): process for one in diagrams for process in one.running}
    processes = {name: process for name, process in drawn.items() if name in keys}
    numbers, circles = rank_nodes(
        {name: _list_called(process) for name, process in processes.items()}, lambda count: None
    )
    counter = _Counter(scopes, environment.operations)
    for name in sorted(processes, key=numbers.__getitem__, reverse=True):  # what is called comes first
        if name not in circles:  # that is told elsewhere
            counter.count_process(name, processes[name])
    return [problem for report in reports.values() for problem in report.problems]


def _list_called(process: Element) -> tuple[str, ...]:
    calls = process.iter(f"{{{safe_xml.BPMN}}}callActivity")
    return tuple(dict.fromkeys(call.get("calledElement", "") for call in calls))


class _Counter:
    """Counts processes one after the other."""

    def __init__(
        self, scopes: Mapping[Element, tuple[Scope, Report]], operations: Mapping[str, OperationFacts]
    ) -> None:
        self.scopes = scopes
        self.inward = frozenset(
            name for name, facts in operations.items() if facts.kind == OperationKind.INWARD
        )
        self.found: dict[str, Least] = {}

    def count_process(self, name: str, process: Element) -> None:
        """Count a process whose calls are counted, and report it when it can never be started."""
        scope, report = self.scopes[process]
        tally = self._tally(scope, report)
        least = tally.least()
        if least.tasks > MOST and not least.told:
            least = replace(least, told=True)
            report.error(tally.heaviest(), "calls-multiply", _SENTENCE)
        self.found[name] = least

    def _tally(self, scope: Scope, report: Report) -> _Tally:
        report.spend(scope.element, _STEPS_OF_A_NODE * len(scope.nodes))
        parts = {}
        for name, node in scope.nodes.items():
            if local_name(node) == "callActivity":
                parts[name] = self.found.get(node.get("calledElement", ""), _UNKNOWN)
            elif local_name(node) in _PARTS:
                parts[name] = self._tally(*self.scopes[node]).least()
        return _Tally(scope, parts, self.inward)


class _Tally:
    """The tasks of one scope, from each of its nodes on."""

    def __init__(self, scope: Scope, parts: Mapping[str, Least], inward: frozenset[str]) -> None:
        self.scope, self.parts = scope, parts
        self.halting = frozenset(name for name, node in scope.nodes.items() if _may_halt(node, scope, inward))
        self.ends = not self.halting and all(part.ends for part in parts.values())
        self.merges = frozenset(name for name, node in scope.nodes.items() if len(scope.incoming(node)) > 1)
        joins = {node.get("id") for node in scope.of("parallelGateway", "inclusiveGateway")}
        # A join may have to wait for a token that waits elsewhere.
        self.stops = self.halting if self.ends else self.halting | (self.merges & joins)
        self.whole = dict.fromkeys(scope.nodes, 0)  # until all tokens rest
        self.branch = dict.fromkeys(scope.nodes, 0)  # until ways meet: those of a split add up

    def least(self) -> Least:
        """What the scope runs at least."""
        if any(_breaks_off(node) for node in self.scope.of("endEvent", "intermediateThrowEvent")):
            return _UNKNOWN
        numbers, _ = rank_nodes(self.scope.after, lambda count: None)
        for _round in range(_ROUNDS):
            for name in sorted(self.scope.nodes, key=numbers.__getitem__, reverse=True):
                self._count(name)
        starts = [self.whole[node.get("id")] for node in self.scope.of("startEvent")]
        told = any(part.told for part in self.parts.values())
        tasks = min(starts, default=0) + _ENDING * self.ends
        return Least(tasks=tasks, ends=self.ends, told=told)

    def heaviest(self) -> Element:
        """The call or sub-process that runs most, or the scope itself when it is long without any."""
        name = max(self.parts, key=lambda name: self.parts[name].tasks, default="")
        return self.scope.nodes.get(name, self.scope.element)

    def _count(self, name: str) -> None:
        part = self.parts.get(name)
        # A call is itself a task when what it calls has ended.
        whole = branch = 1 if part is None else part.tasks + part.ends
        ahead = self.scope.after[name] if part is None or part.ends else ()
        if ahead:
            wholes = [0 if one in self.stops else self.whole[one] for one in ahead]
            branches = [0 if one in self.halting | self.merges else self.branch[one] for one in ahead]
            splits = local_name(self.scope.nodes[name]) == "parallelGateway"
            branch += sum(branches) if splits else min(branches)
            whole += max(*wholes, sum(branches)) if splits else min(wholes)
        self.whole[name], self.branch[name] = min(whole, MOST + 1), min(branch, MOST + 1)


def _may_halt(node: Element, scope: Scope, inward: frozenset[str]) -> bool:
    """Whether a token may wait here, not come in at all, or be taken away."""
    repeats = any(True for _ in list_children(node, "multiInstanceLoopCharacteristics"))
    runs = local_name(node) in _RUNNING or any(
        operator.get("id") in inward for operator in list_extensions(node, "serviceTaskOperator")
    )
    return not runs or repeats or node.get("id") in scope.attached


def _breaks_off(node: Element) -> bool:
    return any(local_name(definition) in _BREAKING for definition in list_definitions(node))
