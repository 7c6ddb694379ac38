"""Certificate numbers, given inside the deciding transaction, and how the holder gets the certificate."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.notices import case_notices
from models import db
from models.base.codes import KIND_DIGITS, SEX_DIGITS
from models.cases.applications import Application, Certificate, CertificateCounter
from workflows.operations import OperationCall
from workflows.working_days import LOCAL


def assign_number(call: OperationCall, application: int) -> str:
    """Give the next number of the authority and year; the counter's row lock orders the deciders.

    Seventeen digits: year, authority (province and its own code), kind, sex, serial. The serial is one
    unbroken series over all kinds of an authority and year; a rollback gives the number back.
    """
    case = db.session.get_one(Application, application)
    existing = db.session.scalar(select(Certificate.number).where(Certificate.application_id == application))
    if existing is not None:
        return existing  # the process came here again; a number is given once
    year = call.now.astimezone(LOCAL).year
    serial = _next_serial(case.authority_id, year)
    digits = f"{KIND_DIGITS[case.kind or '']}{SEX_DIGITS[case.person.sex or '']}"
    number = f"{year}{case.authority.certificate_code}{digits}{serial:06}"
    db.session.add(
        Certificate(
            application_id=application,
            person_id=case.person_id,
            authority_id=case.authority_id,
            number=number,
            year=year,
            serial=serial,
            kind=case.kind,
            subject=case.subject or "",
            issued_at=call.now,
        )
    )
    db.session.flush()
    return number


def announce_certificate(call: OperationCall, application: int) -> str:
    """Tell the holder that the certificate is ready, and say how it is to reach them."""
    certificate = update(Certificate).where(Certificate.application_id == application)
    db.session.execute(certificate.values(printed_at=call.now))
    case_notices.notify_certificate_ready(call, application)
    chosen = db.session.scalar(select(Application.delivery).where(Application.id == application))
    return chosen or "pickup"


def _next_serial(authority: int, year: int) -> int:
    # One statement both makes the row and takes its lock, so two first deciders of a year cannot collide.
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    row = dialect.insert(CertificateCounter).values(authority_id=authority, year=year, last=1)
    counted = row.on_conflict_do_update(
        index_elements=["authority_id", "year"], set_={"last": CertificateCounter.last + 1}
    )
    return int(db.session.execute(counted.returning(CertificateCounter.last)).scalar_one())
