"""Every word of every diagram of the library is altered in turn: the linter tells, or it is free to choose.

Only the altered file is checked, beside all the others as they are deployed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from lxml import etree

from domain.diagrams.lint_environment import build_environment
from workflows.engine.lint import lint_files
from workflows.engine.source.environment import Environment

LIBRARY = Path(__file__).parents[3] / "workflows" / "library"
DIAGRAMS = sorted(path.relative_to(LIBRARY).as_posix() for path in LIBRARY.glob("*/*.bpmn"))
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
ALTERED = "zzaltered"
# What may be altered without anybody noticing, and why.
FREE_PROPERTIES = {
    "dueIn": "how long people should take is the designer's to say",
    "label": "words for people",
}
FREE = {
    # Nobody is kept from another task by these; they are on record all the same.
    ("decision/decision.bpmn", "decide"): "no task excludes whoever decides",
    ("confirmation/confirmation.bpmn", "return"): "no task excludes whoever approves a return",
    ("online_review/online_review.bpmn", "return"): "no task excludes whoever approves a return",
    # The other way of confirmation sets the same group, and a case may go both, one after the other.
    ("confirmation/confirmation.bpmn", "materials"): "set by online_review too",
    ("online_review/online_review.bpmn", "materials"): "set by confirmation too",
}
NAMING = {
    f"{SPIFF}serviceTaskOperator": ("id", "resultVariable"),
    f"{SPIFF}parameter": ("id",),
    f"{BPMN}callActivity": ("calledElement",),
    f"{BPMN}receiveTask": ("messageRef",),
    f"{BPMN}messageEventDefinition": ("messageRef",),
    f"{BPMN}errorEventDefinition": ("errorRef",),
    f"{BPMN}error": ("errorCode",),
    f"{BPMN}inputDataItem": ("name",),
}
WORDS = (
    f"{SPIFF}calledDecisionId",
    f"{SPIFF}messageVariable",
    f"{BPMN}loopDataInputRef",
    f"{BPMN}correlationPropertyRef",
)
EXPRESSIONS = (f"{BPMN}conditionExpression", f"{BPMN}timeDate", f"{BPMN}timeDuration", f"{BPMN}timeCycle")


@dataclass(frozen=True)
class Alteration:
    """One word in its place, and how to put another one there."""

    host: str
    what: str
    word: str
    apply: Callable[[], None]
    undo: Callable[[], None]


def list_alterations(root: etree._Element) -> Iterator[Alteration]:
    """All words of a diagram that name something."""
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        for name in NAMING.get(element.tag, ()):
            if element.get(name):
                yield _alter_attribute(element, name, element.get(name, ""), ALTERED)
        if element.tag == f"{SPIFF}property" and element.get("name") not in FREE_PROPERTIES:
            yield _alter_attribute(element, "value", element.get("value", ""), ALTERED)
        if element.tag == f"{SPIFF}parameter":
            for word, text in _alter_expression(element.get("value", "")):
                yield _alter_attribute(element, "value", word, text)
        if element.tag in WORDS:
            yield _alter_text(element, (element.text or "").strip(), ALTERED)
        if element.tag in EXPRESSIONS:
            for word, text in _alter_expression((element.text or "").strip()):
                yield _alter_text(element, word, text)


def _alter_expression(text: str) -> Iterator[tuple[str, str]]:
    """The text with each of its names and words altered in turn; durations are the designer's to say."""
    tree = ast.parse(text, mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id, kept = ALTERED, node.id
            yield kept, ast.unparse(tree)
            node.id = kept
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and not node.value.startswith(("P", "R"))
        ):
            node.value, word = ALTERED, node.value
            yield word, ast.unparse(tree)
            node.value = word


def _alter_attribute(element: etree._Element, name: str, word: str, value: str) -> Alteration:
    before = element.get(name, "")
    return Alteration(
        host=_find_host(element),
        what=f"{etree.QName(element).localname} {element.get('name') or ''} {name}",
        word=word,
        apply=lambda: element.set(name, value),
        undo=lambda: element.set(name, before),
    )


def _alter_text(element: etree._Element, word: str, value: str) -> Alteration:
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


def _find_host(element: etree._Element) -> str:
    """The nearest element around that can be selected."""
    places = [element, *element.iterancestors()]
    found = next(
        one for one in places if str(one.tag).startswith(BPMN) and one.get("id") and not _is_part(one)
    )
    return str(found.get("id"))


def _is_part(element: etree._Element) -> bool:
    return etree.QName(element).localname.endswith(("EventDefinition", "DataItem"))


@cache
def deployed() -> Environment:
    """What stands around: it is the same for all tests."""
    return build_environment()


@pytest.mark.found("D2")
@pytest.mark.parametrize("path", DIAGRAMS)
def test_every_altered_word_is_told(world: Flask, path: str) -> None:
    root = etree.fromstring((LIBRARY / path).read_bytes())
    missed, seen = [], 0
    unaltered = set(lint_files({Path(path).name: etree.tostring(root)}, deployed()))
    for one in list_alterations(root):
        one.apply()
        problems = lint_files({Path(path).name: etree.tostring(root)}, deployed())
        one.undo()
        seen += 1
        told = set(problems) - unaltered
        reads = (one.word, ALTERED)
        found = any(
            problem.element == one.host or any(word in problem.message for word in reads) for problem in told
        )
        is_free = one.what.startswith("property duty") and (path, one.word) in FREE
        if found == is_free:
            missed.append(f"{one.host}: {one.what} {one.word}")
    assert seen
    assert missed == []
