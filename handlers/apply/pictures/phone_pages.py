"""Signing on the phone: read the undertaking, sign, send."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from marshmallow import ValidationError

from domain.cases import revisions
from domain.wording import agreements
from handlers.apply.changing import pending_changes
from handlers.apply.pictures import picture_uploads, signing_links
from handlers.entry.access import allow
from handlers.page.contract import Page, Submission, accept, show
from models import db
from models.cases.applications import Application
from translations import gettext

pages = Blueprint("phone", __name__)


@pages.route("/<token>", methods=["GET", "POST"])
@allow("public")
@show("phone/sign.html")
@accept()
def sign(sent: Submission, token: str) -> Page:
    """The undertaking and the box to sign in; the page at the desk shows the signature from now on."""
    if not sent.is_accepted:
        return _build_page(signing_links.find_signed_application(token), token)
    received = picture_uploads.receive_pictures(request.form, request.files)
    application = signing_links.find_signed_application(token)
    _check_signature(received)
    signed = tuple(one for one in received.pictures if one.kind == "undertaking")
    if application.registration_number is None:
        picture_uploads.attach_pictures(application, signed)
    else:  # it waits until the change is saved with all the rest
        application = revisions.lock_application(application.id)
        pending_changes.add_pictures(application, picture_uploads.add_picture_rows(application, signed))
    db.session.commit()
    return render_template("phone/signed.html", name=application.person.name)


def _check_signature(received: picture_uploads.ReceivedPictures) -> None:
    errors = dict(received.errors)
    if not received.pictures and not errors:
        errors["undertaking"] = [gettext("请在框内签名，或者上传签名照片")]
    if not request.form.get("agree"):
        errors["agree"] = [gettext("请勾选已阅读并作出承诺")]
    if errors:
        raise ValidationError(errors)


def _build_page(application: Application, token: str) -> dict[str, Any]:
    return {
        "token": token,
        "name": application.person.name,
        "batch": application.plan.batch,
        "paragraphs": agreements.UNDERTAKING,
    }
