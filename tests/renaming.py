"""The library with every name of its designers replaced: what Python knows of it is found out by running it.

Replaced are the ids of all elements, the keys of processes, messages, public states, duties, the variables
that results are kept in, letters, notices, sets of states and services. What Python registers keeps its name:
operations with their parameters, forms with their decision variables, roles, acts, abilities, occasions.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
Element = Any
# An id of these is the name of a variable, or what a case is found by.
KEPT_IDS = {"correlationProperty", "correlationKey", "property", "inputDataItem", "outputDataItem"}
REFERENCES = (
    *("sourceRef", "targetRef", "attachedToRef", "default", "processRef", "calledElement", "bpmnElement"),
    *("messageRef", "errorRef", "escalationRef"),
)
NAMED_IN_TEXT = ("incoming", "outgoing", "flowNodeRef")
EXPRESSIONS = ("conditionExpression", "completionCondition", "timeDuration", "timeDate", "timeCycle")
SCRIPTS = ("preScript", "postScript", "script")
PARTS = ("states", "ends")  # of a stage
LETTER, NOTICE = ("letters.issue", "letter"), ("notices.send", "template")


@dataclass(kw_only=True)
class Names:
    """The new name of each old one, by what it is a name of."""

    renamed: bool = True
    known: dict[tuple[str, str], str] = field(default_factory=dict)

    def new(self, sort: str, name: str) -> str:
        """The new name; the same again for the same one."""
        if not self.renamed:
            return name
        return self.known.setdefault((sort, name), f"other_{sort}_{len(self.known) + 1}")

    def element(self, name: str) -> str:
        """The new id of an element or a process."""
        return self.new("id", name)


def rename_library(folder: Path, target: Path, *, kept_variables: frozenset[str] = frozenset()) -> Names:
    """Write a library with other names; variables that forms write as well are kept."""
    names = Names()
    diagrams = {path: etree.parse(path).getroot() for path in sorted(folder.rglob("*.bpmn"))}
    variables = {
        found.get("resultVariable")
        for root in diagrams.values()
        for found in root.iter(f"{SPIFF}serviceTaskOperator")
        if found.get("resultVariable")
    } - kept_variables
    for number, (path, root) in enumerate(diagrams.items()):
        _rename_diagram(root, names, variables)
        _write(target / path.parent.name / f"diagram{number}.bpmn", etree.tostring(root))
    for path in sorted(folder.rglob("*.dmn")):
        _write(target / path.parent.name / path.name, path.read_bytes())
    for path in sorted(folder.rglob("*.typ")):
        new = names.new("letter", path.stem)
        _write(target / path.parent.relative_to(folder) / f"{new}.typ", path.read_bytes())
    for path in sorted(folder.rglob("*.json")):
        kind = next(kind for end, kind in _FILES.items() if path.name.endswith(end))
        told = json.dumps(kind(json.loads(path.read_text("utf-8")), names), ensure_ascii=False)
        _write(target / path.relative_to(folder), told.encode())
    return names


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _rename_diagram(root: Element, names: Names, variables: set[str]) -> None:
    for element in root.iter(f"{BPMN}*"):
        local = etree.QName(element).localname
        if element.get("id") and local not in KEPT_IDS:
            element.set("id", names.element(element.get("id")))
        if local in NAMED_IN_TEXT:
            element.text = names.element((element.text or "").strip())
        if local in EXPRESSIONS or local in SCRIPTS:
            element.text = _rename_variables(element.text, names, variables)
        if local == "message" and element.get("name"):
            element.set("name", names.new("message", element.get("name")))
    for element in root.iter():
        if isinstance(element.tag, str):
            for reference in REFERENCES:
                if element.get(reference):
                    element.set(reference, names.element(element.get(reference)))
    _rename_extensions(root, names, variables)


def _rename_extensions(root: Element, names: Names, variables: set[str]) -> None:
    for one in root.iter(f"{SPIFF}property"):
        name, value = one.get("name"), one.get("value")
        if name == "publicState":
            one.set("value", names.new("state", value))
        elif name == "duty":
            one.set("value", names.new("duty", value))
        elif name == "notBy":
            one.set("value", ",".join(names.new("duty", group.strip()) for group in value.split(",")))
        elif name in {"dueIn", "assignTo"}:
            one.set("value", _rename_variables(value, names, variables))
    for operator in root.iter(f"{SPIFF}serviceTaskOperator"):
        if operator.get("resultVariable") in variables:
            operator.set("resultVariable", names.new("variable", operator.get("resultVariable")))
        for parameter in operator.iter(f"{SPIFF}parameter"):
            what, value = (operator.get("id"), parameter.get("id")), parameter.get("value")
            if what in (LETTER, NOTICE):
                sort = "letter" if what == LETTER else "notice"
                parameter.set("value", json.dumps(names.new(sort, ast.literal_eval(value))))
            else:
                parameter.set("value", _rename_variables(value, names, variables))
    for script in SCRIPTS:
        for one in root.iter(f"{SPIFF}{script}"):
            one.text = _rename_variables(one.text, names, variables)


def _rename_variables(text: str | None, names: Names, variables: set[str]) -> str:
    """An expression or script with the variables renamed that stand in it, not what is quoted."""

    def replace(found: re.Match[str]) -> str:
        return found[0] if found[1] or found[2] not in variables else names.new("variable", found[2])

    return re.sub(r"""("[^"]*"|'[^']*')|\b([A-Za-z_]\w*)\b""", replace, text or "")


def _rename_states(found: dict[str, Any], names: Names) -> dict[str, Any]:
    def rename(state: dict[str, Any]) -> dict[str, Any]:
        if "notice" not in state:
            return state
        notice = {**state["notice"], "name": names.new("notice", state["notice"]["name"])}
        if "exceptAfter" in notice:
            notice["exceptAfter"] = [names.new("state", one) for one in notice["exceptAfter"]]
        return {**state, "notice": notice}

    stages = [
        {**stage, **{part: [names.new("state", one) for one in stage.get(part, ())] for part in PARTS}}
        for stage in found.get("stages", ())
    ]
    states = {names.new("state", name): rename(state) for name, state in found["states"].items()}
    return {"key": names.new("states", found["key"]), "states": states, "stages": stages}


def _rename_service(found: dict[str, Any], names: Names) -> dict[str, Any]:
    changed = {"key": names.new("service", found["key"]), "entry": names.element(found["entry"])}
    for part, sort in (("notices", "notice"), ("sheets", "letter")):
        if part in found:
            changed[part] = {word: names.new(sort, name) for word, name in found[part].items()}
    return {**found, **changed}


def _rename_notices(found: dict[str, Any], names: Names) -> dict[str, Any]:
    return {names.new("notice", key): notice for key, notice in found.items()}


def _rename_letter(found: dict[str, Any], names: Names) -> dict[str, Any]:
    changed = {"key": names.new("letter", found["key"])}
    if "notice" in found:
        changed["notice"] = names.new("notice", found["notice"])
    return {**found, **changed}


_FILES: dict[str, Callable[[dict[str, Any], Names], dict[str, Any]]] = {
    "states.json": _rename_states,
    "service.json": _rename_service,
    "notices.json": _rename_notices,
    ".letter.json": _rename_letter,
}
