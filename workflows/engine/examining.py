"""Whether the rows of an instance say what its state says: both are written together or not at all."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import select

from models import db
from models.process import Job, Wait, WorkItem
from workflows.clock import now
from workflows.engine import codec, standing, step
from workflows.engine.standing import Standing, element_of


def examine(instance_id: int) -> Iterator[tuple[str, str]]:
    """What does not agree, each as the name of the check and the element or task."""
    row: Any = step.READ_ROW.first({"instance": instance_id})
    run = step.opened(row, actor=None, now=now())
    here = standing.of(codec.load(row.blob, run.specs, run.interpreter))
    if row.state == "active" and not here.resting:
        yield "no_token", ""
    yield from _differences(here, instance_id)


def _differences(here: Standing, instance_id: int) -> Iterator[tuple[str, str]]:
    items = _tasks(WorkItem, instance_id, "open", "claimed")
    yield from _compare("item", {key: element_of(task) for key, task in here.items.items()}, items)
    jobs = _tasks(Job, instance_id, "due", "leased", "dead")
    yield from _compare("job", {key: element_of(task) for key, task in here.calls.items()}, jobs)
    waits = {key[0]: element_of(waiting.task) for key, waiting in here.waits.items()}
    yield from _compare("wait", waits, _waiting(instance_id))


def _tasks(model: Any, instance_id: int, *states: str) -> dict[str, str]:
    found = select(model.task_id, model.element).where(
        model.instance_id == instance_id, model.task_id.is_not(None), model.state.in_(states)
    )
    return {task: str(element) for task, element in db.session.execute(found)}


def _waiting(instance_id: int) -> dict[str, str]:
    found = select(Wait.task_id, Wait.element).where(Wait.instance_id == instance_id)
    return {task: str(element) for task, element in db.session.execute(found)}


def _compare(sort: str, tasks: dict[str, str], rows: dict[str, str]) -> Iterator[tuple[str, str]]:
    for check, there, others in ((f"{sort}_missing", tasks, rows), (f"{sort}_stray", rows, tasks)):
        for key in _only(there, others):
            yield check, there[key]


def _only(there: Collection[str], others: Collection[str]) -> list[str]:
    return sorted(set(there) - set(others))
