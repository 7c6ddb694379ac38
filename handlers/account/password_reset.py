"""A forgotten password: document, number and name must all agree, then a code to the registered mobile.

Whether an account exists is told to nobody: every answer is the same, after the same work. Where there is
none, a code is issued that nobody gets.
"""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy import ColumnElement, select, update

from domain.accounts import passwords
from handlers.account.blueprint import pages
from handlers.account.proofs import (
    challenges,
    identity_documents,
    known_devices,
    sign_in_attempts,
    sms_codes,
)
from handlers.account.proofs.schemas import CodeSchema, DocumentSchema
from handlers.entry import rate_limits
from handlers.page import signed_values
from handlers.page.formfields import FormView
from models import db
from models.base.database import writing
from models.persons.people import Person, SignIn, end_sign_ins
from translations import gettext, lazy_gettext
from workflows.clock import wall_time

PURPOSE = "forgotten"
CHANGED = lazy_gettext("这个账号的信息刚刚有变化，密码没有重置。请核对后重新获取验证码。")


@pages.get("/forgotten")
def forgotten() -> ResponseReturnValue:
    """The first page."""
    return render_template("account/forgotten.html", form=FormView.blank(DocumentSchema()))


@pages.post("/forgotten")
def begin_reset() -> ResponseReturnValue:
    """Send a code if everything agrees; show the second page in any case."""
    try:
        answers = DocumentSchema().load(request.form)
        code = _send_code(answers)
    except ValidationError as error:
        return _render_first_page(error.messages_dict)
    except rate_limits.TooMany as refusal:
        return _render_first_page({challenges.refusal_field(refusal, "document_number"): [refusal.sentence]})
    return _render_second_page(answers | {"code": code}, FormView.blank(CodeSchema()))


def _render_first_page(problems: dict[str, list[str]]) -> ResponseReturnValue:
    form = FormView.refused(request.form, problems, DocumentSchema())
    return render_template("account/forgotten.html", form=form), rate_limits.refused_status()


@pages.get("/forgotten/reset")
def reset_page() -> ResponseReturnValue:
    """The second page cannot be opened by itself."""
    return redirect(url_for("account.forgotten"))


@pages.post("/forgotten/reset")
def reset() -> ResponseReturnValue:
    """Set the new password and end every session."""
    answers = signed_values.unpack_values(PURPOSE, request.form.get("carried", ""))
    try:
        typed = CodeSchema().load(request.form)
    except ValidationError as error:
        return _render_second_page(answers, _refused_form(error.messages_dict)), 422
    person_id, mobile = _find_person(answers)
    accepted = sms_codes.accept_code(answers["code"], mobile, PURPOSE, typed["code"])
    db.session.commit()
    if not accepted:
        return _render_second_page(answers, _refused_form({"code": [str(sms_codes.WRONG)]})), 422
    # Hashing takes its time on purpose, so no lock may be held meanwhile; the code is used up already.
    password_hash = passwords.hash_password(typed["password"])
    writing.set(True)
    if not _set_password(answers, mobile, password_hash):
        db.session.rollback()
        return _render_first_page({"document_number": [str(CHANGED)]})
    return _finish_reset(person_id)


def _set_password(answers: dict[str, Any], mobile: str, password_hash: str) -> bool:
    """Set it unless the account was handed over or closed since the mobile number was proved."""
    same = (*_account_filter(answers), Person.mobile == mobile)
    changed = update(Person).where(*same).values(password_hash=password_hash).returning(Person.id)
    return db.session.execute(changed).first() is not None


def _finish_reset(person_id: int) -> ResponseReturnValue:
    db.session.execute(end_sign_ins(wall_time(), SignIn.person_id == person_id))
    known_devices.forget_other_devices(person_id)
    response = make_response(redirect(url_for("account.sign_in"), 303))
    known_devices.remember_device(response, person_id)
    login = db.session.get_one(Person, person_id).login
    db.session.commit()
    sign_in_attempts.clear_attempts(identity_documents.normal_number(login))
    flash(gettext("密码已重置，请用新密码登录。"), "ok")
    return response


def _send_code(answers: dict[str, Any]) -> int:
    whose = f"{answers['document_kind']} {answers['document_number']}"
    device = known_devices.find_known_device(answers["document_number"])
    _, mobile = _find_person(answers)
    return sms_codes.send_code(mobile, PURPOSE, whose=whose, proved=device and f"{whose} on {device}")


def _find_person(answers: dict[str, Any]) -> tuple[int, str]:
    """The person and their number; nobody's number is empty, and no code is right for it."""
    found = db.session.execute(select(Person.id, Person.mobile).where(*_account_filter(answers))).first()
    return (found[0], found[1] or "") if found else (0, "")


def _account_filter(answers: dict[str, Any]) -> tuple[ColumnElement[bool], ...]:
    return (
        Person.document_kind == answers["document_kind"],
        Person.document_number == answers["document_number"],
        Person.name == answers["name"],
        Person.disabled_at.is_(None),
    )


def _refused_form(problems: dict[str, list[str]]) -> FormView:
    return FormView.refused({"code": request.form.get("code", "")}, problems, CodeSchema())


def _render_second_page(answers: dict[str, Any], form: FormView) -> str:
    packed = signed_values.pack_values(PURPOSE, answers)
    return render_template("account/forgotten_reset.html", form=form, carried=packed)
