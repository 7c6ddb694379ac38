"""Setting a case back to 网报待确认, with the reason, until the decision (R8)."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError, fields, validate

from domain.reach import scope
from handlers.casework.blueprint import pages
from handlers.casework.cases import case_pages
from handlers.casework.dossier import audit_trail, case_facts
from handlers.entry.access import allow
from handlers.page.formfields import FormView
from handlers.page.printable_text import StandardTextSchema
from models import db
from models.base.errors import DomainError
from translations import gettext, lazy_gettext
from workflows import engine

MESSAGE = "set_back"
NOT_POSSIBLE = lazy_gettext(
    "这件申请目前不能这样办理：只有“确认未通过”或“待认定审批”、尚未作出结论的申请，由本机构的审查人员调整。"
)


class SetBackSchema(StandardTextSchema):
    """Why the case goes back; its applicant reads it."""

    reason = fields.String(
        required=True,
        validate=[
            validate.Length(min=1, error=lazy_gettext("请填写调整的理由。")),
            validate.Length(max=400, error=lazy_gettext("调整的理由不超过 400 个字。")),
        ],
        metadata={"label": lazy_gettext("理由"), "hint": lazy_gettext("申请人会原样看到，不超过 400 个字")},
    )


@pages.get("/cases/<int:application_id>/set-back")
@allow("staff")
def setting_back(application_id: int) -> ResponseReturnValue:
    """What it means, and the question why."""
    return _render_page(application_id, FormView.blank(SetBackSchema()))


@pages.post("/cases/<int:application_id>/set-back")
@allow("staff")
def set_back(application_id: int) -> ResponseReturnValue:
    """Set the case back; refused when its applicant or certificate is in another application by now."""
    application = scope.find_case(g.principal, application_id)
    if MESSAGE not in case_pages.list_possible_acts(application):
        return _render_page(application_id, FormView.blank(SetBackSchema()), refusal=NOT_POSSIBLE, status=409)
    typed = {"reason": request.form.get("reason", "").strip()}
    try:
        answers = SetBackSchema().load(typed)
        payload = {"application": application_id, "reason": answers["reason"]}
        engine.deliver_message(MESSAGE, key=str(application_id), payload=payload, actor=g.principal.person_id)
    except ValidationError as error:
        form = FormView.refused(typed, error.normalized_messages(), SetBackSchema())
        return _render_page(application_id, form, status=422)
    except DomainError as refusal:
        form = FormView.blank(SetBackSchema(), typed)
        return _render_page(application_id, form, refusal=refusal.sentence, status=refusal.status)
    db.session.commit()
    flash(gettext("已调整为网报待确认，并已通知申请人。"), "ok")
    return redirect(url_for("casework.case", application_id=application_id))


def _render_page(
    application_id: int, form: FormView, *, refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    db.session.rollback()
    audit_trail.record_view(g.principal, "case.viewed", scope.find_case(g.principal, application_id))
    application = scope.find_case(g.principal, application_id)
    possible = MESSAGE in case_pages.list_possible_acts(application)
    if not possible and not refusal:
        refusal, status = NOT_POSSIBLE, 409
    summary = case_facts.build_summary(application)
    shown = {"application": application, "summary": summary, "form": form, "possible": possible}
    return render_template("casework/set_back.html", **shown, refusal=refusal), status
