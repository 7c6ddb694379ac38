"""Puts another word in the place of each constant of a file of the library, one at a time."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from lxml import etree

from domain.diagrams.lint_environment import build_environment
from workflows.engine.lint import lint_files
from workflows.engine.source.environment import Environment
from workflows.engine.source.problems import LintProblem

LIBRARY = Path(__file__).parents[3] / "workflows" / "library"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
ALTERED = "zzaltered"
NAMING = {
    f"{SPIFF}serviceTaskOperator": ("id", "resultVariable"),
    f"{SPIFF}parameter": ("id", "type"),
    f"{SPIFF}property": ("name",),
    f"{BPMN}process": ("id",),
    f"{BPMN}participant": ("processRef",),
    f"{BPMN}property": ("id", "name"),
    f"{BPMN}callActivity": ("calledElement",),
    f"{BPMN}receiveTask": ("messageRef",),
    f"{BPMN}messageEventDefinition": ("messageRef",),
    f"{BPMN}errorEventDefinition": ("errorRef",),
    f"{BPMN}boundaryEvent": ("attachedToRef",),
    f"{BPMN}exclusiveGateway": ("default",),
    f"{BPMN}error": ("id", "name", "errorCode"),
    f"{BPMN}message": ("id", "name"),
    f"{BPMN}correlationKey": ("id", "name"),
    f"{BPMN}correlationProperty": ("id", "name"),
    f"{BPMN}correlationPropertyRetrievalExpression": ("messageRef",),
    f"{BPMN}inputDataItem": ("id", "name"),
    f"{BPMN}outputDataItem": ("id", "name"),
}
WORDS = (
    f"{SPIFF}calledDecisionId",
    f"{SPIFF}messageVariable",
    f"{BPMN}loopDataInputRef",
    f"{BPMN}loopDataOutputRef",
    f"{BPMN}correlationPropertyRef",
)
TIMES = (f"{BPMN}timeDate", f"{BPMN}timeDuration", f"{BPMN}timeCycle")
FORMULAS = (
    f"{BPMN}conditionExpression",
    f"{BPMN}messagePath",
    f"{BPMN}script",
    f"{SPIFF}preScript",
    f"{SPIFF}postScript",
    *TIMES,
)


@dataclass(frozen=True, kw_only=True)
class Alteration:
    """One word in its place, and how to put another one there."""

    host: str  # the element around it that can be selected
    what: str
    word: str
    apply: Callable[[], None]
    undo: Callable[[], None]

    @property
    def key(self) -> str:
        """Where it stands, in words."""
        return f"{self.host}: {self.what} {self.word}"


def list_alterations(root: etree._Element) -> Iterator[Alteration]:
    """All words of a diagram that name or say something to the engine."""
    for element in root.iter(f"{BPMN}*", f"{SPIFF}*"):
        for name in NAMING.get(element.tag, ()):
            if element.get(name):
                yield alter_attribute(element, name, element.get(name, ""), ALTERED)
        if element.tag == f"{SPIFF}property":
            for word, value in _alter_property(element.get("name", ""), element.get("value", "")):
                yield alter_attribute(element, "value", word, value)
        if element.tag == f"{SPIFF}parameter":
            for word, text in _alter_formula(element.get("value", "")):
                yield alter_attribute(element, "value", word, text)
        if element.tag in WORDS:
            yield alter_text(element, (element.text or "").strip(), ALTERED)
        if element.tag in FORMULAS:
            for word, text in _alter_formula((element.text or "").strip()):
                yield alter_text(element, word, text)
        if element.tag in TIMES:
            yield alter_text(element, "unknown variable", ALTERED)
        if element.tag == f"{BPMN}timerEventDefinition":
            yield _add_property(element.getparent(), "purpose")


def _alter_property(name: str, value: str) -> Iterator[tuple[str, str]]:
    if name == "dueIn":
        yield value, _misspell_time(value)
    else:
        for word in value.split(","):
            yield word, ",".join(ALTERED if one == word else one for one in value.split(","))


def _misspell_time(text: str) -> str:
    """P5D becomes P5X."""
    return f"{text[:-1]}X"


def _alter_formula(text: str) -> Iterator[tuple[str, str]]:
    """The expression or script with each of its names, words and durations altered in turn."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id, kept = ALTERED, node.id
            yield kept, ast.unparse(tree)
            node.id = kept
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            word = node.value
            node.value = _misspell_time(word) if _is_time(word) else ALTERED
            yield word, ast.unparse(tree)
            node.value = word


def _is_time(word: str) -> bool:
    return word.startswith(("P", "R")) and any(map(str.isdigit, word))


def alter_attribute(element: etree._Element, name: str, word: str, value: str) -> Alteration:
    """Another value for an attribute."""
    before = element.get(name, "")
    return Alteration(
        host=_find_host(element),
        what=" ".join(filter(None, (etree.QName(element).localname, _find_label(element), name))),
        word=word,
        apply=lambda: element.set(name, value),
        undo=lambda: element.set(name, before),
    )


