"""The tasks in one's reach: list, read, claim, release, complete."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from handlers.api import serializers, token_access
from handlers.api.blueprint import pages
from handlers.api.openapi import BODY_STATUSES, problem_responses
from handlers.api.schemas import CompleteBody, InstanceAnswer, TaskDetail, TaskPage, TaskQuery
from handlers.entry.access import allow
from models import db
from models.base import spelling
from models.base.database import single_statement
from models.persons.people import select_by_login
from models.processes.instances import WorkItem
from translations import lazy_gettext
from workflows import worklist

COLUMNS = {
    "role": WorkItem.role,
    "state": WorkItem.state,
    "process": WorkItem.process_key,
    "instance": WorkItem.instance_id,
}


@pages.get("/tasks")
@allow("token")
@pages.arguments(TaskQuery, location="query")
@pages.response(200, TaskPage, description=lazy_gettext("一页任务"))
@problem_responses(pages, 422)
@pages.doc(operationId="listTasks")
def tasks(asked: dict[str, Any]) -> dict[str, Any]:
    """List the tasks in one's reach, the oldest first."""
    chosen = _apply_filters(token_access.select_tasks(), asked).where(WorkItem.id > asked["cursor"])
    rows = db.session.execute(chosen.order_by(WorkItem.id).limit(asked["limit"] + 1)).all()
    page = rows[: asked["limit"]]
    more = len(rows) > len(page)
    return {
        "tasks": [serializers.serialize_task(row) for row in page],
        "cursor": page[-1][0].id if more else None,
    }


@pages.get("/tasks/<int:task_id>")
@allow("token")
@pages.response(200, TaskDetail, description=lazy_gettext("任务、表单和所示内容"))
@problem_responses(pages, 404)
@pages.doc(operationId="getTask")
def task(task_id: int) -> dict[str, Any]:
    """A task with its form as JSON Schema, and what the form shows to those who may work on it."""
    return serializers.serialize_task_detail(task_id)


@pages.post("/tasks/<int:task_id>/claim")
@allow("token")
@pages.response(200, TaskDetail, description=lazy_gettext("已领取"))
@problem_responses(pages, 403, 404, 409)
@pages.doc(operationId="claimTask")
def claim(task_id: int) -> dict[str, Any]:
    """Claim a task; claiming one's own again prolongs it."""
    token_access.find_task(task_id)
    with single_statement():
        worklist.claim_item(task_id, token_access.current_principal().person_id)
        db.session.commit()
    return serializers.serialize_task_detail(task_id)


@pages.post("/tasks/<int:task_id>/release")
@allow("token")
@pages.response(200, TaskDetail, description=lazy_gettext("已释放"))
@problem_responses(pages, 403, 404, 409)
@pages.doc(operationId="releaseTask")
def release(task_id: int) -> dict[str, Any]:
    """Give a claimed task back."""
    token_access.find_task(task_id)
    worklist.release_item(task_id, token_access.current_principal().person_id)
    db.session.commit()
    return serializers.serialize_task_detail(task_id)


@pages.post("/tasks/<int:task_id>/complete")
@allow("token")
@pages.arguments(CompleteBody)
@pages.response(200, InstanceAnswer, description=lazy_gettext("已办结；实例随后的情况"))
@problem_responses(pages, 403, 404, 409, *BODY_STATUSES)
@pages.doc(operationId="completeTask")
def complete(body: dict[str, Any], task_id: int) -> dict[str, Any]:
    """Complete a task; the same transactionId again changes nothing and gets the first answer."""
    token_access.find_task(task_id)
    me, transaction = token_access.current_principal().person_id, body["transaction_id"]
    result = worklist.complete_item(task_id, body["data"], actor=me, transaction_id=transaction)
    told = worklist.find_first_answer(transaction) if transaction else None
    if told is None:
        told = InstanceAnswer().dump(
            serializers.serialize_instance(token_access.find_moved_instance(result.id))
        )
        if transaction:
            worklist.keep_answer(transaction, told)
    db.session.commit()
    token_access.record_view(token_access.find_moved_instance(result.id).sight)
    return InstanceAnswer().load(told)  # type: ignore[no-any-return]


def _apply_filters(chosen: Select[Any], asked: dict[str, Any]) -> Select[Any]:
    for name, column in COLUMNS.items():
        if name in asked:
            chosen = chosen.where(column == asked[name])
    if "assignee" in asked:
        chosen = chosen.where(WorkItem.assignee_id == _find_person_id(asked["assignee"]))
    return chosen


def _find_person_id(login: str) -> int:
    if login == "me":
        return token_access.current_principal().person_id
    found = db.session.scalar(select_by_login(login, spelling.normalize_number(login)))
    return found.id if found else 0
