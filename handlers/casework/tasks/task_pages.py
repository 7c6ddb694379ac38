"""One work item: read it, claim it, type into its form, keep a draft, send it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema
from werkzeug.datastructures import MultiDict

from domain.cases.revisions import ApplicationChanged
from domain.papers import printing
from domain.reach import opinions, scope, visibility
from handlers.casework.blueprint import pages
from handlers.casework.dossier import audit_trail, case_facts, case_files, form_answers
from handlers.casework.tasks import element_names, material_check, unregistered_form
from handlers.casework.worklist import claim_banner, return_links, typed_drafts
from handlers.entry.access import allow
from handlers.page import form_inputs, form_parsing, thread_views
from handlers.page.contract import ON_THE_PAGE, Page, ShowAgain, Submission, accept
from handlers.page.formfields import submitted_values
from models import db
from models.base import codes
from models.base.database import single_statement
from models.base.errors import DomainError, Invalid, NotFound
from models.cases.applications import Application
from models.listing import claims
from models.processes import running
from models.processes.instances import WorkItem
from translations import gettext
from workflows import forms, worklist
from workflows.clock import now

CHECK_TEMPLATES = {
    "confirmation/check": "casework/task_check.html",
    "online_review/materials": "casework/task_materials.html",
}
OWN_TEMPLATES = {
    "messaging/read_reply": "casework/task_reply.html",
    "account/check_request": "casework/task_account.html",
    "identity/check_documents": "casework/task_identity.html",
}
PAGE_FIELDS = (
    "csrf_token",
    "form_owner",
    "transaction_id",
    "act",
    "do",
    "confirmed",
)  # beside the form's own fields


@pages.route("/tasks/<int:item_id>", methods=["GET", "POST"])
@allow("staff")
@accept(
    page=lambda sent, item_id: _render_task(item_id, sent),
    buttons=("do=keep", "act=draft", "act=clear"),
    read=lambda: _read_typed(),
)
def task(sent: Submission, item_id: int) -> Page:
    """The item with its case and its form: keep a draft, clear it, or complete the item once."""
    item = scope.find_item(g.principal, item_id)
    typed = MultiDict(sent.typed)
    if sent.button == "keep":
        return typed_drafts.keep_in_background(item_id, typed, _build_facts(item))
    if sent.button == "draft":
        return _keep_draft(item_id, typed)
    if sent.button == "clear":
        return typed_drafts.clear_draft(item_id)
    return _complete_task(item, typed)


@pages.post("/tasks/<int:item_id>/claim")
@allow("staff")
@accept(page=lambda sent, item_id: _render_task(item_id, replace(sent, typed=None)), refusals=ON_THE_PAGE)
def claim_task(sent: Submission, item_id: int) -> Page:
    """Claim an item from its own page."""
    scope.find_item(g.principal, item_id)
    with single_statement():
        worklist.claim_item(item_id, g.principal.person_id)
        db.session.commit()
    return redirect(url_for("casework.task", item_id=item_id, **return_links.return_query()))


@pages.post("/tasks/<int:item_id>/release")
@allow("staff")
@accept(
    page=lambda sent, item_id: _render_task(item_id, replace(sent, typed=None)),
    read=lambda: _read_typed(),
    refusals=ON_THE_PAGE,
)
def release_task(sent: Submission, item_id: int) -> Page:
    """Give an item back to those who may claim it; where something was typed, only when asked once more."""
    item = scope.find_item(g.principal, item_id)
    kept = typed_drafts.keep_for_writer(item_id, MultiDict(sent.typed), _build_facts(item))
    if kept and _holds_claim(item_id) and not request.form.get("confirmed"):
        return _render_task(item_id, Submission(more={"asks_release": True}))
    worklist.release_item(item_id, g.principal.person_id)
    db.session.commit()
    flash(gettext("已释放，其他人可以领取。"), "ok")
    return return_links.redirect_back("casework.worklist")


def _complete_task(item: WorkItem, typed: MultiDict[str, str]) -> ResponseReturnValue:
    item_id, form = item.id, forms.find_form_of(item)
    title, schema = form.title if form else item.name, form.schema() if form else None
    transaction_id = request.form.get("transaction_id") or uuid.uuid4().hex
    try:
        answers = form_parsing.read_values(schema, typed) if schema else unregistered_form.read_values(typed)
        worklist.complete_item(item_id, answers, actor=g.principal.person_id, transaction_id=transaction_id)
    except Invalid as refusal:
        _keep_refused(item_id, typed)
        raise ShowAgain(refusal.fields, refusal.status, transaction_id=transaction_id) from refusal
    except DomainError as refusal:
        changed = tuple(refusal.differences) if isinstance(refusal, ApplicationChanged) else ()
        _keep_refused(item_id, typed)
        raise ShowAgain({}, refusal.status, refusal=refusal.sentence, differences=changed) from refusal
    db.session.commit()
    flash(gettext("“%(title)s”已提交。", title=title), "ok")
    return return_links.redirect_back("casework.worklist", view="mine")


def _keep_refused(item_id: int, typed: MultiDict[str, str]) -> None:
    """What was sent in vain stays its writer's draft, whoever has the item now."""
    db.session.rollback()
    typed_drafts.keep_for_writer(item_id, typed, _build_facts(scope.find_item(g.principal, item_id)))


