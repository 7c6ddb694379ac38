"""Starts and ends, broken flows, elements that nothing reaches or that reach no end."""

from __future__ import annotations

from translations import lazy_gettext
from workflows.engine.lint.reading.allowlist import ACTIVITIES, GATEWAYS
from workflows.engine.lint.reading.diagram import Flow, Scope, list_children
from workflows.engine.lint.reading.report import Report, local_name


def check_paths(scope: Scope, report: Report) -> None:
    """Check the shape of one scope."""
    _check_starts(scope, report)
    _check_flows(scope, report)
    _check_degrees(scope, report)
    _check_reach(scope, report)


def _check_starts(scope: Scope, report: Report) -> None:
    starts = scope.of("startEvent")
    if not scope.nodes:
        return  # told elsewhere
    if not scope.beginnings:
        sentence = lazy_gettext("%(element)s没有开始事件，各元素又都有进入的连线，不知从何开始，请画一个。")
        report.error(scope.element, "no-start", sentence)
    for extra in starts[1:]:
        if any(local_name(one).endswith("EventDefinition") for one in list_children(extra)):
            continue  # it is refused for what it waits for
        report.error(
            extra, "several-starts", lazy_gettext("%(element)s是多余的开始事件，每个流程只能有一个开始。")
        )
    if not scope.endings:
        report.error(
            scope.element, "no-end", lazy_gettext("%(element)s没有结束事件，永远不会结束，请画一个。")
        )


def _check_flows(scope: Scope, report: Report) -> None:
    whole = {flow.element for flow in scope.flows}
    for flow in scope.drawn:
        if flow not in whole:
            report.error(
                flow, "broken-flow", lazy_gettext("%(element)s的一端没有连到本流程的元素上，请重新连线。")
            )


def _check_degrees(scope: Scope, report: Report) -> None:
    for node in scope.nodes.values():
        kind, out, into = local_name(node), scope.outgoing(node), scope.incoming(node)
        if kind not in GATEWAYS and kind != "complexGateway":
            _check_conditions(kind, out, report)
        if kind in ("startEvent", "boundaryEvent") and into:
            report.error(
                node, "flow-into-start", lazy_gettext("%(element)s不能有进入的顺序流，请改连到后面的元素。")
            )
        if kind == "endEvent" and out:
            report.error(
                node,
                "flow-out-of-end",
                lazy_gettext("%(element)s不能有离开的顺序流，请删去连线或改用中间事件。"),
            )


def _check_conditions(kind: str, flows: list[Flow], report: Report) -> None:
    for flow in flows if kind not in ACTIVITIES else ():
        if flow.condition is not None:
            sentence = lazy_gettext(
                "%(element)s的条件不会起作用：条件只能写在活动、排他网关或包容网关的出口上，请加一个网关。"
            )
            report.error(flow.element, "condition-outside-gateway", sentence)


def _check_reach(scope: Scope, report: Report) -> None:
    starts = set(scope.beginnings) | _link_ends(scope, "intermediateCatchEvent")
    ends = set(scope.endings) | _link_ends(scope, "intermediateThrowEvent")
    reached, reaching = scope.reached(starts), scope.reaching(ends)
    for name, node in scope.nodes.items():
        if starts and name not in reached:
            report.error(
                node, "unreachable", lazy_gettext("%(element)s不会被走到，请从前面的元素连线过来，或删去。")
            )
        elif ends and name not in reaching:
            report.error(
                node, "cannot-reach-end", lazy_gettext("%(element)s走不到结束事件，请补上后面的连线。")
            )


def _link_ends(scope: Scope, kind: str) -> set[str]:
    """Link events are refused; they count as reached, so that one mistake is not told twice."""
    return {
        node.get("id")
        for node in scope.of(kind)
        if next(list_children(node, "linkEventDefinition"), None) is not None
    }
