"""Extensions of other engines: what they are called, and what stands for them here."""

from __future__ import annotations

PRODUCTS = {
    "http://camunda.org/schema/1.0/bpmn": "Camunda",
    "http://camunda.org/schema/1.0/dmn": "Camunda",
    "http://camunda.org/schema/zeebe/1.0": "Camunda 8（Zeebe）",
    "http://flowable.org/bpmn": "Flowable",
    "http://activiti.org/bpmn": "Activiti",
    "http://www.jboss.org/drools": "jBPM",
    "http://www.signavio.com": "Signavio",
}

_FORM = "属性 formKey"
_ROLE = "属性 role"
_OPERATION = "服务任务的操作（serviceTaskOperator）"
_NOTHING = ""

_SUBSTITUTES = {
    "formKey": _FORM,
    "formRef": _FORM,
    "formData": _FORM,
    "formField": _FORM,
    "formDefinition": _FORM,
    "formProperty": _FORM,
    "assignee": "属性 assignTo 和 role",
    "candidateUsers": _ROLE,
    "candidateGroups": _ROLE,
    "assignmentDefinition": _ROLE,
    "potentialStarter": _NOTHING,
    "dueDate": "属性 dueIn",
    "followUpDate": "属性 dueIn",
    "taskSchedule": "属性 dueIn",
    "class": _OPERATION,
    "delegateExpression": _OPERATION,
    "expression": _OPERATION,
    "topic": _OPERATION,
    "type": _OPERATION,
    "connector": _OPERATION,
    "taskDefinition": _OPERATION,
    "field": "操作的参数（parameter）",
    "inputOutput": "操作的参数（parameter）",
    "ioMapping": "操作的参数（parameter）",
    "taskHeaders": "操作的参数（parameter）",
    "resultVariable": "操作的 resultVariable",
    "decisionRef": "calledDecisionId",
    "calledDecision": "calledDecisionId",
    "calledElement": "调用活动的 calledElement",
    "collection": "多实例的 loopDataInputRef",
    "elementVariable": "多实例的 inputDataItem",
    "loopCharacteristics": "多实例的 loopDataInputRef 和 inputDataItem",
    "properties": "spiffworkflow:properties",
    "property": "spiffworkflow:property",
    "script": "脚本任务的 script",
    "executionListener": "前后各一个服务任务或脚本任务",
    "taskListener": "前后各一个服务任务或脚本任务",
    "subscription": "消息的关联属性（correlationProperty）",
}


def find_product(namespace: str | None) -> str | None:
    """The product that a namespace belongs to; nothing for unknown ones."""
    return PRODUCTS.get((namespace or "").rstrip("/"))


def describe_foreign(product: str, name: str) -> str:
    """The sentence about an element or attribute of another product."""
    substitute = _SUBSTITUTES.get(name, "")
    act = f"请改用{substitute}" if substitute else "引擎不会理会，请删去"
    return f"含有 {name}：这是 {product} 的扩展，{act}。"
