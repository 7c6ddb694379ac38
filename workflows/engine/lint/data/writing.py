"""What each element writes: forms, results of operations, decision tables, scripts, messages, repetitions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from workflows.engine.decisions import Table
from workflows.engine.expressions import Expression, ExpressionError, compile_expression, compile_script
from workflows.engine.lint.meaning.events import list_definitions
from workflows.engine.lint.reading.allowlist import PEOPLE
from workflows.engine.lint.reading.diagram import list_children, list_extensions, read_properties, text_of
from workflows.engine.lint.reading.report import local_name
from workflows.engine.lint.types.known_variables import (
    ANYTHING,
    NOTHING,
    Known,
    Listed,
    Values,
    join_all,
    name_all,
)
from workflows.engine.recording.read_names import table_names
from workflows.engine.source.environment import FormFacts, OperationFacts
from workflows.engine.source.safe_xml import Element

_SCRIPTS = ("preScript", "postScript")


class Writers:
    """What the things that diagrams name write."""

    def __init__(
        self,
        operations: Mapping[str, OperationFacts],
        forms: Mapping[str, FormFacts],
        tables: Mapping[str, Table],
        facts: Collection[str] | None = None,
    ) -> None:
        self.operations, self.forms = operations, forms
        self._own: dict[Element, Known] = {}
        self.tables = {key: _read_table(table) for key, table in tables.items()}
        # Table → the variables that it reads, where it is known what else it is given.
        self.asked = {
            key: table_names(table) - {*facts} for key, table in tables.items() if facts is not None
        }

    def read_own(self, node: Element) -> Known:
        """What a node writes itself, without what is drawn or called within."""
        if node not in self._own:
            parts = [*self._read_kind(node), read_scripts(node), read_messages(node), read_output(node)]
            self._own[node] = join_all(parts)
        return self._own[node]

    def _read_kind(self, node: Element) -> Iterator[Known]:
        kind = local_name(node)
        if kind in PEOPLE:
            yield self._read_form(read_properties(node).get("formKey"))
        elif kind == "serviceTask":
            yield from map(self._read_operator, list_extensions(node, "serviceTaskOperator"))
        elif kind == "businessRuleTask":
            keys = map(text_of, list_extensions(node, "calledDecisionId"))
            yield from (self.tables.get(key, ANYTHING) for key in keys)
        elif kind == "scriptTask":
            yield _read_script(text_of(next(list_children(node, "script"), None)))

    def _read_form(self, key: str | None) -> Known:
        if not key:
            return NOTHING  # in cases of a service whoever completes the task says only that it is done
        facts = self.forms.get(key)
        if facts is None or facts.decides is None:
            return ANYTHING  # told elsewhere, or nobody has said what it tells
        return Known(values=facts.decides)

    def _read_operator(self, operator: Element) -> Known:
        variable = operator.get("resultVariable")
        facts = self.operations.get(operator.get("id", ""))
        values = None if facts is None else facts.results
        return Known(values={variable: values}) if variable else NOTHING


def read_scripts(node: Element) -> Known:
    """What the scripts before and after an activity set."""
    return join_all(
        _read_script(script.text or "") for name in _SCRIPTS for script in list_extensions(node, name)
    )


def read_messages(node: Element) -> Known:
    """The variables in which messages are kept."""
    holders = (node, *list_definitions(node))
    kept = (one for holder in holders for one in list_extensions(holder, "messageVariable"))
    return name_all(filter(None, map(text_of, kept)))


def read_input(node: Element, known: Known) -> Known:
    """What one round of a repetition is given: an entry of the list, under the id of the item."""
    listed = known.values.get(read_list_name(node))
    entries = listed.entries if isinstance(listed, Listed) else None
    return Known(values=dict.fromkeys(list_items(node, "inputDataItem"), entries))


def read_output(node: Element) -> Known:
    """What a repetition collects."""
    loops = list_children(node, "multiInstanceLoopCharacteristics")
    lists = (text_of(one) for loop in loops for one in list_children(loop, "loopDataOutputRef"))
    return Known(values=dict.fromkeys(filter(None, lists), Listed(entries=None)))


def read_list_name(node: Element) -> str:
    """The variable whose entries a repetition goes through."""
    loops = list_children(node, "multiInstanceLoopCharacteristics")
    return next((text_of(one) for loop in loops for one in list_children(loop, "loopDataInputRef")), "")


def list_items(node: Element, kind: str) -> Iterator[str]:
    """The variables of one round of a repetition: the engine keeps them under their ids."""
    for loop in list_children(node, "multiInstanceLoopCharacteristics"):
        yield from filter(None, (item.get("id") for item in list_children(loop, kind)))


def _read_script(text: str) -> Known:
    try:
        script = compile_script(text)
    except ExpressionError:
        return ANYTHING  # told elsewhere
    return join_all(Known(values={one.name: read_constant(one.expression)}) for one in script.assignments)


def read_constant(expression: Expression) -> frozenset[Any] | Listed | None:
    """The value of an expression that reads nothing, as the only one; None where it may be any."""
    if expression.names:
        return None
    try:
        value = expression.evaluate({})
    except ExpressionError:
        return None
    if isinstance(value, list):
        plain = all(isinstance(one, str | int | float | None) for one in value)
        return Listed(entries=frozenset(value) if plain else None, is_filled=bool(value))
    return frozenset({value}) if isinstance(value, str | int | float | None) else None


def _read_table(table: Table) -> Known:
    values: dict[str, Values] = {}
    for place, column in enumerate(table.outputs):
        found = _collect(rule.results[place] for rule in table.rules if place < len(rule.results))
        values[column.name] = Listed(entries=found) if table.hit_policy == "COLLECT" else found
    return Known(values=values)


def _collect(texts: Iterator[str]) -> frozenset[Any] | None:
    found: set[Any] = set()
    for text in texts:
        try:
            values = read_constant(compile_expression(text))
        except ExpressionError:
            return None
        if not isinstance(values, frozenset):
            return None
        found |= values
    return frozenset(found)
