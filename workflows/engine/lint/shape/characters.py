"""Characters of ids and names that nobody sees: two elements look alike, or a line is read backwards."""

from __future__ import annotations

from collections.abc import Iterator

from models.base.unseen import describe_unseen
from translations import gettext, lazy_gettext
from workflows.engine.lint.reading.diagram import Diagram
from workflows.engine.lint.reading.report import Report, local_name
from workflows.engine.source.safe_xml import BPMN, Element

RULE = "bad-character"
# What people read, or what is compared by its letters.
_WRITTEN = {
    "id": lazy_gettext("编号（id）"),
    "name": lazy_gettext("名称"),
    "errorCode": lazy_gettext("错误代码"),
    "escalationCode": lazy_gettext("升级代码"),
    "value": lazy_gettext("文字"),
}


def check_characters(diagram: Diagram, report: Report) -> None:
    """Check what is written on every element of the file."""
    for element in diagram.root.iter(f"{{{BPMN}}}*"):
        for title, text in _list_texts(element):
            if said := describe_unseen(text):
                report.error(
                    _find_selectable(element),
                    RULE,
                    lazy_gettext("%(element)s的%(part)s中，%(fault)s，请删去或改用通用的文字。"),
                    part=title,
                    fault=said,
                )


def _list_texts(element: Element) -> Iterator[tuple[str, str]]:
    for name, title in _WRITTEN.items():
        if text := element.get(name):
            yield title, text
    if local_name(element) == "text":  # of an annotation
        yield gettext("文字"), element.text or ""


def _find_selectable(element: Element) -> Element:
    while not element.get("id") and element.getparent() is not None:
        element = element.getparent()
    return element
