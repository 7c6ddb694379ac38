"""The allow-list: which elements may stand where, with which attributes and extensions.

An element is on the list when it has been seen to run right; the engine would accept more and run it wrongly.
"""

from __future__ import annotations

from dataclasses import dataclass

from translations import lazy_gettext

SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
DRAWING = frozenset(
    {
        "http://www.omg.org/spec/BPMN/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DC",
        "http://www.omg.org/spec/DD/20100524/DI",
    }
)
# Colours, and the stamp of the editor: they say nothing about the process.
DECORATION = frozenset(
    {
        "http://bpmn.io/schema/bpmn/biocolor/1.0",
        "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
        "http://camunda.org/schema/modeler/1.0",
    }
)

TITLES = {
    "definitions": lazy_gettext("文件"),
    "process": lazy_gettext("流程"),
    "collaboration": lazy_gettext("协作图"),
    "participant": lazy_gettext("泳池"),
    "lane": lazy_gettext("泳道"),
    "startEvent": lazy_gettext("开始事件"),
    "endEvent": lazy_gettext("结束事件"),
    "userTask": lazy_gettext("用户任务"),
    "manualTask": lazy_gettext("手工任务"),
    "serviceTask": lazy_gettext("服务任务"),
    "receiveTask": lazy_gettext("接收任务"),
    "sendTask": lazy_gettext("发送任务"),
    "task": lazy_gettext("任务"),
    "businessRuleTask": lazy_gettext("业务规则任务"),
    "scriptTask": lazy_gettext("脚本任务"),
    "callActivity": lazy_gettext("调用活动"),
    "subProcess": lazy_gettext("子流程"),
    "transaction": lazy_gettext("事务子流程"),
    "adHocSubProcess": lazy_gettext("自由子流程"),
    "exclusiveGateway": lazy_gettext("排他网关"),
    "parallelGateway": lazy_gettext("并行网关"),
    "inclusiveGateway": lazy_gettext("包容网关"),
    "eventBasedGateway": lazy_gettext("事件网关"),
    "complexGateway": lazy_gettext("复杂网关"),
    "intermediateCatchEvent": lazy_gettext("中间捕获事件"),
    "intermediateThrowEvent": lazy_gettext("中间抛出事件"),
    "boundaryEvent": lazy_gettext("边界事件"),
    "dataObjectReference": lazy_gettext("数据对象"),
    "dataStoreReference": lazy_gettext("数据存储"),
    "sequenceFlow": lazy_gettext("顺序流"),
    "messageFlow": lazy_gettext("消息流"),
    "message": lazy_gettext("消息"),
    "error": lazy_gettext("错误"),
    "escalation": lazy_gettext("升级"),
    "correlationKey": lazy_gettext("关联键"),
    "correlationProperty": lazy_gettext("关联属性"),
    "property": lazy_gettext("变量声明"),
    "multiInstanceLoopCharacteristics": lazy_gettext("多实例设置"),
}


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What an allowed element may carry."""

    attributes: frozenset[str] = frozenset()  # besides id and name
    children: frozenset[str] = frozenset()  # besides documentation and extensionElements
    extensions: frozenset[str] = frozenset()


def _build_shape(attributes: str = "", children: str | frozenset[str] = "", extensions: str = "") -> Shape:
    below = frozenset(children.split()) if isinstance(children, str) else children
    return Shape(
        attributes=frozenset(attributes.split()), children=below, extensions=frozenset(extensions.split())
    )


_LINKS = "incoming outgoing"
_SCRIPTED = "properties preScript postScript"
_MESSAGE = "messageVariable messagePayload processVariableCorrelation"
_REPEAT = "multiInstanceLoopCharacteristics"

ACTIVITIES = frozenset(
    {
        "userTask",
        "manualTask",
        "task",
        "serviceTask",
        "receiveTask",
        "businessRuleTask",
        "scriptTask",
        "callActivity",
        "subProcess",
        "transaction",
    }
)
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"})
EVENTS = frozenset(
    {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
)
SCOPES = frozenset({"process", "subProcess", "transaction"})

_ARTIFACTS = frozenset({"textAnnotation", "association", "group"})
PEOPLE = frozenset({"userTask", "manualTask", "task"})  # what somebody does

_INSIDE = ACTIVITIES | GATEWAYS | EVENTS | _ARTIFACTS | {"sequenceFlow", "laneSet"}
_OF_ACTIVITY = f"{_LINKS} {_REPEAT} property"
_OF_PART = frozenset({"incoming", "outgoing", "property", _REPEAT})
_FORMULA = _build_shape()

SHAPES: dict[str, Shape] = {
    "definitions": _build_shape(
        "targetNamespace exporter exporterVersion expressionLanguage typeLanguage",
        "process collaboration message error escalation signal correlationProperty category itemDefinition",
    ),
    "process": _build_shape("isExecutable processType isClosed", _INSIDE | {"property"}, "properties"),
    "property": _build_shape("itemSubjectRef"),
    "documentation": _build_shape("textFormat"),
    "laneSet": _build_shape(children="lane"),
    "childLaneSet": _build_shape(children="lane"),
    "lane": _build_shape(children="flowNodeRef childLaneSet"),
    "flowNodeRef": _build_shape(),
    "collaboration": _build_shape("isClosed", _ARTIFACTS | {"participant", "messageFlow", "correlationKey"}),
    "participant": _build_shape("processRef"),
    "messageFlow": _build_shape("sourceRef targetRef messageRef"),
    "correlationKey": _build_shape(children="correlationPropertyRef"),
    "correlationPropertyRef": _build_shape(),
    "correlationProperty": _build_shape("type", "correlationPropertyRetrievalExpression"),
    "correlationPropertyRetrievalExpression": _build_shape("messageRef", "messagePath formalExpression"),
    "messagePath": _FORMULA,
    "formalExpression": _FORMULA,
    "message": _build_shape("itemRef", "", "properties"),
    "error": _build_shape("errorCode structureRef", "", "variableName payloadExpression"),
    "escalation": _build_shape("escalationCode structureRef", "", "variableName payloadExpression"),
    "signal": _build_shape("structureRef"),
    "itemDefinition": _build_shape("isCollection itemKind structureRef"),
    "category": _build_shape(children="categoryValue"),
    "categoryValue": _build_shape("value"),
    "textAnnotation": _build_shape("textFormat", "text"),
    "text": _build_shape(),
    "association": _build_shape("sourceRef targetRef associationDirection"),
    "group": _build_shape("categoryValueRef"),
    "incoming": _build_shape(),
    "outgoing": _build_shape(),
    "sequenceFlow": _build_shape("sourceRef targetRef", "conditionExpression"),
    "conditionExpression": _FORMULA,
    "startEvent": _build_shape("", _LINKS, "properties"),
    "endEvent": _build_shape(
        "",
        f"{_LINKS} terminateEventDefinition errorEventDefinition escalationEventDefinition"
        " cancelEventDefinition",
        "properties",
    ),
    "intermediateCatchEvent": _build_shape(
        "", f"{_LINKS} messageEventDefinition timerEventDefinition", "properties"
    ),
    "intermediateThrowEvent": _build_shape("", f"{_LINKS} escalationEventDefinition", "properties"),
    "boundaryEvent": _build_shape(
        "attachedToRef cancelActivity",
        f"{_LINKS} messageEventDefinition timerEventDefinition errorEventDefinition escalationEventDefinition"
        " cancelEventDefinition",
        "properties",
    ),
    "terminateEventDefinition": _build_shape(),
    "cancelEventDefinition": _build_shape(),
    "errorEventDefinition": _build_shape("errorRef"),
    "escalationEventDefinition": _build_shape("escalationRef"),
    "messageEventDefinition": _build_shape("messageRef", "", _MESSAGE),
    "timerEventDefinition": _build_shape(children="timeDate timeDuration timeCycle"),
    "timeDate": _FORMULA,
    "timeDuration": _FORMULA,
    "timeCycle": _FORMULA,
    **dict.fromkeys(PEOPLE, _build_shape("default", _OF_ACTIVITY, _SCRIPTED)),
    "serviceTask": _build_shape("default", _OF_ACTIVITY, f"{_SCRIPTED} serviceTaskOperator"),
    "receiveTask": _build_shape("default messageRef", _OF_ACTIVITY, f"{_SCRIPTED} {_MESSAGE}"),
    "businessRuleTask": _build_shape("default", _OF_ACTIVITY, f"{_SCRIPTED} calledDecisionId"),
    "scriptTask": _build_shape("default scriptFormat", f"{_LINKS} script property", "properties"),
    "script": _build_shape(),
    "callActivity": _build_shape("default calledElement", _OF_ACTIVITY, _SCRIPTED),
    "subProcess": _build_shape("default", _INSIDE | _OF_PART, _SCRIPTED),
    "transaction": _build_shape("default method", _INSIDE | _OF_PART, _SCRIPTED),
    "exclusiveGateway": _build_shape("default gatewayDirection", _LINKS, "properties"),
    "inclusiveGateway": _build_shape("default gatewayDirection", _LINKS, "properties"),
    "parallelGateway": _build_shape("gatewayDirection", _LINKS, "properties"),
    "eventBasedGateway": _build_shape("gatewayDirection eventGatewayType", _LINKS, "properties"),
    "multiInstanceLoopCharacteristics": _build_shape(
        "isSequential", "loopDataInputRef loopDataOutputRef inputDataItem outputDataItem completionCondition"
    ),
    "loopDataInputRef": _build_shape(),
    "loopDataOutputRef": _build_shape(),
    "inputDataItem": _build_shape("itemSubjectRef"),
    "outputDataItem": _build_shape("itemSubjectRef"),
    "completionCondition": _FORMULA,
}

# Attributes that editors write with the value that changes nothing.
HARMLESS = frozenset(
    {
        ("isForCompensation", "false"),
        ("startQuantity", "1"),
        ("completionQuantity", "1"),
        ("triggeredByEvent", "false"),
        ("instantiate", "false"),
        ("parallelMultiple", "false"),
        ("isInterrupting", "true"),
        ("isImmediate", "true"),
        ("implementation", "##unspecified"),
        ("implementation", "##WebService"),
        ("behavior", "All"),
        ("isCollection", "false"),
    }
)

# Within our own extensions: element → attributes and children.
EXTENSIONS: dict[str, Shape] = {
    "properties": _build_shape(children="property"),
    "property": _build_shape("value"),
    "preScript": _build_shape(),
    "postScript": _build_shape(),
    "calledDecisionId": _build_shape(),
    "messageVariable": _build_shape(),
    "messagePayload": _build_shape(),
    "processVariableCorrelation": _build_shape(children="propertyId expression"),
    "propertyId": _build_shape(),
    "expression": _build_shape(),
    "variableName": _build_shape(),
    "payloadExpression": _build_shape(),
    "serviceTaskOperator": _build_shape("resultVariable", "parameters"),
    "parameters": _build_shape(children="parameter"),
    "parameter": _build_shape("type value"),
}

_WAITING = PEOPLE | {"receiveTask", "intermediateCatchEvent"}
_STANDING = ACTIVITIES | {"endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "process"}

# Property → where it means something.
_DECLARED = frozenset({"message"})  # what sending it does; or who may send it, and the words of the button
PROPERTIES: dict[str, frozenset[str]] = {
    "formKey": PEOPLE,
    "role": PEOPLE,
    "duty": PEOPLE,
    "notBy": PEOPLE,
    "dueIn": PEOPLE,
    "assignTo": PEOPLE,
    "waitsFor": _WAITING,
    "purpose": frozenset({"boundaryEvent"}),
    "publicState": _STANDING,
    "onlyFor": frozenset({"callActivity"}),
    "act": _DECLARED,
    "sender": _DECLARED,
    "label": _DECLARED,
}

_READ_PAST = lazy_gettext("%(element)s只是图示：引擎不会读写其中的数据，流程中的数据请用变量。")
# What does not run and does no harm: element → rule, sentence. What it refers to is told with it.
READ_PAST: dict[str, tuple[str, str] | None] = {
    "dataObject": None,
    "dataStore": None,
    "dataObjectReference": ("data-object", _READ_PAST),
    "dataStoreReference": ("data-object", _READ_PAST),
    "ioSpecification": (
        "data-object",
        lazy_gettext("%(element)s的数据输入输出只是图示，引擎不会理会，流程中的数据请用变量。"),
    ),
    "dataInputAssociation": None,
    "dataOutputAssociation": None,
}

# What is refused for a known reason: element → rule, sentence.
REFUSED: dict[str, tuple[str, str]] = {
    "sendTask": ("message-throw", lazy_gettext("%(element)s不会发出消息，请改用服务任务。")),
    "complexGateway": (
        "complex-gateway",
        lazy_gettext("%(element)s引擎不支持，请改用排他、并行或包容网关。"),
    ),
    "adHocSubProcess": (
        "ad-hoc-sub-process",
        lazy_gettext("%(element)s引擎不能正确执行，请画成普通子流程。"),
    ),
    "standardLoopCharacteristics": (
        "standard-loop",
        lazy_gettext("%(element)s不支持标准循环，请用排他网关画出循环。"),
    ),
    "loopCardinality": (
        "multi-instance",
        lazy_gettext("%(element)s不支持按次数重复，请在多实例设置中按列表重复。"),
    ),
    "signalEventDefinition": (
        "signal-event",
        lazy_gettext("%(element)s信号不会送达，请改用消息，或用错误、升级结束。"),
    ),
    "linkEventDefinition": (
        "link-event",
        lazy_gettext("%(element)s引擎不能正确执行链接事件，请直接画顺序流。"),
    ),
    "compensateEventDefinition": (
        "compensation",
        lazy_gettext("%(element)s引擎不执行补偿，请用普通流程画出撤销步骤。"),
    ),
    "conditionalEventDefinition": (
        "conditional-event",
        lazy_gettext("%(element)s引擎不会持续检查条件，请改用消息或定时。"),
    ),
    "correlationSubscription": ("element-not-allowed", lazy_gettext("%(element)s不需要订阅声明，请删去。")),
    "import": ("element-not-allowed", lazy_gettext("%(element)s不能引入其他文件，请删去，把文件一起上传。")),
}

# Event definitions that are refused only at these events.
REFUSED_AT: dict[tuple[str, str], tuple[str, str]] = {
    ("startEvent", "messageEventDefinition"): (
        "start-event",
        lazy_gettext("%(element)s只能是普通开始事件，流程由申请或调用开始。"),
    ),
    ("startEvent", "timerEventDefinition"): (
        "start-event",
        lazy_gettext("%(element)s只能是普通开始事件，定时开始请用定时作业。"),
    ),
    ("startEvent", "errorEventDefinition"): ("start-event", lazy_gettext("%(element)s只能是普通开始事件。")),
    ("startEvent", "escalationEventDefinition"): (
        "start-event",
        lazy_gettext("%(element)s只能是普通开始事件。"),
    ),
    ("endEvent", "messageEventDefinition"): (
        "message-throw",
        lazy_gettext("%(element)s不会发出消息，请在结束前加一个服务任务。"),
    ),
    ("intermediateThrowEvent", "messageEventDefinition"): (
        "message-throw",
        lazy_gettext("%(element)s不会发出消息，请改用服务任务。"),
    ),
}
