"""The WeChat of one's account: bound by a QR code, unbound with the password."""

from __future__ import annotations

from flask import flash, g, redirect, session, url_for

from domain.accounts import wechat_bindings
from handlers.account.blueprint import pages
from handlers.account.proofs import password_checks
from handlers.account.proofs.schemas import OwnPasswordSchema
from handlers.account.wechat import qr_codes
from handlers.entry.access import allow
from handlers.page.contract import Page, Submission, accept, show
from models import db
from translations import gettext, lazy_gettext

PURPOSE = "bind"
WRONG_PASSWORD = lazy_gettext("登录密码不正确")


@pages.route("/wechat", methods=["GET", "POST"])
@allow("applicant")
@show("account/wechat.html")
@accept(OwnPasswordSchema, refusals="current_password")
def wechat(sent: Submission) -> Page:
    """Which WeChat is bound; with the password, a code to bind one, or none any more."""
    binding = wechat_bindings.find_binding(g.principal.person_id)
    if not sent.is_accepted:
        return {"binding": binding}
    was_bound = binding is not None
    password_checks.check_own_password(sent.answers["current_password"], WRONG_PASSWORD)
    if was_bound:
        wechat_bindings.unbind(g.principal.person_id)
        db.session.commit()
        flash(gettext("微信已解除绑定。"), "ok")
        return redirect(url_for("account.settings"), 303)
    qr_codes.remember_ticket(PURPOSE, wechat_bindings.issue_ticket(person_id=g.principal.person_id))
    db.session.commit()
    return redirect(url_for("account.wechat_code"), 303)


@pages.get("/wechat/code")
@allow("applicant")
@show("account/wechat_code.html")
def wechat_code() -> Page:
    """The code to be scanned; once WeChat is bound, the page says so."""
    if f"wechat.{PURPOSE}" not in session:
        return redirect(url_for("account.wechat"))
    binding = wechat_bindings.find_binding(g.principal.person_id)
    return {"binding": binding, "code": None if binding else qr_codes.draw_remembered(PURPOSE)}
