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
from translations import lazy_gettext
from workflows.clock import wall_time

NAMES = ("document_kind", "document_number", "name", "mobile")
KEPT = (*NAMES, "email", "password_hash")  # what an account is made of
KEY = "registration"  # in the browser's cookie, so that the second page can be loaded again


class RegistrationChanged(DomainError):
    """A registration that another window changed while the register was asked."""

    code = "registration_changed"
    sentence = lazy_gettext("核验期间，这次注册的信息在另一个窗口里改过，账号没有注册。请核对后重新提交。")


def begin_registration(answers: dict[str, Any], code_id: int) -> str:
    """Keep who it is, and which code was sent, under a token; what others left unfinished is swept away."""
    db.session.execute(delete(Registration).where(Registration.expires_at <= wall_time()))
    token = secrets.token_urlsafe(32)
    known = {name: answers[name] for name in NAMES}
    ends = wall_time() + timedelta(seconds=LIMIT)
    row = Registration(token_hash=hash_token(token), code_id=code_id, expires_at=ends, **known)
    db.session.add(row)
    return token


def remember_token(token: str) -> None:
    """Let this browser load its second page again."""
    session[KEY] = token


def remembered_token() -> str:
    """The token of this browser's newest registration."""
    return str(session.get(KEY, ""))


def find_registration(token: str) -> Registration:
    """What a token stands for, for half an hour after the last step."""
    own = (Registration.token_hash == hash_token(token)) & (Registration.expires_at > wall_time())
    found = db.session.scalar(select(Registration).where(own))
    if found is None:
        raise PageExpired
    return found


def find_proved(token: str) -> Registration:
    """A registration whose mobile number is proved."""
    found = find_registration(token)
    if found.proved_at is None:
        raise PageExpired
    return found


def lock_unchanged(token: str, verified: dict[str, Any]) -> Registration:
    """A registration, locked until the transaction ends; refused unless it is still what was verified."""
    row = db.session.get(Registration, find_proved(token).id, populate_existing=True, with_for_update=True)
    if row is None:
        raise PageExpired  # the other window's account was made of it
    if any(getattr(row, name) != verified[name] for name in KEPT):
        raise RegistrationChanged
    return row


def mark_proved(row: Registration, email: str, password_hash: str) -> None:
    """The code was right: nothing of this has to be typed again, whatever comes next."""
    row.email, row.password_hash, row.proved_at = email, password_hash, wall_time()
    row.expires_at = wall_time() + timedelta(seconds=LIMIT)


def finish_registration(row: Registration) -> None:
    """Nothing is left of it."""
    db.session.delete(row)
    session.pop(KEY, None)


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
