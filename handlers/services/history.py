"""What the register of teacher certificates knows of a person, asked before the application is sent."""

from __future__ import annotations

import secrets
from datetime import datetime

from connectors import registers as asking
from handlers.services import outside, records
from models.applications import Application
from models.refusals import AlreadyHeld, OncePerYear
from workflows.clock import LOCAL

ASKED_AT = frozenset({"check", "undertaking"})
Held = tuple[asking.TeacherCertificate, ...]


def ask(person_id: int) -> Held:
    """The valid certificates of a person; no answer counts as none here, as the review asks again.

    No transaction may be open.
    """
    holder = records.holder_of(person_id)
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
