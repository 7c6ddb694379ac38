"""Messages from outside to the one task that waits for them."""

from __future__ import annotations

from typing import Any

from flask import current_app

from domain.reach import visibility
from handlers.api import serializers, token_access
from handlers.api.blueprint import pages
from handlers.api.openapi import BODY_STATUSES, problem_responses
from handlers.api.schemas import InstanceAnswer, MessageBody
from handlers.entry.access import allow
from models import db
from models.base.errors import Invalid, NotAllowed, NothingWaiting
from models.persons.states import PersonKind
from models.processes.instances import ProcessInstance
from translations import gettext, lazy_gettext
from workflows import engine
from workflows.engine.state import drawn_facts


@pages.post("/messages")
@allow("token")
@pages.arguments(MessageBody)
@pages.response(200, InstanceAnswer, description=lazy_gettext("已送达；实例随后的情况"))
@problem_responses(pages, 403, 409, *BODY_STATUSES)
@pages.doc(operationId="sendMessage")
def message(body: dict[str, Any]) -> dict[str, Any]:
    """Deliver a message to the one task that waits for its name and key."""
    _check_sender(body)
    me = token_access.current_principal().person_id
    result = engine.deliver_message(body["name"], body["key"], body["payload"], actor=me)
    db.session.commit()
    seen = token_access.find_moved_instance(result.id)
    token_access.record_view(seen.sight)
    return serializers.serialize_instance(token_access.find_moved_instance(result.id))


def _check_sender(body: dict[str, Any]) -> None:
    if token_access.current_principal().kind != PersonKind.STAFF:
        raise NotAllowed
    for instance_id in engine.find_waiting_instances(body["name"], body["key"]):
        _check_instance(db.session.get_one(ProcessInstance, instance_id))
        _check_role(instance_id, body["name"])
    if body["payload"] and current_app.config["PRODUCTION"]:
        raise Invalid({"payload": [gettext("正式环境不能直接设置流程变量。")]})


def _check_role(instance_id: int, name: str) -> None:
    """A message that names its sender in the diagram comes from a holder of that role."""
    message = drawn_facts.drawn_facts_of(instance_id).messages.get(name)
    sender = message.sender if message is not None else ""
    if sender and sender not in token_access.current_principal().roles:
        raise NotAllowed


def _check_instance(waiting: ProcessInstance) -> None:
    # Cases are withdrawn, set back and lapsed by pages that know who may; designers try diagrams with them
    # where there is nobody's real case.
    key, designs = (
        waiting.business_key or "",
        bool(token_access.current_principal().roles & visibility.DESIGNERS),
    )
    if key.startswith("thread:") and (designs or token_access.may_see_instance(waiting.id)):
        raise NotAllowed  # an answer is a message that somebody wrote, not only a step of its process
    if key.startswith("application:") and designs:
        if current_app.config["PRODUCTION"]:
            raise NotAllowed
    elif key.startswith(visibility.ABOUT_SOMEBODY) or not token_access.may_see_instance(waiting.id):
        raise NothingWaiting  # whoever may not see an instance does not learn that it waits
