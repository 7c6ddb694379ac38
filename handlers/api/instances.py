"""Starting instances, seeing where they stand, and what happened to them."""

from __future__ import annotations

from typing import Any

from flask import current_app

from domain.reach import starting
from handlers.api import serializers, token_access
from handlers.api.blueprint import pages
from handlers.api.openapi import BODY_STATUSES, problem_responses
from handlers.api.schemas import NAME_PATTERN, EventsAnswer, EventsQuery, InstanceAnswer, StartBody
from handlers.entry.access import allow
from models import db
from models.base.errors import Invalid, NotAllowed, NotFound
from models.persons.states import PersonKind
from models.processes.instances import Event
from translations import gettext, lazy_gettext
from workflows import engine


@pages.post("/processes/<string:key>/instances")
@allow("token")
@pages.arguments(StartBody)
@pages.response(201, InstanceAnswer, description=lazy_gettext("已启动"))
@problem_responses(pages, 403, 404, 409, *BODY_STATUSES)
@pages.doc(operationId="startInstance")
def start(body: dict[str, Any], key: str) -> dict[str, Any]:
    """Start an instance on the newest release of a process."""
    if not NAME_PATTERN.fullmatch(key):
        raise NotFound
    _check_start(key, body)
    result = engine.start_instance(
        key,
        business_key=body["business_key"],
        variables=body["variables"],
        actor=token_access.current_principal().person_id,
    )
    db.session.commit()
    return serializers.serialize_instance(token_access.find_moved_instance(result.id))


@pages.get("/instances/<int:instance_id>")
@allow("token")
@pages.response(200, InstanceAnswer, description=lazy_gettext("实例目前的情况"))
@problem_responses(pages, 404)
@pages.doc(operationId="getInstance")
def instance(instance_id: int) -> dict[str, Any]:
    """Where an instance stands: state, active elements, public state, open tasks, variables."""
    return serializers.serialize_instance(token_access.view_instance(instance_id))


@pages.get("/instances/<int:instance_id>/events")
@allow("token")
@pages.arguments(EventsQuery, location="query")
@pages.response(200, EventsAnswer, description=lazy_gettext("经过，最早的在前"))
@problem_responses(pages, 404, 422)
@pages.doc(operationId="listEvents")
def events(asked: dict[str, Any], instance_id: int) -> dict[str, Any]:
    """What happened to an instance, the oldest first."""
    seen = token_access.view_instance(instance_id)
    chosen = token_access.select_events(seen).where(Event.id > asked["cursor"]).limit(asked["limit"] + 1)
    rows = db.session.execute(chosen).all()
    page = rows[: asked["limit"]]
    return {
        "events": [serializers.serialize_event(row, seen) for row in page],
        "cursor": page[-1][0].id if len(rows) > len(page) else None,
    }


def _check_start(key: str, body: dict[str, Any]) -> None:
    if token_access.current_principal().kind != PersonKind.STAFF:
        raise NotAllowed
    starting.check_start(key, body["business_key"], token_access.current_principal().roles)
    if body["variables"] and current_app.config["PRODUCTION"]:
        raise Invalid({"variables": [gettext("正式环境不能直接设置流程变量。")]})
