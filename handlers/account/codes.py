"""One-time codes by SMS: six digits, five minutes, five tries, once."""

from __future__ import annotations

import hmac
import secrets
import uuid
from datetime import timedelta

from flask import current_app
from flask_babel import lazy_gettext
from sqlalchemy import select

from handlers import limits
from handlers.services import outside
from models import db
from models.errors import DomainError
from models.people import Code
from workflows.clock import now
from workflows.operations import Unavailable

VALID = timedelta(minutes=5)
MOST_TRIES = 5


class TooManyCodes(DomainError):
    """More codes were asked for than one number or address may have in an hour."""

    code = "too_many"
    status = 429
    sentence = lazy_gettext("验证码发送过于频繁，请一小时后再试。")


class TooSoon(TooManyCodes):
    """A code was asked for within a minute of the last one."""

    sentence = lazy_gettext("验证码刚刚发送过，请一分钟后再试。")


class NotSent(DomainError):
    """The SMS gateway took no message."""

    code = "unavailable"
    status = 503
    sentence = lazy_gettext("短信暂时无法发送，请稍后再试。")


def send(mobile: str, purpose: str) -> None:
    """Make a code, keep its hash, commit, and send it; no transaction is open while it goes out."""
    if not limits.count(limits.CODE_PAUSE, "code", mobile):
        raise TooSoon
    if not limits.count(limits.CODES, "code", mobile):
        raise TooManyCodes
    digits = f"{secrets.randbelow(10**6):06}"
    at = now()
    row = Code(mobile=mobile, purpose=purpose, code_hash=_hash(digits), created_at=at, expires_at=at + VALID)
    db.session.add(row)
    db.session.commit()
    words = f"【教师资格】验证码 {digits}，5 分钟内有效。请勿告诉他人。"
    try:
        outside.send_sms(mobile, words, key=f"code:{uuid.uuid4().hex}")
    except Unavailable as error:
        limits.forget(limits.CODE_PAUSE, "code", mobile)  # nothing has gone out that one could wait for
        raise NotSent from error


def accept(mobile: str, purpose: str, digits: str) -> bool:
    """Whether this is the newest code sent to the number; a right one is used up, a wrong try is counted."""
    newest = select(Code).where(Code.mobile == mobile, Code.purpose == purpose).order_by(Code.id.desc())
    code = db.session.scalars(newest.limit(1)).first()
    if code is None or code.used_at or code.expires_at < now() or code.attempts >= MOST_TRIES:
        return False
    code.attempts += 1
    if not hmac.compare_digest(code.code_hash, _hash(digits)):
        return False
    code.used_at = now()
    return True


def _hash(digits: str) -> str:
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, digits.encode(), "sha256").hexdigest()
