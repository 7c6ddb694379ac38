"""Tasks of a running application that are the applicant's own, such as a correction."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from domain.cases.process_hooks import application_id
from handlers.apply.blueprint import pages
from handlers.apply.changing import pending_changes
from handlers.apply.summary import progress
from handlers.entry.access import allow
from handlers.page import form_inputs, form_parsing
from handlers.page.contract import Page, Submission, accept
from models import db
from models.base.errors import AlreadyDone, NotFound
from models.cases.applications import Application
from models.processes.instances import WorkItem
from models.processes.states import LIVE_ITEMS
from translations import gettext
from workflows import forms, worklist
from workflows.clock import now
from workflows.forms import FormContext


@pages.route("/tasks/<int:item_id>", methods=["GET", "POST"])
@allow("applicant")
@accept()
def task(sent: Submission, item_id: int) -> Page:
    """The form of a task, and completing it; a done one leads to where the application stands."""
    item = _find_own_item(item_id)
    if not sent.is_accepted:
        waits = item.state in LIVE_ITEMS
        return (_render_task(item, sent), sent.status) if waits else _redirect_to_status(item)
    transaction = request.form.get("transaction") or secrets.token_hex(16)
    try:
        worklist.complete_item(
            item_id, _read_answers(item, sent), actor=g.principal.person_id, transaction_id=transaction
        )
    except AlreadyDone:
        db.session.rollback()
        return _redirect_to_status(_find_own_item(item_id))
    db.session.commit()
    flash(gettext("已经提交。"), "ok")
    return _redirect_to_status(item)


def _find_own_item(item_id: int) -> WorkItem:
    item = db.session.get(WorkItem, item_id)
    if item is None or item.assignee_id != g.principal.person_id:
        raise NotFound
    return item


def _read_answers(item: WorkItem, sent: Submission) -> dict[str, Any]:
    """The answers; a designer's form says how each of its inputs is read."""
    schema = forms.get_form_of(item).schema()
    if not isinstance(schema, forms.DesignedSchema):
        return sent.answers
    return form_parsing.read_values(schema, request.form)


def _redirect_to_status(item: WorkItem) -> ResponseReturnValue:
    number = application_id(item.instance.business_key)
    return redirect(url_for("apply.application", application_id=number), 303)


def _render_task(item: WorkItem, sent: Submission) -> str:
    form = forms.get_form_of(item)
    schema = form.schema()
    shown = form.view(FormContext(instance=item.instance, item=item, actor=g.principal.person_id, now=now()))
    view = replace(sent, schema=schema).view(shown.get("answered"))
    number = application_id(item.instance.business_key)
    own = db.session.get_one(Application, number) if number else None
    return render_template(
        form.template or "apply/task.html",
        **{**shown, "shown": shown, "form": view, "item": item, "title": form.title},
        fields=[name for name in schema.fields if name != "revision"],
        inputs=list(form_inputs.list_inputs(schema)) if isinstance(schema, forms.DesignedSchema) else [],
        number=number,
        until=item.due_at or (progress.next_deadline(own) if own else None),
        unsaved=pending_changes.list_unsaved_parts(own) if own else [],
        transaction=secrets.token_hex(16),
    )
