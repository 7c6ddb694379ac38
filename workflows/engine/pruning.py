"""Dropping what a running instance no longer needs, so that its state stays flat in size for ever.

It is a matter of correctness as well: SpiffWorkflow's task iterator stops silently at a depth of 1000 tasks.
Kept are the live tasks with their nearest finished ancestors (a waiting task inherits from its parent again),
the splits that open joins look for, the tokens that have arrived at an open join with their parents, and the
branch points between kept tasks. Every kept task then hangs on its nearest kept ancestor.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

FINISHED, LIVE = TaskState.FINISHED_MASK, TaskState.NOT_FINISHED_MASK


def prune(workflow: Any) -> None:
    """Prune an instance and all that it calls."""
    _drop_finished_calls(workflow)
    for part in (workflow, *workflow.subprocesses.values()):
        _prune_one(part)


def _drop_finished_calls(workflow: Any) -> None:
    calls = workflow.subprocesses
    gone = [task_id for task_id, call in calls.items() if _is_over(workflow, call)]
    while gone:
        inner = [task_id for task_id, call in calls.items() if _is_inside(workflow, call, gone)]
        for task_id in gone:
            calls.pop(task_id, None)
        gone = [task_id for task_id in inner if task_id in calls]


def _is_over(workflow: Any, call: Any) -> bool:
    caller = workflow.get_task_from_id(call.parent_task_id)
    return caller is None or caller.has_state(FINISHED)


def _is_inside(workflow: Any, call: Any, gone: list[UUID]) -> bool:
    return any(call.parent_task_id in workflow.subprocesses[task_id].tasks for task_id in gone)


def _prune_one(workflow: Any) -> None:
    tasks = workflow.tasks
    live = [task for task in tasks.values() if task._state & LIVE]
    if not live:
        return
    keep = {workflow.task_tree.id}
    for task in live:
        _keep_live(task, keep)
    _keep_arrived(tasks, live, keep)
    _keep_branch_points(tasks, keep)
    if len(keep) < len(tasks):
        _hang(workflow, keep)


def _keep_live(task: Any, keep: set[UUID]) -> None:
    keep.add(task.id)
    ancestor = task.parent
    while ancestor is not None and not ancestor._state & FINISHED:
        keep.add(ancestor.id)
        ancestor = ancestor.parent
    if ancestor is not None:
        keep.add(ancestor.id)
    split = getattr(task.task_spec, "split_task", None)
    if split:
        found = task.find_ancestor(split)
        if found is not None:
            keep.add(found.id)


def _keep_arrived(tasks: dict[UUID, Any], live: list[Any], keep: set[UUID]) -> None:
    # Tokens that were cancelled at the join count too: it reads the names and data of their parents.
    names = {
        task.task_spec.name
        for task in live
        if task._state == TaskState.WAITING and isinstance(task.task_spec, UnstructuredJoin)
    }
    if not names:
        return
    for task in tasks.values():
        if task._state & FINISHED and task.task_spec.name in names:
            keep.add(task.id)
            if task._parent is not None:
                keep.add(task._parent)


def _keep_branch_points(tasks: dict[UUID, Any], keep: set[UUID]) -> None:
    under: dict[UUID, set[UUID]] = {}
    for task_id in list(keep):
        task, child = tasks[task_id], None
        while task is not None:
            seen = under.setdefault(task.id, set())
            if child is not None:
                if child in seen:
                    break
                seen.add(child)
            child, task = task.id, task.parent
    keep.update(task_id for task_id, children in under.items() if len(children) > 1)


def _hang(workflow: Any, keep: set[UUID]) -> None:
    tasks = workflow.tasks
    children: dict[UUID, list[UUID]] = {task_id: [] for task_id in keep}
    above: dict[UUID, UUID | None] = {}
    stack = [workflow.task_tree]
    while stack:  # parents before children, so the parent's answer is known
        task = stack.pop()
        stack.extend(reversed(task.children))
        parent = task._parent
        if parent is None:
            above[task.id] = None
            continue
        nearest = parent if parent in keep else above[parent]
        above[task.id] = nearest
        if task.id in keep and nearest is not None:
            children[nearest].append(task.id)
    for task_id in keep:
        tasks[task_id]._children = children[task_id]
        tasks[task_id]._parent = above[task_id]
    workflow.tasks = {task_id: task for task_id, task in tasks.items() if task_id in keep}
    if workflow.last_task is not None and workflow.last_task.id not in keep:
        workflow.last_task = None
