"""What elements ask of the interpreter of their step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from SpiffWorkflow.task import Task

from workflows.engine.elements.plain_values import Variables


@dataclass(frozen=True, kw_only=True)
class CaughtEvent:
    """What was thrown in an activity, and the boundary event that took it."""

    boundary: Task
    host: Task  # the activity, which an interrupting event ends
    kind: str  # error | escalation | cancel
    code: str | None


class Engine(Protocol):
    """The interpreter, as elements know it."""

    ticked: list[Task]  # tasks of cycle timers, once for each firing
    caught: list[CaughtEvent]  # what boundary events took, in order

    def evaluate(self, task: Task, expression: str) -> object:
        """The value of an expression over the task's data."""

    def operate(self, task: Task, name: str, parameters: Variables) -> bool | None:
        """Run an operation; None when its task stays open."""

    def decide(self, task: Task, key: str) -> Variables:
        """The outcome of a decision table."""


def engine_of(task: Task) -> Engine:
    """The interpreter of the step in which a task is."""
    engine: Engine = task.workflow.script_engine
    return engine
