"""Moving the moments that an instance waits for, when what they were worked out from has changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from models.processes.states import EventKind
from workflows.clock import now
from workflows.engine.elements import spiff_internals, step_clock
from workflows.engine.elements.instances import Instance
from workflows.engine.elements.plain_values import to_plain_value
from workflows.engine.elements.timers import DateTimer, definitions_of, evaluate_moment
from workflows.engine.moves import row_changes
from workflows.engine.moves.instance_run import InstanceRun, StepResult
from workflows.engine.moves.step import move_instance
from workflows.engine.state.pending_work import find_element_id


def reschedule_instance(
    instance_id: int, variables: Mapping[str, object], *, actor: int | None
) -> StepResult | None:
    """Give variables new values where tokens hold them, and work out anew what depends on them.

    That is date timers whose expression reads one of them, and the targets of open items. A timer whose new
    moment has passed fires in the same step. One that has fired beside work that goes on waits again when its
    new moment is still to come. None when nothing moved.
    """
    values = to_plain_value(variables)

    def act(run: InstanceRun) -> bool:
        held, moved = move_timers(run, values)
        targets = row_changes.recompute_targets(run.row, run.before.items)
        if held or moved or targets:
            run.note(EventKind.REDATED, None, {"timers": sorted({find_element_id(task) for task in moved})})
        return bool(held or moved or targets)

    return move_instance(instance_id, act, actor=actor, now=now())


def move_timers(run: InstanceRun, values: Mapping[str, object]) -> tuple[list[Task], list[Task]]:
    """Give variables new values and work out anew what waits for them; the tasks that held and that moved."""
    run.interpreter.record.begin(None, values)
    held = [task for task in _walk_tasks(run.workflow) if _has_changes(task.data, values)]
    for task in held:
        task.data.update({name: value for name, value in values.items() if name in task.data})
    moved = [task for task in _walk_tasks(run.workflow) if _is_affected_timer(task, values)]
    for task in moved:
        spiff_internals.forget_moment(task)
        spiff_internals.update_task(task)
    moved += [task for split in held for task in _rearm_timers(split, values)]
    return held, moved


def _walk_tasks(workflow: Instance) -> Iterator[Task]:
    for part in (workflow, *workflow.subprocesses.values()):
        yield from list(part.tasks.values())


def _has_changes(data: Mapping[str, object], values: Mapping[str, object]) -> bool:
    return any(name in data and data[name] != value for name, value in values.items())


def _is_affected_timer(task: Task, values: Mapping[str, object]) -> bool:
    """Whether a waiting date timer reads one of the variables, and was not told to fire already."""
    if task.state != TaskState.WAITING or spiff_internals.is_fired(task):
        return False
    return _reads_variable(task.task_spec, values)


def _reads_variable(spec: BpmnTaskSpec, values: Mapping[str, object]) -> bool:
    texts = [part.expression for part in definitions_of(spec) if isinstance(part, DateTimer)]
    return any(re.search(rf"\b{re.escape(name)}\b", text) for text in texts for name in values)


def _rearm_timers(split: Task, values: Mapping[str, object]) -> Iterator[Task]:
    """New tokens on the timers beside an activity that have fired, as long as their moments are to come."""
    if not isinstance(split.task_spec, BoundaryEventSplit) or not _is_activity_running(split):
        return
    waiting = {child.task_spec.name for child in split.children if child.state == TaskState.WAITING}
    for spec in split.task_spec.outputs:
        if not isinstance(spec, BoundaryEvent) or spec.name in waiting or not _reads_variable(spec, values):
            continue
        if not isinstance(spec.event_definition, DateTimer):
            continue
        if evaluate_moment(spec.event_definition, split) > step_clock.current_moment():
            token = spiff_internals.add_child(split, spec, TaskState.WAITING)
            spiff_internals.inherit_data(token)
            spiff_internals.update_task(token)
            yield token


def _is_activity_running(split: Task) -> bool:
    main = [child for child in split.children if not isinstance(child.task_spec, BoundaryEvent)]
    return any(not child.has_state(TaskState.FINISHED_MASK | TaskState.PREDICTED_MASK) for child in main)
