"""Signing on the phone: read the undertaking, sign, send."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from domain.cases import revisions
from domain.wording import agreements
from handlers.apply.changing import pending_changes
from handlers.apply.pictures import picture_uploads, signing_links
from handlers.entry.access import allow
from handlers.page.formfields import FormView
from models import db
from models.cases.applications import Application
from translations import gettext

pages = Blueprint("phone", __name__)


@pages.get("/<token>")
@allow("public")
def sign(token: str) -> ResponseReturnValue:
    """The undertaking and the box to sign in."""
    return _render_page(signing_links.application_of(token), token, {})


@pages.post("/<token>")
@allow("public")
def keep_signature(token: str) -> ResponseReturnValue:
    """Take the signature; the page at the desk shows it from now on."""
    received = picture_uploads.receive_pictures(request.form, request.files)
    application = signing_links.application_of(token)
    errors = dict(received.errors)
    if not received.pictures and not errors:
        errors["undertaking"] = [gettext("请在框内签名，或者上传签名照片")]
    if not request.form.get("agree"):
        errors["agree"] = [gettext("请勾选已阅读并作出承诺")]
    if errors:
        return _render_page(application, token, errors), 422
    signed = tuple(one for one in received.pictures if one.kind == "undertaking")
    if application.registration_number is None:
        picture_uploads.attach_pictures(application, signed)
    else:  # it waits until the change is saved with all the rest
        application = revisions.lock_application(application.id)
        pending_changes.add_pictures(application, picture_uploads.add_picture_rows(application, signed))
    db.session.commit()
    return render_template("phone/signed.html", name=application.person.name)


def _render_page(application: Application, token: str, errors: dict[str, list[str]]) -> str:
    return render_template(
        "phone/sign.html",
        token=token,
        form=FormView.refused(request.form, errors) if errors else FormView.blank(),
        name=application.person.name,
        batch=application.plan.batch,
        paragraphs=agreements.UNDERTAKING,
    )
