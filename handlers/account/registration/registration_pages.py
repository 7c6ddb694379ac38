"""Registering in three pages: who you are, your mobile number, then the code and a password."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from domain.accounts import passwords
from handlers.account.blueprint import pages
from handlers.account.proofs import sms_codes
from handlers.account.proofs.puzzles import PuzzleSchema
from handlers.account.proofs.schemas import ConfirmSchema, DocumentSchema, MobileNumberSchema
from handlers.account.registration import account_creation, pending_registrations
from handlers.entry.access import allow
from handlers.page import signed_values
from handlers.page.contract import Page, ShowAgain, Submission, accept, show
from handlers.page.formfields import FormView
from models import db
from translations import gettext, lazy_gettext

PURPOSE = "register"
# A double click: the first of the two has used the code, and what is shown is the answer to the second.
USED = lazy_gettext("这个验证码刚才已经用过，您的注册正在办理或者已经办好，请稍候用新设的密码登录")


class MobileSchema(PuzzleSchema, MobileNumberSchema):
    """A mobile number, with the puzzle of the manual before a message is sent."""

    class Meta(PuzzleSchema.Meta):
        # Errors are told in this order.
        fields = ("mobile", "puzzle", "puzzle_name", "puzzle_pass")

    guards = "register"


@pages.route("/register", methods=["GET", "POST"])
@allow("public")
@show("account/register.html")
@accept(DocumentSchema)
def register(sent: Submission) -> Page:
    """Who it is; what was typed stands here again for whoever comes back."""
    if not sent.is_accepted:
        return {"form": sent.view(pending_registrations.remembered_document())}
    pending_registrations.remember_document(sent.answers)
    return redirect(url_for("account.mobile_page"), 303)


@pages.route("/register/mobile", methods=["GET", "POST"])
@allow("public")
@show("account/register_mobile.html")
@accept(MobileSchema, refusals="mobile")
def mobile_page(sent: Submission) -> Page:
    """Send a code, and go on to the last page, which can be loaded again."""
    known = pending_registrations.remembered_document()
    if not known.get("document_number"):
        return redirect(url_for("account.register"), 303)
    if not sent.is_accepted:
        return {"known": known, "form": sent.view({"mobile": known.get("mobile", "")})}
    code = sms_codes.send_code(sent.answers["mobile"], PURPOSE)
    token = pending_registrations.begin_registration(known | sent.answers, code)
    db.session.commit()
    pending_registrations.remember_token(token)
    pending_registrations.remember_document(known | sent.answers)
    return redirect(url_for("account.confirm_page"), 303)


@pages.get("/register/confirm")
@allow("public")
@show("account/register_confirm.html")
@accept(ConfirmSchema)
def confirm_page(sent: Submission) -> Page:
    """The last page, as often as it is loaded; without those before it there is none."""
    token = pending_registrations.remembered_token()
    try:
        known = pending_registrations.read_registration(token)
    except signed_values.PageExpired:
        return redirect(url_for("account.register"))
    if known["proved"]:
        return redirect(url_for("account.name_page"))
    return _build_last_page(token, known)


@pages.post("/register/confirm")
@allow("public")
@show("account/register_confirm.html")
@accept(
    ConfirmSchema,
    page=lambda sent: _show_last_page(sent),
    buttons=("resend",),
    refusals="code",
)
def finish_registering(sent: Submission) -> Page:
    """Prove the mobile number, then make the account if the register does not object."""
    token = request.form.get("carried", "")
    known = pending_registrations.read_registration(token)
    if sent.button:
        return _resend_code(token, known, sent)
    password_hash = passwords.hash_password(sent.answers["password"])
    code = sent.answers["code"]
    if not (known["proved"] or sms_codes.accept_code(known["code_id"], known["mobile"], PURPOSE, code)):
        db.session.commit()
        sentence = USED if pending_registrations.is_proved(token) else sms_codes.WRONG
        raise ShowAgain({"code": [str(sentence)]}, mobile=known["mobile"])  # the other window may end it
    pending_registrations.mark_proved(
        pending_registrations.find_registration(token, locked=True), sent.answers["email"], password_hash
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


def _resend_code(token: str, known: Mapping[str, Any], sent: Submission) -> Page:
    code_id = sms_codes.send_code(known["mobile"], PURPOSE)
    pending_registrations.find_registration(token).code_id = code_id
    db.session.commit()
    flash(gettext("新的验证码已发送，之前的验证码不再有效。"), "ok")
    typed = {name: value for name, value in (sent.typed or {}).items() if name != "code"}  # the one before
    return _build_last_page(token, known) | {"form": FormView.blank(sent.schema, typed)}


def _show_last_page(sent: Submission) -> Page:
    token = request.form.get("carried", "")
    return _build_last_page(token, sent.more or pending_registrations.read_registration(token))


def _build_last_page(token: str, known: Mapping[str, Any]) -> dict[str, Any]:
    return {"mobile": known["mobile"], "carried": token}
