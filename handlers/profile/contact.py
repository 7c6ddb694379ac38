"""Mobile number and e-mail address: each counts once it is proved, and the one before is told."""

from __future__ import annotations

from typing import Any

from flask import flash, g, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from domain.accounts import email_proofs, password_resets
from domain.notices import contacts
from domain.notices.contacts import Contact
from domain.wording.masking import mask_phone
from handlers.account.proofs import password_checks, sms_codes
from handlers.entry import rate_limits
from handlers.entry.access import allow
from handlers.page import signed_values
from handlers.page.contract import Page, ShowAgain, Submission, accept, show
from handlers.page.formfields import FormView
from handlers.profile.blueprint import pages, redirect_back, redirect_to_page
from handlers.profile.records import schemas
from models import db
from models.persons.people import Person
from translations import gettext, lazy_gettext
from workflows.clock import now

PURPOSE = "mobile"
WRONG_PASSWORD = lazy_gettext("登录密码不正确")
LINK_SENT = lazy_gettext(
    "验证链接已发到新的电子邮箱，请在 24 小时内打开链接确认。确认之前仍使用原来的电子邮箱。"
)
TOO_MANY_EMAILS = lazy_gettext("验证邮件发送过于频繁，请稍后再试。")


@pages.route("/mobile", methods=["GET", "POST"])
@allow("applicant")
@show("profile/mobile.html")
@accept(schemas.NewMobile, refusals="mobile")
def mobile(sent: Submission) -> Page:
    """Prove the password and send a code to the new number."""
    if not sent.is_accepted:
        return {"person": _current_person()}
    number = sent.answers["mobile"]
    password_checks.check_own_password(sent.answers["current_password"], WRONG_PASSWORD)
    code = sms_codes.send_code(number, PURPOSE, proved=f"person {g.principal.person_id}")
    form = FormView.blank(schemas.MobileCode())
    answers = {"mobile": number, "code": code}
    return render_template("profile/mobile_code.html", form=form, **_build_code_page(answers))


@pages.get("/mobile/code")
@allow("applicant")
def mobile_code() -> ResponseReturnValue:
    """The second page cannot be opened by itself."""
    return redirect_to_page("profile.mobile")


@pages.post("/mobile/code")
@allow("applicant")
@show("profile/mobile_code.html")
@accept(schemas.MobileCode, page=lambda sent: _build_code_page(_read_carried()))
def finish_mobile(sent: Submission) -> Page:
    """Accept the code, and the number is the person's."""
    answers = _read_carried()
    accepted = sms_codes.accept_code(answers["code"], answers["mobile"], PURPOSE, sent.answers["code"])
    if accepted:
        _set_mobile(answers["mobile"])
    db.session.commit()
    if not accepted:
        raise ValidationError(str(sms_codes.WRONG), "code")
    flash(gettext("手机号已更换。"), "ok")
    return redirect_back("profile.particulars")


def _set_mobile(number: str) -> None:
    person = _current_person()
    before, person.mobile = person.mobile, number
    password_resets.cancel_resets(person.id)
    if before and before != number:
        text = gettext(
            "您的账号的手机号已更换为 %(phone)s。不是您本人操作的，请尽快联系认定机构。",
            phone=mask_phone(number),
        )
        contacts.notify_contact(Contact(mobile=before), gettext("手机号变更"), text)


@pages.route("/email", methods=["GET", "POST"])
@allow("applicant")
@show("profile/email.html")
@accept(schemas.NewEmail)
def email(sent: Submission) -> Page:
    """Prove the password and send a link to the new address; the one before is used until it is proved."""
    if not sent.is_accepted:
        return {"person": _current_person()}
    password_checks.check_own_password(sent.answers["current_password"], WRONG_PASSWORD)
    if not _may_send_email(sent.answers["email"]):
        raise ShowAgain({"email": [TOO_MANY_EMAILS]}, 429)
    email_proofs.propose_address(_current_person(), sent.answers["email"], now())
    db.session.commit()
    flash(LINK_SENT, "ok")
    return redirect_back("profile.particulars")


@pages.post("/email/resend")
@allow("applicant")
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
@allow("applicant")
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


def _current_person() -> Person:
    return db.session.get_one(Person, g.principal.person_id)


def _read_carried() -> dict[str, Any]:
    return signed_values.unpack_values(f"mobile.{g.principal.person_id}", request.form.get("carried", ""))


def _build_code_page(answers: dict[str, Any]) -> dict[str, Any]:
    packed = signed_values.pack_values(f"mobile.{g.principal.person_id}", answers)
    return {"mobile": answers["mobile"], "carried": packed}
