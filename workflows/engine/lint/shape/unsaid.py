"""What a diagram leaves unsaid and the normal form says: ends, forks out of activities, empty parts."""

from __future__ import annotations

from translations import lazy_gettext
from workflows.engine.lint.reading.allowlist import ACTIVITIES, EVENTS, GATEWAYS
from workflows.engine.lint.reading.diagram import Flow, Scope, list_children
from workflows.engine.lint.reading.report import Report, local_name
from workflows.engine.source.safe_xml import Element

_NODES = ACTIVITIES | EVENTS | GATEWAYS


def check_unsaid(scope: Scope, report: Report) -> None:
    """Check what a scope leaves unsaid."""
    if not scope.nodes:
        _report_empty(scope.element, report)
    _check_ends(scope, report)
    for node in scope.nodes.values():
        kind, flows = local_name(node), scope.outgoing(node)
        if kind in GATEWAYS or kind == "complexGateway":
            continue
        _check_twins(flows, report)
        if kind in ACTIVITIES:
            _check_choice(node, flows, report)


def _report_empty(element: Element, report: Report) -> None:
    """An empty part does no harm beside others; a file in which nothing happens is a mistake."""
    files = element.getparent()
    drawn = (node for process in list_children(files, "process") for node in list_children(process))
    if local_name(element) != "process" or any(local_name(node) in _NODES for node in drawn):
        sentence = lazy_gettext("%(element)s里面没有元素，会立即结束；请画出其中的步骤，或删去。")
        report.warning(element, "empty", sentence)
    else:
        report.error(element, "empty", lazy_gettext("%(element)s里面没有元素，请画出其中的步骤。"))


def _check_ends(scope: Scope, report: Report) -> None:
    """Where other ways end at an event, one that just stops may have been forgotten."""
    ends = {node.get("id") for node in scope.of("endEvent")}
    for name in scope.endings if ends else ():
        if name not in ends:
            sentence = lazy_gettext("%(element)s没有离开的顺序流，流程在此结束；如果不是有意，请补上连线。")
            report.warning(scope.nodes[name], "implicit-end", sentence)


def _check_choice(node: Element, flows: list[Flow], report: Report) -> None:
    """An activity may choose among its ways by itself, as an inclusive gateway would."""
    default = node.get("default")
    if default and default not in {flow.element.get("id") for flow in flows}:
        sentence = lazy_gettext("%(element)s的默认出口 %(default)s 不是它的顺序流，请重新选择。")
        report.error(node, "default-unknown", sentence, default=default)
    for flow in flows:
        if default and flow.element.get("id") == default and flow.condition is not None:
            sentence = lazy_gettext("%(element)s是默认出口，不能再有条件，请删去条件。")
            report.error(flow.element, "condition-on-default", sentence)
    if flows and not default and all(flow.condition is not None for flow in flows):
        sentence = lazy_gettext(
            "%(element)s的各个出口都有条件，却没有默认出口：所有条件都不成立时流程会停住，请把其中一条设为默认。"
        )
        report.warning(node, "no-default", sentence)


def _check_twins(flows: list[Flow], report: Report) -> None:
    """Two flows from one place to another would run what follows twice."""
    targets: dict[str, Flow] = {}
    for flow in flows:
        first = targets.setdefault(flow.target, flow)
        if first is not flow:
            sentence = lazy_gettext("%(element)s与顺序流 %(other)s 连接同样的两个元素，请只留一条。")
            report.error(flow.element, "twin-flows", sentence, other=first.element.get("id"))
