"""Complete an item: rights and duties, the form's schema, the facts, the step of the process, the act.

Everything happens under the lock of the instance and in the caller's transaction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import current_app
from sqlalchemy.exc import IntegrityError

from models import db
from models.base.errors import DomainError, SeparationOfDuties
from models.base.prebuilt import Write
from models.processes.instances import Act, WorkItem
from models.processes.states import ItemState
from translations import lazy_gettext
from workflows import engine, forms
from workflows.clock import now
from workflows.forms import Form, FormContext
from workflows.worklist import drafts, item_access, statements

COMPLETE = "complete"
ACT_TAKEN = re.compile(r"\bpk_act\b|\bact\.transaction_id\b")  # as PostgreSQL and SQLite say it


class TransactionTaken(DomainError):
    """A transaction id that another act has used."""

    code = "transaction_taken"
    sentence = lazy_gettext("这个提交编号已用于另一项操作，请刷新页面后重新提交。")


def complete_item(
    item_id: int, data: Mapping[str, Any], *, actor: int, transaction_id: str | None = None
) -> engine.StepResult:
    """Complete an item with the form's answers; the same transaction id again gives the first result."""
    # Everything that is read before is read under the lock of the instance.
    found, row = item_access.lock_item(item_id, actor)
    if found.state == ItemState.DONE and transaction_id:  # only then can the id have been used for it
        before = _find_earlier_result(transaction_id, item_id, actor)
        if before is not None:
            return before
    item_access.check_may_complete(found, actor)
    form = forms.find_form_of(found)
    answers = forms.load_answers(form, data)
    variables = form.save(_build_context(item_id, actor), answers) if form else answers
    if form:
        variables = _keep_declared(form, variables)
    db.session.flush()  # the step speaks to the connection, so what the form changed has to be there
    if found.duty:
        _take_duty(found, actor)
    act = partial(_build_act, transaction_id, item_id, actor) if transaction_id else None
    result = _complete_task(row, found, engine.Completion(variables=variables, actor=actor, also=act))
    if found.has_draft:
        drafts.forget_draft(item_id, actor)
    db.session.flush()  # what the operations of the step changed; expiring would forget it
    db.session.expire_all()
    return result


def find_first_answer(transaction_id: str) -> Any:
    """What was told to the one who first sent this transaction id, if it was kept."""
    found = db.session.get(Act, transaction_id)
    return found.answer.get("told") if found and found.answer else None


def keep_answer(transaction_id: str, told: Any) -> None:
    """Keep what is told to the sender of a transaction id, so that a repetition hears the same."""
    act = db.session.get_one(Act, transaction_id)
    act.answer = {**(act.answer or {}), "told": told}


def _find_earlier_result(transaction_id: str, item_id: int, actor: int) -> engine.StepResult | None:
    act = statements.FIND_ACT.first({"id": transaction_id})
    if act is None:
        return None
    if (act.person_id, act.kind, act.work_item_id) != (actor, COMPLETE, item_id):
        raise TransactionTaken
    kept = act.answer["result"]
    return engine.StepResult(**{**kept, "elements": tuple(kept["elements"])})


def _complete_task(row: Any, found: Any, completion: engine.Completion) -> engine.StepResult:
    try:
        return engine.complete_locked_task(row, found, completion)
    except IntegrityError as error:
        if ACT_TAKEN.search(str(error.orig)):
            raise TransactionTaken from error  # at the same moment, for an item of another instance
        raise


def _build_act(transaction_id: str, item_id: int, actor: int, result: engine.StepResult) -> Write:
    row = {
        "transaction_id": transaction_id,
        "person_id": actor,
        "kind": COMPLETE,
        "work_item_id": item_id,
        "answer": {"result": vars(result)},
        "at": now(),
    }
    return statements.ADD_ACT, row


def _keep_declared(form: Form, variables: dict[str, Any]) -> dict[str, Any]:
    """What a form tells the process has to be what the linter was told of it; tests and development look.

    What nobody declared is never written, wherever it runs.
    """
    if form.decides is None:
        return variables
    for name, value in variables.items() if not current_app.config["PRODUCTION"] else ():
        told = form.decides.get(name, {})
        if isinstance(told, Mapping) and value not in told:
            raise AssertionError(f"form {form.key} tells {name} = {value!r}, which it does not declare")
    return {name: value for name, value in variables.items() if name in form.decides}


def _take_duty(found: Any, actor: int) -> None:
    known = {"instance": found.instance_id, "group": found.duty, "person": actor}
    if statements.OWN_DUTY.first(known) is not None:
        return  # repeating one's own element, or one of the same group, reuses the row
    row = {"instance_id": found.instance_id, "duty": found.duty, "person_id": actor, "element": found.element}
    try:
        statements.ADD_DUTY.run(row)
    except IntegrityError as error:
        raise SeparationOfDuties from error


def _build_context(item_id: int, actor: int) -> FormContext:
    item = db.session.get_one(WorkItem, item_id)
    return FormContext(instance=item.instance, item=item, actor=actor, now=now())
