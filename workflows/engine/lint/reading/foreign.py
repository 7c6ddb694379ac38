"""Extensions of other engines: what they are called, and what stands for them here."""

from __future__ import annotations

from translations import lazy_gettext
from workflows.engine.lint.reading.report import Report
from workflows.engine.source.safe_xml import Element

PRODUCTS = {
    "http://camunda.org/schema/1.0/bpmn": "Camunda",
    "http://camunda.org/schema/1.0/dmn": "Camunda",
    "http://camunda.org/schema/zeebe/1.0": "Camunda 8（Zeebe）",
    "http://flowable.org/bpmn": "Flowable",
    "http://activiti.org/bpmn": "Activiti",
    "http://www.jboss.org/drools": "jBPM",
    "http://www.signavio.com": "Signavio",
}

_FORM = lazy_gettext("属性 formKey")
_ROLE = lazy_gettext("属性 role")
_OPERATION = lazy_gettext("服务任务的操作（serviceTaskOperator）")
_NOTHING = ""

_SUBSTITUTES = {
    "formKey": _FORM,
    "formRef": _FORM,
    "formData": _FORM,
    "formField": _FORM,
    "formDefinition": _FORM,
    "formProperty": _FORM,
    "assignee": lazy_gettext("属性 assignTo 和 role"),
    "candidateUsers": _ROLE,
    "candidateGroups": _ROLE,
    "assignmentDefinition": _ROLE,
    "potentialStarter": _NOTHING,
    "dueDate": lazy_gettext("属性 dueIn"),
    "followUpDate": lazy_gettext("属性 dueIn"),
    "taskSchedule": lazy_gettext("属性 dueIn"),
    "class": _OPERATION,
    "delegateExpression": _OPERATION,
    "expression": _OPERATION,
    "topic": _OPERATION,
    "type": _OPERATION,
    "connector": _OPERATION,
    "taskDefinition": _OPERATION,
    "field": lazy_gettext("操作的参数（parameter）"),
    "inputOutput": lazy_gettext("操作的参数（parameter）"),
    "ioMapping": lazy_gettext("操作的参数（parameter）"),
    "taskHeaders": lazy_gettext("操作的参数（parameter）"),
    "resultVariable": lazy_gettext("操作的 resultVariable"),
    "decisionRef": "calledDecisionId",
    "calledDecision": "calledDecisionId",
    "calledElement": lazy_gettext("调用活动的 calledElement"),
    "collection": lazy_gettext("多实例的 loopDataInputRef"),
    "elementVariable": lazy_gettext("多实例的 inputDataItem"),
    "loopCharacteristics": lazy_gettext("多实例的 loopDataInputRef 和 inputDataItem"),
    "properties": "spiffworkflow:properties",
    "property": "spiffworkflow:property",
    "script": lazy_gettext("脚本任务的 script"),
    "executionListener": lazy_gettext("前后各一个服务任务或脚本任务"),
    "taskListener": lazy_gettext("前后各一个服务任务或脚本任务"),
    "subscription": lazy_gettext("消息的关联属性（correlationProperty）"),
}


def find_product(namespace: str | None) -> str | None:
    """The product that a namespace belongs to; nothing for unknown ones."""
    return PRODUCTS.get((namespace or "").rstrip("/"))


def report_foreign(element: Element, extension: tuple[str, str], report: Report) -> None:
    """Report an element or attribute of another product at its host, with what stands for it here."""
    product, name = extension
    substitute = _SUBSTITUTES.get(name, "")
    sentence = (
        lazy_gettext("%(element)s含有 %(name)s：这是 %(product)s 的扩展，请改用%(substitute)s。")
        if substitute
        else lazy_gettext("%(element)s含有 %(name)s：这是 %(product)s 的扩展，引擎不会理会，请删去。")
    )
    report.error(element, "foreign-extension", sentence, name=name, product=product, substitute=substitute)
