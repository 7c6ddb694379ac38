"""What somebody has to do for their qualification: the one thing to do now, and everything as one list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import url_for

from domain.cases import application_drafts
from domain.rules import eligibility
from domain.wording import public_states
from handlers.apply.forms.wizard_steps import STEP_NUMBERS, TITLES
from handlers.apply.summary import application_facts, progress
from models import db
from models.cases.applications import Application
from models.cases.credentials import (
    Diploma,
    Enrolment,
    ExamCertificate,
    PutonghuaCertificate,
    select_whether_held,
)
from models.cases.states import RUNNING_STANDINGS, Standing
from models.persons.people import Person
from models.processes.instances import WorkItem
from translations import gettext, join_facts, join_words

REMINDER = "registration/reminder"


@dataclass(frozen=True, kw_only=True)
class UrgentAct:
    """What leads the page: what it is, until when, and the button that does it."""

    title: str
    text: str = ""
    due: datetime | None = None
    url: str = ""
    button: str = ""
    awaited: bool = True  # whether it is the person's turn; else it tells what others do


@dataclass(frozen=True, kw_only=True)
class ListedTask:
    """One line of the list: done or not, what is missing, and where it is done."""

    title: str
    text: str
    done: bool = False
    url: str = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Standings:
    """What the list is made of: who, their draft and its open step, and the application that runs."""

    person: Person
    draft: Application | None
    live: Application | None
    item: WorkItem | None  # the step that waits for them

    @property
    def application(self) -> Application | None:
        """The application that photo and signature belong to."""
        return self.live or self.draft

    @property
    def step(self) -> str:
        """The open step of the draft."""
        return application_drafts.step_name(self.item) if self.draft and self.item else ""


def pick_live(applications: Iterable[Application]) -> Application | None:
    """The application on which something still happens."""
    return next((one for one in applications if one.standing in RUNNING_STANDINGS), None)


def choose_urgent(standings: Standings, begin: str) -> UrgentAct | None:
    """The one thing to do now; an application that runs comes before everything else."""
    if standings.live is not None:
        return _urge_live(standings.live, standings.item)
    if missing := eligibility.missing_particulars(standings.person):
        return UrgentAct(
            title=gettext("补全个人信息"),
            text=gettext("还缺：%(what)s。", what=join_words(missing)),
            url=url_for("profile.particulars", next=url_for("apply.platform")),
            button=gettext("现在补全"),
        )
    if not standings.person.is_identified:
        return UrgentAct(
            title=gettext("完成实名核验"),
            text=gettext("通过以后才能报名。"),
            url=url_for("profile.identity"),
            button=gettext("去核验"),
        )
    if standings.draft is not None:
        return _urge_draft(standings.draft, standings.step)
    return UrgentAct(
        title=gettext("开始报名"),
        text=gettext("先查询认定所在地的网报时间，再开始填写。一共八步。"),
        url=url_for("apply.search"),
        button=begin,
    )


def list_tasks(standings: Standings) -> list[ListedTask]:
    """Particulars, certificates, photograph, signature and application, in the order of the work."""
    return [
        _list_particulars(standings.person),
        _list_certificates(standings),
        *_list_pictures(standings),
        _list_application(standings),
    ]


def _urge_live(live: Application, item: WorkItem | None) -> UrgentAct:
    told: dict[str, Any] = progress.describe_progress(live)
    status = url_for("apply.application", application_id=live.id)
    tasks = told["tasks"]
    unread = item is not None and item.form_key == REMINDER and item.instance_id == live.instance_id
    mine = bool(tasks) or unread or (live.standing == Standing.CONFIRMING and told["by_when"] is not None)
    urgent = UrgentAct(
        title=told["meaning"],
        text=gettext("%(act)s。", act=told["what_next"]),
        due=told["by_when"],
        url=tasks[0]["url"] if tasks else status,
        button=tasks[0]["text"] if tasks else gettext("查看怎样办理"),
        awaited=mine,
    )
    if unread:
        return replace(urgent, url=url_for("apply.step", step="reminder"), button=gettext("看申报提醒"))
    return urgent


def _urge_draft(draft: Application, step: str) -> UrgentAct:
    title = TITLES.get(step, "")
    return UrgentAct(
        title=gettext("继续填报：%(title)s", title=title) if title else gettext("继续填报"),
        text=join_facts((application_facts.kind_and_subject(draft), draft.authority.name, draft.plan.batch)),
        due=application_drafts.draft_expiry(draft),
        url=url_for("apply.step", step=step) if step else "",
        button=gettext("继续填报") if step else "",
    )


def _list_particulars(person: Person) -> ListedTask:
    here = url_for("apply.platform")
    title, missing = gettext("个人信息"), eligibility.missing_particulars(person)
    if missing:
        return ListedTask(
            title=title,
            text=gettext("还缺：%(what)s", what=join_words(missing)),
            url=url_for("profile.particulars", next=here),
            link=gettext("补全"),
        )
    if not person.is_identified:
        return ListedTask(
            title=title,
            text=gettext("还没有通过实名核验"),
            url=url_for("profile.identity"),
            link=gettext("去核验"),
        )
    return ListedTask(
        title=title,
        text=gettext("%(name)s，实名核验通过", name=person.name),
        done=True,
        url=url_for("profile.overview"),
        link=gettext("查看"),
    )


def _list_certificates(standings: Standings) -> ListedTask:
    title, here = gettext("证书和学历"), url_for("apply.platform")
    application = standings.application
    if standings.live or (application is not None and "identity" in application.steps):
        return ListedTask(
            title=title,
            text=gettext("报名时已经选好"),
            done=True,
            url=url_for("profile.overview"),
            link=gettext("查看"),
        )
    lacking = _find_lacking(standings.person.id)
    if not lacking:
        return ListedTask(
            title=title,
            text=gettext("考试合格证明、普通话证书、学历或学籍都有了"),
            done=True,
            url=url_for("profile.overview"),
            link=gettext("查看"),
        )
    return ListedTask(
        title=title,
        text=gettext("还没有：%(what)s", what=join_words(name for name, _ in lacking)),
        url=url_for(lacking[0][1], next=here),
        link=gettext("去添加"),
    )


def _find_lacking(person_id: int) -> list[tuple[str, str]]:
    """The records that an application needs and that are not there, each with the page that adds it."""
    kinds = (
        (gettext("考试合格证明"), "profile.exams", (ExamCertificate,)),
        (gettext("普通话证书"), "profile.putonghua", (PutonghuaCertificate,)),
        (gettext("学历或学籍"), "profile.schooling", (Diploma, Enrolment)),
    )
    held = db.session.execute(select_whether_held(person_id, [models for *_, models in kinds])).one()
    return [(name, page) for (name, page, _), has in zip(kinds, held, strict=True) if not has]


def _list_pictures(standings: Standings) -> Iterable[ListedTask]:
    application, at_details = standings.application, standings.step == "details"
    for title, field in ((gettext("证件照"), "photo"), (gettext("承诺书签名"), "undertaking")):
        given = application is not None and getattr(application, f"{field}_id") is not None
        yield ListedTask(
            title=title,
            text=gettext("已经交了") if given else gettext("在报名第 4 步办理"),
            done=given,
            url=url_for("apply.step", step="details", _anchor=field) if at_details else "",
            link=(gettext("更换") if given else gettext("去上传")) if at_details else "",
        )


def _list_application(standings: Standings) -> ListedTask:
    title, live, step = gettext("认定申请"), standings.live, standings.step
    if live is not None:
        return ListedTask(
            title=title,
            text=join_facts(
                (application_facts.kind_and_subject(live), str(public_states.find_state(live).label))
            ),
            done=True,
            url=url_for("apply.application", application_id=live.id),
            link=gettext("查看进度"),
        )
    if standings.draft is None:
        return ListedTask(
            title=title, text=gettext("还没有开始"), url=url_for("apply.search"), link=gettext("查询网报时间")
        )
    place = (
        gettext(
            "正在填写第 %(step)s 步：%(title)s",
            step=STEP_NUMBERS[step] + 1,
            title=TITLES[step],
        )
        if step in STEP_NUMBERS
        else gettext("正在填写")
    )
    return ListedTask(
        title=title,
        text=place,
        url=url_for("apply.step", step=step) if step else "",
        link=gettext("继续") if step else "",
    )
