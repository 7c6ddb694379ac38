"""Every expression and script of a diagram has to compile."""

from __future__ import annotations

from translations import gettext, join_sentences, lazy_gettext
from workflows.engine.expressions import ExpressionError, judge_expression, judge_script, judge_value
from workflows.engine.lint.meaning.events import list_definitions
from workflows.engine.lint.reading.allowlist import ACTIVITIES, SPIFF
from workflows.engine.lint.reading.diagram import Diagram, Scope, list_children, list_extensions, text_of
from workflows.engine.lint.reading.report import Report
from workflows.engine.source.safe_xml import Element

_STEPS = 50  # of compiling anything
_SCRIPTS = {
    "preScript": lazy_gettext("%(element)s的前置脚本不能执行：%(reason)s"),
    "postScript": lazy_gettext("%(element)s的后置脚本不能执行：%(reason)s"),
}


_OF_FLOW = (
    lazy_gettext("%(element)s的条件不能计算：%(reason)s"),
    lazy_gettext(
        "%(element)s的条件 %(text)s 不是判断，总会当作成立或不成立；请写成比较，例如 变量 == %(text)s。"
    ),
)
_OF_LOOP = (
    lazy_gettext("%(element)s的多实例结束条件不能计算：%(reason)s"),
    lazy_gettext(
        "%(element)s的多实例结束条件 %(text)s 不是判断，总会当作成立或不成立；"
        "请写成比较，例如 变量 == %(text)s。"
    ),
)


def check_formulas(scope: Scope, report: Report) -> None:
    """Conditions, scripts and payloads of a scope; timers and parameters have rules of their own."""
    for flow in scope.flows:
        if flow.condition is not None:
            _check_condition(flow.element, _OF_FLOW, text_of(flow.condition), report)
    for node in scope.of(*ACTIVITIES):
        for name, sentence in _SCRIPTS.items():
            for script in list_extensions(node, name):
                _check_script(node, sentence, script.text or "", report)
        for loop in list_children(node, "multiInstanceLoopCharacteristics"):
            for condition in list_children(loop, "completionCondition"):
                _check_condition(node, _OF_LOOP, text_of(condition), report)
    for task in scope.of("scriptTask"):
        _check_script(
            task,
            lazy_gettext("%(element)s的脚本不能执行：%(reason)s"),
            text_of(next(list_children(task, "script"), None)),
            report,
        )
    for node in scope.nodes.values():
        for holder in (node, *list_definitions(node)):
            _check_message(node, holder, report)


def check_root(diagram: Diagram, report: Report) -> None:
    """Correlation paths of messages, payloads of errors and escalations."""
    for declared in list_children(diagram.root, "correlationProperty"):
        for retrieval in list_children(declared, "correlationPropertyRetrievalExpression"):
            path = next(list_children(retrieval, "messagePath", "formalExpression"), None)
            check_expression(
                declared, lazy_gettext("%(element)s的取值路径不能计算：%(reason)s"), text_of(path), report
            )
    for declared in list_children(diagram.root, "error", "escalation"):
        for payload in list_extensions(declared, "payloadExpression"):
            check_expression(
                declared, lazy_gettext("%(element)s的附带数据不能计算：%(reason)s"), text_of(payload), report
            )


def check_expression(element: Element, sentence: str, text: str, report: Report, /, **values: object) -> None:
    """Report an expression that does not compile, with a hint for the spelling of other products."""
    report.spend(element, _STEPS + len(text))
    try:
        judge_expression(text)
    except ExpressionError as error:
        reason = join_sentences((error.sentence, _find_spelling_hint(text)))
        report.error(element, "expression", sentence, reason=reason, **values)


def _check_condition(element: Element, sentences: tuple[str, str], text: str, report: Report) -> None:
    """A text, a number or a list is no condition: it would decide alike whatever the case has."""
    report.spend(element, _STEPS + len(text))
    uncomputable, undecided = sentences
    try:
        expression = judge_value(text)
        value = True if expression.names else expression.evaluate({})
    except ExpressionError as error:
        reason = join_sentences((error.sentence, _find_spelling_hint(text)))
        report.error(element, "expression", uncomputable, reason=reason)
        return
    if not isinstance(value, bool):
        report.error(element, "expression", undecided, text=text)


def _find_spelling_hint(text: str) -> str:
    if text.startswith(("${", "#{")):
        return gettext("“${ }”是 Camunda、Flowable 的写法，请只保留里面的表达式，并用 and、or、==。")
    if text.startswith("="):
        return gettext("请去掉开头的等号。")
    if "&&" in text or "||" in text:
        return gettext("请用 and、or 代替 &&、||。")
    return ""


def _check_script(element: Element, sentence: str, text: str, report: Report) -> None:
    report.spend(element, _STEPS + len(text))
    try:
        judge_script(text)
    except ExpressionError as error:
        report.error(element, "expression", sentence, reason=error.sentence)


def _check_message(node: Element, holder: Element, report: Report) -> None:
    for payload in list_extensions(holder, "messagePayload"):
        check_expression(
            node, lazy_gettext("%(element)s的消息内容不能计算：%(reason)s"), text_of(payload), report
        )
    for variable in list_extensions(holder, "messageVariable"):
        if not text_of(variable).isidentifier():
            report.error(
                node,
                "variable-name",
                lazy_gettext("%(element)s的消息变量“%(text)s”不是变量名，请用字母、数字和下划线。"),
                text=text_of(variable),
            )
    for correlation in list_extensions(holder, "processVariableCorrelation"):
        for expression in correlation.iter(f"{{{SPIFF}}}expression"):
            check_expression(
                node, lazy_gettext("%(element)s的关联表达式不能计算：%(reason)s"), text_of(expression), report
            )
