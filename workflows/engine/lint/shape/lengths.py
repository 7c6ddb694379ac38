"""Texts of diagrams that land in columns: as long as the column, the same on every database.

PostgreSQL refuses a longer text, at deployment or at every start; SQLite keeps it and moves on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from models.base.unseen import describe_unseen
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
from translations import lazy_gettext, lazy_gettext_plural
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
_ID_OF_ELEMENT = lazy_gettext(
    "%(element)s的编号（id）“%(id)s”不能用：只能用字母、汉字、数字、下划线、点和短横线，"
    "且不能以数字开头，请改正。"
)
_ID_OF_TABLE = lazy_gettext(
    "决策表的编号（id）“%(id)s”不能用：只能用字母、汉字、数字、下划线、点和短横线，且不能以数字开头，请改正。"
)
_LENGTH_OF_NAME = lazy_gettext_plural("%(element)s的名称有 %(num)s 个字，最多 %(longest)s 个，请改短。")
_LENGTH_OF_PROPERTY = lazy_gettext_plural(
    "%(element)s的属性 %(property)s 有 %(num)s 个字，最多 %(longest)s 个，请改短。"
)
_LENGTH_OF_OPERATION = lazy_gettext_plural(
    "%(element)s的操作名称有 %(num)s 个字，最多 %(longest)s 个，请改短。"
)
_LENGTH_OF_FILE_NAME = lazy_gettext_plural(
    "%(element)s所在文件的文件名有 %(num)s 个字，最多 %(longest)s 个，请改短。"
)
_LENGTHS_OF_TABLE = {
    "decision id": lazy_gettext_plural(
        "决策表“%(name)s”（%(id)s）的编号（id）有 %(num)s 个字，最多 %(longest)s 个，请改短。"
    ),
    "decision name": lazy_gettext_plural(
        "决策表“%(name)s”（%(id)s）的名称有 %(num)s 个字，最多 %(longest)s 个，请改短。"
    ),
    "file name": lazy_gettext_plural(
        "决策表“%(name)s”（%(id)s）的文件名有 %(num)s 个字，最多 %(longest)s 个，请改短。"
    ),
}
_SHOWN = 40  # characters of an id in a sentence


def check_lengths(diagram: Diagram, report: Report) -> None:
    """Check ids, names, properties and the name of the file."""
    if diagram.processes:
        _check_length(diagram.processes[0], _LENGTH_OF_FILE_NAME, ("file name", diagram.file), report)
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
        sentence = lazy_gettext_plural(
            "%(element)s的编号（id）有 %(num)s 个字符，最多 %(longest)s 个，请改短。"
        )
        report.error(element, "too-long", sentence, num=len(name), longest=longest)
    elif name and not _NAME.fullmatch(name) and not describe_unseen(name):  # told by itself
        report.error(element, "bad-id", _ID_OF_ELEMENT, id=shorten_text(name, _SHOWN))


def _check_texts(element: Element, report: Report) -> None:
    kind = local_name(element)
    name = {"process": "process name", "message": "message name"}.get(kind, "element name")
    _check_length(element, _LENGTH_OF_NAME, (name, element.get("name") or ""), report)
    for key, value in read_properties(element).items():
        if key in _PROPERTIES:
            _check_length(element, _LENGTH_OF_PROPERTY, (key, value), report)
    for operator in list_extensions(element, "serviceTaskOperator"):
        _check_length(element, _LENGTH_OF_OPERATION, ("operation", operator.get("id") or ""), report)


def _check_length(element: Element, sentence: str, kept: tuple[str, str], report: Report) -> None:
    kind, text = kept
    if len(text) > LONGEST[kind]:
        report.error(element, "too-long", sentence, property=kind, num=len(text), longest=LONGEST[kind])


def check_table(file: str, table: Table) -> Iterator[LintProblem]:
    """Check the id and the name of a decision table, and the name of its file."""
    shown = {"name": shorten_text(table.name, _SHOWN), "id": shorten_text(table.key, _SHOWN)}
    texts = {"decision id": table.key, "decision name": table.name, "file name": file}
    for kind, text in texts.items():
        if len(text) > LONGEST[kind]:
            message = _LENGTHS_OF_TABLE[kind] % {**shown, "num": len(text), "longest": LONGEST[kind]}
            yield LintProblem(file=file, element=table.key, rule="too-long", message=message)
    if not _NAME.fullmatch(table.key) and not describe_unseen(table.key):  # told by itself
        yield LintProblem(file=file, element=table.key, rule="bad-id", message=_ID_OF_TABLE % shown)
