"""What the API answers of tasks and instances, as plain values for its schemas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any

from domain.reach import visibility
from handlers.api import token_access
from handlers.api.token_access import VisibleInstance
from handlers.casework.dossier import audit_trail
from models import db
from models.processes import recordings
from models.processes.instances import WorkItem
from workflows import forms, worklist
from workflows.clock import now
from workflows.forms import FormContext

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
LIVE_STATES = ("open", "claimed")


def serialize_task(row: Any) -> dict[str, Any]:
    """A task, from a row of (item, assignee)."""
    item, assignee = row
    return {name: getattr(item, name) for name in TASK_FIELDS} | {
        "assignee": token_access.shown_login(assignee)
    }


def serialize_task_detail(task_id: int) -> dict[str, Any]:
    """A task with its form; what the form shows is for those who may work on it, and leaves a trace."""
    row = token_access.find_task(task_id)
    item = row[0]
    form = forms.find_form_of(item)
    answer = serialize_task(row) | {"form": forms.build_json_schema(form), "draft": None, "view": None}
    if not visibility.may_work_on(token_access.current_principal(), item):
        return answer
    audit_trail.record_item_view(token_access.current_principal(), item)
    shown = (
        form.view(_build_case(item))
        if form
        else visibility.read_task_variables(token_access.current_principal(), item)
    )
    kept = worklist.drafts.find_draft(task_id, token_access.current_principal().person_id)
    return answer | {"draft": kept.typed if kept else None, "view": to_plain_values(shown)}


def serialize_instance(seen: VisibleInstance) -> dict[str, Any]:
    """An instance with its live tasks, as far as it is told."""
    found = seen.instance
    live = token_access.select_tasks().where(
        WorkItem.instance_id == found.id, WorkItem.state.in_(LIVE_STATES)
    )
    rows = db.session.execute(live.order_by(WorkItem.id)).all()
    return {name: getattr(found, name) for name in INSTANCE_FIELDS} | {
        "elements": visibility.list_elements(seen.sight, found),
        "public_state": found.public_state if seen.sight != visibility.NOTHING else None,
        "end_element": found.end_element if seen.sight.tells(found.end_element) else None,
        "release": token_access.release_number(found),
        "tasks": [serialize_task(row) for row in rows],
        "variables": visibility.read_variables(seen.sight, found.id),
    }


def serialize_event(row: Any, seen: VisibleInstance) -> dict[str, Any]:
    """Something that happened, from a row of (event, actor); of a case, no more than its page tells."""
    found, actor = row
    told = {name: getattr(found, name) for name in EVENT_FIELDS} | {
        "actor": token_access.shown_login(actor),
        "detail": recordings.drop_record(found.detail),
    }
    return told if seen.sight.application is None else told | {"detail": None}


def to_plain_values(value: Any) -> Any:
    """What a form shows, as JSON; rows of the models are left out."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return to_plain_values(asdict(value))
    if isinstance(value, Mapping):
        return {str(name): to_plain_values(part) for name, part in value.items() if not _is_row(part)}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_plain_values(part) for part in value if not _is_row(part)]
    return str(value)


def _is_row(value: Any) -> bool:
    return isinstance(value, db.Model)


def _build_case(item: WorkItem) -> FormContext:
    return FormContext(
        instance=item.instance, item=item, actor=token_access.current_principal().person_id, now=now()
    )
