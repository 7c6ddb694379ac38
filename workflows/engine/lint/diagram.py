"""A diagram as the rules see it: scopes (process, sub-process) with their nodes and flows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from lxml import etree

from workflows.engine.lint.report import local
from workflows.engine.lint.vocabulary import SCOPES, SPIFF
from workflows.engine.xml import BPMN, Element

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
        "dataInputAssociation",
        "dataOutputAssociation",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
        "completionCondition",
        "correlationSubscription",
    }
)


def children(element: Element, *names: str) -> Iterator[Element]:
    """The BPMN elements directly below, of these names or all."""
    for child in element:
        own = isinstance(child.tag, str) and etree.QName(child).namespace == BPMN
        if own and (not names or local(child) in names):
            yield child


def extensions(element: Element, name: str) -> list[Element]:
    """Our extension elements of a host."""
    return [
        child
        for holder in children(element, "extensionElements")
        for child in holder
        if child.tag == f"{{{SPIFF}}}{name}"
    ]


def properties(element: Element) -> dict[str, str]:
    """The properties of an element; the last of a name counts, as for the engine."""
    found = [
        one for holder in extensions(element, "properties") for one in holder.iter(f"{{{SPIFF}}}property")
    ]
    return {one.get("name", ""): (one.get("value") or "").strip() for one in found}


def text_of(element: Element | None) -> str:
    """The text of an element, without surrounding space."""
    return "" if element is None else (element.text or "").strip()


def is_event_sub_process(element: Element) -> bool:
    """Whether it would start on an event instead of on a flow."""
    return local(element) == "subProcess" and element.get("triggeredByEvent", "false") == "true"


@dataclass(frozen=True, kw_only=True, eq=False)
class Flow:
    """A sequence flow whose two ends are known."""

    element: Element
    source: str
    target: str

    @property
    def condition(self) -> Element | None:
        """The condition, if one is drawn; an empty one is none."""
        found = next(children(self.element, "conditionExpression"), None)
        return found if text_of(found) else None


class Scope:
    """A process or sub-process: its own nodes and flows, without those of inner scopes."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self.nodes = {node.get("id"): node for node in self._standing() if node.get("id")}
        self.drawn = list(children(element, "sequenceFlow"))
        self.flows = [
            Flow(element=flow, source=flow.get("sourceRef"), target=flow.get("targetRef"))
            for flow in self.drawn
            if flow.get("sourceRef") in self.nodes and flow.get("targetRef") in self.nodes
        ]

    def _standing(self) -> Iterator[Element]:
        """Nodes that take part in the flow; event sub-processes and compensation are refused elsewhere."""
        for node in children(self.element):
            aside = is_event_sub_process(node) or node.get("isForCompensation", "false") == "true"
            if local(node) not in _NOT_NODES and not aside:
                yield node

    def of(self, *names: str) -> list[Element]:
        """The nodes of these kinds."""
        return [node for node in self.nodes.values() if local(node) in names]

    def outgoing(self, node: Element) -> list[Flow]:
        return self._outgoing.get(node.get("id"), [])

    def incoming(self, node: Element) -> list[Flow]:
        return self._incoming.get(node.get("id"), [])

    @cached_property
    def _outgoing(self) -> dict[str, list[Flow]]:
        return _grouped(self.flows, lambda flow: flow.source)

    @cached_property
    def _incoming(self) -> dict[str, list[Flow]]:
        return _grouped(self.flows, lambda flow: flow.target)

    @cached_property
    def attached(self) -> dict[str, list[Element]]:
        """Boundary events by the id of their host."""
        found: dict[str, list[Element]] = {}
        for event in self.of("boundaryEvent"):
            found.setdefault(event.get("attachedToRef"), []).append(event)
        return found

    @cached_property
    def after(self) -> dict[str, frozenset[str]]:
        """Where a token may go from each node, boundary events included."""
        return {
            name: frozenset(flow.target for flow in self._outgoing.get(name, []))
            | frozenset(event.get("id") for event in self.attached.get(name, []))
            for name in self.nodes
        }

    @cached_property
    def before(self) -> dict[str, frozenset[str]]:
        """Where a token may come from."""
        return {name: frozenset(one for one in self.nodes if name in self.after[one]) for name in self.nodes}

    def reached(self, starts: Iterable[str], without: frozenset[str] = frozenset()) -> frozenset[str]:
        """The nodes that can be reached, the starts included, when some are taken away."""
        return _closure(starts, self.after, without)

    def reaching(self, ends: Iterable[str]) -> frozenset[str]:
        """The nodes from which one of the ends can be reached."""
        return _closure(ends, self.before, frozenset())


def _grouped(flows: list[Flow], key: Callable[[Flow], str]) -> dict[str, list[Flow]]:
    found: dict[str, list[Flow]] = {}
    for flow in flows:
        found.setdefault(key(flow), []).append(flow)
    return found


def _closure(
    starts: Iterable[str], steps: dict[str, frozenset[str]], without: frozenset[str]
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
        self.processes = list(children(root, "process"))

    @cached_property
    def scopes(self) -> list[Scope]:
        """All processes and the sub-processes within them."""
        return [Scope(element) for process in self.processes for element in _nested(process)]

    def declared(self, kind: str) -> dict[str, Element]:
        """The messages, errors or escalations of the file by id."""
        return {one.get("id"): one for one in children(self.root, kind)}


def _nested(element: Element) -> Iterator[Element]:
    yield element
    for child in children(element):
        if local(child) in SCOPES and not is_event_sub_process(child):
            yield from _nested(child)


def process_of(element: Element) -> Element:
    """The process that an element stands in."""
    while local(element) != "process":
        element = element.getparent()
    return cast(Element, element)
