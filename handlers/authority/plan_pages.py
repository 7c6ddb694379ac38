"""Plans of the person's authorities: their windows, moved with a preview of what that does."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from flask import flash, g, redirect, request, url_for
from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from domain.reach import scope
from domain.wording import dates
from handlers.authority import change_preview
from handlers.authority.blueprint import pages
from handlers.authority.change_preview import AuditNote, ChangePreview
from handlers.authority.schemas import WINDOWS, WindowsSchema
from handlers.entry.access import allow
from handlers.page.contract import Page, Submission, accept, show
from models import db
from models.authorities.plans import Plan
from models.base.errors import NotFound
from translations import gettext, gettext_plural, lazy_gettext
from workflows.clock import LOCAL, now

PLANNERS = frozenset({"authority.plans"})
MOVED = lazy_gettext(
    "这个计划的时间刚刚由他人调整，现在网报时间是 {apply}，确认时间是 {confirm}。没有保存，请核对。"
)
OVER = lazy_gettext("已经过去的时间不能改，也不能改到过去")


@pages.get("/plans")
@allow(*PLANNERS)
@show("authority/plans.html")
def plans() -> Page:
    """The plans in the person's care, the newest first."""
    query = select(Plan).options(joinedload(Plan.authority)).order_by(Plan.apply_from.desc(), Plan.id.desc())
    mine = scope.list_authorities(g.principal, PLANNERS)
    found = list(db.session.scalars(query if mine is None else query.where(Plan.authority_id.in_(mine))))
    moment = now()
    return {"rows": [(plan, plan.stage(moment)) for plan in found], "moment": moment}


@pages.route("/plans/<int:plan_id>", methods=["GET", "POST"])
@allow(*PLANNERS)
@show("authority/plan.html")
@accept(WindowsSchema)
def plan(sent: Submission, plan_id: int) -> Page:
    """The windows of one plan: show what others would do, or set them."""
    found = _find_own_plan(plan_id)
    sent = _tell_of_move(found, sent)
    if not sent.is_accepted:
        return _build_page(found, sent), sent.status
    _check_past(found, sent.answers)
    wanted = {name: sent.answers[name] for name in WINDOWS}
    act = partial(_set_windows, found.id, wanted)
    if request.form.get("act") != "confirm":
        seen = change_preview.preview_change(act, found)
        return _build_page(_find_own_plan(plan_id), sent, seen)
    before = {name: getattr(found, name).isoformat() for name in WINDOWS}
    after = {name: moment.isoformat() for name, moment in wanted.items()}
    detail = {"plan": found.id, "before": before, "after": after, "reason": sent.answers["reason"]}
    count = change_preview.carry_out_change(act, AuditNote(action="plan.windows_moved", detail=detail), found)
    db.session.commit()
    flash(
        gettext_plural("已保存。%(num)s 件申请的时限随之调整，申请人将收到通知。", num=count)
        if count
        else gettext("已保存。"),
        "ok",
    )
    return redirect(url_for("authority.plan", plan_id=plan_id))


def _build_page(found: Plan, sent: Submission, seen: ChangePreview | None = None) -> dict[str, Any]:
    values = {name: _input_value(getattr(found, name)) for name in WINDOWS}
    form, stamp = sent.view(values), _windows_stamp(found)
    return {"plan": found, "form": form, "seen": seen, "windows": WINDOWS, "stamp": stamp}


def _tell_of_move(found: Plan, sent: Submission) -> Submission:
    """Refuse a form of somebody who has not seen the windows as they are.

    Also one that is refused already: the page that comes back counts as seen.
    """
    if request.form.get("seen", _windows_stamp(found)) == _windows_stamp(found):
        return sent
    apply, confirm = _format_window(found, "apply"), _format_window(found, "confirm")
    told = {"_schema": [MOVED.format(apply=apply, confirm=confirm)]}
    return replace(sent, is_accepted=False, errors={**sent.errors, **told}, status=409)


def _windows_stamp(found: Plan) -> str:
    """The windows as they are; whoever changes them sends what they saw."""
    return " ".join(_input_value(getattr(found, name)) for name in WINDOWS)


def _format_window(found: Plan, sort: str) -> str:
    return dates.format_window((getattr(found, f"{sort}_from"), getattr(found, f"{sort}_until")))


def _set_windows(plan_id: int, wanted: dict[str, datetime]) -> None:
    found = db.session.get_one(Plan, plan_id)
    for name, moment in wanted.items():
        setattr(found, name, moment)


def _check_past(found: Plan, wanted: dict[str, Any]) -> None:
    """What is over stays; whoever came too late would come in time by it, or the other way round."""
    moment = now()
    wrong = [name for name in WINDOWS if _is_moved(found, wanted, name) and wanted[name] <= moment]
    if wrong:
        raise ValidationError({name: [OVER] for name in wrong})


def _is_moved(found: Plan, wanted: dict[str, Any], name: str) -> bool:
    # The field shows minutes; what differs by less was not changed.
    return _input_value(getattr(found, name)) != _input_value(wanted[name])


def _input_value(moment: datetime) -> str:
    return f"{moment.astimezone(LOCAL):%Y-%m-%dT%H:%M}"


def _find_own_plan(plan_id: int) -> Plan:
    mine, found = scope.list_authorities(g.principal, PLANNERS), db.session.get(Plan, plan_id)
    if found is None or (mine is not None and found.authority_id not in mine):
        raise NotFound
    return found
