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
    identity_documents,
    known_devices,
    sign_in_attempts,
    sms_codes,
)
from handlers.account.proofs.schemas import CodeSchema, DocumentSchema
from handlers.entry.access import allow
from handlers.page import signed_values
from handlers.page.contract import Page, Submission, accept, show
from handlers.page.formfields import FormView
from models import db
from models.base.database import writing
from models.persons.people import Person, SignIn, end_sign_ins
from translations import gettext, lazy_gettext
from workflows.clock import wall_time

PURPOSE = "forgotten"
CHANGED = lazy_gettext("这个账号的信息刚刚有变化，密码没有重置。请核对后重新获取验证码。")


@pages.route("/forgotten", methods=["GET", "POST"])
@allow("public")
@show("account/forgotten.html")
@accept(DocumentSchema, refusals="document_number")
def forgotten(sent: Submission) -> Page:
    """Send a code if everything agrees; show the second page in any case."""
    if not sent.is_accepted:
        return {}
    code = _send_code(sent.answers)
    return _render_second_page(sent.answers | {"code": code})


@pages.get("/forgotten/reset")
@allow("public")
def reset_page() -> ResponseReturnValue:
    """The second page cannot be opened by itself."""
    return redirect(url_for("account.forgotten"))


@pages.post("/forgotten/reset")
@allow("public")
@show("account/forgotten_reset.html")
@accept(CodeSchema, page=lambda sent: _build_second_page(_read_carried()))
def reset(sent: Submission) -> Page:
    """Set the new password and end every session."""
    answers, typed = _read_carried(), sent.answers
    person_id, mobile = _find_person(answers)
    accepted = sms_codes.accept_code(answers["code"], mobile, PURPOSE, typed["code"])
    db.session.commit()
    if not accepted:
        raise ValidationError(str(sms_codes.WRONG), "code")
    # Hashing takes its time on purpose, so no lock may be held meanwhile; the code is used up already.
    password_hash = passwords.hash_password(typed["password"])
    writing.set(True)
    if not _set_password(answers, mobile, password_hash):
        db.session.rollback()
        return _render_first_page(answers, CHANGED)
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


def _render_first_page(answers: dict[str, Any], problem: str) -> ResponseReturnValue:
    form = FormView.refused(answers, {"document_number": [str(problem)]}, DocumentSchema())
    return render_template("account/forgotten.html", form=form), 422


def _read_carried() -> dict[str, Any]:
    """What the first page asked, signed, so that the second one cannot change it."""
    return signed_values.unpack_values(PURPOSE, request.form.get("carried", ""))


def _build_second_page(answers: dict[str, Any]) -> dict[str, Any]:
    return {"carried": signed_values.pack_values(PURPOSE, answers)}


def _render_second_page(answers: dict[str, Any]) -> str:
    form = FormView.blank(CodeSchema())
    return render_template("account/forgotten_reset.html", form=form, **_build_second_page(answers))
