"""A forgotten password: document, number and name must all agree, then a code to the registered mobile.

Whether an account exists is told to nobody: every answer is the same.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy import select, update

from handlers.account import carried, codes, passwords
from handlers.account.blueprint import pages
from handlers.account.schemas import CodeSchema, DocumentSchema
from handlers.formfields import FormView
from models import db
from models.errors import DomainError
from models.people import Person, SignIn
from workflows.clock import wall

PURPOSE = "forgotten"


@pages.get("/forgotten")
def forgotten() -> ResponseReturnValue:
    """The first page."""
    return render_template("account/forgotten.html", form=FormView.blank(DocumentSchema()))


@pages.post("/forgotten")
def begin_reset() -> ResponseReturnValue:
    """Send a code if everything agrees; show the second page in any case."""
    try:
        answers = DocumentSchema().load(request.form)
    except ValidationError as error:
        form = FormView.refused(request.form, error.messages_dict, DocumentSchema())
        return render_template("account/forgotten.html", form=form), 422
    _send(answers)
    return _second(answers, FormView.blank(CodeSchema()))


@pages.get("/forgotten/reset")
def reset_page() -> ResponseReturnValue:
    """The second page cannot be opened by itself."""
    return redirect(url_for("account.forgotten"))


@pages.post("/forgotten/reset")
def reset() -> ResponseReturnValue:
    """Set the new password and end every session."""
    answers = carried.unpack(PURPOSE, request.form.get("carried", ""))
    try:
        typed = CodeSchema().load(request.form)
    except ValidationError as error:
        return _second(answers, _refused(error.messages_dict)), 422
    password_hash = passwords.hashed(typed["password"])
    person = _find(answers)
    if person is None or not codes.accept(person.mobile or "", PURPOSE, typed["code"]):
        db.session.commit()
        return _second(answers, _refused({"code": ["验证码不正确或已失效，请重新获取"]})), 422
    person.password_hash = password_hash
    db.session.execute(update(SignIn).where(SignIn.person_id == person.id).values(revoked_at=wall()))
    db.session.commit()
    flash("密码已重置，请用新密码登录。", "ok")
    return redirect(url_for("account.sign_in"), 303)


def _send(answers: dict[str, Any]) -> None:
    person = _find(answers)
    mobile = person.mobile if person else None
    if mobile:
        try:
            codes.send(mobile, PURPOSE)
        except DomainError:
            db.session.rollback()  # the page is the same whatever happened


def _find(answers: dict[str, Any]) -> Person | None:
    return db.session.scalar(
        select(Person).where(
            Person.document_kind == answers["document_kind"],
            Person.document_number == answers["document_number"],
            Person.name == answers["name"],
            Person.disabled_at.is_(None),
        )
    )


def _refused(problems: dict[str, list[str]]) -> FormView:
    return FormView.refused({"code": request.form.get("code", "")}, problems, CodeSchema())


def _second(answers: dict[str, Any], form: FormView) -> str:
    packed = carried.pack(PURPOSE, answers)
    return render_template("account/forgotten_reset.html", form=form, carried=packed)
