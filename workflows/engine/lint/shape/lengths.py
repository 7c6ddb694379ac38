"""Texts of diagrams that land in columns: as long as the column, the same on every database.

PostgreSQL refuses a longer text, at deployment or at every start; SQLite keeps it and moves on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from models.processes.instances import (
    Definition,
    Duty,
    Event,
    Job,
    ProcessInstance,
    Release,
    Wait,
    WorkItem,
)
from translations import gettext, lazy_gettext
from workflows.engine.decisions import Table
from workflows.engine.lint.reading.diagram import Diagram, list_extensions, read_properties
from workflows.engine.lint.reading.report import Report, local_name, shorten_text
from workflows.engine.source.problems import LintProblem
from workflows.engine.source.safe_xml import Element

# What a designer writes → the columns it comes to.
COLUMNS: Mapping[str, tuple[Any, ...]] = {
    "process id": (
        Definition.key,
        Release.process_key,
        ProcessInstance.process_key,
        WorkItem.process_key,
    ),
    "process name": (Definition.name,),
    "decision id": (Definition.key,),
    "decision name": (Definition.name,),
    "file name": (Definition.file_name,),
    "element id": (
        WorkItem.element,
        Wait.element,
        Event.element,
        Job.element,
        Duty.element,
        ProcessInstance.end_element,
    ),
    "element name": (WorkItem.name, WorkItem.withdrawn_by),
    "message name": (Wait.message,),
    "operation": (Job.operation,),
    "formKey": (WorkItem.form_key,),
    "role": (WorkItem.role,),
    "duty": (WorkItem.duty, Duty.duty),
    "notBy": (WorkItem.not_by,),
    "publicState": (ProcessInstance.public_state,),
    "waitsFor": (Wait.waits_for,),
}
LONGEST: Mapping[str, int] = {
    name: min(column.type.length for column in columns) for name, columns in COLUMNS.items()
}

_NAME = re.compile(r"[^\W\d][\w.\-]*")  # XML's NCName: what an id may be, and what addresses can hold
_PROPERTIES = ("formKey", "role", "duty", "notBy", "publicState", "waitsFor")
_ID_SENTENCE = lazy_gettext(
    "的编号（id）“{}”不能用：只能用字母、汉字、数字、下划线、点和短横线，且不能以数字开头，请改正。"
)
_SHOWN = 40  # characters of an id in a sentence


def check_lengths(diagram: Diagram, report: Report) -> None:
    """Check ids, names, properties and the name of the file."""
    if diagram.processes and len(diagram.file) > LONGEST["file name"]:
        _report_length(diagram.processes[0], gettext("所在文件的文件名"), "file name", diagram.file, report)
    for element in _walk_named(diagram):
        _check_id(element, report)
        _check_texts(element, report)


def _walk_named(diagram: Diagram) -> Iterator[Element]:
    yield from diagram.declared("message").values()
    for scope in diagram.scopes:
        yield scope.element
        yield from (
            node for node in scope.nodes.values() if local_name(node) not in ("subProcess", "transaction")
        )


def _check_id(element: Element, report: Report) -> None:
    name = element.get("id") or ""
    longest = LONGEST["process id" if local_name(element) == "process" else "element id"]
    if len(name) > longest:
        report.error(
            element,
            "too-long",
            gettext(
                "的编号（id）有 %(count)s 个字符，最多 %(longest)s 个，请改短。",
                count=len(name),
                longest=longest,
            ),
        )
    elif name and not _NAME.fullmatch(name):
        report.error(element, "bad-id", _ID_SENTENCE.format(shorten_text(name, _SHOWN)))


def _check_texts(element: Element, report: Report) -> None:
    kind = local_name(element)
    name = {"process": "process name", "message": "message name"}.get(kind, "element name")
    _check_length(element, gettext("的名称"), name, element.get("name") or "", report)
    for key, value in read_properties(element).items():
        if key in _PROPERTIES:
            _check_length(element, gettext("的属性 %(key)s ", key=key), key, value, report)
    for operator in list_extensions(element, "serviceTaskOperator"):
        _check_length(element, gettext("的操作名称"), "operation", operator.get("id") or "", report)


def _check_length(element: Element, part: str, kind: str, text: str, report: Report) -> None:
    if len(text) > LONGEST[kind]:
        _report_length(element, part, kind, text, report)


def _report_length(element: Element, part: str, kind: str, text: str, report: Report) -> None:
    report.error(
        element,
        "too-long",
        gettext(
            "%(part)s有 %(count)s 个字，最多 %(longest)s 个，请改短。",
            part=part,
            count=len(text),
            longest=LONGEST[kind],
        ),
    )


def check_table(file: str, table: Table) -> Iterator[LintProblem]:
    """Check the id and the name of a decision table, and the name of its file."""
    texts = (
        (gettext("编号（id）"), "decision id", table.key),
        (gettext("名称"), "decision name", table.name),
    )
    for part, kind, text in (*texts, (gettext("文件名"), "file name", file)):
        if len(text) > LONGEST[kind]:
            title = gettext(
                "决策表“%(text)s”（%(text2)s）",
                text=shorten_text(table.name, _SHOWN),
                text2=shorten_text(table.key, _SHOWN),
            )
            message = gettext(
                "%(title)s的%(part)s有 %(count)s 个字，最多 %(longest)s 个，请改短。",
                title=title,
                part=part,
                count=len(text),
                longest=LONGEST[kind],
            )
            yield LintProblem(file=file, element=table.key, rule="too-long", message=message)
    if not _NAME.fullmatch(table.key):
        message = gettext("决策表%(format)s", format=_ID_SENTENCE.format(shorten_text(table.key, _SHOWN)))
        yield LintProblem(file=file, element=table.key, rule="bad-id", message=message)
