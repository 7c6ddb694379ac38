"""Setting a case back to 网报待确认, with the reason, until the decision (R8)."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from marshmallow import validate

from domain.reach import scope
from handlers.casework.blueprint import pages
from handlers.casework.cases import case_pages
from handlers.casework.dossier import audit_trail, case_facts
from handlers.entry.access import allow
from handlers.entry.typed_input import TrimmedString
from handlers.page.contract import ON_THE_PAGE, Page, ShowAgain, Submission, accept, show
from handlers.page.printable_text import StandardTextSchema
from models import db
from translations import gettext, lazy_gettext
from workflows import engine

SET_BACK = "application.set_back"
NOT_POSSIBLE = lazy_gettext(
    "这件申请目前不能这样办理：只有“确认未通过”或“待认定审批”、尚未作出结论的申请，由本机构的审查人员调整。"
)


class SetBackSchema(StandardTextSchema):
    """Why the case goes back; its applicant reads it."""

    reason = TrimmedString(
        required=True,
        error_messages={"required": lazy_gettext("请填写调整的理由。")},
        validate=[
            validate.Length(min=1, error=lazy_gettext("请填写调整的理由。")),
            validate.Length(max=400, error=lazy_gettext("调整的理由不超过 400 个字。")),
        ],
        metadata={"label": lazy_gettext("理由"), "hint": lazy_gettext("申请人会原样看到，不超过 400 个字")},
    )


@pages.route("/cases/<int:application_id>/set-back", methods=["GET", "POST"])
@allow("staff")
@show("casework/set_back.html")
@accept(SetBackSchema, refusals=ON_THE_PAGE)
def set_back(sent: Submission, application_id: int) -> Page:
    """Set the case back; refused when its applicant or certificate is in another application by now."""
    if not sent.is_accepted:
        return _build_page(application_id, sent)
    application = scope.find_case(g.principal, application_id)
    if SET_BACK not in case_pages.list_possible_acts(application):
        raise ShowAgain({}, 409, refusal=NOT_POSSIBLE)
    payload = {"application": application_id, "reason": sent.answers["reason"]}
    engine.perform_act(application.instance_id, SET_BACK, payload, actor=g.principal.person_id)
    db.session.commit()
    flash(gettext("已调整为网报待确认，并已通知申请人。"), "ok")
    return redirect(url_for("casework.case", application_id=application_id))


def _build_page(application_id: int, sent: Submission) -> Page:
    application = scope.find_case(g.principal, application_id)
    audit_trail.record_view(g.principal, "case.viewed", application)
    possible = SET_BACK in case_pages.list_possible_acts(application)
    if not possible:  # which outweighs what is wrong with a form that came back
        sent = Submission(schema=sent.schema, refusal=sent.refusal or NOT_POSSIBLE, status=409)
    shown = {
        "application": application,
        "summary": case_facts.build_summary(application),
        "possible": possible,
        "form": sent.view(),
        "refusal": sent.refusal,
    }
    return shown, sent.status
