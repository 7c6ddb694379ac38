"""The desk of a confirmation site: find who stands there, say that they came, open the check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, request, url_for

from domain.cases import materials
from domain.deadlines import confirmation_window
from domain.reach import scope
from domain.wording import dates, public_states
from handlers.casework.blueprint import pages
from handlers.casework.desk import arrivals
from handlers.casework.dossier import audit_trail, case_facts
from handlers.entry.access import allow
from handlers.page.contract import ON_THE_PAGE, Page, Submission, accept, ask, show
from handlers.page.formfields import FormView
from handlers.page.queries import QuerySchema, SearchWords
from models import db
from models.base import spelling
from models.base.errors import DomainError, NotFound
from models.cases.applications import Application, select_by_number
from models.cases.states import Ability
from models.listing import claims
from models.persons.people import Person
from models.processes import running
from models.processes.instances import WorkItem
from translations import gettext, lazy_gettext
from workflows import engine, worklist
from workflows.clock import now

DESK_CLERKS = frozenset({"site.clerk"})
DESK_ROLES = scope.SITE_ROLES
ARRIVE = "application.arrive"
ELSEWHERE = lazy_gettext("这件申请不在本确认点办理，确认点是“{site}”，请申请人前往该确认点。")
CHECK, REMINDER = "confirmation/check", "registration/reminder"
REMINDER_UNREAD = lazy_gettext(
    "申请人刚刚提交报名，还没有读完申报提醒。请申请人在业务平台点“已经阅读”；不便操作的，请稍后再试。"
)
REGISTERED = lazy_gettext("已登记到场。")
NOT_THEIRS = lazy_gettext("到场登记和材料核对由本确认点的经办人员办理，您可以查看案件。")
ONLINE = lazy_gettext("这件申请全程网办，材料在网上提交和审核，不需要到场。")


class CannotBegin(DomainError):
    """An applicant whom the desk cannot receive, or not now."""

    code = "cannot_begin"
    sentence = lazy_gettext("这件申请目前不能确认。")


@dataclass(frozen=True, kw_only=True)
class DeskResult:
    """What the desk shows of one application."""

    application: Application | None  # nothing of a case of another site is shown
    sentence: str = ""
    item: WorkItem | None = None  # the check that already waits
    may_receive: bool = False  # whether whoever asks begins or goes on with the check


class DeskQuery(QuerySchema):
    """What was scanned or typed."""

    words = SearchWords(data_key="q", most=200)


@pages.route("/desk", methods=["GET", "POST"])
@allow(*DESK_ROLES)
@show("casework/desk.html")
@ask(DeskQuery)
def desk(asked: dict[str, Any]) -> Page:
    """An empty field to scan into, or what was found.

    A document number is sent in the body, as addresses end up in logs.
    """
    if request.method == "POST" and not asked["words"]:
        nothing = {"q": (gettext("请扫描或者输入报名号、证件号码。"),)}
        return _build_page("", FormView(errors=nothing)), 422
    found = find_applications(asked["words"]) if request.method == "POST" else []
    if len(found) == 1:
        return redirect(url_for("casework.desk", q=found[0].registration_number))
    return _build_page(asked["words"])


@pages.post("/desk/<int:application_id>/arrived")
@allow(*DESK_ROLES)
@show("casework/desk.html")
@accept(
    page=lambda sent, application_id: _build_page(_find_at_desk(application_id).registration_number),
    refusals=ON_THE_PAGE,
)
def arrived(sent: Submission, application_id: int) -> Page:
    """The applicant came: the check of materials begins, in the hands of whoever received them."""
    application = _find_at_desk(application_id)
    if reason := why_cannot_begin(application):
        raise CannotBegin(reason)
    item = _find_waiting_check(application) or _register_arrival(application)
    if item is None:
        db.session.commit()
        flash(f"{REGISTERED}{arrivals.describe_waiting_tasks(application.instance_id)}", "ok")
        return redirect(url_for("casework.worklist"))
    if not claims.holds_item(item, g.principal.person_id):
        worklist.claim_item(item.id, g.principal.person_id)
    item_id = item.id
    db.session.commit()
    return redirect(url_for("casework.task", item_id=item_id, back=url_for("casework.desk")))


def find_applications(words: str) -> list[Application]:
    """Registered applications by the whole registration number or the whole document number."""
    compact = spelling.normalize_number(words)
    return list(db.session.scalars(select_by_number(compact).limit(10))) if compact else []


def _build_page(words: str | None, form: FormView | None = None) -> dict[str, Any]:
    words = words or ""
    ids = [application.id for application in find_applications(words) if _holds_role_here(application)]
    for application_id in ids:
        application = db.session.get_one(Application, application_id)
        audit_trail.record_view(g.principal, "desk.viewed", application)
    found = [_build_result(application) for application in find_applications(words)]
    return {
        "words": words,
        "form": form or FormView.blank(values={"q": words}),
        "found": found,
        "refusal": "",
        "summaries": {
            one.application.id: case_facts.build_summary(one.application) for one in found if one.application
        },
    }


def _build_result(application: Application) -> DeskResult:
    if not _holds_role_here(application):
        site = application.site.name if application.site else application.authority.name
        return DeskResult(application=None, sentence=ELSEWHERE.format(site=site))
    item, refusal = _find_waiting_check(application), why_cannot_begin(application)
    refusal = refusal or ("" if may_receive(application) else str(NOT_THEIRS)) or _why_check_held(item)
    return DeskResult(application=application, sentence=refusal, item=item, may_receive=not refusal)


def may_receive(application: Application) -> bool:
    """Whether whoever asks receives applicants of a case: what the desk offers, and what it does."""
    return _holds_role_here(application, DESK_CLERKS)


def why_cannot_begin(application: Application) -> str:
    """Why the desk cannot begin, in a sentence for both sides of the counter; empty when it can."""
    if materials.find_review_task(application):
        return ONLINE
    state = public_states.find_state(application)
    if Ability.CONFIRM not in state.allows:
        return str(state.at_desk) or str(CannotBegin.sentence)
    if _find_waiting_item(application, CHECK):
        return ""
    if _find_waiting_item(application, REMINDER):
        return REMINDER_UNREAD
    if not engine.is_awaited(application.instance_id, ARRIVE) and (
        waiting := arrivals.describe_waiting_tasks(application.instance_id)
    ):
        return waiting
    plan, moment = application.plan, now()
    if moment < plan.confirm_from:
        return gettext(
            "确认还没有开始，时间是 %(window)s。",
            window=dates.format_window((plan.confirm_from, plan.confirm_until)),
        )
    ends = confirmation_window.applicant_deadline(application)
    if moment > ends:
        return gettext("确认时间已于 %(deadline)s 结束。", deadline=dates.format_deadline(ends))
    return ""


def _why_check_held(item: WorkItem | None) -> str:
    """Why a check that already waits cannot be taken by whoever asks; empty when it can."""
    me = g.principal
    if item is None or item.assignee_id == me.person_id:
        return ""
    bar = worklist.explain_bar(item.id, me.person_id)
    if bar or claims.is_free(item, now()):
        return bar
    holder = db.session.get(Person, item.assignee_id) if item.assignee_id else None
    return gettext("申请人已经到场，材料正由%(name)s核对。", name=holder.name if holder else gettext("同事"))


def _register_arrival(application: Application) -> WorkItem | None:
    """The arrival counts whatever the diagram lets follow; answers what the person can do next."""
    payload = {"application": application.id}
    engine.perform_act(application.instance_id, ARRIVE, payload, actor=g.principal.person_id)
    db.session.flush()
    return arrivals.find_next_task(application.instance_id, g.principal.person_id, CHECK)


def _find_waiting_check(application: Application) -> WorkItem | None:
    return _find_waiting_item(application, CHECK)


def _find_waiting_item(application: Application, form_key: str) -> WorkItem | None:
    waiting = running.select_live_items(application.instance_id)
    return db.session.scalar(waiting.where(WorkItem.form_key == form_key))


def _find_at_desk(application_id: int) -> Application:
    application = db.session.get(Application, application_id)
    if application is None or not may_receive(application):
        raise NotFound
    return application


def _holds_role_here(application: Application, roles: frozenset[str] = DESK_ROLES) -> bool:
    return scope.holds_role(g.principal, roles, f"site:{application.site_id}")
