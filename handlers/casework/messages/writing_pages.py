"""Writing a 留言 to an applicant: from a text, with files, and with a time to answer or without."""

from __future__ import annotations

import secrets
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
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
from handlers.page import attachments, form_parsing
from handlers.page.attachments import AttachedFiles
from handlers.page.formfields import FormView, submitted_values
from handlers.page.printable_text import StandardTextSchema
from models import db
from models.authorities import places
from models.base.codes import OVER_STATES
from models.base.errors import DomainError
from models.cases.applications import Application
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

    @validates_schema(skip_on_field_errors=True)
    def limit(self, data: dict[str, Any], **_: Any) -> None:
        """Who wants an answer says by when."""
        if data["reply"] == "yes" and data["days"] is None:
            raise ValidationError(DAYS_INVALID, "days")


@pages.get("/cases/<int:application_id>/messages/new")
@allow("staff")
def writing(application_id: int) -> ResponseReturnValue:
    """An empty form."""
    return _render_page(
        application_id, FormView.blank(WriteMessageSchema(), {"reply": "yes", "days": USUAL_DAYS})
    )


@pages.post("/cases/<int:application_id>/messages/new")
@allow("staff")
def write_message(application_id: int) -> ResponseReturnValue:
    """Put a text into the form, or send the 留言; sent twice, it is written once."""
    attached = attachments.receive_files()
    application = scope.find_case(g.principal, application_id)
    own = thread_access.require_offices(g.principal, application)
    typed = submitted_values(request.form)
    if request.form.get("do") == "template":
        return _render_page(
            application_id,
            FormView.blank(WriteMessageSchema(), _insert_template(application, typed)),
            attached,
        )
    try:
        answers = WriteMessageSchema().load(
            form_parsing.read_values(WriteMessageSchema(exclude=("attachment",)), request.form)
        )
        if attached.errors:
            raise ValidationError(attached.errors)
        thread = threads.start_thread(
            _build_thread(application, own, answers), _build_message(answers, attached), now()
        )
    except ValidationError as error:
        wrong = error.normalized_messages() | attached.errors
        return _render_page(
            application_id, FormView.refused(typed, wrong, WriteMessageSchema()), attached, status=422
        )
    except DomainError as refusal:
        form = FormView.blank(WriteMessageSchema(), typed)
        return _render_page(application_id, form, attached, refusal.sentence, refusal.status)
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


def _build_message(answers: dict[str, Any], attached: AttachedFiles) -> NewMessage:
    author, key = g.principal.person_id, attachments.message_key()
    return NewMessage(key=key, author=author, text=answers["text"], files=attached.uploads)


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


def _render_page(
    application_id: int,
    form: FormView,
    attached: AttachedFiles = attachments.NOTHING,
    refusal: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    db.session.rollback()
    thread_access.require_offices(g.principal, scope.find_case(g.principal, application_id))
    audit_trail.record_view(g.principal, "case.viewed", scope.find_case(g.principal, application_id))
    application = scope.find_case(g.principal, application_id)
    own = thread_access.list_offices(g.principal, application)
    over = application.state in OVER_STATES
    shown = {
        "application": application,
        "summary": case_facts.build_summary(application),
        "offices": [(place, places.find_place_name(place)) for place in own],
        "templates": TEMPLATE_OPTIONS,
        "form": form,
        "kept": attached.kept,
        "possible": not over,
        "refusal": refusal or (CaseOver().sentence if over else ""),
        "transaction": request.form.get("transaction") or secrets.token_hex(16),
    }
    return render_template("casework/writing.html", **shown), 409 if over else status
