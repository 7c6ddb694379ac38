"""A number that somebody else has registered is contested with a picture and a sentence."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from marshmallow import ValidationError, fields, validate

from domain.accounts import account_requests
from domain.accounts.account_requests import AccountClaim
from domain.outside import pictures
from handlers.account.blueprint import pages
from handlers.account.proofs.schemas import PageSchema, text_field
from handlers.account.registration import pending_registrations
from handlers.account.requests import standing_pages
from handlers.entry.access import allow
from handlers.page import signed_values
from handlers.page.contract import Page, Submission, accept, show
from models import db
from models.base.errors import Invalid
from translations import lazy_gettext
from workflows.clock import now

MOST = 500
PICTURE = lazy_gettext("请选择证件照片")


class ContestSchema(PageSchema):
    """Why the number is one's own."""

    picture = fields.Raw(load_default=b"", validate=validate.Length(min=1, error=PICTURE))
    statement = text_field(
        lazy_gettext("申诉说明"),
        validate.Length(max=MOST, error=lazy_gettext("申诉说明不超过 %(most)s 个字", most=MOST)),
        hint=lazy_gettext("说明这个证件号码为什么是您的，例如从未注册过本平台"),
    )


@pages.get("/contest")
@allow("public")
@show("account/contest.html")
@accept(ContestSchema)
def contest_page(sent: Submission) -> Page:
    """The form, for somebody whose mobile number was proved a moment ago."""
    token = pending_registrations.remembered_token()
    try:
        known = pending_registrations.read_registration(token)
    except signed_values.PageExpired:
        return redirect(url_for("account.register"))
    if not (known["proved"] and known["taken"]):
        return redirect(url_for("account.confirm_page"))
    return {"carried": token, "most": MOST}


@pages.post("/contest")
@allow("public")
@show("account/contest.html")
@accept(
    ContestSchema,
    page=lambda sent: {"carried": _read_carried()[0], "most": MOST},
    read=lambda: request.form.to_dict() | {"picture": _read_picture()},
    refusals="statement",
)
def contest(sent: Submission) -> Page:
    """Judge the picture, keep the request and start its course."""
    token, known = _read_carried()
    try:
        picture = pictures.store_picture("document", sent.answers["picture"])
    except Invalid as refusal:
        raise ValidationError(refusal.fields["document"], "picture") from None
    pending_registrations.find_proved(token)
    who = {name: known[name] for name in pending_registrations.NAMES}
    claim = AccountClaim(**who, statement=sent.answers["statement"])
    row = account_requests.open_request(claim, picture, now())
    pending_registrations.finish_registration(token, row.person_id, "contest")
    code = row.code
    db.session.commit()
    standing_pages.remember_code(code)
    return redirect(url_for("account.contested", code=code), 303)


def _read_carried() -> tuple[str, dict[str, Any]]:
    """The token of the registration, and what is known of it."""
    token = request.form.get("carried", "")
    return token, pending_registrations.read_registration(token)


def _read_picture() -> bytes:
    file = request.files.get("picture")
    return file.read() if file and file.filename else b""
