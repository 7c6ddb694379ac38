"""A mobile number that is lost or changed: who one is, the new number proved, a picture of the document.

Nobody is told whether there is such an account: the request is taken in any case, and a clerk looks.
"""

from __future__ import annotations

import secrets

from flask import abort, redirect, session, url_for
from marshmallow import ValidationError

from domain.accounts import account_requests, begun_requests
from domain.accounts.account_requests import AccountClaim
from domain.accounts.begun_requests import Requester, RequestExpired
from domain.wording.masking import mask_document
from handlers.account.blueprint import pages
from handlers.account.proofs import sms_codes
from handlers.account.proofs.schemas import DocumentSchema, MobileNumberSchema, SmsCodeSchema
from handlers.account.requests import request_forms, standing_pages
from handlers.account.requests.request_forms import RequestSchema
from handlers.entry.access import allow, hash_token
from handlers.page.contract import Page, Submission, accept, show
from models import db
from models.persons.accounts import BegunRequest
from models.persons.states import RequestSort
from workflows.clock import now

PURPOSE = "request"
KEY = "begun_request"  # in the browser's cookie, so that every page can be loaded again
NAMES = ("document_kind", "document_number", "name", "mobile")


class RequesterSchema(DocumentSchema, MobileNumberSchema):
    """Who asks, and the number of today."""

    class Meta(DocumentSchema.Meta):
        fields = NAMES  # errors are told in this order


@pages.route("/requests/mobile", methods=["GET", "POST"])
@allow("public")
@show("account/request_mobile.html")
@accept(RequesterSchema, refusals="mobile")
def request_mobile(sent: Submission) -> Page:
    """Ask who it is, and send a code to the number of today."""
    if not sent.is_accepted:
        return {"form": sent.view(_read_begun())}
    code_id = sms_codes.send_code(sent.answers["mobile"], PURPOSE)
    token = secrets.token_urlsafe(32)
    known = {name: sent.answers[name] for name in NAMES}
    begun_requests.begin(Requester(**known), hash_token(token), code_id)
    db.session.commit()
    session[KEY] = token
    return redirect(url_for("account.request_mobile_code"), 303)


@pages.route("/requests/mobile/code", methods=["GET", "POST"])
@allow("public")
@show("account/request_code.html")
@accept(SmsCodeSchema)
def request_mobile_code(sent: Submission) -> Page:
    """Prove the number by the code."""
    begun = _find_begun()
    if not sent.is_accepted:
        return {"mobile": begun.mobile}
    accepted = begun.proved_at is not None or sms_codes.accept_code(
        begun.code_id, begun.mobile, PURPOSE, sent.answers["code"]
    )
    if accepted:
        begun_requests.mark_proved(begun.token_hash)
    db.session.commit()
    if not accepted:
        raise ValidationError(str(sms_codes.WRONG), "code")
    return redirect(url_for("account.request_mobile_picture"), 303)


@pages.route("/requests/mobile/picture", methods=["GET", "POST"])
@allow("public")
@show("account/request_picture.html")
@accept(RequestSchema, read=request_forms.read_with_picture, refusals="statement")
def request_mobile_picture(sent: Submission) -> Page:
    """Take the picture and the sentence, and begin the request's course."""
    begun = _find_begun()
    if begun.proved_at is None:
        return redirect(url_for("account.request_mobile_code"), 303)
    if not sent.is_accepted:
        return {"document": mask_document(begun.document_number), "mobile": begun.mobile}
    known = {name: getattr(begun, name) for name in NAMES}
    claim = AccountClaim(**known, statement=sent.answers["statement"], sort=RequestSort.MOBILE)
    picture = request_forms.unpack_picture(sent.answers["picture"])
    row = account_requests.open_request(claim, picture, now())
    db.session.delete(begun_requests.find_proved(begun.token_hash))
    code = row.code
    db.session.commit()
    session.pop(KEY, None)
    standing_pages.remember_code(code)
    return redirect(url_for("account.contested", code=code), 303)


def _find_begun() -> BegunRequest:
    """What this browser has begun; where there is nothing, there is only the first page."""
    if KEY not in session:
        abort(redirect(url_for("account.request_mobile"), 303))
    return begun_requests.find(hash_token(session[KEY]))


def _read_begun() -> dict[str, str]:
    """What was typed on the first page, for whoever comes back to it."""
    try:
        begun = begun_requests.find(hash_token(str(session.get(KEY, ""))))
    except RequestExpired:
        return {}
    return {name: getattr(begun, name) for name in NAMES}
