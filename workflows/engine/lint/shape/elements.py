"""The allow-list at work: elements, attributes and extensions that are not on it; ids that stand twice."""

from __future__ import annotations

import re
from collections import Counter

from lxml import etree

from translations import join_words, lazy_gettext, lazy_gettext_plural
from workflows.engine.lint.reading import foreign
from workflows.engine.lint.reading.allowlist import (
    DECORATION,
    DRAWING,
    EXTENSIONS,
    HARMLESS,
    PROPERTIES,
    READ_PAST,
    REFUSED,
    REFUSED_AT,
    SHAPES,
    SPIFF,
    TITLES,
    XSI,
    Shape,
)
from workflows.engine.lint.reading.diagram import Diagram, is_event_sub_process, is_executable, list_children
from workflows.engine.lint.reading.report import Report, describe_element, find_selectable, local_name
from workflows.engine.source.safe_xml import BPMN, Element

_STEPS = 10  # of looking at one element
_ALWAYS = frozenset({"documentation", "extensionElements"})
_BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_PARTS = ("EventDefinition", "Characteristics", "Specification", "Association", "Cardinality")
_NAMES_OF_VARIABLES = frozenset({"inputDataItem", "outputDataItem"})


def check_elements(diagram: Diagram, report: Report) -> None:
    """Walk the whole file."""
    _check_element(diagram.root, report)
    _check_ids(diagram.root, report)
    _check_drawing(diagram.root, report)
    if not diagram.processes:
        report.error(diagram.root, "no-process", lazy_gettext("%(element)s中没有流程，请画一个流程。"))
    for process in diagram.processes:
        if not is_executable(process):
            _report_idle(process, diagram, report)


def _report_idle(process: Element, diagram: Diagram, report: Report) -> None:
    """A pool of somebody else's beside one that runs is drawn for people; one alone is a mistake."""
    if any(map(is_executable, diagram.processes)):
        sentence = lazy_gettext("%(element)s没有设为可执行，不会运行，只作图示；如要运行请勾选“可执行”。")
        report.warning(process, "not-executable", sentence)
    else:
        sentence = lazy_gettext("%(element)s没有设为可执行，请在属性中勾选“可执行”。")
        report.error(process, "not-executable", sentence)


def _check_element(element: Element, report: Report) -> None:
    report.spend(element, _STEPS)
    if refusal := _refuse_whole(element):
        report.error(element, *refusal)
        return  # what is inside has no fault of its own
    shape = SHAPES[local_name(element)]
    _check_attributes(element, shape, report)
    for child in element:
        if not isinstance(child.tag, str):
            continue  # a comment
        namespace, name = etree.QName(child).namespace, local_name(child)
        if namespace in DRAWING:
            continue
        if namespace != BPMN:
            _report_foreign(element, child, report)
        elif name == "extensionElements":
            _check_extensions(element, child, shape, report)
        elif name in shape.children or name in _ALWAYS:
            _check_element(child, report)
        else:
            _report_refused(element, child, report)


def _refuse_whole(element: Element) -> tuple[str, str] | None:
    """The rule and the sentence for an element that does not run, whatever is in it."""
    if element.get("isForCompensation", "false") == "true":
        return REFUSED["compensateEventDefinition"]
    if is_event_sub_process(element):
        return "event-sub-process", lazy_gettext("%(element)s引擎不能正确执行事件子流程，请改用边界事件。")
    return None


def _report_refused(parent: Element, child: Element, report: Report) -> None:
    """An event definition or a setting is reported at its host, an element of the flow at itself."""
    name = local_name(child)
    alone = name in TITLES or (bool(child.get("id")) and not name.endswith(_PARTS))
    host = child if alone else find_selectable(parent)
    if name in READ_PAST:
        if known := READ_PAST[name]:
            report.warning(host, *known)
        return
    if known := REFUSED_AT.get((local_name(parent), name)) or REFUSED.get(name):
        report.error(host, *known)
    elif alone:
        sentence = lazy_gettext("%(element)s不在允许使用的元素之内，请删去或改用其他元素。")
        report.error(host, "element-not-allowed", sentence)
    else:
        sentence = lazy_gettext("%(element)s中的 %(part)s 不在允许使用的元素之内，请删去或改用其他元素。")
        report.error(host, "element-not-allowed", sentence, part=name)


def _check_attributes(element: Element, shape: Shape, report: Report) -> None:
    for key, value in element.attrib.items():
        name = etree.QName(key)
        if name.namespace:
            _check_foreign_attribute(element, name, report)
        elif name.localname in shape.attributes | {"id", "name"} or (name.localname, value) in HARMLESS:
            continue
        else:
            sentence = lazy_gettext("%(element)s的属性 %(name)s=“%(value)s”不受支持，请删去。")
            report.error(element, "attribute-not-allowed", sentence, name=name.localname, value=value[:40])


