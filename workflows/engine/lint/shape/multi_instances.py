"""Multi-instance activities: entered again they fail, unless their output is declared and emptied first."""

from __future__ import annotations

from translations import gettext, lazy_gettext
from workflows.engine.expressions import ExpressionError, compile_script
from workflows.engine.lint.reading.allowlist import ACTIVITIES
from workflows.engine.lint.reading.diagram import Scope, find_process, list_children, list_extensions, text_of
from workflows.engine.lint.reading.report import Report, local_name
from workflows.engine.source.safe_xml import BPMN, Element

# What these set is known to forms, senders, tables and called processes alone.
_UNKNOWN = frozenset(
    {"userTask", "receiveTask", "messageEventDefinition", "businessRuleTask", "callActivity"}
)


def check_multi_instances(scope: Scope, report: Report) -> None:
    """Check every multi-instance activity of a scope."""
    declared: set[str] | None = None
    for host in scope.of(*ACTIVITIES):
        for loop in list_children(host, "multiInstanceLoopCharacteristics"):
            declared = _list_declared(host) if declared is None else declared
            _check_loop(host, loop, declared, report)


def _check_loop(host: Element, loop: Element, declared: set[str], report: Report) -> None:
    source, target = _read_reference(loop, "loopDataInputRef"), _read_reference(loop, "loopDataOutputRef")
    for name, title in (
        (source, gettext("输入列表（loopDataInputRef）")),
        (target, gettext("输出列表（loopDataOutputRef）")),
    ):
        if not name:
            report.error(
                host, "multi-instance", lazy_gettext("%(element)s是多实例，请填写%(title)s。"), title=title
            )
        elif name not in declared:
            sentence = lazy_gettext(
                "%(element)s的多实例用到列表 %(name)s，请在流程中用 bpmn:property 声明它，"
                "否则设计器保存时会丢失。"
            )
            report.error(host, "multi-instance-undeclared", sentence, name=name)
    for kind, title in (("inputDataItem", gettext("输入项")), ("outputDataItem", gettext("输出项"))):
        if not any(item.get("id") for item in list_children(loop, kind)):
            report.error(
                host,
                "multi-instance",
                lazy_gettext("%(element)s是多实例，请填写%(title)s（%(kind)s）。"),
                title=title,
                kind=kind,
            )
    _check_result(host, loop, report)
    if target and not _is_emptied(host, target):
        sentence = lazy_gettext(
            "%(element)s是多实例，再次进入前要清空输出列表：请在前置脚本中写 %(target)s = []。"
        )
        report.error(host, "multi-instance-not-emptied", sentence, target=target)


def _check_result(host: Element, loop: Element, report: Report) -> None:
    """What each instance is to give has to be set by something in it, or the last one cannot end."""
    for item in list_children(loop, "outputDataItem"):
        name = item.get("id")
        if name and not any(_may_set(one, name) for one in host.iter(f"{{{BPMN}}}*")):
            sentence = lazy_gettext(
                "%(element)s是多实例，输出项 %(name)s 没有地方设置，每一份都会缺少结果；"
                "请在其中用脚本、结果变量或表单设置 %(name)s。"
            )
            report.error(host, "multi-instance-no-result", sentence, name=name)


def _may_set(element: Element, name: str) -> bool:
    """Whether an element may set a variable; what forms, messages, tables and calls set is not known here."""
    kind = local_name(element)
    if kind in _UNKNOWN:
        return True
    if any(one.get("resultVariable") == name for one in list_extensions(element, "serviceTaskOperator")):
        return True
    scripts = [*list_extensions(element, "preScript"), *list_extensions(element, "postScript")]
    return any(
        name in _list_assigned(script.text or "") for script in [*scripts, *list_children(element, "script")]
    )


def _list_assigned(text: str) -> frozenset[str]:
    try:
        return compile_script(text).assigned
    except ExpressionError:
        return frozenset()  # told elsewhere


def _read_reference(loop: Element, name: str) -> str:
    return text_of(next(list_children(loop, name), None))


def _list_declared(host: Element) -> set[str]:
    return {one.get("id") for one in list_children(find_process(host), "property")}


def _is_emptied(host: Element, variable: str) -> bool:
    for script in list_extensions(host, "preScript"):
        try:
            assignments = compile_script(script.text or "").assignments
        except ExpressionError:
            return True  # told elsewhere
        if any(one.name == variable and one.expression.text.replace(" ", "") == "[]" for one in assignments):
            return True
    return False
