"""Where diagrams read variables: conditions, parameters, timers, scripts, repetitions, payloads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from workflows.engine.expressions import ExpressionError, compile_expression, compile_script
from workflows.engine.lint.data.writing import (
    Writers,
    list_items,
    read_input,
    read_list_name,
    read_messages,
    read_scripts,
)
from workflows.engine.lint.meaning.events import list_definitions
from workflows.engine.lint.reading.allowlist import SPIFF
from workflows.engine.lint.reading.diagram import (
    Scope,
    list_children,
    list_extensions,
    read_properties,
    text_of,
)
from workflows.engine.lint.reading.report import local_name
from workflows.engine.lint.types.known_variables import Known, join_all
from workflows.engine.source.safe_xml import Element

_SENDING = ("sendTask", "intermediateThrowEvent", "endEvent")  # these give the values
_TIMES = ("timeDate", "timeDuration", "timeCycle")


class Followed(Protocol):
    """What is known before and after the nodes of some diagrams."""

    @property
    def before(self) -> Mapping[Element, Known]:
        """What is known before each node."""

    @property
    def writers(self) -> Writers:
        """What the things that diagrams name write, and what tables read."""

    def after(self, node: Element) -> Known:
        """What is known when a node is over."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One text that reads variables, the element where people see it, and what is known there."""

    element: Element
    known: Known
    names: frozenset[str]
    text: str = ""  # the expression, where it is one
    script: str = ""  # the same where it is a script
    use: str = ""  # what it is for: `condition`, `assignTo`, `list`, the kind of a timer, a parameter
    is_result: bool = False  # of one round of a repetition, which its own variables give


def list_readings(scope: Scope, flow: Followed) -> Iterator[Reading]:
    """All that the nodes and flows of a scope read, as far as a case comes to them."""
    for drawn in scope.flows:
        if drawn.condition is not None and scope.nodes[drawn.source] in flow.before:
            known = flow.after(scope.nodes[drawn.source])
            yield from _read_text(drawn.element, text_of(drawn.condition), known, use="condition")
    for node in scope.nodes.values():
        if node in flow.before:
            yield from _read_node(node, flow)
            yield from _read_keys(node, scope, flow.before[node])
            yield from _read_table(node, flow)


def _read_node(node: Element, flow: Followed) -> Iterator[Reading]:
    before, after = flow.before[node], flow.after(node)
    within = join_all([before, read_scripts(node), read_input(node, before), read_messages(node)])
    for operator in list_extensions(node, "serviceTaskOperator"):
        for parameter in operator.iter(f"{{{SPIFF}}}parameter"):
            yield from _read_text(node, (parameter.get("value") or "").strip(), within)
    for definition in list_definitions(node):
        for time in list_children(definition, *_TIMES):
            yield from _read_text(node, text_of(time), before, use=local_name(time))
    if local_name(node) == "scriptTask":
        yield from _read_script(node, text_of(next(list_children(node, "script"), None)), before)
    for name, known in (("preScript", before), ("postScript", after)):
        for script in list_extensions(node, name):
            yield from _read_script(node, script.text or "", known)
    if assignee := read_properties(node).get("assignTo"):
        yield Reading(element=node, known=within, names=frozenset({assignee}), use="assignTo")
    if listed := read_list_name(node):
        yield Reading(element=node, known=within, names=frozenset({listed}), use="list")
    for given in list_items(node, "outputDataItem"):
        yield Reading(element=node, known=join_all([after, within]), names=frozenset({given}), is_result=True)
    for loop in list_children(node, "multiInstanceLoopCharacteristics"):
        for condition in list_children(loop, "completionCondition"):
            known = join_all([after, within])
            yield from _read_text(node, text_of(condition), known, use="condition")
    for holder in (node, *list_definitions(node)):
        for payload in list_extensions(holder, "messagePayload"):
            yield from _read_text(node, text_of(payload), within)


def _read_table(node: Element, flow: Followed) -> Iterator[Reading]:
    """What a decision table is asked with; the facts of the case are no variables."""
    known = join_all([flow.before[node], read_scripts(node)])
    for key in map(text_of, list_extensions(node, "calledDecisionId")):
        yield Reading(element=node, known=known, names=flow.writers.asked.get(key, frozenset()))


def _read_keys(node: Element, scope: Scope, before: Known) -> Iterator[Reading]:
    """The values by which messages find a waiting case."""
    awaited = {one.get("messageRef") for one in (node, *list_definitions(node)) if one.get("messageRef")}
    for declared in scope.declared.get("correlationProperty", {}).values() if awaited else ():
        for retrieval in list_children(declared, "correlationPropertyRetrievalExpression"):
            if retrieval.get("messageRef") in awaited and local_name(node) not in _SENDING:
                path = next(list_children(retrieval, "messagePath", "formalExpression"), None)
                yield from _read_text(node, text_of(path), before)


def _read_text(element: Element, text: str, known: Known, *, use: str = "") -> Iterator[Reading]:
    try:
        names = compile_expression(text).names
    except ExpressionError:
        return  # told elsewhere
    yield Reading(element=element, known=known, names=names, text=text, use=use)


def _read_script(element: Element, text: str, known: Known) -> Iterator[Reading]:
    try:
        yield Reading(element=element, known=known, names=compile_script(text).names, script=text)
    except ExpressionError:
        return  # told elsewhere
