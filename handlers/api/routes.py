"""The routes of the API; OpenAPI at /api/v1/openapi.json."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask_smorest import Api, Blueprint
from sqlalchemy import select

from handlers.api import reach
from handlers.api.schemas import (
    ClockAnswer,
    ClockBody,
    CompleteBody,
    DeploymentAnswer,
    EventsAnswer,
    InstanceAnswer,
    MessageBody,
    Problem,
    StartBody,
    TaskDetail,
    TaskPage,
    TaskQuery,
)
from handlers.services.vocabulary import environment
from models import db
from models.errors import Invalid, NotAllowed, NotFound
from models.people import Person
from models.process import WorkItem
from workflows import clock, engine, forms, worklist

pages = Blueprint("api", __name__, description="流程实例、任务、消息和部署")
DESIGNERS = frozenset({"admin", "process.designer"})
# Their instances begin with a row of the models, so a page starts them, not free variables.
STARTED_BY_PAGES = frozenset({"accreditation"})
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


class QuietApi(Api):  # type: ignore[misc]
    """Errors are answered by our own handlers, as problem documents."""

    def _register_error_handlers(self) -> None:
        pass


def install(app: Flask, prefix: str) -> None:
    """Register the routes with their OpenAPI description."""
    api = QuietApi(app)
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    api.spec.options["security"] = [{"bearer": []}]
    api.register_blueprint(pages, url_prefix=prefix)


def refuses(*statuses: int) -> Any:
    """Document the problem documents that an operation may answer."""

    def decorate(function: Any) -> Any:
        for status in (401, *statuses):
            function = pages.alt_response(
                status, schema=Problem, content_type="application/problem+json", success=False
            )(function)
        return function

    return decorate


@pages.post("/deployments")
@pages.response(201, DeploymentAnswer)
@refuses(403, 422)
def deploy() -> dict[str, Any]:
    """Deploy .bpmn and .dmn files (multipart); the same content makes no new version."""
    reach.require(DESIGNERS)
    uploaded = [one for ones in request.files.listvalues() for one in ones]
    if not uploaded:
        raise Invalid({"files": ["请上传至少一个 .bpmn 或 .dmn 文件。"]})
    sources = {one.filename or f"file{number}.bpmn": one.read() for number, one in enumerate(uploaded)}
    me = reach.principal().person_id
    deployment = engine.deploy(sources, by=me, environment=environment())
    db.session.commit()
    first = next((one for one in deployment.definitions if one.sort == "process"), None)
    return {
        "key": first.key if first else None,
        "version": first.version if first else None,
        "definitions": deployment.definitions,
        "releases": [{"key": key, "number": number} for key, number in deployment.releases],
    }


@pages.post("/processes/<string:key>/instances")
@pages.arguments(StartBody)
@pages.response(201, InstanceAnswer)
@refuses(403, 404, 422)
def start(body: dict[str, Any], key: str) -> dict[str, Any]:
    """Start an instance on the newest release of a process."""
    me = reach.principal()
    if me.kind != "staff":
        raise NotAllowed
    if key in STARTED_BY_PAGES:
        raise NotAllowed("这个流程由业务页面启动，不能通过接口直接启动。")
    variables, business_key = body["variables"], body["business_key"]
    result = engine.start(key, business_key=business_key, variables=variables, actor=me.person_id)
    db.session.commit()
    return _instance(result.id)


@pages.get("/instances/<int:instance_id>")
@pages.response(200, InstanceAnswer)
@refuses(404)
def instance(instance_id: int) -> dict[str, Any]:
    """Where an instance stands: state, active elements, public state, open tasks, variables."""
    return _instance(instance_id)


@pages.get("/instances/<int:instance_id>/events")
@pages.response(200, EventsAnswer)
@refuses(404)
def events(instance_id: int) -> dict[str, Any]:
    """Everything that happened to an instance."""
    reach.instance(_known(instance_id))
    rows = db.session.execute(reach.events(instance_id))
    names = ("id", "at", "kind", "element", "detail")
    return {
        "events": [{name: getattr(event, name) for name in names} | {"actor": actor} for event, actor in rows]
    }


@pages.get("/tasks")
@pages.arguments(TaskQuery, location="query")
@pages.response(200, TaskPage)
@refuses(422)
def tasks(asked: dict[str, Any]) -> dict[str, Any]:
    """List the tasks in one's reach, the oldest first."""
    chosen = reach.tasks().order_by(WorkItem.id).limit(asked["limit"] + 1)
    columns = {"role": WorkItem.role, "state": WorkItem.state, "process": WorkItem.process_key}
    columns |= {"instance": WorkItem.instance_id}
    for name, column in columns.items():
        if name in asked:
            chosen = chosen.where(column == asked[name])
    if "assignee" in asked:
        chosen = chosen.where(WorkItem.assignee_id == _person(asked["assignee"]))
    if "cursor" in asked:
        chosen = chosen.where(WorkItem.id > asked["cursor"])
    rows = db.session.execute(chosen).all()
    page = rows[: asked["limit"]]
    more = len(rows) > len(page)
    return {"tasks": [_task(row) for row in page], "cursor": page[-1][0].id if more else None}


