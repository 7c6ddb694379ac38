"""One work item: read it, claim it, type into its form, keep a draft, send it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema
from werkzeug.datastructures import MultiDict

from domain.cases.revisions import ApplicationChanged
from domain.papers import printing
from domain.reach import scope, sight
from handlers.casework.blueprint import pages
from handlers.casework.dossier import case_facts, papers, trail
from handlers.casework.tasks import drawing, elements, free, review
from handlers.casework.worklist import claim_banner, origin, typed_drafts
from handlers.page import correspondence, notation
from handlers.page.formfields import FormView, submitted
from models import codes, db
from models.applications import Application
from models.database import single_statement
from models.errors import DomainError, Invalid, NotFound
from models.process import WorkItem
from workflows import forms, worklist
from workflows.clock import now

CHECKS = {
    "confirmation/check": "casework/task_check.html",
    "online_review/materials": "casework/task_materials.html",
}
PAGES = {
    "messaging/read_reply": "casework/task_reply.html",
    "account/check_request": "casework/task_account.html",
}
OWN = ("csrf_token", "form_owner", "transaction_id", "act", "do", "confirmed")  # beside the form's own fields


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How a page is shown again after something was refused."""

    form: FormView | None = None
    refusal: str = ""
    differences: tuple[tuple[str, str, str], ...] = ()
    transaction_id: str = ""
    asks_release: bool = False  # something was typed: it is kept, and giving the item back is asked
    status: int = 200


@pages.get("/tasks/<int:item_id>")
def task(item_id: int) -> ResponseReturnValue:
    """The work item with its case and, for whoever holds it, its form."""
    return _show(item_id, Answer())


@pages.post("/tasks/<int:item_id>")
def act(item_id: int) -> ResponseReturnValue:
    """Keep a draft, clear it, or complete the item once."""
    item = scope.the_item(g.principal, item_id)
    typed = _typed()
    if request.form.get("do") == "keep":
        return typed_drafts.keep_in_background(item_id, typed, _facts(item))
    if request.form.get("act") == "draft":
        return _keep_draft(item_id, typed)
    if request.form.get("act") == "clear":
        return typed_drafts.clear(item_id)
    return _complete(item_id, forms.find(item.form_key), typed)


@pages.post("/tasks/<int:item_id>/claim")
def claim_task(item_id: int) -> ResponseReturnValue:
    """Claim an item from its own page."""
    scope.the_item(g.principal, item_id)
    try:
        with single_statement():
            worklist.claim(item_id, g.principal.person_id)
            db.session.commit()
    except DomainError as refusal:
        return refused(item_id, refusal)
    return redirect(url_for("casework.task", item_id=item_id, **origin.kept()))


@pages.post("/tasks/<int:item_id>/release")
def release_task(item_id: int) -> ResponseReturnValue:
    """Give an item back to those who may claim it; where something was typed, only when asked once more."""
    item = scope.the_item(g.principal, item_id)
    kept = typed_drafts.keep_aside(item_id, _typed(), _facts(item))
    if kept and _holds(item_id) and not request.form.get("confirmed"):
        return _show(item_id, Answer(asks_release=True))
    try:
        worklist.release(item_id, g.principal.person_id)
    except DomainError as refusal:
        return refused(item_id, refusal)
    db.session.commit()
    flash("已释放，其他人可以领取。", "ok")
    return origin.land("casework.worklist")


def _complete(item_id: int, form: forms.Form | None, typed: MultiDict[str, str]) -> ResponseReturnValue:
    schema = form.schema() if form else None
    transaction_id = request.form.get("transaction_id") or uuid.uuid4().hex
    try:
        answers = notation.read_values(schema, typed) if schema else free.read(typed)
        worklist.complete(item_id, answers, actor=g.principal.person_id, transaction_id=transaction_id)
    except Invalid as refusal:
        view = FormView.refused(typed, refusal.fields, schema)
        _keep_refused(item_id, typed)
        return _again(item_id, refusal, form=view, transaction_id=transaction_id)
    except DomainError as refusal:
        changed = tuple(refusal.differences) if isinstance(refusal, ApplicationChanged) else ()
        view = FormView.blank(schema, submitted(typed))
        _keep_refused(item_id, typed)
        return _again(item_id, refusal, form=view, differences=changed)
    db.session.commit()
    flash(f"“{form.title if form else '任务'}”已提交。", "ok")
    return origin.land("casework.worklist", view="mine")


def _keep_refused(item_id: int, typed: MultiDict[str, str]) -> None:
    """What was sent in vain stays its writer's draft, whoever has the item now."""
    db.session.rollback()
    typed_drafts.keep_aside(item_id, typed, _facts(scope.the_item(g.principal, item_id)))


def _keep_draft(item_id: int, typed: MultiDict[str, str]) -> ResponseReturnValue:
    try:
        worklist.save_draft(item_id, submitted(typed), g.principal.person_id)
    except DomainError as refusal:
        _keep_refused(item_id, typed)
        return refused(item_id, refusal)
    db.session.commit()
    flash("已暂存，下次打开时会显示。", "ok")
    return redirect(url_for("casework.task", item_id=item_id, **origin.kept()))


