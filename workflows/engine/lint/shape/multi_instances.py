"""Multi-instance activities: entered again they fail, unless their output is declared and emptied first."""

from __future__ import annotations

from translations import gettext, lazy_gettext
from workflows.engine.expressions import ExpressionError, compile_script
from workflows.engine.lint.reading.allowlist import ACTIVITIES
from workflows.engine.lint.reading.diagram import Scope, find_process, list_children, list_extensions, text_of
from workflows.engine.lint.reading.report import Report
from workflows.engine.source.safe_xml import Element


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
    if target and not _is_emptied(host, target):
        sentence = lazy_gettext(
            "%(element)s是多实例，再次进入前要清空输出列表：请在前置脚本中写 %(target)s = []。"
        )
        report.error(host, "multi-instance-not-emptied", sentence, target=target)


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
