"""The diagrams in which a case stands, with who holds what; the inside of a check only for its checkers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from domain.reach import sight
from domain.reach.principal import Principal
from handlers.diagrams import outlines, picture
from handlers.diagrams.outlines import Words
from models import codes, db
from models.applications import Application
from models.process import Job, Wait, WorkItem
from workflows.diagrams import cases, outline
from workflows.diagrams.cases import Standing
from workflows.diagrams.outline import Stage

WORDS = Words(
    here="当前", end="已结束", states={"done": "已办", "ahead": "未到", "again": "已办过，将重新办理"}
)
AWAITED = {"applicant": "等待申请人", "authority": "等待认定机构", "recipient": "等待收件人签收"}
JOBS = {"due": "系统办理中", "leased": "系统办理中", "dead": "系统办理失败，等待处理"}
Items = Sequence[tuple[WorkItem, str | None]]


@dataclass(frozen=True, kw_only=True)
class Act:
    """What an element waits for: who or what, and until when."""

    who: str
    due: datetime | None = None


def of(principal: Principal, application: Application, items: Items) -> list[dict[str, Any]]:
    """The diagram of the whole, then those of the processes in which the case is now, the innermost last."""
    standing = cases.standing(application.instance_id)
    if standing is None:
        return []
    shown = sight.open_processes(standing, principal, application)
    acts = _acts(application.instance_id or 0, items)
    return [_part(standing, key, acts) for key in standing.open_processes() if key in shown]


def _part(standing: Standing, key: str, acts: dict[str, list[Act]]) -> dict[str, Any]:
    layout, place = standing.layouts[key], standing.places[key]
    stages = outline.stages(layout, place)
    return {
        "name": layout.name,
        "picture": picture.draw(layout, place, WORDS),
        "outline": [_event(one, acts.get(one.figure.id, [])) for one in stages],
    }


def _event(stage: Stage, acts: list[Act]) -> dict[str, Any]:
    who = "、".join(dict.fromkeys(act.who for act in acts)) or ("办理中" if stage.state == "here" else "")
    due = min((act.due for act in acts if act.due), default=None)
    return outlines.event(stage, WORDS, who, due)


def _acts(instance_id: int, items: Items) -> dict[str, list[Act]]:
    """What is waited for, by element: people, messages, and operations of the system."""
    found: dict[str, list[Act]] = {}
    for item, holder in items:
        found.setdefault(item.element, []).append(Act(who=_holder(item, holder), due=item.due_at))
    waits = select(Wait).where(Wait.instance_id == instance_id, Wait.waits_for.is_not(None))
    for wait in db.session.scalars(waits.order_by(Wait.id)):
        who = AWAITED.get(wait.waits_for or "", "等待消息")
        found.setdefault(wait.element, []).append(Act(who=who, due=wait.due_at))
    jobs = select(Job).where(Job.instance_id == instance_id, Job.state.in_(JOBS), Job.element.is_not(None))
    for job in db.session.scalars(jobs.order_by(Job.id)):
        found.setdefault(job.element or "", []).append(Act(who=JOBS[job.state]))
    return found


def _holder(item: WorkItem, holder: str | None) -> str:
    if item.role == "applicant":
        return AWAITED["applicant"]
    role = codes.ROLES.get(item.role or "", item.role or "")
    return holder or f"待领取{f'（{role}）' if role else ''}"
