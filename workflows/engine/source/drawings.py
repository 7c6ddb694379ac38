"""Which processes files draw, what each of them reaches, and how several files are read as one.

The engine's parser keeps everything that it reads in dictionaries by id. So it is given, for each process,
only what that process reaches, and the ids of messages, errors and the like are made the file's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from workflows.engine.source import xml
from workflows.engine.source.problems import LintRefused, Problem
from workflows.engine.source.xml import BPMN, Element

SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
SHARED = ("message", "error", "escalation", "signal", "correlationProperty")
REFERENCES = ("messageRef", "errorRef", "escalationRef", "signalRef")


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """One executable process of a file."""

    key: str
    name: str
    file: str
    content: bytes  # of the whole file
    calls: frozenset[str]  # keys of processes
    decisions: frozenset[str]  # keys of decision tables


def read(file: str, content: bytes) -> list[Drawing]:
    """The executable processes of a BPMN file."""
    return [
        _drawing(process, file, content)
        for process in _processes(xml.parse(content, name=file))
        if process.get("isExecutable", "true") == "true"
    ]


def _drawing(process: Element, file: str, content: bytes) -> Drawing:
    decisions = (found.text or "" for found in process.iter(f"{{{SPIFF}}}calledDecisionId"))
    return Drawing(
        key=process.get("id"),
        name=process.get("name") or process.get("id"),
        file=file,
        content=content,
        calls=frozenset(call.get("calledElement", "") for call in process.iter(f"{{{BPMN}}}callActivity")),
        decisions=frozenset(decision.strip() for decision in decisions),
    )


def reach(key: str, drawn: Mapping[str, Drawing]) -> list[Drawing]:
    """A process with all that it calls, itself first; raises LintRefused when it calls itself."""
    found, ahead = {key: drawn[key]}, [drawn[key]]
    while ahead:
        caller = ahead.pop()
        if key in caller.calls:
            raise LintRefused([_recursive(key, caller)])
        for called in sorted(caller.calls - found.keys()):
            if called in drawn:
                found[called] = drawn[called]
                ahead.append(drawn[called])
    return list(found.values())


def documents(reached: Iterable[Drawing]) -> Iterator[tuple[str, Element]]:
    """The files of these processes, by name, with nothing else in them; raises LintRefused when ids clash."""
    keys: dict[tuple[str, bytes], set[str]] = {}
    for drawing in reached:
        keys.setdefault((drawing.file, drawing.content), set()).add(drawing.key)
    seen: dict[str, str] = {}
    for number, ((file, content), kept) in enumerate(keys.items()):
        root = xml.parse(content, name=file)
        for process in _processes(root):
            if process.get("id") not in kept:
                root.remove(process)
        _check_scopes(root, file, seen)
        _make_own(root, f"{number}:")
        yield file, root


def _processes(root: Element) -> list[Element]:
    return list(root.findall(f"{{{BPMN}}}process"))


def _check_scopes(root: Element, file: str, seen: dict[str, str]) -> None:
    for scope in root.iter(f"{{{BPMN}}}process", f"{{{BPMN}}}subProcess", f"{{{BPMN}}}transaction"):
        first = seen.setdefault(scope.get("id"), file)
        if first != file:
            raise LintRefused([_twice(scope, file, first)])


def _make_own(root: Element, prefix: str) -> None:
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


def _recursive(key: str, caller: Drawing) -> Problem:
    message = f"流程 {caller.key} 调用流程 {key}，而 {key} 又会用到 {caller.key}，永远不会结束，请改用循环。"
    return Problem(file=caller.file, element=caller.key, rule="recursive-call", message=message)


def _twice(scope: Element, file: str, first: str) -> Problem:
    key = scope.get("id")
    title = f"“{scope.get('name') or key}”（{key}）"
    message = f"{title}的编号在文件 {first} 中已经用过，而两个流程会一起运行，请改名。"
    return Problem(file=file, element=key, rule="duplicate-process", message=message)
