"""What a file consists of: scopes, their nodes, their flows, the event of a node."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from lxml import etree

from workflows.engine.source.safe_xml import BPMN, Element

PREFIX = f"{{{BPMN}}}"
_SCOPES = ("process", "subProcess", "transaction")
_NODES = ("Task", "Event", "Gateway")
_OTHER_NODES = frozenset({"task", "subProcess", "transaction", "callActivity", "adHocSubProcess"})


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return cast(str, element.tag).rpartition("}")[2]


def list_children(element: Element, *names: str) -> list[Element]:
    """The BPMN elements directly below, of these names or all."""
    found = [child for child in element if isinstance(child.tag, str) and child.tag.startswith(PREFIX)]
    return [child for child in found if local_name(child) in names] if names else found


def list_scopes(root: Element) -> list[Element]:
    """All processes and sub-processes of a file."""
    return list(root.iter(*(PREFIX + name for name in _SCOPES)))


def is_node(element: Element) -> bool:
    """Whether an element is part of the flow: an activity, an event, a gateway."""
    name = local_name(element)
    return name.endswith(_NODES) or name in _OTHER_NODES


def list_nodes(scope: Element) -> Iterator[Element]:
    """The nodes of a scope that a token can come to; what events or compensation start is not among them."""
    for node in list_children(scope):
        aside = node.get("triggeredByEvent") == "true" or node.get("isForCompensation") == "true"
        if is_node(node) and node.get("id") and not aside:
            yield node


def list_flows(scope: Element) -> list[Element]:
    """The sequence flows of a scope, as they stand in the file."""
    return list_children(scope, "sequenceFlow")


def has_condition(flow: Element) -> bool:
    """Whether a flow is taken only when something is so; an empty condition is none."""
    return any((condition.text or "").strip() for condition in list_children(flow, "conditionExpression"))


def add_element(parent: Element, kind: str, **attributes: str) -> Element:
    """A new BPMN element at the end of another one."""
    return etree.SubElement(parent, PREFIX + kind, attributes)
