"""WeChat of a person: bound and unbound by them, told to them, and written down.

A ticket stands in a QR code for ten minutes and is used once. Whoever scans it agrees in WeChat, and what
follows is done by the button of a page of ours, never by opening an address.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, select

from domain.notices import contacts
from models import db
from models.base.errors import DomainError
from models.cases.notices import AuditEntry
from models.persons.accounts import PasswordReset, WeChatBinding, WeChatTicket
from models.persons.people import Person
from translations import gettext, join_sentences, lazy_gettext
from workflows.clock import now, wall_time

VALID = timedelta(minutes=10)
TITLE = lazy_gettext("微信绑定")


class TicketOver(DomainError):
    """A QR code that was used, or that is too old."""

    code = "wechat_ticket_over"
    status = 410
    sentence = lazy_gettext("这个二维码已经失效或者已经使用过，请在原来的页面刷新二维码后重新扫描。")


class AlreadyBound(DomainError):
    """The WeChat, or the account, is bound already."""

    code = "wechat_bound"
    sentence = lazy_gettext(
        "这个微信已经绑定了别的账号，或者账号已经绑定了微信。请先解除原来的绑定，再重新扫码。"
    )


class NotTheirWeChat(DomainError):
    """A WeChat that is not bound to the account whose password is to be reset; told of no account too."""

    code = "wechat_not_bound"
    sentence = lazy_gettext("这个微信没有绑定要找回的账号，不能用来重置密码。请换用其他方式。")


def issue_ticket(*, person_id: int | None = None, reset_id: int | None = None) -> str:
    """The token of a new QR code, in letters and digits as WeChat asks; old ones are swept away."""
    at, token = wall_time(), secrets.token_hex(16)
    db.session.execute(delete(WeChatTicket).where(WeChatTicket.expires_at <= at))
    row = WeChatTicket(
        token_hash=_hash_token(token), person_id=person_id, reset_id=reset_id, expires_at=at + VALID
    )
    db.session.add(row)
    return token


def find_ticket(token: str) -> WeChatTicket:
    """What a QR code is for, while it may be used."""
    own = (WeChatTicket.token_hash == _hash_token(token), WeChatTicket.expires_at > wall_time())
    found = db.session.scalar(select(WeChatTicket).where(*own))
    if found is None:
        raise TicketOver
    return found


def use_ticket(token: str) -> WeChatTicket:
    """What a QR code is for; nobody uses it again. Of two at once, one does."""
    found = find_ticket(token)
    db.session.expunge(found)
    used = delete(WeChatTicket).where(WeChatTicket.id == found.id).returning(WeChatTicket.id)
    if db.session.execute(used.execution_options(synchronize_session=False)).first() is None:
        raise TicketOver
    return found


def find_binding(person_id: int) -> WeChatBinding | None:
    """The WeChat of a person."""
    return db.session.scalar(select(WeChatBinding).where(WeChatBinding.person_id == person_id))


def bind(person_id: int, openid: str, nickname: str) -> None:
    """Bind a WeChat to a person; one each way."""
    either = (WeChatBinding.person_id == person_id) | (WeChatBinding.openid == openid)
    if db.session.scalar(select(WeChatBinding.id).where(either)):
        raise AlreadyBound
    name = nickname[:80] or gettext("微信用户")
    db.session.add(WeChatBinding(person_id=person_id, openid=openid, nickname=name, bound_at=now()))
    db.session.flush()
    _tell(person_id, "wechat.bound", gettext("您的账号已绑定微信“%(name)s”，可以用它重置密码。", name=name))


def unbind(person_id: int) -> None:
    """Take the WeChat of a person away, if there is one."""
    found = find_binding(person_id)
    if found is None:
        return
    db.session.delete(found)
    _tell(person_id, "wechat.unbound", gettext("您的账号已解除与微信“%(name)s”的绑定。", name=found.nickname))


def forget_binding(person_id: int) -> None:
    """Take it away without a word, as the account is another one's now."""
    db.session.execute(delete(WeChatBinding).where(WeChatBinding.person_id == person_id))


def check_reset(reset: PasswordReset, openid: str) -> None:
    """Refuse unless the WeChat is the one of the account that a reset is about."""
    own = (WeChatBinding.openid == openid, WeChatBinding.person_id == (reset.person_id or 0))
    if db.session.scalar(select(WeChatBinding.id).where(*own)) is None:
        raise NotTheirWeChat


def _tell(person_id: int, action: str, text: str) -> None:
    person = db.session.get_one(Person, person_id)
    warned = join_sentences((text, gettext("不是您本人操作的，请尽快修改密码。")))
    contacts.notify_contact(contacts.contact_of_person(person), TITLE, warned)
    db.session.add(AuditEntry(at=now(), actor_id=person_id, action=action, person_id=person_id, detail=None))


def _hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
