"""A parallel join that is right in loops and loses no update.

The stock join fires early in the second round of a loop, as it counts the tokens of the first; and it merges
branches by depth, so that a stale copy of a late branch wins over an earlier branch's change. This one leaves
out what an earlier firing has consumed, and merges three ways: what each branch changed since the split,
later arrivals last.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import ParallelGateway
from SpiffWorkflow.util.task import TaskState

FINISHED = TaskState.FINISHED_MASK


class ParallelJoin(ParallelGateway):  # type: ignore[misc]
    """The parallel gateway, splitting or joining."""

    def _update_hook(self, my_task: Any) -> Any:
        if "arrived" not in my_task.internal_data:
            my_task.internal_data["arrived"] = 1 + max(
                (task.internal_data.get("arrived", 0) for task in self._tokens(my_task)), default=0
            )
        return super()._update_hook(my_task)

    def _tokens(self, my_task: Any) -> list[Any]:
        """The tokens of this join that no earlier firing has consumed."""
        before = my_task.find_ancestor(self.name)
        return [
            task
            for task in my_task.workflow.tasks.values()
            if task.task_spec is self and task is not before and "consumed" not in task.internal_data
        ]

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        if len(self._inputs) < 2:
            return True
        missing = set(self._inputs)
        for task in self._tokens(my_task):
            if task.is_descendant_of(my_task):
                missing.discard(_arrived_through(task, missing))
            elif not my_task.is_descendant_of(task) and task.parent.state == TaskState.COMPLETED:
                missing.discard(task.parent.task_spec.name)
        return not missing

    def _run_hook(self, my_task: Any) -> bool:
        others = [
            task
            for task in self._tokens(my_task)
            if task is not my_task and task.has_state(FINISHED) and not my_task.is_descendant_of(task)
        ]
        if others:
            others.sort(key=lambda task: task.internal_data.get("arrived", 0))
            my_task.data = _merged([task.parent for task in others] + [my_task.parent])
        for task in [*others, my_task]:
            task.internal_data["consumed"] = True
        return True


def _arrived_through(task: Any, names: set[str]) -> str | None:
    while task is not None and task.task_spec.name not in names:
        task = task.parent
    return None if task is None else task.task_spec.name


def path(task: Any) -> list[Any]:
    """The task and its ancestors, the root first."""
    found = []
    while task is not None:
        found.append(task)
        task = task.parent
    return found[::-1]


def _merged(branches: list[Any]) -> dict[str, Any]:
    base = _common(branches)
    merged = dict(base)
    for branch in branches:
        merged.update(
            {key: value for key, value in branch.data.items() if key not in base or base[key] != value}
        )
        for key in base.keys() - branch.data.keys():
            merged.pop(key, None)
    return merged


def _common(branches: list[Any]) -> dict[str, Any]:
    base: dict[str, Any] = {}
    for level in zip(*map(path, branches), strict=False):
        if any(task is not level[0] for task in level):
            break
        base = level[0].data
    return base
