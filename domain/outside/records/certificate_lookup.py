"""其他查询: whether a teacher certificate is what somebody says it is, asked of the register by anyone.

Nothing is told to somebody who guesses: a number that is nobody's, a wrong name and another person's
certificate have one answer, after one question to the register and one to the database.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from connectors import registers as asking
from domain import outside
from domain.outside.records.register_records import Holder, RegisterDown
from models import db
from models.cases.applications import Certificate
from models.persons.people import Person
from translations import lazy_gettext
from workflows.clock import LOCAL


class CertificateRegisterDown(RegisterDown):
    """The certificate register gives no answer."""

    sentence = lazy_gettext("证书库暂时无法连接，填写的内容还在，手机号也不用再验证，请稍后重新查询。")


class CertificateRegisterBusy(CertificateRegisterDown):
    """The certificate register has been asked too often, and answers later."""

    sentence = lazy_gettext("证书库现在繁忙，填写的内容还在，手机号也不用再验证，请过一会儿重新查询。")


@dataclass(frozen=True, kw_only=True)
class FoundCertificate:
    """A certificate of which number, name and document all agree."""

    number: str
    kind: str
    subject: str
    authority: str
    granted_on: date
    state: str  # valid | revoked | lost


def find_certificate(holder: Holder, number: str) -> FoundCertificate | None:
    """The certificate when all agree; one that was granted here counts before the register knows it.

    No transaction may be open.
    """
    told = next((one for one in _ask_register(holder) if one.number == number), None)
    granted = _find_granted(holder, number)
    if told is None:
        return granted
    return FoundCertificate(
        number=told.number,
        kind=told.kind,
        subject=told.subject,
        authority=told.authority,
        granted_on=told.granted_on,
        state=told.state,
    )


def _ask_register(holder: Holder) -> tuple[asking.TeacherCertificateRecord, ...]:
    try:
        answer = outside.get_registers().certificate_history.ask(holder, request_id=secrets.token_hex(16))
    except asking.OutsideError as error:
        # A register that says when to come again works, and has too much to do.
        busy = isinstance(error, asking.RateLimited) or error.retry_after is not None
        raise (CertificateRegisterBusy if busy else CertificateRegisterDown) from error
    return answer.records


def _find_granted(holder: Holder, number: str) -> FoundCertificate | None:
    same = (
        Person.document_kind == holder.document_kind,
        Person.document_number == holder.document_number,
        Person.name == holder.name,
    )
    own = select(Certificate).join(Person, Person.id == Certificate.person_id).where(*same)
    row = db.session.scalar(own.where(Certificate.number == number))
    if row is None:
        return None
    return FoundCertificate(
        number=row.number,
        kind=row.kind,
        subject=row.subject,
        authority=row.authority.name,
        granted_on=row.issued_at.astimezone(LOCAL).date(),
        state="valid",
    )
