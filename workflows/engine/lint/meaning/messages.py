"""Messages: declared, named, and found by a key; without one a message would wake any waiting case."""

from __future__ import annotations

from collections.abc import Iterator

from translations import join_words, lazy_gettext
from workflows.engine.lint.meaning.events import list_definitions
from workflows.engine.lint.reading.diagram import Diagram, list_children, read_properties, text_of
from workflows.engine.lint.reading.report import Report, local_name
from workflows.engine.source.environment import Environment
from workflows.engine.source.safe_xml import Element

_WAITING = ("intermediateCatchEvent", "boundaryEvent")


def check_messages(diagram: Diagram, report: Report, environment: Environment) -> None:
    """Check what the file declares and what its events and receive tasks wait for."""
    declared = diagram.declared("message")
    keyed = _find_keyed_messages(diagram, report)
    for message in declared.values():
        _check_name(message, report, environment)
    for node, reference in _walk_waits(diagram):
        if reference not in declared:
            report.error(
                node,
                "unknown-message",
                lazy_gettext("%(element)s没有指定消息，或所指的消息不存在，请在属性中选择。"),
            )
        elif reference not in keyed:
            sentence = lazy_gettext(
                "%(element)s等待消息 %(declared)s，但该消息没有关联键，找不到案件；请声明关联键。"
            )
            report.error(node, "message-without-key", sentence, declared=declared[reference].get("name"))


def _check_name(message: Element, report: Report, environment: Environment) -> None:
    if not message.get("name"):
        report.error(message, "unknown-message", lazy_gettext("%(element)s没有名称，请填写。"))
    found = read_properties(message)
    act, sender = found.get("act"), found.get("sender")
    if act is not None and environment.acts is not None and act not in environment.acts:
        sentence = lazy_gettext("%(element)s的属性 act “%(act)s”没有登记，可以用：%(known)s。")
        report.error(message, "unknown-act", sentence, act=act, known=join_words(sorted(environment.acts)))
    if sender is not None and sender not in environment.roles:
        sentence = lazy_gettext("%(element)s的发送人“%(sender)s”不是已知的角色，请选择。")
        report.error(message, "unknown-sender", sentence, sender=sender)
    if act is None and sender is None and environment.acts is not None:
        sentence = lazy_gettext("%(element)s没有登记发送人，流程可能一直等下去；请写明 act 或 sender。")
        report.warning(message, "unknown-sender", sentence)


def _walk_waits(diagram: Diagram) -> Iterator[tuple[Element, str | None]]:
    for scope in diagram.scopes:
        for task in scope.of("receiveTask"):
            yield task, task.get("messageRef")
        for event in scope.of(*_WAITING):
            for definition in list_definitions(event):
                if local_name(definition) == "messageEventDefinition":
                    yield event, definition.get("messageRef")


def _find_keyed_messages(diagram: Diagram, report: Report) -> set[str]:
    """The messages whose key is known: by a property that belongs to a correlation key."""
    properties = diagram.declared("correlationProperty")
    in_keys: set[str] = set()
    for collaboration in list_children(diagram.root, "collaboration"):
        for key in list_children(collaboration, "correlationKey"):
            in_keys |= _read_key_properties(key, properties, report)
    keyed: set[str] = set()
    for name, element in properties.items():
        for retrieval in list_children(element, "correlationPropertyRetrievalExpression"):
            if retrieval.get("messageRef") not in diagram.declared("message"):
                report.error(
                    element, "correlation", lazy_gettext("%(element)s所指的消息不存在，请重新选择。")
                )
            elif name in in_keys:
                keyed.add(retrieval.get("messageRef"))
    return keyed


def _read_key_properties(key: Element, properties: dict[str, Element], report: Report) -> set[str]:
    names = {text_of(reference) for reference in list_children(key, "correlationPropertyRef")}
    if not key.get("name"):
        report.error(key, "correlation", lazy_gettext("%(element)s没有名称，请填写。"))
    for name in sorted(names - properties.keys()):
        report.error(
            key,
            "correlation",
            lazy_gettext("%(element)s所指的关联属性 %(name)s 不存在，请重新选择。"),
            name=name,
        )
    return names & properties.keys()
