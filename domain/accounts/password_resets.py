"""A forgotten password, whoever asks: kept alike whether or not there is such an account, and ended once.

Three ways lead to a new password: a code by SMS, a link by mail, WeChat. Each works to the end only for the
owner of the account; on the way there nothing differs, neither words nor work.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnElement, delete, select, update

from domain import outside
from models import db
from models.base.errors import DomainError
from models.persons.accounts import PasswordReset
from models.persons.people import Person
from translations import gettext, lazy_gettext
from workflows.background import jobs
from workflows.clock import wall_time
from workflows.operations import OperationCall

KEPT = timedelta(hours=24)
PAGES = timedelta(minutes=30)  # the browser that asked goes on for so long
MAIL_LINK = timedelta(hours=24)
WECHAT_LINK = timedelta(minutes=30)
PATH = "/account/forgotten/link/"


class ResetOver(DomainError):
    """A reset that has taken too long, or that has led to a password."""

    code = "reset_over"
    status = 410
    sentence = lazy_gettext("这次找回密码已经结束或者停留时间过长，请从第一步重新填写。")


class ResetLinkInvalid(DomainError):
    """A link that sets no password: used, too old, or not the newest."""

    code = "reset_link_over"
    status = 410
    sentence = lazy_gettext("这个链接已经失效或者已经使用过，请从“忘记密码”重新开始。")


@dataclass(frozen=True, kw_only=True)
class ResetClaim:
    """Whose password somebody says to have forgotten."""

    document_kind: str
    document_number: str
    name: str


def begin_reset(claim: ResetClaim, token_hash: str) -> PasswordReset:
    """Keep who asks under the hash of their browser's token; what is over is swept away."""
    at = wall_time()
    db.session.execute(delete(PasswordReset).where(PasswordReset.expires_at <= at))
    reset = PasswordReset(
        token_hash=token_hash,
        person_id=db.session.scalar(select(Person.id).where(*_account_filter(claim))),
        code_id=None,
        link_made_at=None,
        link_expires_at=None,
        begun_at=at,
        expires_at=at + KEPT,
        ended_at=None,
        **asdict(claim),
    )
    db.session.add(reset)
    db.session.flush()
    return reset


def find_reset(token_hash: str) -> PasswordReset:
    """The reset that a browser is about, for half an hour; also one that led to a password."""
    own = (PasswordReset.token_hash == token_hash, PasswordReset.begun_at > wall_time() - PAGES)
    found = db.session.scalar(select(PasswordReset).where(*own))
    if found is None:
        raise ResetOver
    return found


def find_open_reset(token_hash: str) -> PasswordReset:
    """The reset that a browser is about, while no password was set."""
    found = find_reset(token_hash)
    if found.ended_at is not None:
        raise ResetOver
    return found


def find_mobile(reset: PasswordReset) -> str:
    """The number of the account; nobody's number is empty, and no code is right for it."""
    return db.session.scalar(select(Person.mobile).where(Person.id == (reset.person_id or 0))) or ""


def make_link(reset: PasswordReset, valid: timedelta) -> str:
    """The address of a new link; earlier ones are worth nothing."""
    at = wall_time()
    reset.link_made_at, reset.link_expires_at = at, at + valid
    return _write_address(reset.id, at)


def send_link(reset: PasswordReset) -> None:
    """Let a job send a link to the account's mail address, if there is one."""
    make_link(reset, MAIL_LINK)
    db.session.flush()
    sent = reset.link_made_at.isoformat() if reset.link_made_at else ""
    key = f"password_reset:{reset.id}:{sent}"
    jobs.enqueue_job("password_resets.send", {"reset": reset.id, "sent": sent}, key=key)


def find_by_link(token: str) -> PasswordReset:
    """The reset that a link goes on with, while it is the newest, young enough, and its account the same."""
    try:
        number, made = _link_serializer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise ResetLinkInvalid from None
    live = (PasswordReset.ended_at.is_(None), PasswordReset.link_expires_at > wall_time())
    found = db.session.scalar(select(PasswordReset).where(PasswordReset.id == number, *live))
    if found is None or found.link_made_at is None or found.link_made_at.isoformat() != made:
        raise ResetLinkInvalid
    if db.session.scalar(select(Person.id).where(*_account_filter(found))) != found.person_id:
        raise ResetLinkInvalid
    return found


def set_password(reset: PasswordReset, password_hash: str, *proved: ColumnElement[bool]) -> bool:
    """Set it and end the reset, unless the account or what was proved has changed; the caller commits.

    One statement ends it, so that of two at once one sets a password.
    """
    reset_id, person_id, whose = reset.id, reset.person_id, _account_filter(reset)
    still_open = (PasswordReset.id == reset_id, PasswordReset.ended_at.is_(None))
    ended = update(PasswordReset).where(*still_open).values(ended_at=wall_time()).returning(PasswordReset.id)
    if db.session.execute(ended.execution_options(synchronize_session=False)).first() is None:
        return False
    same = (Person.id == person_id, *whose, *proved)
    changed = update(Person).where(*same).values(password_hash=password_hash).returning(Person.id)
    return db.session.execute(changed.execution_options(synchronize_session=False)).first() is not None


def cancel_resets(person_id: int) -> None:
    """End every reset of a person: the password, or what proves its owner, is another one now."""
    own = (PasswordReset.person_id == person_id, PasswordReset.ended_at.is_(None))
    ended = update(PasswordReset).where(*own).values(ended_at=wall_time())
    db.session.execute(ended.execution_options(synchronize_session=False))


def prepare_mail(call: OperationCall, reset: int, sent: str) -> dict[str, Any]:
    row = db.session.get(PasswordReset, reset)
    made = row.link_made_at.isoformat() if row and row.link_made_at and row.ended_at is None else ""
    newest = row.person_id if row and made == sent else None  # an older link is worth nothing
    text = gettext(
        "您正在重置密码。请在 24 小时内打开下面的链接，设置新密码：\n%(address)s\n"
        "不是您本人操作的，不用理会，密码不会改变。",
        address=_write_address(reset, datetime.fromisoformat(sent)),
    )
    return {
        "email": db.session.scalar(select(Person.email).where(Person.id == (newest or 0))),
        "title": gettext("重置密码"),
        "text": text,
    }


def deliver_mail(request: dict[str, Any], key: str) -> None:
    if request["email"]:
        outside.send_mail(request["email"], request["title"], request["text"], key)


def _account_filter(whose: ResetClaim | PasswordReset) -> tuple[ColumnElement[bool], ...]:
    return (
        Person.document_kind == whose.document_kind,
        Person.document_number == whose.document_number,
        Person.name == whose.name,
        Person.disabled_at.is_(None),
    )


def _write_address(reset_id: int, made: datetime) -> str:
    token = _link_serializer().dumps([reset_id, made.isoformat()])
    return f"{current_app.config['PUBLIC_URL']}{PATH}{token}"


def _link_serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="password.reset")
