"""The whole of a case, the search for cases, and what may be done with a case outside its tasks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_

from domain.cases import revisions
from domain.notices import delivery
from domain.papers import printing
from domain.reach import opinions, scope, visibility
from domain.reach.visibility import Visibility
from domain.wording import public_states
from handlers.casework.blueprint import pages
from handlers.casework.cases import case_diagrams
from handlers.casework.dossier import audit_trail, case_facts, case_files, form_answers
from handlers.casework.forms.schema_fields import text_field
from handlers.casework.messages import thread_pages
from handlers.casework.tasks import element_names
from handlers.entry.access import allow
from handlers.page.contract import ON_THE_PAGE, Page, Submission, accept, ask, show
from handlers.page.printable_text import StandardTextSchema
from handlers.page.queries import QuerySchema, SearchWords
from models import db
from models.base.errors import NothingWaiting
from models.cases import casework
from models.cases.applications import Application
from models.cases.states import Ability
from models.listing import worklists
from translations import gettext, lazy_gettext
from workflows import engine

SET_BACK, RECEIVE = "application.set_back", "certificate.receive"
# What is done to a case outside its tasks, and who does it.
MAY_ACT = {
    SET_BACK: frozenset({"authority.first", "authority.second", "authority.decide"}),
    RECEIVE: scope.CERTIFICATE_ROLES,
}
NOT_POSSIBLE = lazy_gettext("这件申请目前不能这样办理，状态可能已经变化。")
EVENT_NAMES = {
    "started": lazy_gettext("流程开始"),
    "claimed": lazy_gettext("领取任务"),
    "released": lazy_gettext("释放任务"),
    "handed_over": lazy_gettext("转交任务"),
    "completed": lazy_gettext("办结任务"),
    "withdrawn": lazy_gettext("撤销任务"),
    "message": lazy_gettext("收到消息"),
    "timer": lazy_gettext("时限到达"),
    "queued": lazy_gettext("提交外部办理"),
    "serviced": lazy_gettext("系统办理"),
    "failed": lazy_gettext("办理失败"),
    "caught": lazy_gettext("转入例外处理"),
    "state": lazy_gettext("状态变化"),
    "ended": lazy_gettext("流程结束"),
    "moved": lazy_gettext("迁移到新版本"),
    "redated": lazy_gettext("时限调整"),
}
MOST_FOUND = 50


class Receipt(StandardTextSchema):
    """What tells that a posted certificate was received."""

    reason = text_field(lazy_gettext("邮件号码或签收情况"), required=True, most=200)


class CaseQuery(QuerySchema):
    """Which cases."""

    words = SearchWords(data_key="q", most=200)


@pages.get("/cases")
@allow("staff")
@show("casework/search.html")
@ask(CaseQuery)
def search(asked: dict[str, Any]) -> Page:
    """Cases within the person's reach, by number, name or document."""
    words = asked["words"]
    found = list(db.session.scalars(_search_query(words).limit(MOST_FOUND + 1))) if words else []
    rows = [case_facts.build_summary(application) for application in found[:MOST_FOUND]]
    return {"words": words, "rows": rows, "more": len(found) > MOST_FOUND}


@pages.get("/cases/<int:application_id>")
@allow("staff")
@accept(Receipt)
def case(sent: Submission, application_id: int) -> Page:
    """Everything about one case."""
    return _render_case(sent, application_id)


@pages.post("/cases/<int:application_id>/document-number")
@allow("staff")
@accept()
def document_number(sent: Submission, application_id: int) -> Page:
    """The whole document number: a look of its own, on record."""
    application = scope.find_case(g.principal, application_id)
    audit_trail.record_view(g.principal, "document_number.viewed", application)
    number = scope.find_case(g.principal, application_id).person.document_number
    if request.headers.get("HX-Request"):
        return render_template("casework/document_number.html", number=number)
    return _render_case(Submission(more={"number": number}), application_id)


