"""What the API answers of tasks and instances, as plain values for its schemas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any

from domain.reach import scope, sight
from handlers.api import reach
from handlers.api.reach import Seen
from handlers.casework.dossier import trail
from models import db
from models.applications import Application
from models.process import WorkItem
from workflows import forms, worklist
from workflows.clock import now
from workflows.forms import Case

TASK_FIELDS = (
    "id",
    "instance_id",
    "process_key",
    "element",
    "name",
    "role",
    "form_key",
    "place",
    "state",
    "created_at",
    "due_at",
    "done_at",
)
INSTANCE_FIELDS = (
    "id",
    "process_key",
    "business_key",
    "state",
    "public_state",
    "end_element",
    "started_at",
    "ended_at",
)
EVENT_FIELDS = ("id", "at", "kind", "element", "detail")
LIVE = ("open", "claimed")


def task(row: Any) -> dict[str, Any]:
    """A task, from a row of (item, assignee)."""
    item, assignee = row
    return {name: getattr(item, name) for name in TASK_FIELDS} | {"assignee": reach.login(assignee)}


def detail(task_id: int) -> dict[str, Any]:
    """A task with its form; what the form shows is for those who may work on it, and leaves a trace."""
    row = reach.task(task_id)
    item = row[0]
    form = forms.find(item.form_key)
    answer = task(row) | {"form": forms.json_schema(form), "draft": None, "view": None}
    if not reach.is_addressed(item):
        return answer
    _leave_trace(item)
    shown = form.view(_case(item)) if form else sight.task_variables(reach.principal(), item)
    kept = worklist.drafts.of(task_id, reach.principal().person_id)
    return answer | {"draft": kept.typed if kept else None, "view": plain(shown)}


def instance(seen: Seen) -> dict[str, Any]:
    """An instance with its live tasks, as far as it is told."""
    found = seen.instance
    live = reach.tasks().where(WorkItem.instance_id == found.id, WorkItem.state.in_(LIVE))
    rows = db.session.execute(live.order_by(WorkItem.id)).all()
    return {name: getattr(found, name) for name in INSTANCE_FIELDS} | {
        "elements": sight.elements(seen.sight, found),
        "public_state": found.public_state if seen.sight != sight.NOTHING else None,
        "end_element": found.end_element if seen.sight.tells(found.end_element) else None,
        "release": reach.release_number(found),
        "tasks": [task(row) for row in rows],
        "variables": sight.variables(seen.sight, found.id),
    }


def event(row: Any, seen: Seen) -> dict[str, Any]:
    """Something that happened, from a row of (event, actor); of a case, no more than its page tells."""
    found, actor = row
    told = {name: getattr(found, name) for name in EVENT_FIELDS} | {"actor": reach.login(actor)}
    return told if seen.sight.application is None else told | {"detail": None}


def plain(value: Any) -> Any:
    """What a form shows, as JSON; rows of the models are left out."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items() if not _is_row(part)}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(part) for part in value if not _is_row(part)]
    return str(value)


def _is_row(value: Any) -> bool:
    return isinstance(value, db.Model)


def _case(item: WorkItem) -> Case:
    return Case(instance=item.instance, item=item, actor=reach.principal().person_id, now=now())


def _leave_trace(item: WorkItem) -> None:
    found = scope.application_id_of(item)
    if found is not None:
        application = db.session.get_one(Application, found)
        trail.viewed(reach.principal(), "task.viewed", application, item=item.id)
