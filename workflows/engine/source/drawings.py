"""Which processes files draw, what each of them reaches, and how several files are read as one.

The engine's parser keeps everything that it reads in dictionaries by id. So it is given, for each process,
only what that process reaches, and the ids of messages, errors and the like are made the file's own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from translations import gettext
from workflows.engine.source import safe_xml
from workflows.engine.source.problems import LintProblem, LintRefused
from workflows.engine.source.safe_xml import BPMN, Element

SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
SHARED = ("message", "error", "escalation", "signal", "correlationProperty")
REFERENCES = ("messageRef", "errorRef", "escalationRef", "signalRef")


class Constant(NamedTuple):
    """A parameter of an operation whose value is a word."""

    operation: str
    parameter: str
    value: str


@dataclass(frozen=True, kw_only=True)
class DrawnProcess:
    """One executable process of a file."""

    key: str
    name: str
    file: str
    content: bytes  # of the whole file
    calls: frozenset[str]  # keys of processes
    decisions: frozenset[str]  # keys of decision tables
    forms: frozenset[str] = frozenset()  # keys of forms
    public_states: frozenset[str] = frozenset()
    constants: frozenset[Constant] = frozenset()  # what parameters of operations are given as a word


def read_drawings(file: str, content: bytes) -> list[DrawnProcess]:
    """The executable processes of a BPMN file."""
    return [
        _build_drawing(process, file, content)
        for process in _find_processes(safe_xml.parse_xml(content, name=file))
        if process.get("isExecutable", "true") == "true"
    ]


def _build_drawing(process: Element, file: str, content: bytes) -> DrawnProcess:
    decisions = (found.text or "" for found in process.iter(f"{{{SPIFF}}}calledDecisionId"))
    return DrawnProcess(
        key=process.get("id"),
        name=process.get("name") or process.get("id"),
        file=file,
        content=content,
        calls=frozenset(call.get("calledElement", "") for call in process.iter(f"{{{BPMN}}}callActivity")),
        decisions=frozenset(decision.strip() for decision in decisions),
        forms=_read_properties(process, "formKey"),
        public_states=_read_properties(process, "publicState"),
        constants=frozenset(_read_constants(process)),
    )


def _read_properties(process: Element, name: str) -> frozenset[str]:
    found = process.iter(f"{{{SPIFF}}}property")
    return frozenset(one.get("value", "") for one in found if one.get("name") == name)


def _read_constants(process: Element) -> Iterator[Constant]:
    for operator in process.iter(f"{{{SPIFF}}}serviceTaskOperator"):
        for parameter in operator.iter(f"{{{SPIFF}}}parameter"):
            value = read_constant(parameter.get("value", ""))
            if isinstance(value, str):
                yield Constant(operator.get("id", ""), parameter.get("id", ""), value)


def read_constant(expression: str) -> object:
    """What an expression says that is a plain value and nothing else; None for all others."""
    try:
        return ast.literal_eval(expression.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None


def list_reached(key: str, drawn: Mapping[str, DrawnProcess]) -> list[DrawnProcess]:
    """A process with all that it calls, itself first; raises LintRefused when it calls itself."""
    found, ahead = {key: drawn[key]}, [drawn[key]]
    while ahead:
        caller = ahead.pop()
        if key in caller.calls:
            raise LintRefused([_build_recursive(key, caller)])
        for called in sorted(caller.calls - found.keys()):
            if called in drawn:
                found[called] = drawn[called]
                ahead.append(drawn[called])
    return list(found.values())


def build_documents(reached: Iterable[DrawnProcess]) -> Iterator[tuple[str, Element]]:
    """The files of these processes, by name, with nothing else in them; raises LintRefused when ids clash."""
    keys: dict[tuple[str, bytes], set[str]] = {}
    for drawing in reached:
        keys.setdefault((drawing.file, drawing.content), set()).add(drawing.key)
    seen: dict[str, str] = {}
    for number, ((file, content), kept) in enumerate(keys.items()):
        root = safe_xml.parse_xml(content, name=file)
        for process in _find_processes(root):
            if process.get("id") not in kept:
                root.remove(process)
        _check_scopes(root, file, seen)
        _prefix_ids(root, f"{number}:")
        yield file, root


def _find_processes(root: Element) -> list[Element]:
    return list(root.findall(f"{{{BPMN}}}process"))


def _check_scopes(root: Element, file: str, seen: dict[str, str]) -> None:
    for scope in root.iter(f"{{{BPMN}}}process", f"{{{BPMN}}}subProcess", f"{{{BPMN}}}transaction"):
        first = seen.setdefault(scope.get("id"), file)
        if first != file:
            raise LintRefused([_build_duplicate(scope, file, first)])


def _prefix_ids(root: Element, prefix: str) -> None:
    for kind in SHARED:
        for element in root.findall(f"{{{BPMN}}}{kind}"):
            if element.get("id"):
                element.set("id", prefix + element.get("id"))
    for element in root.iter(f"{{{BPMN}}}*"):
        for name in REFERENCES:
            if element.get(name):
                element.set(name, prefix + element.get(name))
    for reference in root.iter(f"{{{BPMN}}}correlationPropertyRef"):
        reference.text = prefix + (reference.text or "").strip()


def _build_recursive(key: str, caller: DrawnProcess) -> LintProblem:
    message = gettext(
        "流程 %(caller)s 调用流程 %(called)s，而 %(called)s 又会用到 %(caller)s，永远不会结束，请改用循环。",
        caller=caller.key,
        called=key,
    )
    return LintProblem(file=caller.file, element=caller.key, rule="recursive-call", message=message)


def _build_duplicate(scope: Element, file: str, first: str) -> LintProblem:
    key = scope.get("id")
    message = gettext(
        "“%(name)s”（%(id)s）的编号在文件 %(first)s 中已经用过，而两个流程会一起运行，请改名。",
        name=scope.get("name") or key,
        id=key,
        first=first,
    )
    return LintProblem(file=file, element=key, rule="duplicate-process", message=message)
