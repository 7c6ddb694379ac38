"""Deploying diagrams and rules, and the test clock: for designers and administrators."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import request

from domain.diagrams import deploying
from domain.reach import visibility
from handlers.api import token_access
from handlers.api.blueprint import pages
from handlers.api.openapi import BODY_STATUSES, problem_responses
from handlers.api.schemas import ClockAnswer, ClockBody, DeploymentAnswer
from handlers.entry.access import allow
from models import db
from models.base.errors import Invalid
from models.processes.states import DefinitionSort
from translations import gettext, lazy_gettext
from workflows import clock, engine

LONGEST_NAME = 200
LAST_MOMENT = datetime(
    2090, 1, 1, tzinfo=UTC
)  # beyond it, dates would no longer fit into what databases count with
FILES_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "files": {
                        "type": "array",
                        "items": {"type": "string", "contentMediaType": "application/octet-stream"},
                        "minItems": 1,
                        "description": lazy_gettext(".bpmn 和 .dmn 文件"),
                    }
                },
                "required": ["files"],
            }
        }
    },
}


@pages.post("/deployments")
@allow("token")
@pages.response(201, DeploymentAnswer, description=lazy_gettext("已部署；内容相同的文件不产生新版本"))
@problem_responses(pages, 403, 409, 413, 422)
@pages.doc(operationId="deploy", requestBody=FILES_BODY)
def deploy() -> dict[str, Any]:
    """Deploy .bpmn and .dmn files together; the same content makes no new version."""
    token_access.require_role(visibility.DESIGNERS)
    deployment = deploying.deploy_sources(_read_uploads(), by=token_access.current_principal().person_id)
    db.session.commit()
    first = next((one for one in deployment.definitions if one.sort == DefinitionSort.PROCESS), None)
    return {
        "key": first.key if first else None,
        "version": first.version if first else None,
        "definitions": deployment.definitions,
        "releases": [{"key": key, "number": number} for key, number in deployment.releases],
    }


@pages.post("/clock")
@allow("token")
@pages.arguments(ClockBody)
@pages.response(200, ClockAnswer, description=lazy_gettext("拨动后的时间"))
@problem_responses(pages, 403, *BODY_STATUSES)
@pages.doc(operationId="advanceClock")
def advance(body: dict[str, Any]) -> dict[str, Any]:
    """Move the test clock forward; the worker then does what has become due."""
    token_access.require_role(visibility.DESIGNERS)
    try:
        by = engine.parse_timedelta(body["advance"])
        fits = by.total_seconds() > 0 and clock.now() + by < LAST_MOMENT
    except (engine.BadTimer, OverflowError, ValueError):
        raise Invalid({"advance": [gettext("须为 ISO 8601 时长，如 P3D。")]}) from None
    if not fits:
        raise Invalid({"advance": [gettext("须大于零，且不能拨到 2090 年以后。")]})
    moment = clock.advance_clock(by)
    db.session.commit()
    return {"now": moment}


def _read_uploads() -> dict[str, bytes]:
    uploaded = [one for ones in request.files.listvalues() for one in ones]
    if not uploaded:
        raise Invalid({"files": [gettext("请上传至少一个 .bpmn 或 .dmn 文件。")]})
    names = [one.filename or f"file{number}.bpmn" for number, one in enumerate(uploaded, start=1)]
    problems = [
        gettext("%(number)s：%(reason)s", number=number, reason=said)
        for number, name in enumerate(names, start=1)
        for said in _name_problems(name, names)
    ]
    if problems:
        raise Invalid({"files": problems})
    return {name: one.read() for name, one in zip(names, uploaded, strict=True)}


def _name_problems(name: str, names: list[str]) -> list[str]:
    if len(name) > LONGEST_NAME or not name.isprintable():
        return [gettext("文件名过长，或者含有不能显示的字符。")]
    return [gettext("有两个文件同名。")] if names.count(name) > 1 else []
