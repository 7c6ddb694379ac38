"""A name that the register does not know under its number is corrected on the spot."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from handlers.account.blueprint import pages
from handlers.account.proofs.schemas import DocumentSchema
from handlers.account.registration import account_creation, pending_registrations
from handlers.page import signed_values
from handlers.page.formfields import FormView
from models import db


@pages.get("/register/name")
def name_page() -> ResponseReturnValue:
    """The page to correct what the register refused."""
    token = pending_registrations.remembered_token()
    try:
        known = pending_registrations.read_registration(token)
    except signed_values.PageExpired:
        return redirect(url_for("account.register"))
    return account_creation.render_name_page(token, FormView.blank(DocumentSchema(), known))


@pages.post("/register/name")
def correct_name() -> ResponseReturnValue:
    """Keep the correction and ask the register again; mobile, address and password stay as they are."""
    token = request.form.get("carried", "")
    row = pending_registrations.find_proved(token)
    try:
        answers = DocumentSchema().load(request.form)
    except ValidationError as error:
        form = FormView.refused(request.form, error.messages_dict, DocumentSchema())
        return account_creation.render_name_page(token, form), 422
    for name, value in answers.items():
        setattr(row, name, value)
    db.session.commit()
    return account_creation.create_account(token, without_answer="later" in request.form)
