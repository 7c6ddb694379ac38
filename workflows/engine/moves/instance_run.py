"""An instance that is loaded for one step, and where it stands after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task

from models.base.prebuilt import Write
from models.processes.recordings import RECORD
from models.processes.states import InstanceState
from workflows.engine.elements.instances import Instance
from workflows.engine.moves.row_types import EventRow, InstanceRow
from workflows.engine.state.interpreter import Interpreter
from workflows.engine.state.pending_work import PendingWork
from workflows.engine.state.specs import Specs


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """Where an instance stands after a step."""

    id: int
    process_key: str
    business_key: str | None
    state: InstanceState
    public_state: str | None
    elements: tuple[str, ...]
    end_element: str | None


@dataclass(kw_only=True, eq=False)
class InstanceRun:
    """An instance that is loaded for one step."""

    row: InstanceRow
    specs: Specs
    interpreter: Interpreter
    actor: int | None
    now: datetime
    workflow: Instance = field(init=False)  # once its state is read, or it has begun
    before: PendingWork = field(default_factory=PendingWork)
    events: list[EventRow] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)  # end events of the root process, in order
    cause: str | None = None  # the boundary event that interrupted something, or the end that terminated it
    end_state: str | None = None
    finished: Write | None = None  # the row of the item that this step completes
    also: Callable[[StepResult], Write] | None = None  # what the caller writes with the step
    count: int = 0  # tasks run
    pruned_at: int = 0  # the count at the last pruning
    looked_at: int = 0  # tasks among which joins looked for their tokens
    latest: Task | None = None  # the task that ran last

    def note(self, kind: str, element: str | None, detail: object = None) -> None:
        """Remember an event of this step."""
        self.events.append(
            {
                "instance_id": self.row.id,
                "at": self.now,
                "kind": kind,
                "element": element,
                "actor_id": self.actor,
                "detail": detail,
            }
        )

    def keep_record(self) -> None:
        """Put the record of the step into the detail of its first event, which is the act that moved it."""
        if self.events:
            first = self.events[0]
            known = first["detail"] if isinstance(first["detail"], dict) else {}
            first["detail"] = {**known, RECORD: self.interpreter.record.build()}

    def task(self, task_id: str) -> Task | None:
        """The task of this id, if it is still there."""
        try:
            return self.workflow.get_task_from_id(UUID(hex=task_id))
        except SpiffWorkflowException:
            return None


Act: TypeAlias = Callable[[InstanceRun], bool]  # one act on an instance; False changes nothing
