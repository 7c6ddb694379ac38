"""Mobile number and e-mail address: each counts once it is proved, and the one before is told."""

from __future__ import annotations

from typing import Any

from flask import flash, g, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from domain.accounts import email_proofs, passwords
from domain.notices import contacts
from domain.notices.contacts import Contact
from domain.wording.masking import mask_phone
from handlers.account.proofs import sign_in_attempts, sms_codes
from handlers.entry import rate_limits
from handlers.page import signed_values
from handlers.page.formfields import FormView
from handlers.profile.blueprint import pages, redirect_back, redirect_to_page
from handlers.profile.records import schemas
from models import db
from models.base.database import writing
from models.base.errors import DomainError
from models.persons.people import Person, select_password_hash
from translations import gettext, lazy_gettext
from workflows.clock import now

PURPOSE = "mobile"
WRONG_PASSWORD = lazy_gettext("登录密码不正确")
LINK_SENT = lazy_gettext(
    "验证链接已发到新的电子邮箱，请在 24 小时内打开链接确认。确认之前仍使用原来的电子邮箱。"
)
TOO_MANY_EMAILS = lazy_gettext("验证邮件发送过于频繁，请稍后再试。")


@pages.get("/mobile")
def mobile() -> ResponseReturnValue:
    """The form for another mobile number."""
    return render_template(
        "profile/mobile.html", form=FormView.blank(schemas.NewMobile()), person=_current_person()
    )


@pages.post("/mobile")
def change_mobile() -> ResponseReturnValue:
    """Prove the password and send a code to the new number."""
    try:
        typed = schemas.NewMobile().load(request.form)
        _check_password(typed["current_password"])
        code = sms_codes.send_code(typed["mobile"], PURPOSE, proved=f"person {g.principal.person_id}")
    except ValidationError as error:
        return _show_mobile_refusal(error.normalized_messages(), rate_limits.refused_status())
    except DomainError as refusal:
        return _show_mobile_refusal({"mobile": [refusal.sentence]}, refusal.status)
    return _render_code_page({"mobile": typed["mobile"], "code": code}, FormView.blank(schemas.MobileCode()))


@pages.get("/mobile/code")
def mobile_code() -> ResponseReturnValue:
    """The second page cannot be opened by itself."""
    return redirect_to_page("profile.mobile")


@pages.post("/mobile/code")
def finish_mobile() -> ResponseReturnValue:
    """Accept the code, and the number is the person's."""
    answers = signed_values.unpack_values(f"mobile.{g.principal.person_id}", request.form.get("carried", ""))
    try:
        typed = schemas.MobileCode().load(request.form)
    except ValidationError as error:
        return _render_code_page(answers, _refused_code_form(error.normalized_messages())), 422
    accepted = sms_codes.accept_code(answers["code"], answers["mobile"], PURPOSE, typed["code"])
    if accepted:
        _set_mobile(answers["mobile"])
    db.session.commit()
    if not accepted:
        return _render_code_page(answers, _refused_code_form({"code": [str(sms_codes.WRONG)]})), 422
    flash(gettext("手机号已更换。"), "ok")
    return redirect_back("profile.particulars")


def _set_mobile(number: str) -> None:
    person = _current_person()
    before, person.mobile = person.mobile, number
    if before and before != number:
        text = gettext(
            "您的账号的手机号已更换为 %(phone)s。不是您本人操作的，请尽快联系认定机构。",
            phone=mask_phone(number),
        )
        contacts.notify_contact(Contact(mobile=before), gettext("手机号变更"), text)


@pages.get("/email")
def email() -> ResponseReturnValue:
    """The form for another e-mail address."""
    return render_template(
        "profile/email.html", form=FormView.blank(schemas.NewEmail()), person=_current_person()
    )


@pages.post("/email")
def change_email() -> ResponseReturnValue:
    """Prove the password and send a link to the new address; the one before is used until it is proved."""
    try:
        typed = schemas.NewEmail().load(request.form)
        _check_password(typed["current_password"])
    except ValidationError as error:
        db.session.rollback()
        return _show_email_refusal(error.normalized_messages(), rate_limits.refused_status())
    if not _may_send_email(typed["email"]):
        db.session.rollback()
        return _show_email_refusal({"email": [TOO_MANY_EMAILS]}, 429)
    email_proofs.propose_address(_current_person(), typed["email"], now())
    db.session.commit()
    flash(LINK_SENT, "ok")
    return redirect_back("profile.particulars")


@pages.post("/email/resend")
def resend_email() -> ResponseReturnValue:
    """Send the link again; the one before is worth nothing then."""
    proof = email_proofs.find_pending_proof(g.principal.person_id)
    if proof is None:
        flash(gettext("没有待验证的电子邮箱。"), "warn")
    elif not _may_send_email(proof.email):
        flash(TOO_MANY_EMAILS, "warn")
    else:
        email_proofs.send_link(proof, now())
        flash(LINK_SENT, "ok")
    db.session.commit()
    return redirect_to_page("profile.particulars")


@pages.post("/email/cancel")
def cancel_email() -> ResponseReturnValue:
    """Give the unproved address up; the one before stays."""
    email_proofs.cancel_proof(g.principal.person_id)
    db.session.commit()
    flash(gettext("待验证的电子邮箱已取消。"), "ok")
    return redirect_to_page("profile.particulars")


def _may_send_email(email: str) -> bool:
    whose = ("email", f"person {g.principal.person_id}")  # nobody else's share, whatever address it is
    return rate_limits.count_try(sms_codes.PAUSE, *whose, email) and rate_limits.count_try(
        sms_codes.PROVED, *whose
    )


def _show_email_refusal(problems: Any, status: int) -> ResponseReturnValue:
    form = FormView.refused(_typed_without_password(), problems, schemas.NewEmail())
    return render_template("profile/email.html", form=form, person=_current_person()), status


def _check_password(password: str) -> None:
    try:
        sign_in_attempts.count_password_check()
    except rate_limits.TooMany as refusal:
        raise ValidationError(refusal.sentence, "current_password") from refusal
    # Checking takes its time on purpose, so no lock may be held meanwhile.
    writing.set(False)
    known = db.session.scalar(select_password_hash(g.principal.person_id))
    db.session.rollback()
    if not passwords.verify_password(known, password):
        raise ValidationError(WRONG_PASSWORD, "current_password")
    sign_in_attempts.record_password_check()
    writing.set(True)


def _current_person() -> Person:
    return db.session.get_one(Person, g.principal.person_id)


def _show_mobile_refusal(problems: Any, status: int) -> ResponseReturnValue:
    db.session.rollback()
    form = FormView.refused(_typed_without_password(), problems, schemas.NewMobile())
    return render_template("profile/mobile.html", form=form, person=_current_person()), status


def _typed_without_password() -> dict[str, str]:
    return {name: value for name, value in request.form.items() if "password" not in name}


def _refused_code_form(problems: Any) -> FormView:
    return FormView.refused(request.form, problems, schemas.MobileCode())


def _render_code_page(answers: dict[str, Any], form: FormView) -> str:
    packed = signed_values.pack_values(f"mobile.{g.principal.person_id}", answers)
    return render_template("profile/mobile_code.html", form=form, mobile=answers["mobile"], carried=packed)
