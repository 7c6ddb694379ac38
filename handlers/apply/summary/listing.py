"""An application as one row of a list: number, what for, state, and what can be done with it."""

from __future__ import annotations

from typing import Any

from flask import url_for

from domain.cases import revisions
from domain.wording import public_states
from handlers.apply.summary import application_facts, material_slots
from handlers.page import thread_views
from models.cases.applications import Application
from translations import gettext


def build_row(application: Application) -> dict[str, Any]:
    """The row of 查询报名信息 with its 操作."""
    return {
        "id": application.id,
        "number": application.registration_number,
        "what": application_facts.kind_and_subject(application),
        "batch": application.plan.batch,
        "authority": application.authority.name,
        "site": application.site.name if application.site else "",
        "state": public_states.find_state(application),
        "registered_at": application.registered_at,
        "unread": thread_views.count_unread(application.person_id, application.id),
        "messages_url": url_for("apply.messages", application_id=application.id),
        "url": url_for("apply.application", application_id=application.id),
        "actions": list_actions(application),
    }


def list_actions(application: Application) -> list[dict[str, str]]:
    """What an applicant can open of an application."""
    return [
        {"text": label, "endpoint": endpoint, "url": url_for(endpoint, application_id=application.id)}
        for label, endpoint in (
            (gettext("查看进度"), "apply.application"),
            *material_slots.material_actions(application),
            *(((gettext("留言"), "apply.messages"),) if thread_views.has_threads(application.id) else ()),
            *(((gettext("修改"), "apply.change"),) if revisions.is_changeable(application) else ()),
            (gettext("注意事项"), "apply.notes"),
            (gettext("详情"), "apply.details"),
            (gettext("申请表预览"), "apply.form_pdf"),
            *(((gettext("撤回申请"), "apply.withdraw"),) if revisions.is_withdrawable(application) else ()),
        )
    ]