@pages.post("/cases/<int:application_id>/received")
@allow("staff")
@accept(
    Receipt,
    page=lambda sent, application_id: _show_receipt_again(sent, application_id),
    refusals=ON_THE_PAGE,
)
def received(sent: Submission, application_id: int) -> Page:
    """Record that a posted certificate was received."""
    application = scope.find_case(g.principal, application_id)
    if RECEIVE not in list_possible_acts(application):
        raise NothingWaiting(NOT_POSSIBLE)
    payload = {"application": application.id, "reason": sent.answers["reason"]}
    engine.perform_act(application.instance_id, RECEIVE, payload, actor=g.principal.person_id)
    db.session.commit()
    flash(gettext("已登记签收。"), "ok")
    return redirect(url_for("casework.case", application_id=application_id))


def list_possible_acts(application: Application) -> set[str]:
    """What the case waits for and allows, and this person may do."""
    place = f"authority:{application.authority_id}"
    may = {one for one, roles in MAY_ACT.items() if scope.holds_role(g.principal, roles, place)}
    if SET_BACK in may and not public_states.is_allowed(application, Ability.SET_BACK):
        may.discard(SET_BACK)
    return {one for one in may if engine.is_awaited(application.instance_id, one)}


def _show_receipt_again(sent: Submission, application_id: int) -> ResponseReturnValue:
    """A form that came back; that it is not possible any more outweighs what is wrong with it."""
    if RECEIVE not in list_possible_acts(scope.find_case(g.principal, application_id)):
        sent = Submission(refusal=sent.refusal or NOT_POSSIBLE, status=409)
    return _render_case(sent, application_id, opened="received")


def _render_case(sent: Submission, application_id: int, opened: str = "") -> ResponseReturnValue:
    application = scope.find_case(g.principal, application_id)
    seen = visibility.case_visibility(g.principal, application)
    waiting = db.session.execute(casework.select_waiting_items(application.instance_id or 0))
    items = [(item, holder) for item, holder in waiting if seen.tells(item.element)]
    shown = {
        "application": application,
        "facts": _visible_facts(application),
        "papers": case_files.list_files(application),
        "answered": form_answers.list_told_of(g.principal, application.instance_id, seen),
        "undrawn": printing.unprintable_form_entries(application),
        "history": _list_history(application, seen),
        "changes": revisions.list_revisions(application.id),
        "items": items,
        "diagrams": case_diagrams.draw_case_diagrams(g.principal, application, items),
        "openable": scope.list_openable_items(g.principal, application.instance_id),
        "letters": case_files.list_letters(application),
        "talk": thread_pages.list_threads(application),
        "notice_state": delivery.describe_state,
        "notices": list(db.session.scalars(casework.select_notices(application.id))),
        "material_names": case_facts.material_names(application),
        "certificate": casework.find_certificate(application.id),
        "acts": list_possible_acts(application),
        "form": replace(sent, schema=Receipt()).view(),
        "opened": opened if sent.errors else "",
        "refusal": sent.refusal,
        "may_print": _may_print(application),
        **sent.more,
    }
    page = render_template("casework/case.html", **shown)
    audit_trail.record_view(g.principal, "case.viewed", application)  # before anybody sees the page
    return page, sent.status


def _visible_facts(application: Application) -> dict[str, Any]:
    stages = opinions.find_told_stages(g.principal, application)
    if stages is None:
        return case_facts.build_full_facts(application)
    return case_facts.build_facts(application, stages)


def _list_history(application: Application, seen: Visibility) -> list[dict[str, Any]]:
    rows = db.session.execute(casework.select_event_history(application.instance_id or 0).limit(200))
    names = element_names.read_names(application.instance_id)
    return [
        {
            "title": EVENT_NAMES.get(event.kind, event.kind),
            "text": names.get(event.element or "", event.element or ""),
            "when": event.at,
            "who": who or gettext("系统"),
        }
        for event, who in rows
        if seen.tells(event.element)
    ]


def _search_query(words: str) -> Any:
    applicant = worklists.Applicant
    return (
        scope.select_visible_cases(g.principal)
        .join(applicant, applicant.id == Application.person_id)
        .where(or_(worklists.matches_words(words)))
        .order_by(Application.id.desc())
    )


def _may_print(application: Application) -> bool:
    return scope.holds_role(g.principal, scope.CERTIFICATE_ROLES, f"authority:{application.authority_id}")