def _find_label(element: etree._Element) -> str:
    """What the thing itself is, where that says more than the word altered in it."""
    if element.tag == f"{SPIFF}property":
        return element.get("name", "")
    return element.get("id", "") if element.tag == f"{SPIFF}parameter" else ""


def alter_text(element: etree._Element, word: str, value: str) -> Alteration:
    """Another text within an element."""
    before = element.text

    def put(text: str | None) -> None:
        element.text = text

    return Alteration(
        host=_find_host(element),
        what=etree.QName(element).localname,
        word=word,
        apply=lambda: put(value),
        undo=lambda: put(before),
    )


def _add_property(element: etree._Element, name: str) -> Alteration:
    """A property that is not there, with a word that it cannot have."""
    holder = etree.Element(f"{BPMN}extensionElements")
    properties = etree.SubElement(holder, f"{SPIFF}properties")
    etree.SubElement(properties, f"{SPIFF}property", name=name, value=ALTERED)
    return Alteration(
        host=_find_host(element),
        what=f"property {name}",
        word=ALTERED,
        apply=lambda: element.insert(0, holder),
        undo=lambda: element.remove(holder),
    )


def _find_host(element: etree._Element) -> str:
    """The nearest element around that can be selected."""
    places = [element, *element.iterancestors()]
    found = next((one for one in places if one.get("id") and not _is_part(one)), element)
    return str(found.get("id"))


def _is_part(element: etree._Element) -> bool:
    name = etree.QName(element)
    return f"{{{name.namespace}}}" == SPIFF or name.localname.endswith(
        ("EventDefinition", "DataItem", "Expression", "Entry")
    )


@cache
def deployed() -> Environment:
    """What stands around: it is the same for all tests."""
    return build_environment()


def lint_alone(path: str, root: etree._Element) -> set[LintProblem]:
    """The problems of one file of the library beside all the others as they are deployed."""
    return set(lint_files({Path(path).name: etree.tostring(root)}, deployed()))


def name_place(problem: LintProblem, path: str) -> str:
    """The element of a problem, with its file where that is another one."""
    element = problem.element or ""
    return element if problem.file == Path(path).name else f"{problem.file}#{element}"


def list_table_alterations(root: etree._Element) -> Iterator[Alteration]:
    """All words of a decision table that name or say something."""
    host = root
    for element in root.iter("{*}*"):
        kind = etree.QName(element).localname
        if kind in ("decision", "input", "output", "rule"):
            host = element
        if kind == "decision":
            yield alter_attribute(element, "id", element.get("id", ""), ALTERED)
        for name in _NAMING_OF_TABLES.get(kind, ()):
            if element.get(name):
                yield replace(
                    alter_attribute(element, name, element.get(name, ""), ALTERED), host=_find_host(host)
                )
        if kind == "text":
            around = etree.QName(element.getparent()).localname
            for word, text in _alter_cell(element.text or ""):
                yield replace(alter_text(element, word, text), host=_find_host(host), what=around)


_NAMING_OF_TABLES = {
    "decisionTable": ("hitPolicy",),
    "inputExpression": ("typeRef",),
    "output": ("name", "typeRef"),
}


def _alter_cell(text: str) -> Iterator[tuple[str, str]]:
    """An expression or a cell with each of its words altered in turn."""
    for found in re.finditer(r'"[^"]*"|\b[a-z_]\w*\b(?!\()', text):
        word = found[0].strip('"')
        other = f'"{ALTERED}"' if found[0].startswith('"') else ALTERED
        yield word, text[: found.start()] + other + text[found.end() :]


def insert_task(path: str, flow: str, name: str, **properties: str) -> bytes:
    """A diagram of the library with a task of people on one of its flows."""
    root = etree.fromstring((LIBRARY / path).read_bytes())
    (drawn,) = root.iterfind(f".//{BPMN}sequenceFlow[@id='{flow}']")
    target = drawn.get("targetRef")
    drawn.set("targetRef", "inserted")
    following = root.find(f".//*[@id='{target}']")
    assert following is not None
    (coming,) = (one for one in following.iterfind(f"{BPMN}incoming") if one.text == flow)
    coming.text = "onward"
    task = etree.SubElement(drawn.getparent(), f"{BPMN}userTask", id="inserted", name=name)
    holder = etree.SubElement(etree.SubElement(task, f"{BPMN}extensionElements"), f"{SPIFF}properties")
    for key, value in properties.items():
        etree.SubElement(holder, f"{SPIFF}property", name=key, value=value)
    etree.SubElement(task, f"{BPMN}incoming").text = flow
    etree.SubElement(task, f"{BPMN}outgoing").text = "onward"
    etree.SubElement(
        drawn.getparent(), f"{BPMN}sequenceFlow", id="onward", sourceRef="inserted", targetRef=target
    )
    return etree.tostring(root)
