"""The link that proves an address of e-mail: opening it asks, pressing the button proves."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from domain.accounts import email_proofs
from handlers.account.blueprint import pages
from models import db
from translations import gettext


@pages.get("/email/<token>")
def email_link(token: str) -> ResponseReturnValue:
    """Mail servers open links before people do, so opening it proves nothing."""
    proof = email_proofs.find_by_token(token)
    return render_template("account/email_link.html", token=token, email=proof.email)


@pages.post("/email/<token>")
def prove_email(token: str) -> ResponseReturnValue:
    """The address counts from now on."""
    email_proofs.accept_proof(token)
    db.session.commit()
    flash(gettext("电子邮箱已验证，以后的通知会发到这里。"), "ok")
    applicant = g.principal is not None and g.principal.kind == "applicant"
    return redirect(url_for("profile.particulars" if applicant else "account.sign_in"), 303)
