"""Starts and ends, broken flows, elements that nothing reaches or that reach no end."""

from __future__ import annotations

from translations import lazy_gettext, lazy_gettext_plural
from workflows.engine.lint.reading.allowlist import GATEWAYS
from workflows.engine.lint.reading.diagram import Scope, list_children
from workflows.engine.lint.reading.report import Report, local_name
from workflows.engine.source.safe_xml import Element


def check_paths(scope: Scope, report: Report) -> None:
    """Check the shape of one scope."""
    _check_starts(scope, report)
    _check_flows(scope, report)
    _check_degrees(scope, report)
    _check_reach(scope, report)


def _check_starts(scope: Scope, report: Report) -> None:
    starts = scope.of("startEvent")
    if not starts:
        report.error(scope.element, "no-start", lazy_gettext("%(element)s没有开始事件，请画一个。"))
    for extra in starts[1:]:
        report.error(
            extra, "several-starts", lazy_gettext("%(element)s是多余的开始事件，每个流程只能有一个开始。")
        )
    if not scope.of("endEvent"):
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
            _check_plain(node, [flow.element for flow in out], report)
            for flow in out:
                if flow.condition is not None:
                    sentence = lazy_gettext(
                        "%(element)s的条件不会起作用：条件只能写在排他或包容网关的出口上，请加一个网关。"
                    )
                    report.error(flow.element, "condition-outside-gateway", sentence)
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


def _check_plain(node: Element, flows: list[Element], report: Report) -> None:
    if len(flows) > 1:
        report.error(
            node,
            "several-outgoing",
            lazy_gettext_plural("%(element)s有 %(num)s 条离开的顺序流，请在后面加一个网关。"),
            num=len(flows),
        )


def _check_reach(scope: Scope, report: Report) -> None:
    starts = {node.get("id") for node in scope.of("startEvent")} | _link_ends(scope, "intermediateCatchEvent")
    ends = {node.get("id") for node in scope.of("endEvent")} | _link_ends(scope, "intermediateThrowEvent")
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
