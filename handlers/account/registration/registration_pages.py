"""Registering in two pages: who you are and your mobile number, then the code and a password."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from domain.accounts import passwords
from handlers.account.blueprint import pages
from handlers.account.proofs import challenges, sms_codes
from handlers.account.proofs.schemas import ConfirmSchema, RegisterSchema
from handlers.account.registration import account_creation, pending_registrations
from handlers.page import signed_values
from handlers.page.formfields import FormView
from models import db
from models.base.errors import DomainError
from translations import gettext, lazy_gettext

PURPOSE = "register"
# A double click: the first of the two has used the code, and what is shown is the answer to the second.
USED = lazy_gettext("这个验证码刚才已经用过，您的注册正在办理或者已经办好，请稍候用新设的密码登录")


@pages.get("/register")
def register() -> ResponseReturnValue:
    """The first page."""
    return render_template("account/register.html", form=FormView.blank(RegisterSchema()))


@pages.post("/register")
def begin_registering() -> ResponseReturnValue:
    """Check who it is, send a code, and go on to the second page, which can be loaded again."""
    try:
        answers = RegisterSchema().load(request.form)
        token = pending_registrations.begin_registration(
            answers, sms_codes.send_code(answers["mobile"], PURPOSE)
        )
    except ValidationError as error:
        return _render_first_page(error.messages_dict)
    except DomainError as refusal:
        db.session.rollback()
        return _render_first_page(
            {challenges.refusal_field(refusal, "mobile"): [refusal.sentence]}, refusal.status
        )
    db.session.commit()
    pending_registrations.remember_token(token)
    return redirect(url_for("account.confirm_page"), 303)


@pages.get("/register/confirm")
def confirm_page() -> ResponseReturnValue:
    """The second page, as often as it is loaded; without a first one there is none."""
    token = pending_registrations.remembered_token()
    try:
        known = pending_registrations.read_registration(token)
    except signed_values.PageExpired:
        return redirect(url_for("account.register"))
    if known["proved"]:
        return redirect(url_for("account.name_page"))
    return _render_second_page(token, known["mobile"], FormView.blank(ConfirmSchema()))


@pages.post("/register/confirm")
def finish_registering() -> ResponseReturnValue:
    """Prove the mobile number, then make the account if the register does not object."""
    token = request.form.get("carried", "")
    known = pending_registrations.read_registration(token)
    if "resend" in request.form:
        return _resend_code(token, known["mobile"])
    try:
        more = ConfirmSchema().load(request.form)
    except ValidationError as error:
        return _render_second_page(token, known["mobile"], _refused_form(error.messages_dict)), 422
    password_hash = passwords.hash_password(more["password"])
    if not (
        known["proved"] or sms_codes.accept_code(known["code_id"], known["mobile"], PURPOSE, more["code"])
    ):
        db.session.commit()
        sentence = USED if pending_registrations.is_proved(token) else sms_codes.WRONG
        return _render_second_page(token, known["mobile"], _refused_form({"code": [str(sentence)]})), 422
    pending_registrations.mark_proved(
        pending_registrations.find_registration(token, locked=True), more["email"], password_hash
    )
    db.session.commit()
    return account_creation.create_account(token)


@pages.errorhandler(pending_registrations.Ended)
def lead_to_account(ended: pending_registrations.Ended) -> ResponseReturnValue:
    """Tell whoever sends it again that the account is made; the one who made it is signed in already."""
    db.session.rollback()
    if g.principal is None:
        flash(ended.sentence, "ok")
    return redirect(url_for("account.sign_in"), 303)


def _resend_code(token: str, mobile: str) -> ResponseReturnValue:
    typed = {name: value for name, value in request.form.items() if name in ("email", "agree")}
    try:
        code_id = sms_codes.send_code(mobile, PURPOSE)
    except DomainError as refusal:
        problems = {challenges.refusal_field(refusal, "code"): [refusal.sentence]}
        return _render_second_page(token, mobile, _refused_form(problems)), refusal.status
    pending_registrations.find_registration(token).code_id = code_id
    db.session.commit()
    flash(gettext("新的验证码已发送，之前的验证码不再有效。"), "ok")
    return _render_second_page(token, mobile, FormView.blank(ConfirmSchema(), typed))


def _render_first_page(problems: dict[str, list[str]], status: int = 422) -> ResponseReturnValue:
    form = FormView.refused(request.form, problems, RegisterSchema())
    return render_template("account/register.html", form=form), status


def _refused_form(problems: dict[str, list[str]]) -> FormView:
    typed = {name: value for name, value in request.form.items() if "password" not in name}
    return FormView.refused(typed, problems, ConfirmSchema())


def _render_second_page(token: str, mobile: str, form: FormView) -> str:
    return render_template("account/register_confirm.html", form=form, mobile=mobile, carried=token)
