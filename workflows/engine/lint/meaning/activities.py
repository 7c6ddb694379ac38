"""Activities: forms and roles of user tasks, operations of service tasks, tables and called processes."""

from __future__ import annotations

from collections import Counter

from models.processes.states import DefinitionSort
from translations import join_words, lazy_gettext, lazy_gettext_plural
from workflows.definitions.reading.names import suggest_known
from workflows.engine.lint.meaning.formulas import check_expression
from workflows.engine.lint.meaning.timers import is_duration
from workflows.engine.lint.reading.allowlist import PEOPLE, SPIFF
from workflows.engine.lint.reading.diagram import Scope, list_extensions, read_properties, text_of
from workflows.engine.lint.reading.report import Report, local_name, shorten_text
from workflows.engine.lint.shape.references import DeploymentContext
from workflows.engine.source import normal_form
from workflows.engine.source.safe_xml import Element

_TYPES = ("any", "str", "int", "float", "bool", "list", "dict")
_SHOWN = 60
_WAITS_FOR = ("applicant", "authority", "recipient")


def check_activities(scope: Scope, report: Report, known: DeploymentContext) -> None:
    """Check every activity of a scope."""
    for task in scope.of(*PEOPLE):
        _check_task_of_people(task, report, known)
    for task in scope.of("serviceTask"):
        _check_service_task(task, report, known)
    for task in scope.of("businessRuleTask"):
        _check_rule_task(task, report, known)
    for call in scope.of("callActivity"):
        _check_call(call, report, known)
    for node in scope.nodes.values():
        waits_for = read_properties(node).get("waitsFor")
        if waits_for is not None and waits_for not in _WAITS_FOR:
            report.error(
                node,
                "waits-for",
                lazy_gettext("%(element)s的属性 waitsFor 只能是 %(allowed)s，现在是“%(found)s”。"),
                allowed=join_words(_WAITS_FOR),
                found=waits_for,
            )


def _check_task_of_people(task: Element, report: Report, known: DeploymentContext) -> None:
    found = read_properties(task)
    _check_form(task, found.get("formKey"), report, known)
    role = found.get("role") or _find_lane_role(task, known)
    if not role:
        sentence = lazy_gettext("%(element)s没有规定由谁办理，请填写属性 role，或放进以角色命名的泳道。")
        report.error(task, "role-missing", sentence)
    elif role not in known.environment.roles:
        report.error(
            task,
            "unknown-role",
            lazy_gettext("%(element)s的角色 %(role)s 不存在，请选择已登记的角色。%(hint)s"),
            role=role,
            hint=suggest_known(role, known.environment.roles),
        )
    due = found.get("dueIn")
    if due is not None and not is_duration(due):
        report.error(
            task,
            "due-in",
            lazy_gettext(
                "%(element)s的属性 dueIn“%(due)s”不是时长，应写成 P5D（5 个工作日）这样的形式，不加引号。"
            ),
            due=due,
        )
    assignee = found.get("assignTo")
    if assignee is not None and not assignee.isidentifier():
        report.error(
            task,
            "variable-name",
            lazy_gettext("%(element)s的属性 assignTo“%(assignee)s”不是变量名，请用字母、数字和下划线。"),
            assignee=assignee,
        )
    if not task.get("name"):
        report.warning(task, "no-name", lazy_gettext("%(element)s没有名称，办理人会看到编号，请填写名称。"))


def _find_lane_role(task: Element, known: DeploymentContext) -> str | None:
    """The role whose name the lane bears in which a task stands."""
    name = normal_form.find_lane_name(task, known.lanes(task))
    return name if name in known.environment.roles else None


def _check_form(task: Element, form: str | None, report: Report, known: DeploymentContext) -> None:
    if form and form not in known.environment.forms and (DefinitionSort.FORM, form) not in known.named:
        report.error(
            task,
            "unknown-form",
            lazy_gettext("%(element)s的表单 %(form)s 不存在，请选择已登记的表单。%(hint)s"),
            form=form,
            hint=suggest_known(form, known.environment.forms | known.list_named(DefinitionSort.FORM)),
        )
    elif not form and known.environment.production and local_name(task) == "userTask":
        report.error(task, "form-missing", lazy_gettext("%(element)s没有表单，请填写属性 formKey。"))


