"""A diagram as the rules see it: scopes (process, sub-process) with their nodes and flows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from models.processes.states import TimerPurpose
from workflows.engine.lint.reading.allowlist import SCOPES, SPIFF
from workflows.engine.lint.reading.report import local_name
from workflows.engine.source.safe_xml import BPMN, Element

_BPMN = f"{{{BPMN}}}"
_PREFIX = len(_BPMN)
_NOT_NODES = frozenset(
    {
        "sequenceFlow",
        "laneSet",
        "documentation",
        "extensionElements",
        "property",
        "textAnnotation",
        "association",
        "group",
        "incoming",
        "outgoing",
        "ioSpecification",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "dataStore",
        "dataInputAssociation",
        "dataOutputAssociation",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
        "completionCondition",
        "correlationSubscription",
    }
)


def list_children(element: Element, *names: str) -> Iterator[Element]:
    """The BPMN elements directly below, of these names or all."""
    for child in element:
        tag = child.tag
        own = isinstance(tag, str) and tag.startswith(_BPMN)
        if own and (not names or tag[_PREFIX:] in names):
            yield child


def list_extensions(element: Element, name: str) -> list[Element]:
    """Our extension elements of a host."""
    return [
        child
        for holder in list_children(element, "extensionElements")
        for child in holder
        if child.tag == f"{{{SPIFF}}}{name}"
    ]


def read_properties(element: Element) -> dict[str, str]:
    """The properties of an element; the last of a name counts, as for the engine."""
    found = [
        one
        for holder in list_extensions(element, "properties")
        for one in holder.iter(f"{{{SPIFF}}}property")
    ]
    return {one.get("name", ""): (one.get("value") or "").strip() for one in found}


def read_purpose(element: Element) -> str:
    """What a timer at an activity is to it, as the engine takes it; empty for what is no such timer."""
    timer = next(list_children(element, "timerEventDefinition"), None)
    if local_name(element) != "boundaryEvent" or timer is None:
        return ""
    stated = read_properties(element).get("purpose")
    if stated in set(TimerPurpose):
        return stated
    interrupts = element.get("cancelActivity", "true") == "true"
    return TimerPurpose.DEADLINE if interrupts else TimerPurpose.REMINDER


def text_of(element: Element | None) -> str:
    """The text of an element, without surrounding space."""
    return "" if element is None else (element.text or "").strip()


def is_executable(process: Element) -> bool:
    """Whether a process is meant to run."""
    return bool(process.get("isExecutable", "true") == "true")


def is_event_sub_process(element: Element) -> bool:
    """Whether it would start on an event instead of on a flow."""
    return local_name(element) == "subProcess" and element.get("triggeredByEvent", "false") == "true"


@dataclass(frozen=True, kw_only=True, eq=False)
class Flow:
    """A sequence flow whose two ends are known."""

    element: Element
    source: str
    target: str

    @property
    def condition(self) -> Element | None:
        """The condition, if one is drawn; an empty one is none."""
        found = next(list_children(self.element, "conditionExpression"), None)
        return found if text_of(found) else None


class Scope:
    """A process or sub-process: its own nodes and flows, without those of inner scopes."""

    def __init__(self, element: Element, declared: Mapping[str, dict[str, Element]]) -> None:
        self.element = element
        self.declared = declared  # messages, errors and the like of the file, by kind and id
        self.nodes = {node.get("id"): node for node in self._walk_flow_nodes() if node.get("id")}
        self.drawn = list(list_children(element, "sequenceFlow"))
        self.flows = [
            Flow(element=flow, source=flow.get("sourceRef"), target=flow.get("targetRef"))
            for flow in self.drawn
            if flow.get("sourceRef") in self.nodes and flow.get("targetRef") in self.nodes
        ]

    def _walk_flow_nodes(self) -> Iterator[Element]:
        """Nodes that take part in the flow; event sub-processes and compensation are refused elsewhere."""
        for node in list_children(self.element):
            aside = is_event_sub_process(node) or node.get("isForCompensation", "false") == "true"
            if local_name(node) not in _NOT_NODES and not aside:
                yield node

    def of(self, *names: str) -> list[Element]:
        """The nodes of these kinds."""
        return [self.nodes[name] for name, kind in self._kinds_by_id.items() if kind in names]

    @cached_property
    def _kinds_by_id(self) -> dict[str, str]:
        return {name: local_name(node) for name, node in self.nodes.items()}

    def outgoing(self, node: Element) -> list[Flow]:
        return self._outgoing_flows.get(node.get("id"), [])

    def incoming(self, node: Element) -> list[Flow]:
        return self._incoming_flows.get(node.get("id"), [])

    @cached_property
    def _outgoing_flows(self) -> dict[str, list[Flow]]:
        return _group_flows(self.flows, lambda flow: flow.source)

    @cached_property
    def _incoming_flows(self) -> dict[str, list[Flow]]:
        return _group_flows(self.flows, lambda flow: flow.target)

    @cached_property
    def public_states(self) -> dict[str, dict[str, Element]]:
        """The public states that the nodes stand for, those within sub-processes included."""
        found: dict[str, dict[str, Element]] = {}
        for one in self.element.iter(f"{{{SPIFF}}}property"):
            if one.get("name") == "publicState":
                self._add_state(one, found)
        return found

    def _add_state(self, written: Element, found: dict[str, dict[str, Element]]) -> None:
        host = next(written.iterancestors(f"{{{BPMN}}}extensionElements")).getparent()
        node = next((one for one in _walk_upward(host) if one.getparent() is self.element), None)
        state = read_properties(host).get("publicState")
        if state and node is not None and node.get("id") in self.nodes:
            found.setdefault(node.get("id"), {})[state] = host

    @cached_property
    def beginnings(self) -> list[str]:
        """Where tokens begin: at the start event, or else wherever no flow comes in."""
        if starts := self.of("startEvent"):
            return [node.get("id") for node in starts]
        return [
            name
            for name, kind in self._kinds_by_id.items()
            if kind != "boundaryEvent" and name not in self._incoming_flows
        ]

    @cached_property
    def endings(self) -> list[str]:
        """Where tokens end: at end events, and wherever no flow leads on; a boundary event has to lead on."""
        return [
            name
            for name, kind in self._kinds_by_id.items()
            if kind == "endEvent" or (kind != "boundaryEvent" and name not in self._outgoing_flows)
        ]

    @cached_property
    def attached(self) -> dict[str, list[Element]]:
        """Boundary events by the id of their host."""
        found: dict[str, list[Element]] = {}
        for event in self.of("boundaryEvent"):
            found.setdefault(event.get("attachedToRef"), []).append(event)
        return found

    @cached_property
    def after(self) -> dict[str, tuple[str, ...]]:
        """Where a token may go from each node, boundary events included."""
        return {
            name: tuple(
                dict.fromkeys(
                    [flow.target for flow in self._outgoing_flows.get(name, [])]
                    + [event.get("id") for event in self.attached.get(name, [])]
                )
            )
            for name in self.nodes
        }

    @cached_property
    def before(self) -> dict[str, tuple[str, ...]]:
        """Where a token may come from."""
        found: dict[str, list[str]] = {name: [] for name in self.nodes}
        for name, following in self.after.items():
            for one in following:
                found[one].append(name)
        return {name: tuple(ones) for name, ones in found.items()}

    def reached(self, starts: Iterable[str], without: frozenset[str] = frozenset()) -> frozenset[str]:
        """The nodes that can be reached, the starts included, when some are taken away."""
        return _find_reachable(starts, self.after, without)

    def find_way(self, goal: str, without: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """The shortest way from a beginning to a node that passes none of some; empty if there is none."""
        before: dict[str, str | None] = {name: None for name in self.beginnings if name not in without}
        ahead = deque(before)
        while ahead and goal not in before:
            name = ahead.popleft()
            for step in self.after.get(name, ()):
                if step not in before and step not in without:
                    before[step] = name
                    ahead.append(step)
        way: list[str] = []
        last = goal if goal in before else None
        while last is not None:
            way.append(last)
            last = before[last]
        return tuple(reversed(way))

    def reaching(self, ends: Iterable[str]) -> frozenset[str]:
        """The nodes from which one of the ends can be reached."""
        return _find_reachable(ends, self.before, frozenset())


def _walk_upward(element: Element) -> Iterator[Element]:
    yield element
    yield from element.iterancestors()


def _group_flows(flows: list[Flow], key: Callable[[Flow], str]) -> dict[str, list[Flow]]:
    found: dict[str, list[Flow]] = {}
    for flow in flows:
        found.setdefault(key(flow), []).append(flow)
    return found


def _find_reachable(
    starts: Iterable[str], steps: dict[str, tuple[str, ...]], without: frozenset[str]
) -> frozenset[str]:
    found: set[str] = set()
    open_ones = [name for name in starts if name not in without]
    while open_ones:
        name = open_ones.pop()
        if name not in found:
            found.add(name)
            open_ones += [step for step in steps.get(name, ()) if step not in without]
    return frozenset(found)


class Diagram:
    """One BPMN file."""

    def __init__(self, file: str, root: Element) -> None:
        self.file = file
        self.root = root
        self.processes = list(list_children(root, "process"))

    @cached_property
    def running(self) -> list[Element]:
        """The processes that run; all where none is meant to, which is told elsewhere."""
        return [process for process in self.processes if is_executable(process)] or self.processes

    @cached_property
    def scopes(self) -> list[Scope]:
        """All processes that run and the sub-processes within them; all that are drawn where none runs."""
        return [
            Scope(element, self._declared_by_kind)
            for process in self.running
            for element in _walk_scopes(process)
        ]

    def declared(self, kind: str) -> dict[str, Element]:
        """The messages, errors or escalations of the file by id."""
        return self._declared_by_kind.get(kind, {})

    @cached_property
    def _declared_by_kind(self) -> dict[str, dict[str, Element]]:
        found: dict[str, dict[str, Element]] = {}
        for one in list_children(self.root):
            found.setdefault(local_name(one), {})[one.get("id")] = one
        return found


def _walk_scopes(element: Element) -> Iterator[Element]:
    yield element
    for child in list_children(element):
        if local_name(child) in SCOPES and not is_event_sub_process(child):
            yield from _walk_scopes(child)


def find_process(element: Element) -> Element:
    """The process that an element stands in."""
    while local_name(element) != "process":
        element = element.getparent()
    return cast(Element, element)
