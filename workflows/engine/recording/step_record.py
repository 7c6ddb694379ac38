"""The record of one step: what it was given, how operations and tables answered, and the way it went.

Compact keys, as the rows are many: d given · i instance of what is repeated · o answers of operations, each
with its element e, result r or refusal x · t decisions, each with table k, facts f, outcome r · p path · cut:
parts that were too large.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.task import Task

from workflows.engine.decisions import Table
from workflows.engine.elements.plain_values import to_plain_value
from workflows.engine.elements.throwing import find_caller
from workflows.engine.recording.kept_values import keep_value, keep_variables
from workflows.engine.recording.read_names import table_names

MOST = 2_000  # bytes of a record in a row


@dataclass(kw_only=True, eq=False)
class StepRecord:
    """What a step has done so far."""

    read: frozenset[str] = frozenset()  # the variables that the release's diagrams and tables read
    given: object = None
    instance: list[list[object]] = field(default_factory=list)
    answers: list[dict[str, object]] = field(default_factory=list)
    decisions: list[dict[str, object]] = field(default_factory=list)
    path: list[str] = field(default_factory=list)

    def begin(self, task: Task | None, variables: Mapping[str, object]) -> None:
        """What the act brought in plain values, and at which task."""
        self.given = keep_variables(variables, self.read)
        self.instance = find_instance(task) if task is not None else []

    def begin_with_answer(self, task: Task, name: str | None, result: object) -> None:
        """What an outward operation answered; only what the diagram keeps of it."""
        self.instance = find_instance(task)
        if name is not None:
            self.given = keep_value(to_plain_value(result), is_read=name in self.read)

    def add_answer(self, task: Task, name: str | None, result: object) -> None:
        """What an inward operation answered; only what the diagram keeps of it."""
        if name is not None:
            kept = keep_value(to_plain_value(result), is_read=name in self.read)
            self.answers.append(_name_task(task) | {"r": kept})

    def add_refusal(self, task: Task, code: str) -> None:
        """An inward operation that said no."""
        self.answers.append(_name_task(task) | {"x": code})

    def add_decision(self, table: Table, facts: Mapping[str, object], outcome: object) -> None:
        """What a table was asked, and what it said."""
        asked = {name: facts[name] for name in sorted(table_names(table)) if name in facts}
        kept = keep_variables(to_plain_value(asked), frozenset(asked))
        self.decisions.append({"k": table.key, "f": kept, "r": keep_value(outcome, is_read=True)})

    def pass_task(self, task: Task) -> None:
        """A task that runs; the parser's own between them are no elements of the designer."""
        if task.task_spec.bpmn_id:
            self.path.append(task.task_spec.bpmn_id)

    def build(self) -> dict[str, Any]:
        """The record as it is kept, within bounds: the largest parts are left out first, and named."""
        parts = {
            "d": self.given,
            "i": self.instance,
            "o": self.answers,
            "t": self.decisions,
            "p": self.path,
        }
        found: dict[str, Any] = {name: part for name, part in parts.items() if part not in (None, [], {})}
        if len(_encode(found)) <= MOST:
            return found
        sizes = {name: len(_encode(part)) for name, part in found.items()}
        while sum(sizes.values()) > MOST:
            largest = max(sizes, key=lambda name: sizes[name])
            del sizes[largest], found[largest]
            found.setdefault("cut", []).append(largest)
        return found


_encode = msgspec.json.Encoder().encode


def find_instance(task: Task) -> list[list[object]]:
    """Which instance of each repeated activity around a task, the outermost first: element and entry."""
    found: list[list[object]] = []
    here: Task | None = task
    while here is not None:
        if here.parent is not None and isinstance(here.parent.task_spec, LoopTask):
            known = here.internal_data
            entry = known.get("item", known.get("key_or_index", known.get("iteration")))
            found.insert(0, [find_element(here), keep_value(to_plain_value(entry), is_read=False)])
        here = find_caller(here)
    return found


def find_element(task: Task) -> str:
    """The id that the designer gave the element."""
    found: str = task.task_spec.bpmn_id or task.task_spec.name
    return found


def _name_task(task: Task) -> dict[str, object]:
    around = find_instance(task)
    return {"e": find_element(task)} | ({"i": around} if around else {})
