"""What one page of the account hands to the next, signed and for a short time."""

from __future__ import annotations

from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from models.base.errors import DomainError
from translations import lazy_gettext

LIMIT = 30 * 60  # seconds


class PageExpired(DomainError):
    """What a page carried along is too old to go on from."""

    code = "expired"
    status = 410
    sentence = lazy_gettext("页面停留时间过长，请从第一步重新填写。")


def pack_values(purpose: str, values: dict[str, Any]) -> str:
    """The values as text that cannot be changed."""
    packed: str | bytes = _make_serializer(purpose).dumps(values)
    return packed.decode() if isinstance(packed, bytes) else packed


def unpack_values(purpose: str, text: str) -> dict[str, Any]:
    """The values that `pack_values` wrote."""
    try:
        values: dict[str, Any] = _make_serializer(purpose).loads(text, max_age=LIMIT)
    except BadSignature:
        raise PageExpired from None
    return values


def _make_serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"account.{purpose}")
