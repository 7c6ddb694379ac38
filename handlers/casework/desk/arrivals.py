"""What follows an arrival: diagrams say it, and it need not be the check of materials."""

from __future__ import annotations

from models import db
from models.base import codes
from models.listing import claims
from models.processes import running
from models.processes.instances import WorkItem
from translations import gettext, join_words
from workflows import worklist
from workflows.clock import now


def find_next_task(instance_id: int | None, person: int, preferred: str) -> WorkItem | None:
    """The task of a case that a person can go on with, the one with the preferred form first."""
    waiting = sorted(_list_tasks(instance_id), key=lambda item: item.form_key != preferred)
    return next((item for item in waiting if _may_go_on(item, person)), None)


def describe_waiting_tasks(instance_id: int | None) -> str:
    """Which tasks of a case wait for whom, in a sentence; empty where none does."""
    waiting = [
        gettext("“%(task)s”（%(role)s）", task=item.name, role=_name_role(item))
        for item in _list_tasks(instance_id)
    ]
    return gettext("现在等待办理：%(tasks)s。", tasks=join_words(waiting)) if waiting else ""


def _list_tasks(instance_id: int | None) -> list[WorkItem]:
    return list(db.session.scalars(running.select_live_items(instance_id)))


def _may_go_on(item: WorkItem, person: int) -> bool:
    if claims.holds_item(item, person):
        return True
    return claims.is_free(item, now()) and not worklist.explain_bar(item.id, person)


def _name_role(item: WorkItem) -> str:
    return str(codes.ROLES.get(item.role or "", item.role or gettext("工作人员")))
