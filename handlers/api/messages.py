"""Messages from outside to the one task that waits for them."""

from __future__ import annotations

from typing import Any

from flask import current_app

from handlers.api import answers, reach
from handlers.api.blueprint import pages
from handlers.api.document import BODY, refuses
from handlers.api.schemas import InstanceAnswer, MessageBody
from models import db
from models.errors import Invalid, NotAllowed, NothingWaiting
from workflows import engine


@pages.post("/messages")
@pages.arguments(MessageBody)
@pages.response(200, InstanceAnswer, description="已送达；实例随后的情况")
@refuses(pages, 403, 409, *BODY)
@pages.doc(operationId="sendMessage")
def message(body: dict[str, Any]) -> dict[str, Any]:
    """Deliver a message to the one task that waits for its name and key."""
    _check_sender(body)
    me = reach.principal().person_id
    result = engine.deliver(body["name"], body["key"], body["payload"], actor=me)
    db.session.commit()
    return answers.instance(result.id)


def _check_sender(body: dict[str, Any]) -> None:
    # Cases are withdrawn, set back and lapsed by pages that know who may; here designers try diagrams.
    if reach.principal().kind != "staff":
        raise NotAllowed
    waiting = [reach.find(instance_id) for instance_id in engine.waiting(body["name"], body["key"])]
    if not all(waiting):
        raise NothingWaiting  # whoever may not see an instance does not learn that it waits
    keys = [found.business_key or "" for found in waiting if found]
    if any(key.startswith("thread:") for key in keys):
        raise NotAllowed  # an answer is a message that somebody wrote, not only a step of its process
    if any(key.startswith("application:") for key in keys):
        reach.require(reach.DESIGNERS)
    if body["payload"] and current_app.config["PRODUCTION"]:
        raise Invalid({"payload": ["正式环境不能直接设置流程变量。"]})
