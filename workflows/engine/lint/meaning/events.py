"""Events: what they wait for or throw, and where boundary events may be attached."""

from __future__ import annotations

from translations import gettext, lazy_gettext
from workflows.engine.lint.reading.allowlist import ACTIVITIES, EVENTS, GATEWAYS, SCOPES
from workflows.engine.lint.reading.diagram import Scope, list_children
from workflows.engine.lint.reading.report import Report, describe_element, local_name
from workflows.engine.source.safe_xml import Element

# Only these can raise what the boundary event waits for.
_HOSTS = {
    "errorEventDefinition": frozenset({"serviceTask", "callActivity", "subProcess", "transaction"}),
    "escalationEventDefinition": frozenset({"callActivity", "subProcess", "transaction"}),
    "cancelEventDefinition": frozenset({"transaction"}),
    "messageEventDefinition": ACTIVITIES - {"scriptTask", "businessRuleTask"},
    "timerEventDefinition": ACTIVITIES - {"scriptTask", "businessRuleTask"},
}
_ALWAYS_INTERRUPT = frozenset({"errorEventDefinition", "cancelEventDefinition"})


def list_definitions(event: Element) -> list[Element]:
    """What the event waits for or throws."""
    return [child for child in list_children(event) if local_name(child).endswith("EventDefinition")]


def check_events(scope: Scope, report: Report) -> None:
    """Check every event of a scope."""
    for event in scope.of("intermediateCatchEvent", "boundaryEvent"):
        count = len(list_definitions(event))
        if count != 1:
            sentence = (
                lazy_gettext("%(element)s没有规定等待什么，请设为消息或定时。")
                if count == 0
                else lazy_gettext("%(element)s只能等待一件事，请分成几个事件。")
            )
            report.error(event, "event-definition", sentence)
    for event in scope.of("endEvent", "intermediateThrowEvent"):
        if len(list_definitions(event)) > 1:
            report.error(
                event, "event-definition", lazy_gettext("%(element)s只能抛出一件事，请分成几个事件。")
            )
    for event in scope.of("boundaryEvent"):
        _check_boundary(event, scope, report)
    for events in scope.attached.values():
        _check_twice(events, report)
    for event in scope.of("endEvent", "intermediateThrowEvent", "boundaryEvent"):
        for definition in list_definitions(event):
            _check_code(event, definition, scope, report)
            _check_cancel(event, definition, scope, report)


def _check_boundary(event: Element, scope: Scope, report: Report) -> None:
    host = scope.nodes.get(event.get("attachedToRef", ""))
    if host is not None and local_name(host) not in ACTIVITIES | EVENTS | GATEWAYS:
        return  # the host itself is refused, which is told there
    if host is None or local_name(host) not in ACTIVITIES:
        report.error(event, "boundary-host", lazy_gettext("%(element)s没有附在任务或子流程上，请重新拖放。"))
        return
    interrupting = event.get("cancelActivity", "true") == "true"
    for definition in list_definitions(event):
        kind = local_name(definition)
        if kind in _HOSTS and local_name(host) not in _HOSTS[kind]:
            report.error(
                event,
                "boundary-host",
                lazy_gettext("%(element)s附在这种任务上不会触发，请删去，或附在会触发它的任务上。"),
            )
        if not interrupting and kind in _ALWAYS_INTERRUPT:
            report.error(
                event, "boundary-interrupting", lazy_gettext("%(element)s只能是中断的，请改为中断。")
            )


def _check_twice(events: list[Element], report: Report) -> None:
    """One event alone takes what is thrown: a second one for the same code never would."""
    seen: dict[tuple[str, str | None], Element] = {}
    for event in events:
        for definition in list_definitions(event):
            kind = local_name(definition).removesuffix("EventDefinition")
            if kind in ("error", "escalation"):
                first = seen.setdefault((kind, definition.get(f"{kind}Ref")), event)
                if first is not event:
                    sentence = lazy_gettext("%(element)s不会触发：%(other)s已经接收同样的代码，请只留一个。")
                    report.error(event, "caught-twice", sentence, other=describe_element(first))


def _check_code(event: Element, definition: Element, scope: Scope, report: Report) -> None:
    """Errors and escalations are matched by their code."""
    for kind, title in (("error", gettext("错误")), ("escalation", gettext("升级"))):
        if local_name(definition) != f"{kind}EventDefinition":
            continue
        if local_name(event) == "boundaryEvent" and not definition.get(f"{kind}Ref"):
            continue  # it takes whatever its host throws
        target = scope.declared.get(kind, {}).get(definition.get(f"{kind}Ref"))
        if target is None:
            report.error(
                event,
                f"{kind}-code",
                lazy_gettext("%(element)s没有指定%(title)s，请在属性中选择。"),
                title=title,
            )
        elif not target.get(f"{kind}Code"):
            report.error(
                event,
                f"{kind}-code",
                lazy_gettext("%(element)s所用的%(title)s没有代码（%(kind)sCode），请填写。"),
                title=title,
                kind=kind,
            )


def _check_cancel(event: Element, definition: Element, scope: Scope, report: Report) -> None:
    kind, at_end = local_name(definition), local_name(event) != "boundaryEvent"
    if kind == "cancelEventDefinition" and at_end and local_name(scope.element) != "transaction":
        report.error(
            event,
            "cancel-outside-transaction",
            lazy_gettext("%(element)s只能用在事务子流程里，请改用错误结束事件。"),
        )
    if kind == "errorEventDefinition" and at_end and local_name(scope.element) not in SCOPES:
        report.error(event, "error-code", lazy_gettext("%(element)s不能在这里抛出错误。"))
