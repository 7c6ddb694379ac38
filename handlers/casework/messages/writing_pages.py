"""Writing a 留言 to an applicant: from a text, with files, and with a time to answer or without."""

from __future__ import annotations

import secrets
from typing import Any

from flask import flash, g, redirect, request, url_for
from marshmallow import ValidationError, fields, validate, validates_schema

from domain.messages import threads
from domain.messages.threads import CaseOver, NewMessage, NewThread
from domain.reach import scope, thread_access
from domain.wording import dates
from handlers.casework.blueprint import pages
from handlers.casework.dossier import audit_trail, case_facts
from handlers.casework.forms.schema_fields import (
    DAYS_INVALID,
    USUAL_DAYS,
    choice_field,
    days_to_answer,
    text_field,
)
from handlers.casework.messages.message_texts import TEMPLATE_OPTIONS, TEMPLATES
from handlers.entry.access import allow
from handlers.page import attachments
from handlers.page.contract import ON_THE_PAGE, Page, Submission, accept, show
from handlers.page.formfields import FormView
from handlers.page.printable_text import StandardTextSchema
from models import db
from models.authorities import places
from models.cases.applications import Application
from models.cases.states import OVER_STANDINGS
from translations import gettext, lazy_gettext
from workflows.clock import now

REPLY_CHOICES = {"yes": lazy_gettext("需要回复"), "no": lazy_gettext("不需要回复")}


class WriteMessageSchema(StandardTextSchema):
    """What an office writes."""

    office = fields.String(
        load_default="",
        validate=validate.Length(max=40, error=lazy_gettext("请选择以哪个单位的名义。")),
        metadata={"label": lazy_gettext("以哪个单位的名义")},
    )
    title = text_field(lazy_gettext("标题"), required=True, most=60, hint=lazy_gettext("不超过 60 个字"))
    text = text_field(
        lazy_gettext("正文"),
        required=True,
        most=2000,
        hint=lazy_gettext("申请人会原样看到，不超过 2000 个字"),
    )
    attachment = fields.Raw(load_default=None, metadata={"label": lazy_gettext("附件")})
    reply = choice_field(lazy_gettext("是否需要回复"), REPLY_CHOICES)
    days = days_to_answer()

    @validates_schema(skip_on_field_errors=False)
    def limit(self, data: dict[str, Any], **_: Any) -> None:
        """Who wants an answer says by when."""
        if data.get("reply") == "yes" and data.get("days", ...) is None:
            raise ValidationError(DAYS_INVALID, "days")


@pages.route("/cases/<int:application_id>/messages/new", methods=["GET", "POST"])
@allow("staff")
@show("casework/writing.html")
@accept(WriteMessageSchema, files=attachments.receive_files, buttons=("do=template",), refusals=ON_THE_PAGE)
def write_message(sent: Submission, application_id: int) -> Page:
    """Put a text into the form, or send the 留言; sent twice, it is written once."""
    if not sent.is_accepted:
        return _build_page(application_id, sent.view({"reply": "yes", "days": USUAL_DAYS}), sent.status)
    application = scope.find_case(g.principal, application_id)
    own = thread_access.require_offices(g.principal, application)
    if sent.button:
        filled = _insert_template(application, sent.answers)
        return _build_page(application_id, FormView.blank(sent.schema, filled))
    thread = threads.start_thread(_build_thread(application, own, sent.answers), _build_message(sent), now())
    until = dates.format_deadline(thread.reply_until)
    db.session.commit()
    flash(
        gettext("留言已发出，请申请人于 %(until)s 前回复。", until=until)
        if until
        else gettext("留言已发出，不需要回复。"),
        "ok",
    )
    return redirect(url_for("casework.messages", application_id=application_id))


def _build_thread(application: Application, own: list[str], answers: dict[str, Any]) -> NewThread:
    office = answers["office"] if answers["office"] in own else own[0]
    until = threads.reply_limit(now(), answers["days"]) if answers["reply"] == "yes" else None
    return NewThread(application=application.id, office=office, title=answers["title"], reply_until=until)


def _build_message(sent: Submission) -> NewMessage:
    author, key = g.principal.person_id, attachments.message_key()
    return NewMessage(key=key, author=author, text=sent.answers["text"], files=sent.files.uploads)


def _insert_template(application: Application, typed: dict[str, Any]) -> dict[str, Any]:
    """What was typed stays: a text comes below what is there already."""
    template = TEMPLATES.get(request.form.get("template", ""))
    if template is None:
        return typed
    before = str(typed.get("text", "")).rstrip()
    text = template.filled(application)
    return {
        **typed,
        "title": str(typed.get("title", "")).strip() or template.title,
        "text": f"{before}\n\n{text}" if before else text,
        "reply": "yes" if template.days else "no",
        "days": template.days or USUAL_DAYS,
    }


def _build_page(application_id: int, form: FormView, status: int = 200) -> Page:
    db.session.rollback()
    application = scope.find_case(g.principal, application_id)
    own = thread_access.require_offices(g.principal, application)
    audit_trail.record_view(g.principal, "case.viewed", application)
    over = application.standing in OVER_STANDINGS
    return {
        "application": application,
        "summary": case_facts.build_summary(application),
        "offices": [(place, places.find_place_name(place)) for place in own],
        "templates": TEMPLATE_OPTIONS,
        "form": form,
        "kept": [],
        "possible": not over,
        "refusal": CaseOver().sentence if over else "",
        "transaction": request.form.get("transaction") or secrets.token_hex(16),
    }, 409 if over else status