def refused(item_id: int, refusal: DomainError) -> ResponseReturnValue:
    """The item's page again, with the sentence of the refusal; what is not there stays not found."""
    if isinstance(refusal, NotFound):
        raise refusal
    return _again(item_id, refusal)


def _again(item_id: int, refusal: DomainError, **more: Any) -> ResponseReturnValue:
    db.session.rollback()
    sentence = "" if isinstance(refusal, Invalid) else refusal.sentence
    return _show(item_id, Answer(refusal=sentence, status=refusal.status, **more))


def _show(item_id: int, answer: Answer) -> ResponseReturnValue:
    item = scope.the_item(g.principal, item_id)
    application = _application(item)
    if application is not None:
        trail.viewed(g.principal, "task.viewed", application, item=item_id)
        item = scope.the_item(g.principal, item_id)
    context = _context(item, answer)
    page = render_template(_template(item, context), **context)
    if "thread" in context["facts"]:
        correspondence.mark_read([context["facts"]["thread"]], correspondence.staff_reader(g.principal))
    return page, answer.status


def _context(item: WorkItem, answer: Answer) -> dict[str, Any]:
    form = forms.find(item.form_key)
    schema = form.schema() if form else Schema()
    application = _application(item)
    facts = _facts(item)
    draft, saved_at = typed_drafts.of(item)
    draft = typed_drafts.in_place(draft, facts)
    return {
        "item": item,
        "title": form.title if form else item.name,
        "cause": elements.names(item.instance_id).get(item.withdrawn_by, item.withdrawn_by)
        if item.withdrawn_by
        else "",
        "application": application,
        "sees_case": item.form_key in PAGES and scope.sees(g.principal, application),
        "facts": facts,
        "claim": claim_banner.of(item),
        "editable": _editable(item),
        "free": free.ROWS if form is None else 0,
        "inputs": _inputs(schema, facts if form else {}),
        "form": review.named(answer.form or FormView.blank(schema, draft), facts),
        "draft": draft,
        "draft_saved_at": saved_at,
        "draft_rows": _draft_rows(draft, schema, facts),
        "restored": typed_drafts.is_typed(draft, facts) and not (answer.form or answer.asks_release),
        "asks_release": answer.asks_release,
        "form_action": url_for("casework.task", item_id=item.id, **origin.kept()),
        "known": _plain(facts),
        "refusal": answer.refusal,
        "differences": answer.differences,
        "transaction_id": answer.transaction_id or uuid.uuid4().hex,
        "papers": papers.of(application) if application else [],
        "undrawn": printing.undrawn_lines(application) if application else [],
        "material_names": case_facts.material_names(application) if application else {},
        "register_name": codes.REGISTERS.get(facts.get("register") or "", ""),
        **(review.extras(facts) if item.form_key in CHECKS else {}),
    }


def _facts(item: WorkItem) -> dict[str, Any]:
    form = forms.find(item.form_key)
    if form is None:
        return sight.task_variables(g.principal, item)
    return form.view(forms.Case(instance=item.instance, item=item, actor=g.principal.person_id, now=now()))


def _holds(item_id: int) -> bool:
    item = scope.the_item(g.principal, item_id)
    return item.state == "claimed" and item.assignee_id == g.principal.person_id


def _editable(item: WorkItem) -> bool:
    """Whoever holds the claim; an item assigned to a person needs none."""
    return item.state in ("open", "claimed") and item.assignee_id == g.principal.person_id


def _template(item: WorkItem, context: dict[str, Any]) -> str:
    if item.form_key in PAGES:
        return PAGES[item.form_key]
    if context["application"] is None or "sections" not in context["facts"]:
        return "casework/task_plain.html"
    return CHECKS.get(item.form_key or "", "casework/task_case.html")


def _draft_rows(draft: dict[str, Any], schema: Schema, facts: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """What was typed, under labels, without what only the page needs."""
    drawn = {one.name: one for one in drawing.inputs(schema, facts.get("options"))}
    rows = [
        (name, drawn[name].label if name in drawn else review.label_of(name, facts), value)
        for name, value in draft.items()
        if name != "revision" and not name.endswith(".key") and value not in ("", [], None)
    ]
    words = {name: dict(one.options) for name, one in drawn.items()}
    return [(name, label, review.word_of(value, name, words.get(name, {}))) for name, label, value in rows]


def _inputs(schema: Schema, facts: dict[str, Any]) -> list[drawing.Input]:
    return list(drawing.inputs(schema, facts.get("options"), fixed=facts.get("fixed", ())))


def _plain(facts: dict[str, Any]) -> list[tuple[str, Any]]:
    """The simple values that a form without a page of its own shows."""
    return [(name, value) for name, value in facts.items() if isinstance(value, str | int | float | list)]


def _typed() -> MultiDict[str, str]:
    kept = [(key, value) for key, value in request.form.items(multi=True) if key not in OWN]
    return review.with_reasons(MultiDict(kept))


def _application(item: WorkItem) -> Application | None:
    found = scope.application_id_of(item)
    return db.session.get(Application, found) if found else None
