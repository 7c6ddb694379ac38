"""Elements as sentences name them."""

from __future__ import annotations

from SpiffWorkflow.task import Task

from translations import gettext


def describe_task(task: Task) -> str:
    """An element as sentences name it: its name and its id."""
    name, element = task.task_spec.bpmn_name, task.task_spec.bpmn_id or task.task_spec.name
    if not name:
        return gettext("“%(id)s”", id=element)
    return gettext("“%(name)s”（%(id)s）", name=name, id=element)
