"""Joins that are right in loops and lose no update.

The stock joins count the tokens of earlier rounds of a loop, and they merge branches whole, so that the stale
copy of a late branch wins over an earlier branch's change. These leave out what an earlier firing has
consumed, and merge three ways: what each branch changed since the split, later arrivals last.
"""

from __future__ import annotations

from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway, ParallelGateway
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflows.engine.elements import spiff_internals
from workflows.engine.elements.plain_values import Variables, is_same_value
from workflows.engine.elements.spiff_internals import OwnThreshold, Part, StockEndJoin

FINISHED = TaskState.FINISHED_MASK
HELD = TaskState.READY | TaskState.WAITING | TaskState.STARTED


class _JoinRounds(OwnThreshold, UnstructuredJoin, BpmnTaskSpec):
    """What both gateways do: number the tokens as they arrive, consume them when they fire."""

    def _update_hook(self, my_task: Task) -> bool | None:
        if "arrived" not in my_task.internal_data:
            my_task.internal_data["arrived"] = 1 + max(map(_find_arrival, self._tokens(my_task)), default=0)
        return super()._update_hook(my_task)

    def _tokens(self, my_task: Task) -> list[Task]:
        """The tokens of this join that no earlier firing has consumed."""
        before = my_task.find_ancestor(self.name)
        return [
            task
            for task in my_task.workflow.tasks.values()
            if task.task_spec is self and task is not before and "consumed" not in task.internal_data
        ]

    def _consume(self, my_task: Task) -> None:
        """Take one token of each input that has any; a second one waits for the next firing."""
        others = [
            task
            for task in self._tokens(my_task)
            if task is not my_task and task.has_state(FINISHED) and not my_task.is_descendant_of(task)
        ]
        others.sort(key=_find_arrival)
        taken = {my_task.parent.task_spec.name: my_task}
        for task in others:
            taken.setdefault(task.parent.task_spec.name, task)
        branches = [task for task in others if task in taken.values()]
        if branches:
            my_task.data = _merge_branches([*(task.parent for task in branches), my_task.parent])
        for task in taken.values():
            task.internal_data["consumed"] = True
        if len(taken) <= len(others):
            left = next(task for task in reversed(others) if task not in branches)
            spiff_internals.set_state(left, TaskState.WAITING)


class ParallelJoin(_JoinRounds, ParallelGateway):
    """The parallel gateway, splitting or joining."""

    def may_fire(self, my_task: Task) -> bool:
        """Whether a token has come through each input."""
        inputs = spiff_internals.list_inputs(self)
        if len(inputs) < 2:
            return True
        missing = set(inputs)
        for task in self._tokens(my_task):
            if task.is_descendant_of(my_task):
                missing.discard(_arrived_through(task, missing))
            elif not my_task.is_descendant_of(task) and task.parent.state == TaskState.COMPLETED:
                missing.discard(task.parent.task_spec.name)
        return not missing

    def _run_hook(self, my_task: Task) -> bool:
        self._consume(my_task)
        return True


class InclusiveJoin(_JoinRounds, InclusiveGateway):
    """The inclusive gateway, splitting or joining.

    It waits as long as some token may still come in where none has arrived. The stock one does not see the
    tokens that a call or a service holds, and looks while tokens are under way, so that their order decides.
    """

    def may_fire(self, my_task: Task) -> bool:
        """Whether a token has come and been at rest, and none may still come in where none has."""
        if len(spiff_internals.list_inputs(self)) < 2:
            return True
        if my_task.state != TaskState.WAITING:
            return False  # it comes in: others may be under way
        arrived = {
            task.parent.task_spec.name
            for task in self._tokens(my_task)
            if task.parent.state == TaskState.COMPLETED
        }
        return not any(
            self._may_still_bring(task.task_spec, arrived)
            for task in my_task.workflow.tasks.values()
            if task.has_state(HELD)
        )

    def _may_still_bring(self, spec: BpmnTaskSpec, arrived: set[str]) -> bool:
        """Whether a token there can reach an input without one, and none that has one (BPMN 2.0, 13.4.3)."""
        reached = set() if spec is self else self._reached_inputs(spec)
        return bool(reached - arrived) and not reached & arrived

    def _reached_inputs(self, spec: BpmnTaskSpec) -> set[str]:
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

    def _run_hook(self, my_task: Task) -> bool:
        self._consume(my_task)
        chosen = spiff_internals.match_outputs(self, my_task)
        if not chosen:
            raise WorkflowTaskException("No conditions satisfied on gateway", task=my_task)
        spiff_internals.set_children(my_task, chosen, TaskState.FUTURE)
        for child in my_task.children:
            spiff_internals.predict_task(child, TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True


class EndJoin(StockEndJoin):
    """Where the branches of a scope end: each that ends is merged with those that have ended before."""

    def _update_hook(self, my_task: Task) -> bool:
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
        if spiff_internals.check_threshold(self, my_task):
            return True
        spiff_internals.set_state(my_task, TaskState.WAITING)
        return False

    def _run_hook(self, my_task: Task) -> bool:
        my_task.workflow.data.update(my_task.data)
        return True


def fire_join(workflow: Part) -> None:
    """Let the first inclusive join, by name, go on that waits for no token of those at rest any more."""
    waiting = spiff_internals.list_tasks(workflow, TaskState.WAITING)
    found = [task for task in waiting if isinstance(task.task_spec, InclusiveJoin)]
    for task in sorted(found, key=lambda task: task.task_spec.name):
        # One of them may have taken the token of another meanwhile.
        if task.state == TaskState.WAITING:
            spiff_internals.update_task(task)
            if task.state == TaskState.READY:
                return


def adapt_end_join(spec: BpmnProcessSpec) -> None:
    """Put our join of the ends in the place of the stock one, which every spec makes for itself."""
    spiff_internals.exchange_class(spec.end, EndJoin)


def _find_arrival(task: Task) -> int:
    """The number of a token at its join; nothing has come with 0."""
    number: int = task.internal_data.get("arrived", 0)
    return number


def _arrived_through(task: Task, names: set[str]) -> str | None:
    above: Task | None = task
    while above is not None and above.task_spec.name not in names:
        above = above.parent
    return None if above is None else above.task_spec.name


def list_ancestors(task: Task) -> list[Task]:
    """The task and its ancestors, the root first."""
    found = []
    above: Task | None = task
    while above is not None:
        found.append(above)
        above = above.parent
    return found[::-1]


def _merge_branches(branches: list[Task]) -> Variables:
    base = _find_common_data(branches)
    merged = dict(base)
    for branch in branches:
        merged.update(_find_changes(base, branch.data))
        for key in base.keys() - branch.data.keys():
            merged.pop(key, None)
    return merged


def _find_changes(base: Variables, data: Variables) -> Variables:
    return {
        key: value for key, value in data.items() if key not in base or not is_same_value(base[key], value)
    }


def _find_common_data(branches: list[Task]) -> Variables:
    base: Variables = {}
    for level in zip(*map(list_ancestors, branches), strict=False):
        if any(task is not level[0] for task in level):
            break
        base = level[0].data
    return base
