"""Every expression and script of a diagram has to compile."""

from __future__ import annotations

from translations import gettext
from workflows.engine.expressions import ExpressionError, compile_expression, compile_script
from workflows.engine.lint.meaning.events import list_definitions
from workflows.engine.lint.reading.allowlist import ACTIVITIES, SPIFF
from workflows.engine.lint.reading.diagram import Diagram, Scope, list_children, list_extensions, text_of
from workflows.engine.lint.reading.report import Report
from workflows.engine.source.safe_xml import Element

_STEPS = 50  # of compiling anything


def check_formulas(scope: Scope, report: Report) -> None:
    """Conditions, scripts and payloads of a scope; timers and parameters have rules of their own."""
    for flow in scope.flows:
        if flow.condition is not None:
            check_expression(flow.element, gettext("的条件"), text_of(flow.condition), report)
    for node in scope.of(*ACTIVITIES):
        for name, title in (("preScript", gettext("前置脚本")), ("postScript", gettext("后置脚本"))):
            for script in list_extensions(node, name):
                _check_script(node, title, script.text or "", report)
        for loop in list_children(node, "multiInstanceLoopCharacteristics"):
            for condition in list_children(loop, "completionCondition"):
                check_expression(node, gettext("的多实例结束条件"), text_of(condition), report)
    for task in scope.of("scriptTask"):
        _check_script(task, gettext("脚本"), text_of(next(list_children(task, "script"), None)), report)
    for node in scope.nodes.values():
        for holder in (node, *list_definitions(node)):
            _check_message(node, holder, report)


def check_root(diagram: Diagram, report: Report) -> None:
    """Correlation paths of messages, payloads of errors and escalations."""
    for declared in list_children(diagram.root, "correlationProperty"):
        for retrieval in list_children(declared, "correlationPropertyRetrievalExpression"):
            path = next(list_children(retrieval, "messagePath", "formalExpression"), None)
            check_expression(declared, gettext("的取值路径"), text_of(path), report)
    for declared in list_children(diagram.root, "error", "escalation"):
        for payload in list_extensions(declared, "payloadExpression"):
            check_expression(declared, gettext("的附带数据"), text_of(payload), report)


def check_expression(element: Element, part: str, text: str, report: Report) -> None:
    """Report an expression that does not compile, with a hint for the spelling of other products."""
    report.spend(element, _STEPS + len(text))
    try:
        compile_expression(text)
    except ExpressionError as error:
        report.error(
            element,
            "expression",
            gettext(
                "%(part)s不能计算：%(sentence)s%(spelling_hint)s",
                part=part,
                sentence=error.sentence,
                spelling_hint=_find_spelling_hint(text),
            ),
        )


def _find_spelling_hint(text: str) -> str:
    if text.startswith(("${", "#{")):
        return gettext("“${ }”是 Camunda、Flowable 的写法，请只保留里面的表达式，并用 and、or、==。")
    if text.startswith("="):
        return gettext("请去掉开头的等号。")
    if "&&" in text or "||" in text:
        return gettext("请用 and、or 代替 &&、||。")
    return ""


def _check_script(element: Element, title: str, text: str, report: Report) -> None:
    report.spend(element, _STEPS + len(text))
    try:
        compile_script(text)
    except ExpressionError as error:
        report.error(
            element,
            "expression",
            gettext("的%(title)s不能执行：%(sentence)s", title=title, sentence=error.sentence),
        )


def _check_message(node: Element, holder: Element, report: Report) -> None:
    for payload in list_extensions(holder, "messagePayload"):
        check_expression(node, gettext("的消息内容"), text_of(payload), report)
    for variable in list_extensions(holder, "messageVariable"):
        if not text_of(variable).isidentifier():
            report.error(
                node,
                "variable-name",
                gettext("的消息变量“%(text)s”不是变量名，请用字母、数字和下划线。", text=text_of(variable)),
            )
    for correlation in list_extensions(holder, "processVariableCorrelation"):
        for expression in correlation.iter(f"{{{SPIFF}}}expression"):
            check_expression(node, gettext("的关联表达式"), text_of(expression), report)