def _check_foreign_attribute(element: Element, name: etree.QName, report: Report) -> None:
    if name.namespace in DECORATION or name.namespace == XSI:
        return
    if product := foreign.find_product(name.namespace):
        foreign.report_foreign(element, (product, name.localname), report)
    else:
        report.error(
            element,
            "attribute-not-allowed",
            lazy_gettext("%(element)s的属性 %(name)s 不受支持，请删去。"),
            name=name.localname,
        )


def _report_foreign(parent: Element, child: Element, report: Report) -> None:
    name = etree.QName(child)
    host = find_selectable(parent)
    if product := foreign.find_product(name.namespace):
        foreign.report_foreign(host, (product, name.localname), report)
    elif name.namespace not in DECORATION:
        report.error(
            host,
            "extension-not-allowed",
            lazy_gettext("%(element)s中的扩展 %(name)s 不受支持，请删去。"),
            name=name.localname,
        )


def _check_extensions(host: Element, holder: Element, shape: Shape, report: Report) -> None:
    for child in holder:
        if not isinstance(child.tag, str):
            continue
        if etree.QName(child).namespace != SPIFF:
            _report_foreign(host, child, report)
        elif local_name(child) not in shape.extensions:
            sentence = lazy_gettext("%(element)s不能使用扩展 %(extension)s，引擎不会理会，请删去。")
            report.error(
                find_selectable(host), "extension-not-allowed", sentence, extension=local_name(child)
            )
        else:
            _check_extension(host, child, report)
    _check_properties(host, holder, report)


def _check_extension(host: Element, element: Element, report: Report) -> None:
    shape = EXTENSIONS[local_name(element)]
    for key in element.attrib:
        if key not in shape.attributes | {"id", "name"}:
            sentence = lazy_gettext("%(element)s的扩展 %(extension)s 不能有属性 %(name)s，请删去。")
            report.error(
                find_selectable(host),
                "extension-not-allowed",
                sentence,
                extension=local_name(element),
                name=etree.QName(key).localname,
            )
    for child in element:
        if not isinstance(child.tag, str):
            continue
        if etree.QName(child).namespace != SPIFF or local_name(child) not in shape.children:
            sentence = lazy_gettext("%(element)s的扩展 %(extension)s 中不能有 %(part)s，请删去。")
            report.error(
                find_selectable(host),
                "extension-not-allowed",
                sentence,
                extension=local_name(element),
                part=local_name(child),
            )
        else:
            _check_extension(host, child, report)


def _check_properties(host: Element, holder: Element, report: Report) -> None:
    names = [one.get("name") for one in holder.iter(f"{{{SPIFF}}}property")]
    for name, count in Counter(names).items():
        if name not in PROPERTIES:
            report.error(
                host,
                "unknown-property",
                lazy_gettext("%(element)s的属性 %(name)s 没有定义，可用的属性：%(properties)s。"),
                name=name,
                properties=join_words(PROPERTIES),
            )
        elif local_name(host) not in PROPERTIES[name]:
            report.error(
                host,
                "unknown-property",
                lazy_gettext("%(element)s不能有属性 %(name)s，请删去，或移到对应的任务上。"),
                name=name,
            )
        if count > 1:
            report.error(
                host,
                "duplicate-property",
                lazy_gettext_plural("%(element)s的属性 %(name)s 出现了 %(num)s 次，请只留一个。"),
                name=name,
                num=count,
            )


def _check_ids(root: Element, report: Report) -> None:
    seen: dict[str, Element] = {}
    for element in root.iter():
        if not isinstance(element.tag, str) or not element.get("id"):
            continue
        namespace = etree.QName(element).namespace
        if (namespace not in DRAWING and namespace != BPMN) or local_name(element) in _NAMES_OF_VARIABLES:
            continue  # ids of parameters and names of variables may stand more than once
        first = seen.setdefault(element.get("id"), element)
        if first is not element:
            report.error(
                element,
                "duplicate-id",
                lazy_gettext("%(element)s与%(other)s的编号相同，请改成不同的编号。"),
                other=describe_element(first),
            )
    for scope_child in _list_without_id(root):
        report.error(scope_child, "no-id", lazy_gettext("%(element)s没有编号（id），请填写。"))


def _check_drawing(root: Element, report: Report) -> None:
    """The engine sorts outgoing flows by where their targets are drawn."""
    for bounds in root.iter(_BOUNDS):
        if not (_is_number(bounds.get("x", "0")) and _is_number(bounds.get("y", "0"))):
            host = find_selectable(bounds)
            drawn = host.get("bpmnElement") or host.get("id")
            sentence = lazy_gettext(
                "%(element)s中 %(drawn)s 的图形位置不是数字，请在设计器中重新摆放并保存。"
            )
            report.error(root, "drawing", sentence, drawn=drawn)


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text))


def _list_without_id(root: Element) -> list[Element]:
    """Elements of the flow without an id: nothing could refer to them."""
    return [
        child
        for process in list_children(root, "process")
        for child in process.iter()
        if isinstance(child.tag, str)
        and etree.QName(child).namespace == BPMN
        and local_name(child) in TITLES
        and local_name(child) not in ("multiInstanceLoopCharacteristics", "lane")
        and not child.get("id")
    ]
