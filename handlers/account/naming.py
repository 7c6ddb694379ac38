"""A name that the register does not know under its number is corrected on the spot."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from handlers.account import registrations, settling
from handlers.account.blueprint import pages
from handlers.account.schemas import DocumentSchema
from handlers.page import carried
from handlers.page.formfields import FormView
from models import db


@pages.get("/register/name")
def name_page() -> ResponseReturnValue:
    """The page to correct what the register refused."""
    token = registrations.remembered_token()
    try:
        known = registrations.read_registration(token)
    except carried.PageExpired:
        return redirect(url_for("account.register"))
    return settling.render_name_page(token, FormView.blank(DocumentSchema(), known))


@pages.post("/register/name")
def correct_name() -> ResponseReturnValue:
    """Keep the correction and ask the register again; mobile, address and password stay as they are."""
    token = request.form.get("carried", "")
    row = registrations.find_proved(token)
    try:
        answers = DocumentSchema().load(request.form)
    except ValidationError as error:
        form = FormView.refused(request.form, error.messages_dict, DocumentSchema())
        return settling.render_name_page(token, form), 422
    for name, value in answers.items():
        setattr(row, name, value)
    db.session.commit()
    return settling.create_account(token, without_answer="later" in request.form)
