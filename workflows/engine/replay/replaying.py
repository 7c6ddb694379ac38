"""A recorded instance is run once more in memory: its path, its end, and where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from models.base.errors import DomainError
from models.processes.recordings import find_record
from models.processes.states import EventKind, InstanceState
from workflows.engine.elements import step_clock
from workflows.engine.elements.instances import Instance
from workflows.engine.expressions import meters
from workflows.engine.moves import acts, rescheduling
from workflows.engine.moves.execution import run_to_rest
from workflows.engine.moves.instance_run import InstanceRun
from workflows.engine.moves.row_types import InstanceRow
from workflows.engine.moves.step import translate_failures
from workflows.engine.recording.step_record import find_element, find_instance
from workflows.engine.replay.recorded_answers import RecordedInterpreter
from workflows.engine.state import codec, pending_work, pruning
from workflows.engine.state.interpreter import Circumstances
from workflows.engine.state.specs import Specs


class RecordedEvent(Protocol):
    """A row of what happened, or its like."""

    at: datetime
    kind: EventKind
    element: str | None
    detail: Any


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Where a replay does not do what was recorded."""

    step: int  # from 0, the start
    kind: str  # not_asked | path | decision | unanswered | failed | unknown | end
    recorded: object
    found: object


@dataclass(kw_only=True)
class Replay:
    """How an instance went when it was run once more."""

    path: list[list[str]] = field(default_factory=list)  # of each step, the elements that ran
    end: str | None = None
    differences: list[Difference] = field(default_factory=list)


class _NotAsked(Exception):
    """An act for which nothing waits."""


def replay_events(events: Iterable[RecordedEvent], specs: Specs) -> Replay:
    """Run the recorded acts of an instance, oldest first, on a release; nothing is written or performed."""
    rows = list(events)
    found, state = Replay(), b""
    ends: list[str] = []
    for number, row in enumerate(row for row in rows if find_record(row.detail) is not None):
        if row.kind == EventKind.MOVED:
            found.differences.append(_differ(number, "unknown", "moved", None))
            return found
        step = _ReplayedStep(specs, row, number)
        try:
            state = step.run(state)
        except _NotAsked:
            found.differences.append(_differ(number, "not_asked", row.element, None))
            continue
        except DomainError as error:
            found.differences.append(_differ(number, "failed", row.element, str(error.sentence)))
            return found
        found.path.append(step.path)
        found.differences += step.list_differences()
        ends += step.ends
        if step.is_completed:
            found.end = ends[-1] if ends else None
    recorded = [row.element for row in rows if row.kind == EventKind.ENDED]
    if recorded != ([found.end] if found.end is not None else []):
        found.differences.append(_differ(len(found.path), "end", recorded, found.end))
    return found


def _differ(step: int, kind: str, recorded: object, found: object) -> Difference:
    return Difference(step=step, kind=kind, recorded=recorded, found=found)


class _ReplayedStep:
    """One act, from the state before it to rest."""

    def __init__(self, specs: Specs, row: RecordedEvent, number: int) -> None:
        self.specs, self.row, self.number = specs, row, number
        self.recorded: dict[str, Any] = find_record(row.detail) or {}
        known = Circumstances(instance_id=0, business_key=None, actor=None)
        self.engine = RecordedInterpreter(specs=specs, circumstances=known, recorded=self.recorded)
        self.path: list[str] = []
        self.ends: list[str] = []
        self.is_completed = False

    def run(self, state: bytes) -> bytes:
        """Run the act to rest; the state after it, as the instance itself is saved and restored."""
        with step_clock.at_moment(self.row.at), meters.step_meter(), translate_failures():
            run = self._open(state)
            self._act(run)
            run_to_rest(run)
            pruning.prune_instance(run.workflow)
            self.path, self.ends = list(self.engine.record.path), run.ends
            self.is_completed = bool(run.workflow.completed)
            return codec.dump_state(run.workflow)

    def list_differences(self) -> Iterator[Difference]:
        """What went otherwise than in the record; parts that were too large to keep say nothing."""
        cut, made = self.recorded.get("cut", ()), self.engine.record.build()
        if "p" not in cut and self.path != self.recorded.get("p", []):
            yield _differ(self.number, "path", self.recorded.get("p", []), self.path)
        if "t" not in cut and made.get("t", []) != self.recorded.get("t", []):
            yield _differ(self.number, "decision", self.recorded.get("t", []), made.get("t", []))
        if self.engine.unanswered and "o" not in cut:
            yield _differ(self.number, "unanswered", None, self.engine.unanswered)

    def _open(self, state: bytes) -> InstanceRun:
        row = InstanceRow(0, 0, self.specs.key, None, InstanceState.ACTIVE, 0, None, state, "")
        run = InstanceRun(row=row, specs=self.specs, interpreter=self.engine, actor=None, now=self.row.at)
        if state:
            run.workflow = codec.load_state(state, self.specs, self.engine)
        else:
            run.workflow = Instance(self.specs.spec, self.specs.calls, script_engine=self.engine)
        return run

    def _act(self, run: InstanceRun) -> None:
        given, kind = self.recorded.get("d"), self.row.kind
        if kind == EventKind.STARTED:
            acts.give_start_variables(run, given or {})
        elif kind == EventKind.COMPLETED:
            acts.complete_item_task(run, self._find(run, TaskState.READY), given or {})
        elif kind == EventKind.MESSAGE:
            self._deliver(run, given or {})
        elif kind == EventKind.SERVICED:
            acts.complete_called_task(run, self._find(run, TaskState.STARTED), given)
        elif kind == EventKind.FAILED:
            acts.fail_called_task(run, self._find(run, TaskState.STARTED), self.row.detail["code"])
        elif kind == EventKind.REDATED:
            rescheduling.move_timers(run, given or {})

    def _deliver(self, run: InstanceRun, payload: dict[str, object]) -> None:
        task, message = self._find(run, TaskState.WAITING), self.row.detail["message"]
        waiting = pending_work.find_pending_work(run.workflow).waits.values()
        if not any(one.task is task and one.message == message for one in waiting):
            raise _NotAsked
        acts.catch_message(run, task, message, payload)

    def _find(self, run: InstanceRun, state: int) -> Task:
        """The task at which the act was: its element, and the instance of what is repeated."""
        for part in (run.workflow, *run.workflow.subprocesses.values()):
            for task in part.tasks.values():
                if task.state == state and self._is_meant(task):
                    return task
        raise _NotAsked

    def _is_meant(self, task: Task) -> bool:
        if find_element(task) != self.row.element:
            return False
        waits_for_answer = task.state != TaskState.STARTED or "call" in task.internal_data
        return waits_for_answer and find_instance(task) == self.recorded.get("i", [])


__all__ = ["Difference", "RecordedEvent", "Replay", "replay_events"]
