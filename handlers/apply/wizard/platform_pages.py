"""业务平台: the two services, 须知, one's own applications, starting and giving up a draft."""

from __future__ import annotations

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from domain.cases import application_drafts
from domain.outside.records import record_syncs
from domain.rules import eligibility
from domain.wording import agreements
from handlers.apply.blueprint import pages
from handlers.apply.summary import listing
from handlers.apply.wizard import task_list
from handlers.entry import row_numbers
from handlers.entry.access import SAFE_METHODS, allow
from handlers.page.contract import Page, show
from models import db
from models.authorities.plans import PlanSite
from models.authorities.states import PlanStage
from models.base import codes
from models.base.errors import DomainError, NotFound
from models.cases.applications import select_registered
from models.cases.refusals import NoSite, OutsideWindow
from models.persons.people import Person
from translations import gettext, join_words, lazy_gettext
from workflows.clock import now
from workflows.definitions import contents

NOTHING_TO_FILL_IN = lazy_gettext("已经保存。目前没有需要您填写的步骤，轮到您时可以在这里继续。")


@pages.get("/")
@allow("applicant")
@show("apply/platform.html")
def platform() -> Page:
    """The one thing to do now, everything else as one list, and what was applied for."""
    person = db.session.get_one(Person, g.principal.person_id)
    registered = list(db.session.scalars(select_registered(person.id)))
    standings = task_list.Standings(
        person=person,
        draft=application_drafts.find_draft(person.id),
        live=task_list.pick_live(registered),
        item=application_drafts.find_open_step(person.id),
    )
    services = [one for one in contents.list_services() if one.card and "applicant" in one.starts]
    card = next((one.card for one in services if one.subject == "application"), None)
    return {
        "services": services,
        "draft": standings.draft,
        "live": standings.live,
        "urgent": task_list.choose_urgent(standings, str(card.button or "") if card else ""),
        "tasks": task_list.list_tasks(standings),
        "applications": [listing.build_row(one) for one in registered],
        "help_contact": standings.application.authority.contact if standings.application else None,
    }


@pages.get("/guide")
@allow("applicant")
@show("apply/guide.html")
def guide() -> Page:
    """须知."""
    return {"guide": agreements.GUIDE}


@pages.route("/start", methods=["GET", "POST"])
@allow("applicant")
@show("apply/start.html")
def start() -> Page:
    """Begin at the first step for a site that was found, once the particulars are complete."""
    part = db.session.get(PlanSite, request.values.get("place", type=row_numbers.read_number) or 0)
    kind = request.values.get("kind", "")
    if request.method in SAFE_METHODS:
        if part is None or kind not in codes.KINDS:
            return redirect(url_for("apply.search"))
        return {"part": part, "kind": kind, "kind_name": codes.KINDS[kind]}
    if part is None:
        raise NotFound
    person = db.session.get_one(Person, g.principal.person_id)
    if missing := eligibility.missing_particulars(person):
        return _complete_first(part.id, kind, missing)
    if not person.is_identified:
        flash(gettext("报名前须通过实名核验。通过以后请重新查询并开始报名。"), "warn")
        return redirect(url_for("profile.identity"), 303)
    try:
        _check_open(part, kind)
        application_drafts.start_draft(g.principal.person_id, part, kind)
        record_syncs.request_when_due(g.principal.person_id)
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


def _complete_first(place: int, kind: str, missing: list[str]) -> ResponseReturnValue:
    """To the particulars, and from there back to this site and kind."""
    flash(gettext("报名前请先补全：%(what)s。保存后回到这里继续报名。", what=join_words(missing)), "warn")
    back = url_for("apply.start", place=place, kind=kind)
    return redirect(url_for("profile.particulars", next=back), 303)


def _check_open(part: PlanSite, kind: str) -> None:
    if part.plan.stage(now()) != PlanStage.OPEN:
        raise OutsideWindow
    if kind not in part.plan.kinds:
        raise NoSite(gettext("该确认点不办理所选的资格种类，请重新查询。"))


def _open_step(person_id: int) -> str:
    item = application_drafts.find_open_step(person_id)
    return application_drafts.step_name(item) if item else ""
