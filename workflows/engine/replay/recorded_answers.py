"""A script engine that performs nothing: operations answer from the record, tables are evaluated anew."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.task import Task

from models.processes.states import OperationKind
from workflows import operations
from workflows.engine.decisions import Table
from workflows.engine.elements.plain_values import Variables, to_plain_value
from workflows.engine.recording.step_record import find_element, find_instance
from workflows.engine.state.interpreter import Interpreter, OutwardCall, find_result_variable, keep_result
from workflows.operations import Facts


@dataclass(kw_only=True, eq=False)
class RecordedInterpreter(Interpreter):
    """The script engine of one replayed step."""

    recorded: dict[str, Any] = field(default_factory=dict)  # the record of the step
    unanswered: list[str] = field(default_factory=list)  # elements whose operation the record does not know

    def __post_init__(self) -> None:
        super().__post_init__()
        self._answers: dict[str, deque[dict[str, Any]]] = {}
        for answer in self.recorded.get("o", ()):
            self._answers.setdefault(_answer_key(answer["e"], answer.get("i")), deque()).append(answer)
        self._decisions: dict[str, deque[dict[str, Any]]] = {}
        for decision in self.recorded.get("t", ()):
            self._decisions.setdefault(decision["k"], deque()).append(decision)

    def find_facts(self, task: Task, table: Table) -> Facts:
        """What the table was asked with when it was recorded, over what the task has now."""
        known = self._decisions.get(table.key)
        return {**task.data, **(known.popleft()["f"] if known else {})}

    def operate(self, task: Task, name: str, parameters: Variables) -> bool | None:
        """Answer as it was answered; an outward call waits for the step in which it was."""
        if operations.get_operation(name).kind == OperationKind.OUTWARD:
            task.internal_data["call"] = OutwardCall(operation=name, parameters=to_plain_value(parameters))
            return None
        known = self._answers.get(_answer_key(find_element(task), find_instance(task)))
        answer = known.popleft() if known else None
        if answer is not None and "x" in answer:
            self.record.add_refusal(task, answer["x"])
            self.refused.append((task, answer["x"]))
            return None
        if answer is None and find_result_variable(task) is not None:
            self.unanswered.append(find_element(task))
        result = answer["r"] if answer else None
        self.record.add_answer(task, find_result_variable(task), result)
        keep_result(task, result)
        return True


def _answer_key(element: str, instance: list[list[object]] | None) -> str:
    return f"{element} {instance or []}"