def _keep_draft(item_id: int, typed: MultiDict[str, str]) -> ResponseReturnValue:
    try:
        worklist.save_draft(item_id, submitted_values(typed), g.principal.person_id)
    except DomainError as refusal:
        _keep_refused(item_id, typed)
        return show_refusal(item_id, refusal)
    db.session.commit()
    flash(gettext("已暂存，下次打开时会显示。"), "ok")
    return redirect(url_for("casework.task", item_id=item_id, **return_links.return_query()))


def show_refusal(item_id: int, refusal: DomainError) -> ResponseReturnValue:
    """The item's page again, with the sentence of the refusal; what is not there stays not found."""
    if isinstance(refusal, NotFound):
        raise refusal
    db.session.rollback()
    sentence = "" if isinstance(refusal, Invalid) else refusal.sentence
    return _render_task(item_id, Submission(refusal=sentence, status=refusal.status))


def _render_task(item_id: int, sent: Submission) -> ResponseReturnValue:
    item = scope.find_item(g.principal, item_id)
    application = _find_application(item)
    context = _build_context(item, application, sent)
    page = render_template(_choose_template(item, context), **context)
    audit_trail.record_item_view(g.principal, item)  # before anybody sees the page, after its rows were read
    if "thread" in context["facts"]:
        thread_views.mark_read([context["facts"]["thread"]], thread_views.staff_reader(g.principal))
    return page, sent.status


def _build_context(item: WorkItem, application: Application | None, sent: Submission) -> dict[str, Any]:
    form = forms.find_form_of(item)
    schema = form.schema() if form else Schema()
    facts = _build_facts(item)
    draft, saved_at = typed_drafts.read_draft(item)
    draft = typed_drafts.align_verdicts(draft, facts)
    form_view = replace(sent, schema=schema).view(draft or facts.get("answered"))
    refusal = {"refusal": sent.refusal, "differences": (), "transaction_id": uuid.uuid4().hex}
    return {
        "item": item,
        "title": form.title if form else item.name,
        "cause": element_names.read_names(item.instance_id).get(item.withdrawn_by, item.withdrawn_by)
        if item.withdrawn_by
        else "",
        "application": application,
        "process_name": "" if application else _find_process_name(item),
        "sees_case": item.form_key in OWN_TEMPLATES and scope.may_see_case(g.principal, application),
        "facts": facts,
        "claim": claim_banner.build_banner(item),
        "editable": _is_editable(item),
        "free": unregistered_form.EMPTY_ROWS if form is None else 0,
        "inputs": _list_inputs(schema, facts if form else {}),
        "form": material_check.name_materials(form_view, facts),
        "draft": draft,
        "draft_saved_at": saved_at,
        "draft_rows": _draft_rows(draft, schema, facts),
        "restored": typed_drafts.is_typed(draft, facts) and not (sent.typed or sent.more),
        "asks_release": False,
        "form_action": url_for("casework.task", item_id=item.id, **return_links.return_query()),
        "known": _plain_values(facts),
        "answered": form_answers.list_told(g.principal, item.instance),
        "papers": case_files.list_files(application) if application else [],
        "undrawn": printing.unprintable_form_entries(application) if application else [],
        "material_names": case_facts.material_names(application) if application else {},
        "register_name": codes.REGISTERS.get(facts.get("register") or "", ""),
        **(material_check.build_page_facts(facts) if item.form_key in CHECK_TEMPLATES else {}),
        **refusal,
        **sent.more,
    }


