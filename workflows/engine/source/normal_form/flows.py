"""Where a scope begins and ends without saying so, and several or conditional flows out of an activity.

What is added leads to nothing new: each flow of the designer's keeps its id, its condition and its place.
"""

from __future__ import annotations

from copy import deepcopy

from workflows.engine.source.normal_form.elements import (
    add_element,
    has_condition,
    list_children,
    list_flows,
    list_nodes,
    local_name,
)
from workflows.engine.source.normal_form.names import build_id
from workflows.engine.source.safe_xml import Element

_NO_ENDS = frozenset({"endEvent", "boundaryEvent"})  # an end is one; a boundary event without a flow is none


def complete_start(scope: Element) -> None:
    """Begin a scope without a start event where no flow comes in, at all such places at once."""
    if list_children(scope, "startEvent"):
        return
    key = scope.get("id") or ""
    entered = {flow.get("targetRef") for flow in list_flows(scope)}
    free = [
        node.get("id")
        for node in list_nodes(scope)
        if local_name(node) != "boundaryEvent" and node.get("id") not in entered
    ]
    start = build_id("start", key)
    add_element(scope, "startEvent", id=start)
    if not free:
        add_element(scope, "endEvent", id=build_id("empty", key))
        _add_flow(scope, start, build_id("empty", key))
    elif len(free) == 1:
        _add_flow(scope, start, free[0])
    else:
        add_element(scope, "parallelGateway", id=build_id("fork", key))
        for target in (build_id("fork", key), *free):
            _add_flow(scope, start if target == build_id("fork", key) else build_id("fork", key), target)


def separate_forks(scope: Element) -> None:
    """Put a gateway where an activity or event has several flows out of it, or conditional ones."""
    ways: dict[str | None, list[Element]] = {}
    for flow in list_flows(scope):
        ways.setdefault(flow.get("sourceRef"), []).append(flow)
    for node in list(list_nodes(scope)):
        if not local_name(node).endswith("Gateway"):
            default = node.attrib.pop("default", None)
            _separate_fork(scope, node.get("id"), ways.get(node.get("id"), []), default)


def _separate_fork(scope: Element, node: str, flows: list[Element], default: str | None) -> None:
    chooses = any(map(has_condition, flows)) or bool(default and len(flows) > 1)
    if len(flows) < 2 and not chooses:
        return
    gateway = build_id("out", node)
    kind = "inclusiveGateway" if chooses else "parallelGateway"
    add_element(scope, kind, id=gateway, **({"default": default} if chooses and default else {}))
    for flow in flows:
        flow.set("sourceRef", gateway)
        if chooses and flow.get("id") != default and not has_condition(flow):
            add_element(flow, "conditionExpression").text = "True"  # taken beside those that are chosen
    _add_flow(scope, node, gateway)


def complete_ends(scope: Element) -> None:
    """End a scope at each place from which no flow leads on."""
    left = {flow.get("sourceRef") for flow in list_flows(scope)}
    for node in list(list_nodes(scope)):
        if node.get("id") in left or local_name(node) in _NO_ENDS:
            continue
        end = add_element(scope, "endEvent", id=build_id("end", node.get("id")))
        if local_name(node) == "intermediateThrowEvent":  # as an end it may say what the public sees
            for extension in list_children(node, "extensionElements"):
                end.append(deepcopy(extension))
        _add_flow(scope, node.get("id"), end.get("id"))


def _add_flow(scope: Element, source: str, target: str) -> None:
    add_element(
        scope, "sequenceFlow", id=build_id("flow", f"{source}.{target}"), sourceRef=source, targetRef=target
    )
