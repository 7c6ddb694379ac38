"""Whether the rows of an instance say what its state says: both are written together or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import select

from models import db
from models.process import Job, ProcessInstance, Wait, WorkItem
from workflows.clock import now
from workflows.engine.moves import step
from workflows.engine.state import codec, standing
from workflows.engine.state.standing import Standing, Waiting, element_of


def examine(instance_id: int) -> Iterator[tuple[str, str]]:
    """What does not agree, each as the name of the check and the element or task."""
    row: Any = step.READ_ROW.first({"instance": instance_id})
    run = step.opened(row, actor=None, now=now())
    workflow = codec.load(row.blob, run.specs, run.interpreter)
    here = standing.of(workflow)
    if row.state != "active":
        if not workflow.completed:
            yield "ended_token", ""
        return
    if not here.resting:
        yield "no_token", ""
    yield from _place(here, row)
    yield from _differences(here, instance_id)
    yield from _terms(here, row)


def _place(here: Standing, row: Any) -> Iterator[tuple[str, str]]:
    told = standing.public_state(here)
    if told is not None and told != row.public_state:
        yield "public_state", told
    known = db.session.scalar(select(ProcessInstance.elements).where(ProcessInstance.id == row.id))
    if known != list(dict.fromkeys(element_of(task) for task in here.resting)):
        yield "elements", ""


def _terms(here: Standing, row: Any) -> Iterator[tuple[str, str]]:
    """Waits whose message, key or moment is not what the state says; whole tasks were compared before."""
    wanted: Counter[Any] = Counter(
        (key, waiting.kind, waiting.message, _key(waiting, row.business_key), waiting.due_at)
        for (key, *_), waiting in here.waits.items()
    )
    columns = (Wait.task_id, Wait.kind, Wait.message, Wait.key, Wait.due_at)
    kept = Counter(
        tuple(one) for one in db.session.execute(select(*columns).where(Wait.instance_id == row.id))
    )
    both = {key for key, *_ in wanted} & {key for key, *_ in kept}
    differing: set[Any] = {key for key, *_ in (wanted - kept) + (kept - wanted)} & both
    elements = {key: element_of(waiting.task) for (key, *_), waiting in here.waits.items()}
    for key in sorted(differing):
        yield "wait_differs", elements[key]


def _key(waiting: Waiting, business_key: str | None) -> str | None:
    return standing.key_of(waiting, business_key) if waiting.kind == "message" else None


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
