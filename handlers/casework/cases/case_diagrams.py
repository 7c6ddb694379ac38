"""The diagrams in which a case stands, with who holds what; the inside of a check only for its checkers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from domain.reach import visibility
from domain.reach.principal import Principal
from domain.wording import dates
from handlers.diagrams import picture, timeline_events
from handlers.diagrams.figures import PURPOSES
from handlers.diagrams.timeline_events import DiagramWords
from models import db
from models.base import codes
from models.cases.applications import Application
from models.processes import running
from models.processes.instances import WorkItem
from models.processes.states import TimerPurpose
from translations import gettext, join_clauses, join_words, lazy_gettext
from workflows.diagrams import case_progress, outline
from workflows.diagrams.case_progress import CaseProgress
from workflows.diagrams.layout import Layout
from workflows.diagrams.outline import Stage

WORDS = DiagramWords(
    here=lazy_gettext("当前"),
    end=lazy_gettext("已结束"),
    states={
        "done": lazy_gettext("已办"),
        "ahead": lazy_gettext("未到"),
        "again": lazy_gettext("已办过，将重新办理"),
    },
)
AWAITED = {
    "applicant": lazy_gettext("等待申请人"),
    "authority": lazy_gettext("等待认定机构"),
    "recipient": lazy_gettext("等待收件人签收"),
}
JOB_STATES = {
    "due": lazy_gettext("系统办理中"),
    "leased": lazy_gettext("系统办理中"),
    "dead": lazy_gettext("系统办理失败，等待处理"),
}
Timers = Sequence[Row[str, datetime | None, TimerPurpose]]  # as `running.select_timers` gives them
Items = Sequence[tuple[WorkItem, str | None]]


@dataclass(frozen=True, kw_only=True)
class AwaitedAct:
    """What an element waits for: who or what, and until when."""

    who: str
    due: datetime | None = None


def draw_case_diagrams(principal: Principal, application: Application, items: Items) -> list[dict[str, Any]]:
    """The diagram of the whole, then those of the processes in which the case is now, the innermost last."""
    standing = case_progress.find_case_progress(application.instance_id)
    if standing is None:
        return []
    shown = visibility.list_open_processes(standing, principal, application)
    acts = _list_awaited(application.instance_id or 0, items)
    timers = db.session.execute(running.select_timers(application.instance_id or 0)).all()
    return [_draw_process(standing, key, acts, timers) for key in standing.open_processes() if key in shown]


def _draw_process(
    standing: CaseProgress, key: str, acts: dict[str, list[AwaitedAct]], timers: Timers
) -> dict[str, Any]:
    layout, place = standing.layouts[key], standing.places[key]
    stages = outline.list_stages(layout, place)
    told = [_describe_stage(one, acts.get(one.figure.id, [])) for one in stages]
    for stage, event in zip(stages, told, strict=True):
        if stage.state == "here":
            event["text"] = join_clauses(
                filter(None, [event["text"], *_describe_timers(layout, stage.figure.id, timers)])
            )
    return {
        "name": layout.name,
        "picture": picture.draw_diagram(layout, place, WORDS),
        "outline": told,
    }


def _describe_timers(layout: Layout, element: str, timers: Timers) -> Iterator[str]:
    """Until when a present stage lasts, and when it reminds, by the timers that wait at it."""
    for timer, due, purpose in timers:
        figure = layout.by_id.get(timer)
        if figure is not None and figure.host == element:
            word, until = PURPOSES[purpose], dates.format_deadline(due)
            yield gettext("%(purpose)s：%(until)s（%(timer)s）", purpose=word, until=until, timer=figure.name)


def _describe_stage(stage: Stage, acts: list[AwaitedAct]) -> dict[str, Any]:
    who = join_words(dict.fromkeys(act.who for act in acts)) or (
        gettext("办理中") if stage.state == "here" else ""
    )
    due = min((act.due for act in acts if act.due), default=None)
    return timeline_events.build_event(stage, WORDS, who, due)


def _list_awaited(instance_id: int, items: Items) -> dict[str, list[AwaitedAct]]:
    """What is waited for, by element: people, messages, and operations of the system."""
    found: dict[str, list[AwaitedAct]] = {}
    for item, holder in items:
        found.setdefault(item.element, []).append(
            AwaitedAct(who=_describe_holder(item, holder), due=item.due_at)
        )
    for wait in db.session.scalars(running.select_shown_waits(instance_id)):
        who = AWAITED.get(wait.waits_for or "", gettext("等待消息"))
        found.setdefault(wait.element, []).append(AwaitedAct(who=who, due=wait.due_at))
    for job in db.session.scalars(running.select_element_jobs(instance_id, JOB_STATES)):
        found.setdefault(job.element or "", []).append(AwaitedAct(who=JOB_STATES[job.state]))
    return found


def _describe_holder(item: WorkItem, holder: str | None) -> str:
    if item.role == "applicant":
        return AWAITED["applicant"]
    role = codes.ROLES.get(item.role or "", item.role or "")
    if holder:
        return holder
    return gettext("待领取（%(role)s）", role=role) if role else gettext("待领取")