def _find_process_name(item: WorkItem) -> str:
    """What the process of a task about nobody's application is called."""
    return db.session.scalar(running.select_process_names(item.process_key).limit(1)) or item.process_key


def _build_facts(item: WorkItem) -> dict[str, Any]:
    form = forms.find_form_of(item)
    if form is None:
        return visibility.read_task_variables(g.principal, item)
    facts = form.view(
        forms.FormContext(instance=item.instance, item=item, actor=g.principal.person_id, now=now())
    )
    return _build_case_facts(item) | facts if issubclass(form.schema, forms.DesignedSchema) else facts


def _build_case_facts(item: WorkItem) -> dict[str, Any]:
    """What stands beside a designed form: the case, to those who see it."""
    application = _find_application(item)
    if application is None or not scope.may_see_case(g.principal, application):
        return {}
    stages = opinions.find_told_stages(g.principal, application)
    if stages is None:
        return case_facts.build_full_facts(application)
    return case_facts.build_facts(application, stages)


def _holds_claim(item_id: int) -> bool:
    item = scope.find_item(g.principal, item_id)
    return claims.holds_claim(item, g.principal.person_id)


def _is_editable(item: WorkItem) -> bool:
    """Whoever holds the claim; an item assigned to a person needs none."""
    return claims.holds_item(item, g.principal.person_id)


def _choose_template(item: WorkItem, context: dict[str, Any]) -> str:
    if item.form_key in OWN_TEMPLATES:
        return OWN_TEMPLATES[item.form_key]
    if context["application"] is None or "sections" not in context["facts"]:
        return "casework/task_plain.html"
    return CHECK_TEMPLATES.get(item.form_key or "", "casework/task_case.html")


def _draft_rows(draft: dict[str, Any], schema: Schema, facts: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """What was typed, under labels, without what only the page needs."""
    drawn = {one.name: one for one in form_inputs.list_inputs(schema, facts.get("options"))}
    rows = [
        (name, drawn[name].label if name in drawn else material_check.find_label(name, facts), value)
        for name, value in draft.items()
        if name != "revision" and not name.endswith(".key") and value not in ("", [], None)
    ]
    words = {name: dict(one.options) for name, one in drawn.items()}
    return [
        (name, label, material_check.format_value(value, name, words.get(name, {})))
        for name, label, value in rows
    ]


def _list_inputs(schema: Schema, facts: dict[str, Any]) -> list[form_inputs.FormInput]:
    return list(form_inputs.list_inputs(schema, facts.get("options"), fixed=facts.get("fixed", ())))


def _plain_values(facts: dict[str, Any]) -> list[tuple[str, Any]]:
    """The simple values that a form without a page of its own shows."""
    return [(name, value) for name, value in facts.items() if isinstance(value, str | int | float | list)]


def _read_typed() -> MultiDict[str, str]:
    kept = [(key, value) for key, value in request.form.items(multi=True) if key not in PAGE_FIELDS]
    return material_check.join_reasons(MultiDict(kept))


def _find_application(item: WorkItem) -> Application | None:
    found = scope.find_application_id(item)
    return db.session.get(Application, found) if found else None
