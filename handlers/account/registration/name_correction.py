"""A name that the register does not know under its number is corrected on the spot."""

from __future__ import annotations

from flask import redirect, request, url_for

from handlers.account.blueprint import pages
from handlers.account.proofs.schemas import DocumentSchema
from handlers.account.registration import account_creation, pending_registrations
from handlers.entry.access import allow
from handlers.page import signed_values
from handlers.page.contract import Page, Submission, accept, show
from handlers.page.formfields import FormView
from models import db


@pages.route("/register/name", methods=["GET", "POST"])
@allow("public")
@show("account/register_name.html")
@accept(DocumentSchema)
def name_page(sent: Submission) -> Page:
    """Keep the correction and ask the register again; mobile, address and password stay as they are."""
    if sent.typed is None:
        return _show_registered()
    token = request.form.get("carried", "")
    row = pending_registrations.find_proved(token)
    if not sent.is_accepted:
        return {"carried": token}
    for name, value in sent.answers.items():
        setattr(row, name, value)
    db.session.commit()
    return account_creation.create_account(token, without_answer="later" in request.form)


def _show_registered() -> Page:
    token = pending_registrations.remembered_token()
    try:
        known = pending_registrations.read_registration(token)
    except signed_values.PageExpired:
        return redirect(url_for("account.register"))
    return {"carried": token, "form": FormView.blank(DocumentSchema(), known)}