@pages.get("/tasks/<int:task_id>")
@pages.response(200, TaskDetail)
@refuses(404)
def task(task_id: int) -> dict[str, Any]:
    """A task with its form as JSON Schema."""
    return _detail(task_id)


@pages.post("/tasks/<int:task_id>/claim")
@pages.response(200, TaskDetail)
@refuses(403, 404, 409)
def claim(task_id: int) -> dict[str, Any]:
    """Claim a task; claiming one's own again prolongs it."""
    reach.task(_known(task_id))
    worklist.claim(task_id, reach.principal().person_id)
    db.session.commit()
    return _detail(task_id)


@pages.post("/tasks/<int:task_id>/release")
@pages.response(200, TaskDetail)
@refuses(403, 404, 409)
def release(task_id: int) -> dict[str, Any]:
    """Give a claimed task back."""
    reach.task(_known(task_id))
    worklist.release(task_id, reach.principal().person_id)
    db.session.commit()
    return _detail(task_id)


@pages.post("/tasks/<int:task_id>/complete")
@pages.arguments(CompleteBody)
@pages.response(200, InstanceAnswer)
@refuses(403, 404, 409, 422)
def complete(body: dict[str, Any], task_id: int) -> dict[str, Any]:
    """Complete a task; the same transactionId again gets the same answer and changes nothing."""
    item = reach.task(_known(task_id))[0]
    instance_id = item.instance_id
    me = reach.principal().person_id
    worklist.complete(task_id, body["data"], actor=me, transaction_id=body["transaction_id"])
    db.session.commit()
    return _instance(instance_id, seen=True)


@pages.post("/messages")
@pages.arguments(MessageBody)
@pages.response(200, InstanceAnswer)
@refuses(403, 409, 422)
def message(body: dict[str, Any]) -> dict[str, Any]:
    """Deliver a message to the one task that waits for its name and key."""
    me = reach.principal()
    if me.kind != "staff":
        raise NotAllowed
    waiting = engine.waiting(body["name"], body["key"])
    if not all(_reaches(instance_id) for instance_id in waiting):
        raise NotAllowed
    result = engine.deliver(body["name"], body["key"], body["payload"], actor=me.person_id)
    db.session.commit()
    return _instance(result.id, seen=True)


@pages.post("/clock")
@pages.arguments(ClockBody)
@pages.response(200, ClockAnswer)
@refuses(403, 422)
def advance(body: dict[str, Any]) -> dict[str, Any]:
    """Move the test clock forward; the worker then does what has become due."""
    reach.require(DESIGNERS)
    try:
        by = engine.duration_of(body["advance"])
    except (engine.BadTimer, OverflowError):
        raise Invalid({"advance": ["须为 ISO 8601 时长，如 P3D。"]}) from None
    if not 0 < by.total_seconds() <= 50 * 366 * 86400:
        raise Invalid({"advance": ["须大于零，最多 50 年。"]})
    moment = clock.advance(by)
    db.session.commit()
    return {"now": moment}


def _known(number: int) -> int:
    # SQLite and PostgreSQL keep 64 bits; a larger number names nothing.
    if number >= 2**63:
        raise NotFound
    return number


def _reaches(instance_id: int) -> bool:
    try:
        reach.instance(instance_id)
    except NotFound:
        return False
    return True


def _person(login: str) -> int:
    if login == "me":
        return reach.principal().person_id
    return db.session.scalar(select(Person.id).where(Person.login == login)) or 0


def _task(row: Any) -> dict[str, Any]:
    item, assignee = row
    return {name: getattr(item, name) for name in TASK_FIELDS} | {"assignee": assignee}


def _detail(task_id: int) -> dict[str, Any]:
    row = reach.task(_known(task_id))
    form = forms.find(row[0].form_key)
    draft = row[0].draft if isinstance(row[0].draft, dict) else None
    return _task(row) | {"form": forms.json_schema(form), "draft": draft}


def _instance(instance_id: int, *, seen: bool = False) -> dict[str, Any]:
    """An instance as it is answered; `seen` when the person has just acted on it."""
    found, number = reach.instance(_known(instance_id)) if not seen else reach.acted_on(instance_id)
    live = reach.tasks().where(WorkItem.instance_id == instance_id, WorkItem.state.in_(("open", "claimed")))
    rows = db.session.execute(live.order_by(WorkItem.id)).all()
    names = ("id", "process_key", "business_key", "state", "elements", "public_state", "end_element")
    values = {name: getattr(found, name) for name in (*names, "started_at", "ended_at")}
    return values | {
        "release": number,
        "tasks": [_task(row) for row in rows],
        "variables": engine.variables(instance_id),
    }
