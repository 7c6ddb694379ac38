"""What has been written for sure before each node, whichever way a case came, and the values it then has.

A name counts where it is written on every way that leads there. What is written last replaces what was
there; a choice by a condition leaves the values with which it is taken. Where nothing can be known, such as
behind a task that may tell anything, all is taken as written: what is told would fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush

from workflows.engine.lint.data.flow import DataFlow, list_called
from workflows.engine.lint.data.writing import Writers, read_input, read_output, read_scripts
from workflows.engine.lint.meaning.events import list_definitions
from workflows.engine.lint.reading.allowlist import GATEWAYS
from workflows.engine.lint.reading.diagram import Flow, Scope, list_children
from workflows.engine.lint.reading.graph import rank_nodes
from workflows.engine.lint.reading.report import local_name
from workflows.engine.lint.types import narrowing
from workflows.engine.lint.types.known_variables import ANYTHING, NOTHING, Known, Values, join_values
from workflows.engine.source.safe_xml import Element

_STEPS_OF_A_NODE = 10
_MOST_VALUES = 50  # of one variable: with more it counts as any
_JOINS = ("parallelGateway", "inclusiveGateway")
_Reached = dict[str, Known]  # node → what is known; what is not in it is never come to


@dataclass(kw_only=True)
class CertainFlow:
    """What is written for sure in the diagrams that a `DataFlow` has followed."""

    may: DataFlow
    before: dict[Element, Known] = field(default_factory=dict)
    _left: dict[Element, Known] = field(default_factory=dict)  # node → what is known when it is over
    _ends: dict[Element, Known | None] = field(default_factory=dict)  # scope → what it surely writes itself
    _handed: dict[str, list[Known]] = field(default_factory=dict)

    @property
    def writers(self) -> Writers:
        """What the things that diagrams name write."""
        return self.may.writers

    def follow(self) -> None:
        """Work out what is known before every node: first of what is called, then from the callers on."""
        processes = self.may.processes
        calls = {key: list_called(scope.element) for key, scope in processes.items()}
        numbers, circles = rank_nodes(calls, lambda count: None)
        ranked = sorted(processes, key=numbers.__getitem__)
        for key in reversed(ranked):
            scope = processes[key]
            self._ends[scope.element] = ANYTHING if key in circles else self._find_end(scope)
        for key in ranked:
            start = ANYTHING if key in circles else self._find_start(key)
            if start is not None:
                self._enter_scope(processes[key], start)

    def after(self, node: Element) -> Known:
        """What is known when a node is over."""
        return self._left.get(node, ANYTHING)

    def _find_start(self, key: str) -> Known | None:
        handed = self._handed.get(key, [])
        if key in self.may.starting:
            return meet_all([self.may.starting[key], *handed])
        called = any(key in list_called(scope.element) for scope in self.may.processes.values())
        return meet_all(handed) if handed or called else ANYTHING

    def _enter_scope(self, scope: Scope, start: Known) -> None:
        before, left = self._settle(scope, start)
        for name, found in before.items():
            node = scope.nodes[name]
            self.before[node] = found
            self._left[node] = left.get(name, ANYTHING)
            within = overlay(found, read_scripts(node), read_input(node, found))
            if local_name(node) == "callActivity":
                self._handed.setdefault(node.get("calledElement", ""), []).append(within)
            elif node in self.may.scopes:
                self._enter_scope(self.may.scopes[node], within)

    def _settle(self, scope: Scope, start: Known) -> tuple[_Reached, _Reached]:
        """What is known before and after the nodes that are come to, looked at until nothing changes."""
        numbers, _ = rank_nodes(scope.after, lambda count: None)
        before: _Reached = {}
        left: _Reached = {}
        ahead = sorted((numbers[name], name) for name in scope.beginnings)
        waiting = {name for _, name in ahead}
        while ahead:
            _, name = heappop(ahead)
            waiting.discard(name)
            node = scope.nodes[name]
            found = self._arrive(scope, node, start, (before, left))
            self.may.effort.spend(node, _STEPS_OF_A_NODE + (0 if found is None else len(found.values)))
            if found is None or before.get(name) == found:
                continue
            before[name] = found
            over = self._leave(node, found)
            if over is not None:
                left[name] = over
            for following in scope.after[name]:
                if following not in waiting:
                    waiting.add(following)
                    heappush(ahead, (numbers[following], following))
        return before, left

    def _arrive(
        self, scope: Scope, node: Element, start: Known, reached: tuple[_Reached, _Reached]
    ) -> Known | None:
        """What all ways to a node have in common; None where no way leads there yet."""
        before, left = reached
        if local_name(node) == "boundaryEvent":  # what its host writes is not kept
            host = before.get(node.get("attachedToRef", ""))
            return None if host is None else overlay(host, self.may.writers.read_own(node))
        flows = scope.incoming(node)
        found = [self._pass_flow(flow, scope, left) for flow in flows]
        if local_name(node) in _JOINS and len(flows) > 1:
            if local_name(node) == "parallelGateway" and None in found:
                return None
            return _unite([one for one in found if one is not None])
        begins = [start] if node.get("id") in scope.beginnings else []
        return meet_all([*begins, *(one for one in found if one is not None)])

    def _pass_flow(self, flow: Flow, scope: Scope, left: _Reached) -> Known | None:
        known = left.get(flow.source)
        if known is None or local_name(scope.nodes[flow.source]) != "exclusiveGateway":
            return known
        ways = scope.outgoing(scope.nodes[flow.source])
        self.may.effort.spend(flow.element, _STEPS_OF_A_NODE * len(ways))
        return narrowing.narrow_known(known, flow, ways)

    def _leave(self, node: Element, before: Known) -> Known | None:
        """What is known when a node is over; None where it never is."""
        own = self.may.writers.read_own(node)
        inside = self.may.inside(node)
        repeats = any(True for _ in list_children(node, "multiInstanceLoopCharacteristics"))
        if repeats:  # each round has variables of its own, and there may be none
            rounds = Known(values=dict.fromkeys(own.values), is_open=own.is_open)
            return overlay(before, rounds, read_output(node))
        sure = self._find_inner_end(node)
        if sure is None:
            return None
        if own.is_open or sure.is_open or inside.is_open:
            return Known(is_open=True)
        values = dict(before.values)
        for name, may_be in inside.values.items():
            if name in sure.values:
                values[name] = sure.values[name]
            elif name in values:
                values[name] = join_values(values[name], may_be)
        return overlay(Known(values=values, is_open=before.is_open), own)

    def _find_inner_end(self, node: Element) -> Known | None:
        if local_name(node) == "callActivity":
            called = self.may.processes.get(node.get("calledElement", ""))
            return ANYTHING if called is None else self._ends.get(called.element, ANYTHING)
        if node in self.may.scopes:
            if node not in self._ends:
                self._ends[node] = self._find_end(self.may.scopes[node])
            return self._ends[node]
        return NOTHING

    def _find_end(self, scope: Scope) -> Known | None:
        """What a scope has written itself when it has ended; None where it cannot."""
        _, left = self._settle(scope, NOTHING)
        beside = frozenset(
            node.get("id") for node in scope.of("boundaryEvent") if node.get("cancelActivity") == "false"
        )
        main = scope.reached(scope.beginnings, without=beside)
        ends = [name for name in scope.endings if name in main and name in left]
        found = [left[name] for name in ends if not _throws_error(scope.nodes[name])]
        return _unite(found) if _parts(scope) else meet_all(found)


def _throws_error(node: Element) -> bool:
    return any(
        local_name(one) in ("errorEventDefinition", "cancelEventDefinition") for one in list_definitions(node)
    )


def _parts(scope: Scope) -> bool:
    """Whether several ways are gone at the same time, which may each have an end of their own."""
    return any(
        len(scope.outgoing(node)) > 1 and (local_name(node) in _JOINS or local_name(node) not in GATEWAYS)
        for node in scope.nodes.values()
    )


def overlay(known: Known, *later: Known) -> Known:
    """What is known when more was written, one after the other."""
    values, is_open = dict(known.values), known.is_open
    for one in later:
        values = {} if one.is_open else {**values, **one.values}
        is_open = is_open or one.is_open
    return Known(values=values, is_open=is_open)


def meet_all(parts: Iterable[Known]) -> Known | None:
    """What is known on every one of some ways; None where there is no way."""
    found: Known | None = None
    for part in parts:
        found = part if found is None else _meet(found, part)
    return found


def _meet(one: Known, other: Known) -> Known:
    if one is other or one == other:
        return one
    values = {}
    for name in _list_shared(one, other):
        joined = join_values(_find(one, name), _find(other, name))
        values[name] = None if isinstance(joined, frozenset) and len(joined) > _MOST_VALUES else joined
    return Known(values=values, is_open=one.is_open and other.is_open)


def _find(known: Known, name: str) -> Values:
    return known.values.get(name)


def _list_shared(one: Known, other: Known) -> Iterator[str]:
    for name in one.values:
        if name in other.values or other.is_open:
            yield name
    for name in other.values:
        if one.is_open and name not in one.values:
            yield name


def _unite(parts: list[Known]) -> Known | None:
    """What is known where several ways come together; where they differ, the value may be any."""
    if not parts:
        return None
    values: dict[str, Values] = {}
    for part in parts:
        for name, found in part.values.items():
            values[name] = found if name not in values or values[name] == found else None
    return Known(values=values, is_open=any(part.is_open for part in parts))
