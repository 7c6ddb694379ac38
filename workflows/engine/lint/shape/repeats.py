"""Multi-instance activities: entered again they fail, unless their output is declared and emptied first."""

from __future__ import annotations

from workflows.engine.expressions import ExpressionError, compile_script
from workflows.engine.lint.reading.diagram import Scope, children, extensions, process_of, text_of
from workflows.engine.lint.reading.report import Report
from workflows.engine.lint.reading.vocabulary import ACTIVITIES
from workflows.engine.source.xml import Element


def check(scope: Scope, report: Report) -> None:
    """Check every multi-instance activity of a scope."""
    declared: set[str] | None = None
    for host in scope.of(*ACTIVITIES):
        for loop in children(host, "multiInstanceLoopCharacteristics"):
            declared = _declared(host) if declared is None else declared
            _check_loop(host, loop, declared, report)


def _check_loop(host: Element, loop: Element, declared: set[str], report: Report) -> None:
    source, target = _text(loop, "loopDataInputRef"), _text(loop, "loopDataOutputRef")
    for name, title in ((source, "输入列表（loopDataInputRef）"), (target, "输出列表（loopDataOutputRef）")):
        if not name:
            report.error(host, "multi-instance", f"是多实例，请填写{title}。")
        elif name not in declared:
            sentence = f"的多实例用到列表 {name}，请在流程中用 bpmn:property 声明它，否则设计器保存时会丢失。"
            report.error(host, "multi-instance-undeclared", sentence)
    for kind, title in (("inputDataItem", "输入项"), ("outputDataItem", "输出项")):
        if not any(item.get("id") for item in children(loop, kind)):
            report.error(host, "multi-instance", f"是多实例，请填写{title}（{kind}）。")
    if target and not _is_emptied(host, target):
        sentence = f"是多实例，再次进入前要清空输出列表：请在前置脚本中写 {target} = []。"
        report.error(host, "multi-instance-not-emptied", sentence)


def _text(loop: Element, name: str) -> str:
    return text_of(next(children(loop, name), None))


def _declared(host: Element) -> set[str]:
    return {one.get("id") for one in children(process_of(host), "property")}


def _is_emptied(host: Element, variable: str) -> bool:
    for script in extensions(host, "preScript"):
        try:
            assignments = compile_script(script.text or "").assignments
        except ExpressionError:
            return True  # told elsewhere
        if any(one.name == variable and one.expression.text.replace(" ", "") == "[]" for one in assignments):
            return True
    return False
