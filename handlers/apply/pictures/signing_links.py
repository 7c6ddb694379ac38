"""The link of a QR code: for one application, for a quarter of an hour, for one signature."""

from __future__ import annotations

import io

import segno
from flask import current_app, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer

from domain.cases import revisions
from handlers.apply.changing import pending_changes
from handlers.entry.access import SAFE_METHODS
from models import db
from models.base.errors import DomainError
from models.cases.applications import Application
from models.cases.states import Standing
from translations import lazy_gettext

LINK_LIFETIME = 15 * 60  # seconds


class SigningLinkOver(DomainError):
    """A signing link that has expired or was used."""

    code = "link_over"
    status = 410
    sentence = lazy_gettext("这个签名链接已经失效或者已经使用过，请在电脑上刷新二维码后重新扫描。")


def signing_address(application: Application) -> str:
    """The whole address to be scanned."""
    token = _build_serializer().dumps(_signing_state(application))
    return str(current_app.config["PUBLIC_URL"]) + url_for("phone.sign", token=token)


def draw_qr_code(application: Application) -> bytes:
    """The address as a QR code in SVG."""
    target = io.BytesIO()
    segno.make(signing_address(application), error="m").save(
        target, kind="svg", scale=4, border=2, light="#fff"
    )
    return target.getvalue()


def find_signed_application(token: str) -> Application:
    """The application that a link is for, while nobody has signed by it and it may still be changed."""
    try:
        stood = _build_serializer().loads(token, max_age=LINK_LIFETIME)
    except BadSignature:
        raise SigningLinkOver from None
    # Locked, or two phones at once would both sign by one link.
    locked = request.method not in SAFE_METHODS
    found = db.session.get(Application, stood[0], with_for_update=locked or None, populate_existing=locked)
    if found is None or not (found.standing == Standing.DRAFT or revisions.is_changeable(found)):
        raise SigningLinkOver
    if _signing_state(found) != stood:
        raise SigningLinkOver
    return found


def _signing_state(application: Application) -> list[int | str | None]:
    # A link ends with the signature given by it, and with the submission of what it was made for.
    return [application.id, pending_changes.find_signature(application), application.registration_number]


def _build_serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="phone.sign")
