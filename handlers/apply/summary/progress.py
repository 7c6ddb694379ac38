"""Where an application stands: who must act, what is missing, by when, and what happened so far."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for

from domain.cases import materials, revisions
from domain.deadlines import confirmation_window
from handlers.apply.summary import material_slots
from models import db
from models.base import codes
from models.cases import casework
from models.cases.applications import Application, Certificate, MaterialFinding, Opinion
from models.cases.states import ApplicationState, MaterialVerdict
from models.processes import running
from models.processes.instances import Event, WorkItem
from models.processes.states import ItemState
from translations import gettext, join_words, lazy_gettext

# What each public state means for the applicant, and what comes next.
MEANINGS = {
    "pending_confirmation": (
        lazy_gettext("请按时确认"),
        lazy_gettext("携带材料原件，在确认时间内到确认点办理"),
    ),
    "correction": (lazy_gettext("请补正材料"), lazy_gettext("按退回的意见补齐材料，再到确认点办理")),
    "not_accepted": (
        lazy_gettext("申请未被受理"),
        lazy_gettext("理由和救济途径见下；如有疑问请联系认定机构"),
    ),
    "pending_decision": (lazy_gettext("等待认定机构审查"), lazy_gettext("不需要您办理，结论作出后会通知您")),
    "granted": (lazy_gettext("认定通过"), lazy_gettext("证书制好后按您选择的方式领取")),
    "refused": (lazy_gettext("认定未通过"), lazy_gettext("理由和救济途径见下")),
    "withdrawn": (lazy_gettext("申请已撤回"), lazy_gettext("可以重新报名")),
    "lapsed": (
        lazy_gettext("申请已逾期作废"),
        lazy_gettext("考试合格证明在有效期内的，可在报名时间内重新报名"),
    ),
}
# state → the stage whose opinion holds the reasons, and what was refused
REFUSALS = {
    "not_accepted": ("confirmation", lazy_gettext("不予受理")),
    "refused": ("decision", lazy_gettext("不予认定")),
}
REMEDIES = (
    lazy_gettext(
        "对决定不服的，可以自收到决定之日起 60 日内，依法向作出决定的机关的本级人民政府申请行政复议。"
    ),
    lazy_gettext("也可以自收到决定之日起 6 个月内，依法向人民法院提起行政诉讼。"),
)
VERDICTS = {
    "conform": (lazy_gettext("符合"), "ok"),
    "not_conform": (lazy_gettext("不符合"), "bad"),
    "missing": (lazy_gettext("缺少"), "warn"),
}
BEING_CHECKED = (lazy_gettext("材料正在核对"), lazy_gettext("不需要您办理，核对结果会通知您"))
STAGES = (
    (lazy_gettext("网报待确认"), lazy_gettext("材料确认前可以补正"), ("pending_confirmation", "correction")),
    (lazy_gettext("待认定审批"), lazy_gettext("确认通过后进入，约 30 个工作日"), ("pending_decision",)),
    (lazy_gettext("认定通过"), lazy_gettext("编号、制证、领证"), ("granted",)),
)
ENDED_AT_STAGE = {"not_accepted": 0, "lapsed": 0, "refused": 2, "withdrawn": 0}
CONFIRMATION_RESULTS = {
    "conform": lazy_gettext("符合，已受理"),
    "incomplete": lazy_gettext("退回补正"),
    "ineligible": lazy_gettext("不予受理"),
}


def describe_progress(application: Application) -> dict[str, Any]:
    """All that the status page says."""
    live = list(db.session.scalars(running.select_live_items(application.instance_id)))
    certificate = _read_certificate(application)
    title, text = (
        BEING_CHECKED if _is_being_checked(application, live) else _describe_state(application, certificate)
    )
    return {
        "meaning": title,
        "what_next": text,
        "by_when": next_deadline(application),
        "tasks": _list_tasks(application, live),
        "findings": list_findings(application),
        "confirmation": describe_confirmation(application),
        "refusal": describe_refusal(application),
        "set_back": _set_back_reason(application),
        "stages": _list_stages(application),
        "timeline": _build_timeline(application, certificate),
        "uploads": False,
        **material_slots.describe_status(application),
    }


def _is_being_checked(application: Application, live: list[WorkItem]) -> bool:
    # A check that nobody has taken follows a correction: its applicant is still to come with the originals.
    held = [item for item in live if (item.role or "").startswith("site.")]
    taken = any(item.state == ItemState.CLAIMED or item.form_key != "confirmation/check" for item in held)
    return taken and application.state == ApplicationState.PENDING_CONFIRMATION


def next_deadline(application: Application) -> datetime | None:
    """The moment until which the next thing has to be done, by the applicant or by the authority."""
    if item := materials.read_review_task(application):
        return material_slots.upload_ends_at(item) if material_slots.upload_form_key(item) else None
    if application.state in {ApplicationState.PENDING_CONFIRMATION, ApplicationState.CORRECTION}:
        return (
            None
            if confirmation_window.is_with_authority(application)
            else confirmation_window.applicant_deadline(application)
        )
    return application.due_at if application.state == ApplicationState.PENDING_DECISION else None


def describe_confirmation(application: Application) -> dict[str, str] | None:
    """The last result of the confirmation with its opinion."""
    if material_slots.is_under_review(application):
        return None
    opinion = _last_opinion(application, "confirmation")
    if opinion is None:
        return None
    return {"result": CONFIRMATION_RESULTS.get(opinion.verdict, opinion.verdict), "text": opinion.text}


def describe_refusal(application: Application) -> dict[str, Any] | None:
    """The written reasons of a refusal, and what can be done against it (行政许可法 art. 38)."""
    if application.state not in REFUSALS:
        return None
    stage, what = REFUSALS[application.state]
    opinion = _last_opinion(application, stage)
    reasons = opinion.text if opinion else ""
    return {"what": what, "reasons": reasons, "at": opinion.at if opinion else None, "remedies": REMEDIES}


def _set_back_reason(application: Application) -> str:
    # Told while the application waits to be confirmed again; a later result says more.
    last = _last_opinion(application, "set_back", "confirmation")
    back = (
        application.state == ApplicationState.PENDING_CONFIRMATION
        and last is not None
        and last.stage == "set_back"
    )
    return last.text if last is not None and back else ""


def _last_opinion(application: Application, *stages: str) -> Opinion | None:
    return db.session.scalars(casework.select_last_opinions(application.id, *stages)).first()


def list_findings(application: Application) -> list[dict[str, str]]:
    """What the clerk found of each material in the last round."""
    if material_slots.is_under_review(application):
        return []
    rows = casework.list_material_findings(application.id)
    names = {one.key: one.name for one in casework.list_plan_materials(application.plan_id)}
    last = [row for row in rows if row.round == rows[-1].round]
    return [
        _describe_finding(row, names)
        for row in sorted(last, key=lambda row: row.verdict == MaterialVerdict.CONFORM)
    ]


def _read_certificate(application: Application) -> Certificate | None:
    """The certificate that a granted application has; before that there is none to look for."""
    if application.state != ApplicationState.GRANTED:
        return None
    return casework.find_certificate(application.id)


def _describe_state(application: Application, certificate: Certificate | None) -> tuple[str, str]:
    """What the state means, and for a granted one how far the certificate is."""
    meaning = MEANINGS.get(application.state, ("", ""))
    if certificate is None:
        return meaning
    number = gettext("证书号码 %(number)s", number=certificate.number)
    progress = _certificate_progress(certificate, meaning[1])
    return meaning[0], gettext("%(progress)s（%(number)s）", progress=progress, number=number)


def _certificate_progress(row: Certificate, before: str) -> str:
    if row.handed_over_at is not None:
        return gettext("证书已由您领取，可在证书查询里查到")
    if row.tracking_number:
        return gettext("证书已经寄出，邮件号码 %(number)s", number=row.tracking_number)
    return gettext("证书已经制好，请按您选择的方式领取") if row.printed_at is not None else before


def _certificate_steps(row: Certificate | None) -> list[dict[str, Any]]:
    """What became of the certificate, each with its moment."""
    known = (
        ((gettext("证书制好"), row.printed_at), (gettext("领取证书"), row.handed_over_at))
        if row is not None
        else ()
    )
    return [{"title": title, "when": at, "who": "", "past": True} for title, at in known if at is not None]


def _build_timeline(application: Application, certificate: Certificate | None) -> list[dict[str, Any]]:
    """What happened, the newest first; the names of staff are not told."""
    events = db.session.scalars(running.select_state_events(application.instance_id))
    told = [
        {
            "title": gettext("提交报名，生成报名号"),
            "when": application.registered_at,
            "who": gettext("本人"),
            "past": True,
        }
    ]
    before = "pending_confirmation"
    for event in events:
        state = _new_state(event)
        if state in MEANINGS and state != before:
            told.append({"title": _state_word(state), "when": event.at, "who": "", "past": True})
            before = state
    told += [*_list_edits(application), *_certificate_steps(certificate)]
    told.sort(key=lambda one: one["when"] or application.created_at)
    told[-1] = {**told[-1], "now": True}
    return list(reversed(told))


def _list_edits(application: Application) -> list[dict[str, Any]]:
    """What was changed after the number was given, under the words that people read."""
    return [
        {
            "title": gettext("修改申报内容"),
            "text": join_words(field for field, _, _ in act["rows"]),
            "when": act["at"],
            "who": gettext("本人") if act["by"] == application.person.name else "",
            "past": True,
        }
        for act in revisions.list_revisions(application.id)
    ]


def _state_word(state: str) -> str:
    return gettext("退回补正") if state == "correction" else codes.PUBLIC_STATES[state]


def _new_state(event: Event) -> str:
    # The engine notes a change of public state as the old word and the new one.
    return str(event.detail[1]) if isinstance(event.detail, list) else ""


def _describe_finding(row: MaterialFinding, names: dict[str, str]) -> dict[str, str]:
    word, state = VERDICTS.get(row.verdict, (row.verdict, ""))
    return {"name": names.get(row.key, row.key), "word": word, "state": state, "reason": row.reason}


def _list_tasks(application: Application, live: list[WorkItem]) -> list[dict[str, Any]]:
    """What the applicant can do now: the open tasks of the process that are theirs."""
    own = [item for item in live if item.assignee_id == application.person_id]
    return [
        {"text": item.name, "url": url_for("apply.task", item_id=item.id), "due": item.due_at}
        for item in own
        if not (item.form_key or "").startswith("registration/")
    ]


def _list_stages(application: Application) -> list[dict[str, Any]]:
    here = ENDED_AT_STAGE.get(application.state)
    stages = []
    for place, (title, text, states) in enumerate(STAGES):
        current = application.state in states or here == place
        word = codes.PUBLIC_STATES[application.state] if here == place else title
        stages.append({"title": word, "text": text if here != place else "", "now": current})
    return stages
