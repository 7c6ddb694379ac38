"""Dropping what a running instance no longer needs, so that its state stays flat in size for ever.

It is a matter of correctness as well: SpiffWorkflow's task iterator stops silently at a depth of 1000 tasks.
Kept are the live tasks with their nearest finished ancestors (a waiting task inherits from its parent again),
the splits that open joins look for, the tokens that have arrived at an open join with their parents, and the
branch points between kept tasks. Every kept task then hangs on its nearest kept ancestor.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflows.engine.elements import spiff_internals
from workflows.engine.elements.instances import Instance
from workflows.engine.elements.spiff_internals import Part

FINISHED, PREDICTED = TaskState.FINISHED_MASK, TaskState.PREDICTED_MASK | TaskState.FUTURE
LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


def prune_instance(workflow: Instance) -> None:
    """Prune an instance and all that it calls."""
    _drop_finished_calls(workflow)
    for part in (workflow, *workflow.subprocesses.values()):
        _prune_one(part)


def _drop_finished_calls(workflow: Instance) -> None:
    calls = workflow.subprocesses
    gone = [task_id for task_id, call in calls.items() if _is_over(workflow, call)]
    while gone:
        inner = [task_id for task_id, call in calls.items() if _is_inside(workflow, call, gone)]
        for task_id in gone:
            calls.pop(task_id, None)
        gone = [task_id for task_id in inner if task_id in calls]


def _is_over(workflow: Instance, call: BpmnSubWorkflow) -> bool:
    parts = (workflow, *workflow.subprocesses.values())
    caller = next(
        (part.tasks[call.parent_task_id] for part in parts if call.parent_task_id in part.tasks), None
    )
    return caller is None or caller.has_state(FINISHED)


def _is_inside(workflow: Instance, call: BpmnSubWorkflow, gone: list[UUID]) -> bool:
    return any(call.parent_task_id in workflow.subprocesses[task_id].tasks for task_id in gone)


@dataclass(kw_only=True)
class _Tree:
    """The tasks of one workflow in pre-order, by place: looking tasks up by their ids is what takes time."""

    tasks: list[Task]
    states: list[int]
    parents: list[int]  # place of the parent; -1 for the root
    keep: list[bool]


def _prune_one(workflow: Part) -> None:
    tree = _build_tree(workflow)
    live = [place for place, state in enumerate(tree.states) if state & LIVE or _is_coming(tree, place)]
    if not live:
        return
    tree.keep[0] = True
    for place in live:
        _keep_live(tree, place)
    _keep_arrived(tree, live)
    _keep_branch_points(tree)
    if not all(tree.keep):
        _rehang_kept(workflow, tree)


def _is_coming(tree: _Tree, place: int) -> bool:
    # Predictions are made anew when they are needed; what a finished task has left in that state is none.
    parent = tree.parents[place]
    return bool(tree.states[place] & PREDICTED and (parent < 0 or tree.states[parent] & FINISHED))


def _build_tree(workflow: Part) -> _Tree:
    tasks, parents, states = spiff_internals.list_tree(workflow)
    return _Tree(tasks=tasks, states=states, parents=parents, keep=[False] * len(tasks))


def _keep_live(tree: _Tree, place: int) -> None:
    # Unfinished parents are live themselves, so keeping each parent keeps the nearest finished ancestor.
    parent = tree.parents[place]
    tree.keep[place] = True
    if parent < 0:
        return
    tree.keep[parent] = True
    split = getattr(tree.tasks[place].task_spec, "split_task", None)
    if split:
        while parent >= 0 and tree.tasks[parent].task_spec.name != split:
            parent = tree.parents[parent]
        if parent >= 0:
            tree.keep[parent] = True


def _keep_arrived(tree: _Tree, live: list[int]) -> None:
    # Tokens that were cancelled at the join count too: it reads the names and data of their parents.
    # What a firing has consumed is merged already; ends are merged as they come.
    waiting = (tree.tasks[place] for place in live if tree.states[place] == TaskState.WAITING)
    joins = {task.task_spec.name for task in waiting if isinstance(task.task_spec, UnstructuredJoin)}
    if not joins:
        return
    for place, task in enumerate(tree.tasks):
        consumed = "consumed" in task.internal_data
        if tree.states[place] & FINISHED and task.task_spec.name in joins and not consumed:
            tree.keep[place] = tree.keep[tree.parents[place]] = True


def _keep_branch_points(tree: _Tree) -> None:
    below = [0] * len(tree.tasks)  # children with something to keep in them
    for place in range(len(tree.tasks) - 1, 0, -1):
        if below[place] and _hangs_on_split(tree, place):
            tree.keep[place] = True
        if tree.keep[place] or below[place]:
            below[tree.parents[place]] += 1
        if below[place] > 1:
            tree.keep[place] = True


def _hangs_on_split(tree: _Tree, place: int) -> bool:
    # What an event started beside an activity must not hang on the split itself: an interruption takes what
    # hangs there and is no event for the activity that it has to end.
    parent = tree.parents[place]
    return tree.keep[parent] and isinstance(tree.tasks[parent].task_spec, BoundaryEventSplit)


def _rehang_kept(workflow: Part, tree: _Tree) -> None:
    tasks, parents, keep = tree.tasks, tree.parents, tree.keep
    above = [-1] * len(tasks)  # place of the nearest kept ancestor
    for place in range(1, len(tasks)):
        parent = parents[place]
        above[place] = parent if keep[parent] else above[parent]
    for place, task in enumerate(tasks):
        if not keep[place]:
            del workflow.tasks[task.id]
    spiff_internals.hang_tasks(tasks, above, keep)
    if workflow.last_task is not None and workflow.last_task.id not in workflow.tasks:
        workflow.last_task = None