def _check_service_task(task: Element, report: Report, known: DeploymentContext) -> None:
    operators = list_extensions(task, "serviceTaskOperator")
    if len(operators) != 1 or not operators[0].get("id"):
        report.error(task, "operation-missing", lazy_gettext("%(element)s没有指定操作，请选择一个服务操作。"))
        return
    operator = operators[0]
    variable = operator.get("resultVariable")
    if variable and not variable.isidentifier():
        report.error(
            task,
            "variable-name",
            lazy_gettext("%(element)s的结果变量“%(variable)s”不是变量名，请用字母、数字和下划线。"),
            variable=variable,
        )
    if operator.get("id") not in known.environment.operations:
        report.error(
            task,
            "unknown-operation",
            lazy_gettext("%(element)s的操作 %(operator)s 不存在，请选择已登记的操作。%(hint)s"),
            operator=operator.get("id"),
            hint=suggest_known(operator.get("id"), known.environment.operations),
        )
    else:
        _check_parameters(task, operator, report, known)
    for parameter in operator.iter(f"{{{SPIFF}}}parameter"):
        check_expression(
            task,
            lazy_gettext("%(element)s的参数 %(parameter)s 不能计算：%(reason)s"),
            (parameter.get("value") or "").strip(),
            report,
            parameter=parameter.get("id"),
        )
        _check_type(task, parameter, report)


def _check_type(task: Element, parameter: Element, report: Report) -> None:
    name, written = parameter.get("id"), parameter.get("type")
    if written is None:
        sentence = lazy_gettext("%(element)s的参数 %(parameter)s 没有类型，请填写 any 或 str。")
        report.error(task, "parameter-type", sentence, parameter=name)
    elif written not in _TYPES:
        sentence = lazy_gettext(
            "%(element)s的参数 %(parameter)s 的类型只能是 %(allowed)s，现在是“%(found)s”。"
        )
        found = shorten_text(written, _SHOWN)
        report.error(
            task, "parameter-type", sentence, parameter=name, allowed=join_words(_TYPES), found=found
        )


def _check_parameters(task: Element, operator: Element, report: Report, known: DeploymentContext) -> None:
    facts = known.environment.operations[operator.get("id")]
    given = Counter(parameter.get("id") for parameter in operator.iter(f"{{{SPIFF}}}parameter"))
    for name, count in given.items():
        if name not in facts.parameters:
            report.error(
                task,
                "unknown-parameter",
                lazy_gettext("%(element)s的操作没有参数 %(name)s，请删去或改名。%(hint)s"),
                name=name,
                hint=suggest_known(name or "", facts.parameters),
            )
        if count > 1:
            report.error(
                task,
                "unknown-parameter",
                lazy_gettext_plural("%(element)s的参数 %(name)s 出现了 %(num)s 次，请只留一个。"),
                name=name,
                num=count,
            )
    for name in sorted(facts.required - given.keys()):
        report.error(
            task, "missing-parameter", lazy_gettext("%(element)s的操作缺少参数 %(name)s，请补上。"), name=name
        )


def _check_rule_task(task: Element, report: Report, known: DeploymentContext) -> None:
    keys = [text_of(one) for one in list_extensions(task, "calledDecisionId")]
    if len(keys) != 1 or not keys[0]:
        report.error(
            task, "decision-missing", lazy_gettext("%(element)s没有指定决策表，请填写 calledDecisionId。")
        )
    elif keys[0] not in known.decisions:
        report.error(
            task,
            "unknown-decision",
            lazy_gettext("%(element)s的决策表 %(decision)s 不存在，请一起上传或改用已部署的决策表。%(hint)s"),
            decision=keys[0],
            hint=suggest_known(keys[0], known.decisions),
        )


def _check_call(call: Element, report: Report, known: DeploymentContext) -> None:
    key = call.get("calledElement")
    if not key:
        report.error(
            call, "unknown-process", lazy_gettext("%(element)s没有指定被调用的流程，请填写 calledElement。")
        )
    elif key not in known.processes:
        report.error(
            call,
            "unknown-process",
            lazy_gettext("%(element)s调用的流程 %(process)s 不存在，请一起上传或改用已部署的流程。%(hint)s"),
            process=key,
            hint=suggest_known(key, known.processes),
        )
