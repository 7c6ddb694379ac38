"""Proving once more who sits there, before what identifies a person is changed."""

from __future__ import annotations

from flask import g
from marshmallow import ValidationError

from domain.accounts import passwords
from handlers.account.proofs import sign_in_attempts
from handlers.entry import rate_limits
from models import db
from models.base.database import writing
from models.persons.people import select_password_hash

FIELD = "current_password"


def check_own_password(password: str, refusal: str) -> None:
    """Refuse a form with a wrong current password by a sentence; tries are counted before they are judged.

    Ends the transaction, as checking takes its time on purpose and no lock may be held meanwhile.
    """
    try:
        sign_in_attempts.count_password_check()
    except rate_limits.TooMany as error:
        raise ValidationError(error.sentence, FIELD) from error
    writing.set(False)
    known = db.session.scalar(select_password_hash(g.principal.person_id))
    db.session.rollback()
    if not passwords.verify_password(known, password):
        raise ValidationError(refusal, FIELD)
    sign_in_attempts.record_password_check()
    writing.set(True)
