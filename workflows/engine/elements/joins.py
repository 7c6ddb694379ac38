"""Joins that are right in loops and lose no update.

The stock joins count the tokens of earlier rounds of a loop, and they merge branches whole, so that the stale
copy of a late branch wins over an earlier branch's change. These leave out what an earlier firing has
consumed, and merge three ways: what each branch changed since the split, later arrivals last.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway, ParallelGateway
from SpiffWorkflow.util.task import TaskState

from workflows.engine.elements.plain_values import is_same_value

FINISHED = TaskState.FINISHED_MASK
HELD = TaskState.READY | TaskState.WAITING | TaskState.STARTED


class _JoinRounds:
    """What both gateways do: number the tokens as they arrive, consume them when they fire."""

    name: str

    def _update_hook(self, my_task: Any) -> Any:
        if "arrived" not in my_task.internal_data:
            my_task.internal_data["arrived"] = 1 + max(
                (task.internal_data.get("arrived", 0) for task in self._tokens(my_task)), default=0
            )
        return super()._update_hook(my_task)  # type: ignore[misc]

    def _tokens(self, my_task: Any) -> list[Any]:
        """The tokens of this join that no earlier firing has consumed."""
        before = my_task.find_ancestor(self.name)
        return [
            task
            for task in my_task.workflow.tasks.values()
            if task.task_spec is self and task is not before and "consumed" not in task.internal_data
        ]

    def _consume(self, my_task: Any) -> None:
        others = [
            task
            for task in self._tokens(my_task)
            if task is not my_task and task.has_state(FINISHED) and not my_task.is_descendant_of(task)
        ]
        if others:
            others.sort(key=lambda task: task.internal_data.get("arrived", 0))
            my_task.data = _merge_branches([*(task.parent for task in others), my_task.parent])
        for task in [*others, my_task]:
            task.internal_data["consumed"] = True


class ParallelJoin(_JoinRounds, ParallelGateway):  # type: ignore[misc]
    """The parallel gateway, splitting or joining."""

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
        self._consume(my_task)
        return True


class InclusiveJoin(_JoinRounds, InclusiveGateway):  # type: ignore[misc]
    """The inclusive gateway, splitting or joining.

    It waits as long as some token may still come in where none has arrived. The stock one does not see the
    tokens that a call or a service holds.
    """

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        if len(self._inputs) < 2:
            return True
        arrived = {
            task.parent.task_spec.name
            for task in self._tokens(my_task)
            if task.parent.state == TaskState.COMPLETED
        }
        return not any(
            self._may_still_bring(task.task_spec, arrived)
            for task in my_task.workflow.tasks.values()
            if task.has_state(HELD) or _is_coming(task)
        )

    def _may_still_bring(self, spec: Any, arrived: set[str]) -> bool:
        """Whether a token there can reach an input without one, and none that has one (BPMN 2.0, 13.4.3)."""
        reached = set() if spec is self else self._reached_inputs(spec)
        return bool(reached - arrived) and not reached & arrived

    def _reached_inputs(self, spec: Any) -> set[str]:
        found, seen, ahead = set(), {spec.name}, [spec]
        while ahead:
            here = ahead.pop()
            for following in here.outputs:
                if following is self:
                    found.add(here.name)
                elif following.name not in seen:
                    seen.add(following.name)
                    ahead.append(following)
        return found

    def _run_hook(self, my_task: Any) -> bool:
        self._consume(my_task)
        matches, defaults = self._get_matching_outputs(my_task)
        if not matches and not defaults:
            raise WorkflowTaskException("No conditions satisfied on gateway", task=my_task)
        my_task._sync_children(matches or defaults, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True


class EndJoin(_EndJoin):  # type: ignore[misc]
    """Where the branches of a scope end: each that ends is merged with those that have ended before."""

    def _update_hook(self, my_task: Any) -> bool:
        others = [
            task
            for task in my_task.workflow.tasks.values()
            if task.task_spec is self and task is not my_task and task.state == TaskState.WAITING
        ]
        if my_task.state != TaskState.WAITING:
            my_task.data = _merge_branches([*others, my_task.parent])
        for task in others:
            task.cancel()
            task.internal_data["consumed"] = True
        if self._check_threshold_unstructured(my_task):
            return True
        my_task._set_state(TaskState.WAITING)
        return False

    def _run_hook(self, my_task: Any) -> bool:
        my_task.workflow.data.update(my_task.data)
        return True


def recheck_joins(workflow: Any) -> None:
    """Let inclusive joins see that a token they waited for has gone another way."""
    for task in list(workflow.tasks.values()):
        if task._state == TaskState.WAITING and isinstance(task.task_spec, InclusiveJoin):
            task.task_spec._update(task)


def adapt_end_join(spec: Any) -> None:
    """Put our join of the ends in the place of the stock one, which every spec makes for itself."""
    spec.end.__class__ = EndJoin


def _is_coming(task: Any) -> bool:
    # Children of a completed task are reached one after the other.
    return bool(task.state == TaskState.FUTURE and task.parent and task.parent.state == TaskState.COMPLETED)


def _arrived_through(task: Any, names: set[str]) -> str | None:
    while task is not None and task.task_spec.name not in names:
        task = task.parent
    return None if task is None else task.task_spec.name


def list_ancestors(task: Any) -> list[Any]:
    """The task and its ancestors, the root first."""
    found = []
    while task is not None:
        found.append(task)
        task = task.parent
    return found[::-1]


def _merge_branches(branches: list[Any]) -> dict[str, Any]:
    base = _find_common_data(branches)
    merged = dict(base)
    for branch in branches:
        merged.update(_find_changes(base, branch.data))
        for key in base.keys() - branch.data.keys():
            merged.pop(key, None)
    return merged


def _find_changes(base: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value for key, value in data.items() if key not in base or not is_same_value(base[key], value)
    }


def _find_common_data(branches: list[Any]) -> dict[str, Any]:
    base: dict[str, Any] = {}
    for level in zip(*map(list_ancestors, branches), strict=False):
        if any(task is not level[0] for task in level):
            break
        base = level[0].data
    return base
