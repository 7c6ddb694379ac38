"""Nets of what designers draw: each element in its BPMN meaning, whatever the engine makes of it later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflows.engine.lint.reading.allowlist import SCOPES
from workflows.engine.lint.reading.diagram import Diagram, Flow, Scope, list_children
from workflows.engine.lint.reading.report import local_name
from workflows.engine.soundness.nets import Attached, Kind, Net, Node, Thrown, Way, build_net
from workflows.engine.source.safe_xml import Element

_KINDS = {
    "startEvent": Kind.PASS,
    "endEvent": Kind.END,
    "boundaryEvent": Kind.PASS,
    "intermediateThrowEvent": Kind.PASS,
    "exclusiveGateway": Kind.EXCLUSIVE,
    "complexGateway": Kind.EXCLUSIVE,
    "parallelGateway": Kind.PARALLEL,
    "inclusiveGateway": Kind.INCLUSIVE,
    "eventBasedGateway": Kind.RACE,
}
_THROWN = ("error", "escalation", "cancel")
_LEAVING = ("terminateEventDefinition", "errorEventDefinition", "cancelEventDefinition")


def draw_nets(diagrams: Iterable[Diagram]) -> Iterator[tuple[str, Scope, Net]]:
    """The net of every scope, each with its key: a process has its own, by which it is called."""
    for diagram in diagrams:
        for scope in diagram.scopes:
            yield find_key(scope.element, diagram.file), scope, draw_net(scope, diagram.file)


def find_key(element: Element, file: str) -> str:
    """The key of a process or sub-process among nets."""
    name: str = element.get("id", "")
    return name if local_name(element) == "process" else f"{file}#{name}"


def draw_net(scope: Scope, file: str) -> Net:
    """The net of a scope."""
    return build_net(
        [_draw_node(node, scope, file) for node in scope.nodes.values()], _list_beginnings(scope)
    )


def _list_beginnings(scope: Scope) -> list[list[str]]:
    """Each start event is one; without any, all that nothing leads to begins at the same time."""
    starts = [[node.get("id")] for node in scope.of("startEvent")]
    free = [
        name
        for name, node in scope.nodes.items()
        if not scope.incoming(node) and local_name(node) != "boundaryEvent"
    ]
    return starts or ([free] if free else [])


def _draw_node(node: Element, scope: Scope, file: str) -> Node:
    name, kind = node.get("id"), _find_kind(node)
    return Node(
        name=name,
        kind=kind,
        element=name,
        ways=() if kind in (Kind.END, Kind.BREAK) else tuple(_list_ways(node, scope)),
        attached=tuple(_list_attached(name, scope)) if kind == Kind.ACTIVITY else (),
        inner=_find_inner(node, file),
        throws=tuple(_list_thrown(node, scope)),
    )


def _find_kind(node: Element) -> Kind:
    kind = _KINDS.get(local_name(node), Kind.ACTIVITY)
    if kind == Kind.END and next(list_children(node, *_LEAVING), None) is not None:
        return Kind.BREAK
    return kind


def _list_ways(node: Element, scope: Scope) -> Iterator[Way]:
    default = node.get("default")
    for flow in scope.outgoing(node):
        yield Way(
            target=flow.target,
            chosen=flow.condition is not None,
            default=_is_default(flow, default),
        )


def _is_default(flow: Flow, default: str | None) -> bool:
    return default is not None and flow.element.get("id") == default


def _list_attached(name: str, scope: Scope) -> Iterator[Attached]:
    for event in scope.attached.get(name, []):
        yield Attached(
            name=event.get("id"),
            interrupting=event.get("cancelActivity", "true") == "true",
            caught=next(_list_definitions(event, scope), None),
        )


def _find_inner(node: Element, file: str) -> str | None:
    if local_name(node) in SCOPES:
        return find_key(node, file)
    return node.get("calledElement", "") if local_name(node) == "callActivity" else None


def _list_thrown(node: Element, scope: Scope) -> Iterator[Thrown]:
    if local_name(node) == "serviceTask":
        yield Thrown(kind="error")  # an operation refuses with a code of its own
    elif local_name(node) in ("endEvent", "intermediateThrowEvent"):
        yield from _list_definitions(node, scope)


def _list_definitions(event: Element, scope: Scope) -> Iterator[Thrown]:
    for kind in _THROWN:
        for definition in list_children(event, f"{kind}EventDefinition"):
            declared = scope.declared.get(kind, {}).get(definition.get(f"{kind}Ref"))
            code = None if declared is None else declared.get(f"{kind}Code")
            yield Thrown(kind=kind, code=code or None)
