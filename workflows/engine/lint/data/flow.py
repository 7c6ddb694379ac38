"""Where variables come from: what may have been written before each node, through calls and sub-processes.

A variable counts as written as soon as one way to the node writes it: what is told is wrong on all ways.
A called process is given what its callers have, and they have what it wrote. Who starts a process that
nothing calls, and that is no service's, may tell it anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from workflows.engine.lint.data.writing import Writers, read_input, read_scripts
from workflows.engine.lint.reading.diagram import Diagram, Scope
from workflows.engine.lint.reading.effort import Effort
from workflows.engine.lint.reading.graph import rank_nodes
from workflows.engine.lint.reading.report import local_name
from workflows.engine.lint.types.known_variables import ANYTHING, NOTHING, Known, join_all
from workflows.engine.source.safe_xml import BPMN, Element

_STEPS_OF_A_NODE = 20


@dataclass(kw_only=True)
class DataFlow:
    """What is known of the variables of some diagrams, those that call others first."""

    writers: Writers
    starting: Mapping[str, Known]  # what the entries of services start with
    effort: Effort
    scopes: dict[Element, Scope] = field(default_factory=dict)
    processes: dict[str, Scope] = field(default_factory=dict)
    before: dict[Element, Known] = field(default_factory=dict)  # node → what may have been written
    _written: dict[str, Known] = field(default_factory=dict)  # process → all that it writes
    _handed: dict[str, list[Known]] = field(default_factory=dict)  # process → what its callers hand over

    def follow(self, diagrams: Iterable[Diagram]) -> None:
        """Work out what is known before every node."""
        for diagram in diagrams:
            for scope in diagram.scopes:
                self.scopes[scope.element] = scope
                if local_name(scope.element) == "process":
                    self.processes.setdefault(scope.element.get("id"), scope)
        calls = {key: list_called(scope.element) for key, scope in self.processes.items()}
        numbers, circles = rank_nodes(calls, lambda count: None)
        for key in sorted(self.processes, key=numbers.__getitem__, reverse=True):
            scope = self.processes[key]
            self._written[key] = ANYTHING if key in circles else self._sum_scope(scope)
        for key in sorted(self.processes, key=numbers.__getitem__):
            self._follow_scope(self.processes[key], ANYTHING if key in circles else self._find_start(key))

    def after(self, node: Element) -> Known:
        """What may have been written when a node is over."""
        return self.before.get(node, NOTHING).join(self._sum_node(node))

    def inside(self, node: Element) -> Known:
        """All that may be written by what is drawn or called within a node."""
        if local_name(node) == "callActivity":
            return self._written.get(node.get("calledElement", ""), ANYTHING)
        return self._sum_scope(self.scopes[node]) if node in self.scopes else NOTHING

    def _find_start(self, key: str) -> Known:
        handed = self._handed.get(key, [])
        if key in self.starting:
            return join_all([self.starting[key], *handed])
        return join_all(handed) if handed else ANYTHING

    def _sum_scope(self, scope: Scope) -> Known:
        return join_all(self._sum_node(node) for node in scope.nodes.values())

    def _sum_node(self, node: Element) -> Known:
        """All that a node writes, with what is drawn or called within."""
        return self.writers.read_own(node).join(self.inside(node))

    def _follow_scope(self, scope: Scope, start: Known) -> None:
        self.effort.spend(scope.element, _STEPS_OF_A_NODE * len(scope.nodes))
        numbers, circles = rank_nodes(scope.after, lambda count: None)
        parts: dict[int, list[str]] = {}
        for name in scope.nodes:
            parts.setdefault(numbers[name], []).append(name)
        over: dict[str, Known] = {}  # what is known when a node is over
        for number in sorted(parts):
            names = parts[number]
            outside = {one for name in names for one in scope.before[name] if one in over}
            found = join_all([start, *(over[one] for one in sorted(outside))])
            written = {name: self._sum_node(scope.nodes[name]) for name in names}
            if circles.intersection(names):
                found = join_all([found, *written.values()])
            self.effort.spend(scope.element, len(names) * (1 + len(found.values)))
            for name in names:
                self._enter_node(scope.nodes[name], found)
                over[name] = found.join(written[name])

    def _enter_node(self, node: Element, found: Known) -> None:
        self.before[node] = found
        within = join_all([found, read_scripts(node), read_input(node, found)])
        if local_name(node) == "callActivity":
            self._handed.setdefault(node.get("calledElement", ""), []).append(within)
        elif node in self.scopes:
            self._follow_scope(self.scopes[node], within)


def list_called(process: Element) -> Sequence[str]:
    """The processes that a process calls."""
    calls = process.iter(f"{{{BPMN}}}callActivity")
    return tuple(dict.fromkeys(call.get("calledElement", "") for call in calls))
