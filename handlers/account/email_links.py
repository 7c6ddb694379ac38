"""The link that proves an address of e-mail: opening it asks, pressing the button proves."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from domain.accounts import email_proofs
from handlers.account.blueprint import pages
from handlers.entry.access import allow
from handlers.page.contract import Page, show
from models import db
from models.persons.states import PersonKind
from translations import gettext


@pages.get("/email/<token>")
@allow("public")
@show("account/email_link.html")
def email_link(token: str) -> Page:
    """Mail servers open links before people do, so opening it proves nothing."""
    return {"token": token, "email": email_proofs.find_by_token(token).email}


@pages.post("/email/<token>")
@allow("public")
def prove_email(token: str) -> ResponseReturnValue:
    """The address counts from now on."""
    email_proofs.accept_proof(token)
    db.session.commit()
    flash(gettext("电子邮箱已验证，以后的通知会发到这里。"), "ok")
    applicant = g.principal is not None and g.principal.kind == PersonKind.APPLICANT
    return redirect(url_for("profile.particulars" if applicant else "account.sign_in"), 303)
