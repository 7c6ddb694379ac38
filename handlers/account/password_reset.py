"""A forgotten password: document, number and name, then one of three ways, which are offered to everybody.

Whether an account exists, has a mail address or is bound to WeChat is told to nobody: every answer is the
same, after the same work. Where there is none, a code, a letter and a QR code are made that lead nowhere.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy import ColumnElement

from domain.accounts import password_resets, passwords, wechat_bindings
from domain.accounts.password_resets import ResetClaim
from domain.notices import contacts
from domain.wording.masking import mask_document
from handlers.account.blueprint import pages
from handlers.account.proofs import (
    identity_documents,
    known_devices,
    sign_in_attempts,
    sms_codes,
)
from handlers.account.proofs.puzzles import PuzzleSchema
from handlers.account.proofs.schemas import CodeSchema, DocumentSchema, PasswordSchema, ResetWaySchema
from handlers.account.wechat import qr_codes
from handlers.entry.access import allow, hash_token
from handlers.page.contract import Page, Submission, accept, show
from handlers.page.formfields import FormView
from models import db
from models.base.database import writing
from models.cases.notices import AuditEntry
from models.persons.accounts import PasswordReset
from models.persons.people import Person, SignIn, end_sign_ins
from translations import gettext, lazy_gettext
from workflows.clock import now, wall_time

PURPOSE, MAIL, WECHAT = "forgotten", "forgotten-mail", "forgotten-wechat"
KEY = "reset"  # in the browser's cookie, so that every page can be loaded again
NAMES = ("document_kind", "document_number", "name")
TOLD = lazy_gettext("您的账号密码刚刚已重置。不是您本人操作的，请尽快联系认定机构。")
CHANGED = lazy_gettext("这个账号的信息刚刚有变化，密码没有重置。请核对后重新开始。")


class ResetSchema(PuzzleSchema, DocumentSchema):
    """Whose password it is, with the puzzle of the manual."""

    guards = "reset"

    class Meta(DocumentSchema.Meta):
        fields = (*NAMES, "puzzle", "puzzle_name", "puzzle_pass")  # errors are told in this order


@pages.route("/forgotten", methods=["GET", "POST"])
@allow("public")
@show("account/forgotten.html")
@accept(ResetSchema, refusals="document_number")
def forgotten(sent: Submission) -> Page:
    """Ask whose password it is; go on to the three ways in any case."""
    if not sent.is_accepted:
        return {}
    token, known = secrets.token_urlsafe(32), {name: sent.answers[name] for name in NAMES}
    password_resets.begin_reset(ResetClaim(**known), hash_token(token))
    db.session.commit()
    session[KEY] = token
    return redirect(url_for("account.reset_ways"), 303)


@pages.route("/forgotten/ways", methods=["GET", "POST"])
@allow("public")
@show("account/forgotten_ways.html")
@accept(ResetWaySchema, refusals="way")
def reset_ways(sent: Submission) -> Page:
    """Choose one of three ways, whatever the account has."""
    reset = _find_reset()
    if not sent.is_accepted:
        return {"carried": _read_token()}
    WAYS[sent.answers["way"]](reset)
    return redirect(url_for(PAGES[sent.answers["way"]]), 303)


@pages.route("/forgotten/reset", methods=["GET", "POST"])
@allow("public")
@show("account/forgotten_reset.html")
@accept(CodeSchema)
def reset(sent: Submission) -> Page:
    """Set the new password by the code that came by SMS."""
    found, typed = _find_reset(), sent.answers
    if not sent.is_accepted:
        return {"carried": _read_token()}
    mobile = password_resets.find_mobile(found)
    accepted = sms_codes.accept_code(found.code_id or 0, mobile, PURPOSE, typed["code"])
    db.session.commit()
    if not accepted:
        raise ValidationError(str(sms_codes.WRONG), "code")
    return _set_password(found.id, typed["password"], Person.mobile == mobile)


@pages.get("/forgotten/mail")
@allow("public")
@show("account/forgotten_mail.html")
def reset_mail() -> Page:
    """What to look for in the mailbox."""
    _find_reset()
    return {}


@pages.get("/forgotten/wechat")
@allow("public")
@show("account/forgotten_wechat.html")
def reset_wechat() -> Page:
    """The QR code to be scanned; once a password was set on the phone, the page says so."""
    if not _read_token():
        return redirect(url_for("account.forgotten"))
    ended = password_resets.find_reset(hash_token(_read_token())).ended_at is not None
    return {"ended": ended, "code": None if ended else qr_codes.draw_remembered(WECHAT)}


@pages.route("/forgotten/link/<token>", methods=["GET", "POST"])
@allow("public")
@show("account/forgotten_link.html")
@accept(PasswordSchema)
def reset_by_link(sent: Submission, token: str) -> Page:
    """Set the new password by a link: of the mail, or of the phone that was let in by WeChat."""
    found = password_resets.find_by_link(token)
    if not sent.is_accepted:
        return {"token": token, "document": mask_document(found.document_number)}
    return _set_password(found.id, sent.answers["password"])


def _send_code(found: PasswordReset) -> None:
    reset_id, mobile = found.id, password_resets.find_mobile(found)
    whose, proved = _describe_asker(found)
    code_id = sms_codes.send_code(mobile, PURPOSE, whose=whose, proved=proved)
    db.session.get_one(PasswordReset, reset_id).code_id = code_id
    db.session.commit()


def _send_mail(found: PasswordReset) -> None:
    sms_codes.charge_asker(MAIL, *_describe_asker(found))
    password_resets.send_link(_find_reset())
    db.session.commit()


def _issue_ticket(found: PasswordReset) -> None:
    sms_codes.charge_asker(WECHAT, *_describe_asker(found))
    ticket = wechat_bindings.issue_ticket(reset_id=_find_reset().id)
    db.session.commit()
    qr_codes.remember_ticket(WECHAT, ticket)


WAYS = {"sms": _send_code, "mail": _send_mail, "wechat": _issue_ticket}
PAGES = {"sms": "account.reset", "mail": "account.reset_mail", "wechat": "account.reset_wechat"}


def _describe_asker(found: PasswordReset) -> tuple[str, str]:
    """By what strangers' shares are counted, and the device that asks if its owner was proved in it."""
    number, whose = found.document_number, f"{found.document_kind} {found.document_number}"
    device = known_devices.find_known_device(number)
    return whose, device and f"{whose} on {device}"


