"""What the register of teacher certificates knows of a person, asked before the application is sent."""

from __future__ import annotations

import secrets
from datetime import datetime

from connectors import registers as asking
from handlers.services import outside
from models import db
from models.applications import Application
from models.database import writing
from models.people import Person
from models.refusals import AlreadyHeld, OncePerYear
from workflows.clock import LOCAL

ASKED_AT = frozenset({"check", "undertaking"})
Held = tuple[asking.TeacherCertificate, ...]


def ask(person_id: int) -> Held:
    """The valid certificates of a person; no answer counts as none here, as the review asks again.

    Called before the first query of a writing request: reading about whom is a short transaction of its own.
    """
    holder = _holder(person_id)
    if holder is None:
        return ()
    try:
        answer = outside.registers().certificate_history.ask(holder, request_id=secrets.token_hex(16))
    except asking.OutsideError:
        return ()
    return tuple(record for record in answer.records if record.state == "valid")


def refuse(application: Application, held: Held, moment: datetime) -> None:
    """Never the same kind and subject twice, nor two kinds in a calendar year."""
    if any((one.kind, one.subject) == (application.kind, application.subject) for one in held):
        raise AlreadyHeld
    if any(one.granted_on.year == moment.astimezone(LOCAL).year for one in held):
        raise OncePerYear


def _holder(person_id: int) -> asking.Holder | None:
    before = writing.get()
    writing.set(False)
    try:
        person = db.session.get_one(Person, person_id)
        number = person.document_number
        if number is None:
            return None
        kind = person.document_kind or "resident_id"
        return asking.Holder(document_kind=kind, document_number=number, name=person.name)
    finally:
        db.session.rollback()
        writing.set(before)
