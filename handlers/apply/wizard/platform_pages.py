"""业务平台: the two services, 须知, one's own applications, starting and giving up a draft."""

from __future__ import annotations

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from domain.cases import application_drafts
from domain.wording import agreements
from handlers.apply.blueprint import pages
from handlers.apply.summary import listing
from handlers.entry import row_numbers
from handlers.entry.access import allow
from handlers.page.contract import Page, show
from models import db
from models.authorities.plans import PlanSite
from models.authorities.states import PlanStage
from models.base.errors import DomainError, NotFound
from models.cases.applications import select_registered
from models.cases.refusals import NoSite, OutsideWindow
from translations import gettext, lazy_gettext
from workflows.clock import now
from workflows.definitions import contents

NOTHING_TO_FILL_IN = lazy_gettext("已经保存。目前没有需要您填写的步骤，轮到您时可以在这里继续。")


@pages.get("/")
@allow("applicant")
@show("apply/platform.html")
def platform() -> Page:
    """The services, the draft that is open, and what was applied for."""
    person = g.principal.person_id
    draft = application_drafts.find_draft(person)
    return {
        "services": [one for one in contents.list_services() if one.card and "applicant" in one.starts],
        "draft": draft,
        "draft_ends": application_drafts.draft_expiry(draft) if draft else None,
        "draft_step": _open_step(person) if draft else "",
        "applications": [listing.build_row(one) for one in db.session.scalars(select_registered(person))],
    }


@pages.get("/guide")
@allow("applicant")
@show("apply/guide.html")
def guide() -> Page:
    """须知."""
    return {"guide": agreements.GUIDE}


@pages.post("/start")
@allow("applicant")
def start() -> ResponseReturnValue:
    """Begin at the first step for a site that was found."""
    part = db.session.get(PlanSite, request.form.get("place", type=row_numbers.read_number) or 0)
    if part is None:
        raise NotFound
    kind = request.form.get("kind", "")
    try:
        _check_open(part, kind)
        application_drafts.start_draft(g.principal.person_id, part, kind)
    except DomainError as error:
        db.session.rollback()
        flash(error.sentence, "bad")
        return redirect(url_for("apply.platform"))
    db.session.commit()
    if step := _open_step(g.principal.person_id):
        return redirect(url_for("apply.step", step=step))
    flash(NOTHING_TO_FILL_IN, "ok")  # the diagram has something else come first
    return redirect(url_for("apply.platform"))


@pages.post("/abandon")
@allow("applicant")
def abandon() -> ResponseReturnValue:
    """Give the draft up; what was filled in is cleared."""
    if application_drafts.abandon_draft(g.principal.person_id):
        db.session.commit()
        flash(gettext("已放弃本次报名，填写的内容已经清除。"), "ok")
    return redirect(url_for("apply.platform"))


def _check_open(part: PlanSite, kind: str) -> None:
    if part.plan.stage(now()) != PlanStage.OPEN:
        raise OutsideWindow
    if kind not in part.plan.kinds:
        raise NoSite(gettext("该确认点不办理所选的资格种类，请重新查询。"))


def _open_step(person_id: int) -> str:
    item = application_drafts.find_open_step(person_id)
    return application_drafts.step_name(item) if item else ""
