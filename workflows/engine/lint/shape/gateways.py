"""Conditions and defaults of gateways; what follows an event-based gateway."""

from __future__ import annotations

from collections import Counter

from translations import lazy_gettext, lazy_gettext_plural
from workflows.engine.lint.reading.diagram import Flow, Scope, list_children
from workflows.engine.lint.reading.report import Report, local_name
from workflows.engine.source.safe_xml import Element


def check_gateways(scope: Scope, report: Report) -> None:
    """Check every gateway of a scope."""
    for gateway in scope.of("exclusiveGateway", "inclusiveGateway"):
        _check_choice(gateway, scope.outgoing(gateway), report)
    for gateway in scope.of("parallelGateway", "eventBasedGateway"):
        for flow in scope.outgoing(gateway):
            if flow.condition is not None:
                sentence = lazy_gettext(
                    "%(element)s的条件不会起作用：这种网关不看条件，请删去条件或改用排他网关。"
                )
                report.error(flow.element, "condition-outside-gateway", sentence)
    for gateway in scope.of("parallelGateway", "inclusiveGateway"):
        _check_twins(gateway, scope.outgoing(gateway), report)
    for gateway in scope.of("eventBasedGateway"):
        _check_race(gateway, scope, report)


def _check_choice(gateway: Element, flows: list[Flow], report: Report) -> None:
    default = gateway.get("default")
    if default and default not in {flow.element.get("id") for flow in flows}:
        report.error(
            gateway,
            "default-unknown",
            lazy_gettext("%(element)s的默认出口 %(default)s 不是它的顺序流，请重新选择。"),
            default=default,
        )
    for flow in flows:
        _check_branch(flow, (default, len(flows)), report)
    conditional = bool(flows) and all(flow.condition is not None for flow in flows)
    if conditional and not default:
        sentence = lazy_gettext(
            "%(element)s没有默认出口：所有条件都不成立时流程会停住，请把其中一条设为默认。"
        )
        report.warning(gateway, "no-default", sentence)


def _check_branch(flow: Flow, gateway: tuple[str | None, int], report: Report) -> None:
    default, count = gateway
    if flow.element.get("id") == default:
        if flow.condition is not None:
            report.error(
                flow.element,
                "condition-on-default",
                lazy_gettext("%(element)s是默认出口，不能再有条件，请删去条件。"),
            )
    elif flow.condition is None and count > 1:
        report.error(
            flow.element,
            "condition-missing",
            lazy_gettext("%(element)s没有条件，也不是默认出口，请写条件或设为默认。"),
        )


def _check_twins(gateway: Element, flows: list[Flow], report: Report) -> None:
    """A join tells its tokens apart by where they come from: two from one place count as one."""
    targets: dict[str, Flow] = {}
    for flow in flows:
        first = targets.setdefault(flow.target, flow)
        if first is not flow:
            sentence = lazy_gettext(
                "%(element)s与顺序流 %(other)s 连接同样的两个元素，汇合会出错，请只留一条。"
            )
            report.error(flow.element, "twin-flows", sentence, other=first.element.get("id"))


def _check_race(gateway: Element, scope: Scope, report: Report) -> None:
    flows = scope.outgoing(gateway)
    targets = [scope.nodes[flow.target] for flow in flows]
    if len(targets) < 2:
        report.error(
            gateway,
            "event-gateway",
            lazy_gettext("%(element)s至少要有两个等待的事件，只有一个时请去掉网关。"),
        )
    for target in targets:
        if local_name(target) != "intermediateCatchEvent":
            report.error(
                target,
                "event-gateway",
                lazy_gettext("%(element)s不能直接跟在事件网关后面，请改用中间捕获事件（消息或定时）。"),
            )
        elif len(scope.incoming(target)) > 1:
            report.error(
                target,
                "event-gateway",
                lazy_gettext("%(element)s跟在事件网关后面，不能再有其他进入的顺序流。"),
            )
    timers = [
        target for target in targets if next(list_children(target, "timerEventDefinition"), None) is not None
    ]
    if len(timers) > 1:
        report.error(
            gateway,
            "event-gateway-timers",
            lazy_gettext("%(element)s后面有多个定时，引擎只会记住一个，请只留最早的一个。"),
        )
    _check_messages(gateway, targets, report)


def _check_messages(gateway: Element, targets: list[Element], report: Report) -> None:
    names = Counter(
        definition.get("messageRef")
        for target in targets
        for definition in list_children(target, "messageEventDefinition")
    )
    for name, count in names.items():
        if count > 1:
            report.error(
                gateway,
                "event-gateway",
                lazy_gettext_plural("%(element)s后面有 %(num)s 个事件等待同一消息 %(name)s，请合并。"),
                num=count,
                name=name,
            )
