"""Where an application stands: who must act, what is missing, by when, and what happened so far."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import url_for

from domain.cases import asked_materials, materials
from domain.deadlines import confirmation_window
from domain.wording import public_states
from handlers.apply.summary import history, material_slots
from models.cases import casework
from models.cases.applications import Application, Certificate, MaterialFinding, Opinion
from models.cases.states import ENDED_STANDINGS, Ability, MaterialVerdict, Standing
from models.processes import running
from models.processes.instances import WorkItem
from models.processes.states import ItemState
from translations import gettext, lazy_gettext

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
ACCEPTED = {"conform": lazy_gettext("符合，已受理")}
CONFIRMATION_RESULTS = {
    "conform": lazy_gettext("符合"),
    "incomplete": lazy_gettext("退回补正"),
    "ineligible": lazy_gettext("不予受理"),
}


def describe_progress(application: Application, talk: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """All that the status page says; `talk` are the threads as the applicant sees them."""
    live = running.list_live_items(application.instance_id)
    certificate = _read_certificate(application)
    title, text = _describe_state(application, certificate)
    if _is_being_checked(application, live) and _asks_applicant(application):
        title, text = BEING_CHECKED
    told = {
        "meaning": title,
        "what_next": text,
        "by_when": next_deadline(application),
        "tasks": _list_tasks(application, live),
        "findings": list_findings(application),
        "confirmation": describe_confirmation(application),
        "refusal": describe_refusal(application),
        "set_back": _set_back_reason(application),
        "stages": _list_stages(application),
        "timeline": history.build_history(application, certificate, talk),
        "is_over": is_over(application),
        "uploads": False,
        **material_slots.describe_status(application),
    }
    waiting = () if is_over(application) else talk  # what ended takes its messages along
    return told | {"leading": _find_leading_thread(waiting, told["by_when"])}


def is_over(application: Application) -> bool:
    """Whether nothing lies ahead: it was withdrawn, has lapsed, or was refused."""
    return application.standing in (*ENDED_STANDINGS, Standing.DECLINED)


def _find_leading_thread(talk: Sequence[dict[str, Any]], by_when: datetime | None) -> dict[str, Any] | None:
    """The message that has to be answered before anything else of the application is due."""
    waiting = [one for one in talk if one["awaited"] and one["until"] is not None]
    first = min(waiting, key=lambda one: one["until"], default=None)
    return first if first is not None and (by_when is None or first["until"] < by_when) else None


def _is_being_checked(application: Application, live: list[WorkItem]) -> bool:
    # A check that nobody has taken follows a correction: its applicant is still to come with the originals.
    held = [item for item in live if (item.role or "").startswith("site.")]
    taken = any(item.state == ItemState.CLAIMED or item.form_key != "confirmation/check" for item in held)
    return taken and _is_to_be_confirmed(application)


def _asks_applicant(application: Application) -> bool:
    """Whether the words of a state ask its applicant to act, or there are none: others say how it is."""
    state = public_states.find_state(application)
    return state.acts == "applicant" or not state.title


def _is_to_be_confirmed(application: Application) -> bool:
    """Whether it waits to be confirmed and nothing was returned."""
    confirming = application.standing == Standing.CONFIRMING
    return confirming and not public_states.is_allowed(application, Ability.CORRECT)


def next_deadline(application: Application) -> datetime | None:
    """The moment until which the next thing has to be done, by the applicant or by the authority."""
    if item := materials.read_review_task(application):
        return material_slots.upload_ends_at(item) if material_slots.upload_form_key(item) else None
    if application.standing == Standing.CONFIRMING:
        return None if _is_with_site(application) else confirmation_window.applicant_deadline(application)
    return application.due_at if application.standing == Standing.DECIDING else None


def _is_with_site(application: Application) -> bool:
    """Whether people of the site have the case, so that no time of its applicant runs."""
    live = running.list_live_items(application.instance_id)
    return any((item.role or "").startswith("site.") for item in live)


def describe_confirmation(application: Application) -> dict[str, str] | None:
    """The last result of the confirmation with its opinion."""
    if material_slots.is_under_review(application):
        return None
    opinion = _last_opinion(application, "confirmation")
    if opinion is None:
        return None
    # A clerk's verdict accepts nothing yet: between it and the acceptance diagrams may have more steps.
    results = (
        CONFIRMATION_RESULTS if application.accepted_at is None else {**CONFIRMATION_RESULTS, **ACCEPTED}
    )
    return {"result": results.get(opinion.verdict, opinion.verdict), "text": opinion.text}


def describe_refusal(application: Application) -> dict[str, Any] | None:
    """The written reasons of a refusal, and what can be done against it (行政许可法 art. 38)."""
    refusal = public_states.find_state(application).refusal
    if refusal is None:
        return None
    opinion = _last_opinion(application, refusal.reason)
    reasons = opinion.text if opinion else ""
    return {
        "what": refusal.title,
        "reasons": reasons,
        "at": opinion.at if opinion else None,
        "remedies": REMEDIES,
    }


def _set_back_reason(application: Application) -> str:
    # Told while the application waits to be confirmed again; a later result says more.
    last = _last_opinion(application, "set_back", "confirmation")
    back = _is_to_be_confirmed(application) and last is not None and last.stage == "set_back"
    return last.text if last is not None and back else ""


def _last_opinion(application: Application, *stages: str) -> Opinion | None:
    made = reversed(casework.list_opinions(application.id))
    return next((one for one in made if one.stage in stages), None)


def list_findings(application: Application) -> list[dict[str, str]]:
    """What the clerk found of each material in the last round."""
    if material_slots.is_under_review(application):
        return []
    if _last_opinion(application, "confirmation") is None:  # it is written with the first round of them
        return []
    rows = casework.list_material_findings(application.id)
    if not rows:
        return []
    names = asked_materials.name_materials(application)
    last = [row for row in rows if row.round == rows[-1].round]
    return [
        _describe_finding(row, names)
        for row in sorted(last, key=lambda row: row.verdict == MaterialVerdict.CONFORM)
    ]


def _read_certificate(application: Application) -> Certificate | None:
    """The certificate that a granted application has; before that there is none to look for."""
    if application.standing != Standing.GRANTED:
        return None
    return casework.find_certificate(application.id)


def _describe_state(application: Application, certificate: Certificate | None) -> tuple[str, str]:
    """What the state means, and for a granted one how far the certificate is."""
    state = public_states.find_state(application)
    meaning = (str(state.title), str(state.text))
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


def _describe_finding(row: MaterialFinding, names: dict[str, str]) -> dict[str, str]:
    word, state = VERDICTS.get(row.verdict, (row.verdict, ""))
    return {"name": names.get(row.key, row.key), "word": word, "state": state, "reason": row.reason}


def _list_tasks(application: Application, live: list[WorkItem]) -> list[dict[str, Any]]:
    """What the applicant can do now: the open tasks of the process that are theirs."""
    own = [item for item in live if item.assignee_id == application.person_id]
    if own and material_slots.has_unread_reminder(application):
        # Who closed the page of the last step has read nothing yet: it is the way to the materials.
        return [{"text": gettext("上传材料"), "url": url_for("apply.step", step="reminder"), "due": None}]
    return [
        {"text": item.name, "url": url_for("apply.task", item_id=item.id), "due": item.due_at}
        for item in own
        if not (item.form_key or "").startswith("registration/")
    ]


def _list_stages(application: Application) -> list[dict[str, Any]]:
    known, state = public_states.find_state_set(application), public_states.find_state(application)
    stages = list(known.stages) if known is not None else []
    if is_over(application):  # what it would have come to is no road for it
        last = next((at for at, stage in enumerate(stages) if state.name in stage.ends), len(stages))
        stages = stages[: last + 1]
    return [
        {
            "title": state.label if state.name in stage.ends else stage.title,
            "text": "" if state.name in stage.ends else stage.text,
            "now": state.name in (*stage.states, *stage.ends),
        }
        for stage in stages
    ]
