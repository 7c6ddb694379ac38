"""Moving the moments that an instance waits for, when what they were worked out from has changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from workflows.clock import now
from workflows.engine import rows
from workflows.engine.plain import plain
from workflows.engine.standing import element_of
from workflows.engine.step import Result, Run, step
from workflows.engine.timers import DateTimer


def redate(instance_id: int, variables: Mapping[str, Any], *, actor: int | None) -> Result | None:
    """Give variables new values where tokens hold them, and work out anew what depends on them.

    That is date timers whose expression reads one of them, and the targets of open items. A timer whose new
    moment has passed fires in the same step; one that has fired stays so. None when nothing moved.
    """
    values = plain(variables)

    def act(run: Run) -> bool:
        held = [task for task in _tasks(run.workflow) if _changes(task.data, values)]
        for task in held:
            task.data.update({name: value for name, value in values.items() if name in task.data})
        moved = [task for task in _tasks(run.workflow) if _reads(task, values)]
        for task in moved:
            task.internal_data.pop("event_value", None)
            task.task_spec._update(task)
        targets = rows.retarget(run.before.items)
        if held or moved or targets:
            run.note("redated", None, {"timers": sorted({element_of(task) for task in moved})})
        return bool(held or moved or targets)

    return step(instance_id, act, actor=actor, now=now())


def _tasks(workflow: Any) -> Iterator[Any]:
    for part in (workflow, *workflow.subprocesses.values()):
        yield from list(part.tasks.values())


def _changes(data: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    return any(name in data and data[name] != value for name, value in values.items())


def _reads(task: Any, values: Mapping[str, Any]) -> bool:
    """Whether a waiting date timer reads one of the variables, and was not told to fire already."""
    if task._state != TaskState.WAITING or task.internal_data.get("event_fired"):
        return False
    definition = getattr(task.task_spec, "event_definition", None)
    parts = getattr(definition, "event_definitions", [definition])
    texts = [part.expression for part in parts if isinstance(part, DateTimer)]
    return any(re.search(rf"\b{re.escape(name)}\b", text) for text in texts for name in values)
