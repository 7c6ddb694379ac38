"""One-time codes on their way out: a job sends each, and no row holds one in clear.

The digits come of the job's seed and the secret of the site, so a copy of the database tells none.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import case, delete, literal, select, update

from domain import outside
from models import db
from models.persons.people import Code
from translations import gettext
from workflows.background import jobs
from workflows.clock import now
from workflows.operations import OperationCall

VALID = timedelta(minutes=5)
KEPT = timedelta(days=1)  # to be looked at when somebody asks why no code came
AGAIN = timedelta(minutes=1)
MOST_TRIES = 5
SWEPT = 20


def issue_code(mobile: str, purpose: str) -> int:
    """A new code and the job that sends it; without a number nobody gets it. The caller commits."""
    seed, at = secrets.token_urlsafe(16), now()
    hashed = _hash_text(_derive_digits(seed))
    row = Code(mobile=mobile, purpose=purpose, code_hash=hashed, created_at=at, expires_at=at + VALID)
    db.session.add(row)
    db.session.flush()
    jobs.enqueue_job("codes.deliver", {"code": row.id, "seed": seed}, key=f"code:{seed}")
    _sweep_expired(at)
    return row.id


def accept_code(code_id: int, mobile: str, purpose: str, digits: str) -> bool:
    """Whether these are the digits of a code sent to the number; each try is counted, a right one uses it up.

    One statement judges, so that of many tries at once five count and one is right. The caller commits.
    """
    at = now()
    right = Code.code_hash == _hash_text(digits)
    live = (Code.used_at.is_(None), Code.expires_at >= at, Code.attempts < MOST_TRIES, Code.mobile != "")
    judged = (
        update(Code)
        .where(Code.id == code_id, Code.mobile == mobile, Code.purpose == purpose, *live)
        .values(attempts=Code.attempts + 1, used_at=case((right, literal(at, Code.used_at.type))))
        .returning(Code.used_at)
        .execution_options(synchronize_session=False)
    )
    return db.session.execute(judged).scalar_one_or_none() is not None


def was_just_accepted(code_id: int, mobile: str, purpose: str, digits: str) -> bool:
    """Whether these digits used the code up within the last minute: what a double click sends again.

    It proves nothing to whoever has not the page of the code; other pages ask `accept_code` alone.
    """
    right = (Code.code_hash == _hash_text(digits), Code.used_at >= now() - AGAIN)
    own = select(Code.id).where(Code.id == code_id, Code.mobile == mobile, Code.purpose == purpose)
    return db.session.scalar(own.where(*right)) is not None


def _sweep_expired(at: datetime) -> None:
    old = select(Code.id).where(Code.expires_at < at - KEPT).order_by(Code.id).limit(SWEPT)
    ended = delete(Code).where(Code.id.in_(old.with_for_update(skip_locked=True)))
    db.session.execute(ended.execution_options(synchronize_session=False))


def prepare_sms(call: OperationCall, code: int, seed: str) -> dict[str, str]:
    # What is no use any more is not sent: a code of five minutes after an outage of an hour.
    row = db.session.get(Code, code)
    live = row is not None and row.used_at is None and row.expires_at > call.now
    return {"mobile": row.mobile if row is not None and live else "", "digits": _derive_digits(seed)}


def deliver_sms(request: dict[str, str], key: str) -> None:
    if request["mobile"]:
        words = gettext(
            "【教师资格】验证码 %(request)s，5 分钟内有效。请勿告诉他人。", request=request["digits"]
        )
        outside.send_sms(request["mobile"], words, key=key)


def _derive_digits(seed: str) -> str:
    return f"{int(_hash_text(f'seed {seed}'), 16) % 10**6:06}"


def _hash_text(text: str) -> str:
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, text.encode(), "sha256").hexdigest()
