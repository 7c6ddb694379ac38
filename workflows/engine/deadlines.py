"""Until when the open tasks of an instance may be done, as the diagram says it: by timers that end them."""

from __future__ import annotations

from datetime import datetime

from SpiffWorkflow.task import Task

from workflows.clock import now
from workflows.engine.elements import step_clock
from workflows.engine.moves.step import open_run, read, translate_failures
from workflows.engine.state import codec, pending_work
from workflows.engine.state.pending_work import read_properties


def find_task_deadline(instance_id: int, task_id: str) -> datetime | None:
    """The deadline of one open task: of itself, and of the activities around it in all calling processes."""
    return _find_earliest([task for task in _list_resting(instance_id) if task.id.hex == task_id])


def find_party_deadline(instance_id: int, party: str) -> datetime | None:
    """The earliest deadline of what waits for a party: tasks of that role, and what else `waitsFor` it."""
    return _find_earliest([task for task in _list_resting(instance_id) if _is_for(task, party)])


def _find_earliest(tasks: list[Task]) -> datetime | None:
    return min(filter(None, map(pending_work.find_deadline, tasks)), default=None)


def _is_for(task: Task, party: str) -> bool:
    found = read_properties(task)
    return party in (found.get("waitsFor"), found.get("role"))


def _list_resting(instance_id: int) -> list[Task]:
    run = open_run(read(instance_id), actor=None, now=now())
    with step_clock.at_moment(run.now), translate_failures():
        workflow = codec.load_state(run.row.blob, run.specs, run.interpreter)
        return pending_work.find_pending_work(workflow).resting
