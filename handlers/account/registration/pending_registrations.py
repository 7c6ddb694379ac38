"""Registering under way: what the first page was told, kept under a token until the account is made."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from flask import session
from sqlalchemy import delete, select

from handlers.entry.access import hash_token
from handlers.page.signed_values import LIMIT, PageExpired
from models import db
from models.base.database import writing
from models.base.errors import DomainError
from models.persons.accounts import Registration
from models.persons.people import Person
from models.processes.instances import Act
from translations import lazy_gettext
from workflows.clock import now, wall_time

NAMES = ("document_kind", "document_number", "name", "mobile")
KEPT = (*NAMES, "email", "password_hash")  # what an account is made of
TYPED = "registering"  # in the browser's cookie, so that reload and back lose nothing
KEY = "registration"  # in the browser's cookie, so that the second page can be loaded again


class RegistrationChanged(DomainError):
    """A registration that another window changed while the register was asked."""

    code = "registration_changed"
    sentence = lazy_gettext("核验期间，这次注册的信息在另一个窗口里改过，账号没有注册。请核对后重新提交。")


class Ended(DomainError):
    """A registration of which an account was made: a double click, or an old page sent again."""

    code = "registration_ended"
    sentence = lazy_gettext("账号已经注册好了，请登录。")


class Contested(DomainError):
    """A registration that ended with a request for somebody's number, sent again."""

    code = "registration_contested"
    sentence = lazy_gettext("申诉已经提交，请用短信里的查询码查看进度。")


ENDS = {"register": Ended, "contest": Contested}  # as the kind of act that a registration ended with


def begin_registration(answers: dict[str, Any], code_id: int) -> str:
    """Keep who it is, and which code was sent, under a token; what others left unfinished is swept away."""
    db.session.execute(delete(Registration).where(Registration.expires_at <= wall_time()))
    token = secrets.token_urlsafe(32)
    known = {name: answers[name] for name in NAMES}
    ends = wall_time() + timedelta(seconds=LIMIT)
    row = Registration(token_hash=hash_token(token), code_id=code_id, expires_at=ends, **known)
    db.session.add(row)
    return token


def remember_document(typed: dict[str, Any]) -> None:
    """Keep in this browser what the first pages were told, until the account is made or for half an hour."""
    known = {name: typed[name] for name in NAMES if name in typed}
    session[TYPED] = {**known, "until": int(wall_time().timestamp()) + LIMIT}


def remembered_document() -> dict[str, Any]:
    """What this browser's person has typed; nothing where it is too old."""
    kept = session.get(TYPED) or {}
    fresh = kept.get("until", 0) > wall_time().timestamp()
    return {name: kept[name] for name in NAMES if name in kept} if fresh else {}


def remember_token(token: str) -> None:
    """Let this browser load its second page again."""
    session[KEY] = token


def remembered_token() -> str:
    """The token of this browser's newest registration."""
    return str(session.get(KEY, ""))


def find_registration(token: str, *, locked: bool = False) -> Registration:
    """What a token stands for, for half an hour after the last step; locked until the transaction ends."""
    own = (Registration.token_hash == hash_token(token)) & (Registration.expires_at > wall_time())
    query = select(Registration).where(own)
    found = db.session.scalar(query.with_for_update() if locked else query)
    if found is None:
        raise _end_of(token)
    return found


def _end_of(token: str) -> DomainError:
    """Why there is no registration under a token: it has led to something, or it is too old."""
    ended = db.session.get(Act, _act_id(token))
    return ENDS[ended.kind]() if ended else PageExpired()


def _act_id(token: str) -> str:
    return f"account:{hash_token(token)}"


def find_proved(token: str) -> Registration:
    """A registration whose mobile number is proved, locked until the transaction ends."""
    found = find_registration(token, locked=True)
    if found.proved_at is None:
        raise PageExpired
    return found


def is_proved(token: str) -> bool:
    """Whether the mobile number is proved by now, also where an account was made of it already."""
    try:
        return bool(read_registration(token)["proved"])
    except (Ended, Contested):
        return True


def lock_unchanged(token: str, verified: dict[str, Any]) -> Registration:
    """A registration, locked until the transaction ends; refused unless it is still what was verified."""
    row = db.session.get(Registration, find_proved(token).id, populate_existing=True, with_for_update=True)
    if row is None:
        raise _end_of(token)  # the other window's account was made of it
    if any(getattr(row, name) != verified[name] for name in KEPT):
        raise RegistrationChanged
    return row


def mark_proved(row: Registration, email: str, password_hash: str) -> None:
    """The code was right: nothing of this has to be typed again, whatever comes next."""
    row.email, row.password_hash, row.proved_at = email, password_hash, wall_time()
    row.expires_at = wall_time() + timedelta(seconds=LIMIT)


def finish_registration(token: str, person_id: int, kind: str) -> None:
    """Nothing is left of it but that it led to this, about this person: the same sent again is told so."""
    row = find_registration(token)
    db.session.add(Act(transaction_id=_act_id(token), person_id=person_id, kind=kind, at=now()))
    db.session.delete(row)
    session.pop(KEY, None)
    session.pop(TYPED, None)


def read_registration(token: str) -> dict[str, Any]:
    """What is known of a registration, as plain values: no transaction stays open for what comes next."""
    db.session.rollback()
    before = writing.set(False)
    try:
        row = find_registration(token)
        known = {name: getattr(row, name) for name in KEPT}
        held = (Person.document_kind == row.document_kind) & (Person.document_number == row.document_number)
        taken = db.session.scalar(select(Person.id).where(held)) is not None
        return known | {"code_id": row.code_id, "proved": row.proved_at is not None, "taken": taken}
    finally:
        db.session.rollback()
        writing.reset(before)