def _set_password(reset_id: int, password: str, *proved: ColumnElement[bool]) -> ResponseReturnValue:
    """Set it unless the account was handed over or closed meanwhile, and end every session."""
    db.session.rollback()
    # Hashing takes its time on purpose, so no lock may be held meanwhile; a code is used up already.
    password_hash = passwords.hash_password(password)
    writing.set(True)
    found = db.session.get_one(PasswordReset, reset_id)
    known = {name: getattr(found, name) for name in NAMES}
    person_id = found.person_id
    if person_id is None or not password_resets.set_password(found, password_hash, *proved):
        db.session.rollback()
        return _render_first_page(known)
    return _finish_reset(person_id)


def _render_first_page(known: dict[str, Any]) -> ResponseReturnValue:
    form = FormView.refused(known, {"document_number": [str(CHANGED)]}, ResetSchema())
    return render_template("account/forgotten.html", form=form), 422


def _finish_reset(person_id: int) -> ResponseReturnValue:
    db.session.execute(end_sign_ins(wall_time(), SignIn.person_id == person_id))
    known_devices.forget_other_devices(person_id)
    password_resets.cancel_resets(person_id)
    response = make_response(redirect(url_for("account.sign_in"), 303))
    known_devices.remember_device(response, person_id)
    person = db.session.get_one(Person, person_id)
    login = person.login
    entry = AuditEntry(at=now(), actor_id=None, action="password.reset", person_id=person_id, detail=None)
    db.session.add(entry)
    contacts.notify_contact(contacts.contact_of_person(person), gettext("密码已重置"), str(TOLD))
    db.session.commit()
    session.pop(KEY, None)
    sign_in_attempts.clear_attempts(identity_documents.normal_number(login))
    flash(gettext("密码已重置，请用新密码登录。"), "ok")
    return response


def _find_reset() -> PasswordReset:
    """The reset that this browser is about; without one there is only the first page."""
    if not _read_token():
        abort(redirect(url_for("account.forgotten"), 303))
    return password_resets.find_open_reset(hash_token(_read_token()))


def _read_token() -> str:
    """The token of the page that was sent, as there may be several windows, or of the newest reset."""
    return request.form.get("carried") or str(session.get(KEY, ""))
