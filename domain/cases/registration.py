"""A draft becomes an application with a number, or is given up and leaves nothing behind."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError

from domain.cases import exam_reservations
from domain.rules import eligibility
from models import db
from models.base import business_keys
from models.cases.applications import Application, RegistrationCounter
from models.cases.refusals import CertificateNotUsable, HasLiveApplication
from models.persons.files import StoredFile
from models.persons.people import Person
from workflows.clock import LOCAL
from workflows.definitions import contents
from workflows.definitions.services import NumberSeries
from workflows.operations import OperationCall

REGISTRATION_NUMBERS = NumberSeries(prefix="{yy}{mm}")  # where a service says nothing else
KEPT_OF_DRAFT = frozenset(
    {
        "id",
        "person_id",
        "instance_id",
        "plan_id",
        "authority_id",
        "state",
        "standing",
        "states_sha256",
        "revision",
        "paused_days",
        "created_at",
    }
)


def register_application(call: OperationCall, application: int) -> bool:
    """Check everything again and give the number; a second call changes nothing."""
    case = db.session.get_one(Application, application, with_for_update=True)
    if case.registration_number:
        return True
    eligibility.check_all(case, call.now)
    case.live_person_id, case.live_exam_certificate_id = case.person_id, case.exam_certificate_id
    flush_or_refuse()
    service = contents.contents_of(case.instance_id).find_service(business_keys.CASE)
    case.registration_number = next_registration_number(call.now, service.number if service else None)
    case.registered_at = call.now
    case.particulars = collect_particulars(case.person)
    db.session.flush()
    exam_reservations.reserve_certificate(call, application)
    return True


def abandon_application(call: OperationCall, application: int) -> bool:
    """Empty a draft; an application that has its number is left alone. Answers whether it has one."""
    case = db.session.get_one(Application, application)
    if case.registration_number:
        return True
    files = [key for key in (case.photo_id, case.undertaking_id) if key]
    for column in Application.__table__.columns:
        if column.name not in KEPT_OF_DRAFT:
            setattr(case, column.name, [] if column.name in {"steps", "resume"} else None)
    case.typed, case.ended_at = {}, call.now
    db.session.flush()
    db.session.execute(delete(StoredFile).where(StoredFile.id.in_(files)))
    return False


def next_registration_number(moment: datetime, series: NumberSeries | None = None) -> str:
    """The next number of a series: by default YYMM and six digits (报名号).

    The counter's row lock makes the numbers of one beginning unbroken.
    """
    series = series or REGISTRATION_NUMBERS
    period = series.write_prefix(moment.astimezone(LOCAL))
    given = _increment_counter(period)
    if given is None:
        try:
            with db.session.begin_nested():
                db.session.execute(insert(RegistrationCounter).values(period=period, last=0))
        except IntegrityError:
            pass  # somebody else opened the series in the same moment
        given = _increment_counter(period)
    return f"{period}{given:0{series.digits}}"


def collect_particulars(person: Person) -> dict[str, Any]:
    """What the person's data are now, to be compared with later changes."""
    return {
        "name": person.name,
        "sex": person.sex,
        "birth_date": person.birth_date.isoformat() if person.birth_date else None,
        "ethnicity": person.ethnicity,
        "document_kind": person.document_kind,
        "document_number": person.document_number,
        "local_id_number": person.local_id_number,
        "pass_number": person.pass_number,
        "mobile": person.mobile,
    }


def _increment_counter(period: str) -> int | None:
    counter = update(RegistrationCounter).where(RegistrationCounter.period == period)
    return db.session.scalar(
        counter.values(last=RegistrationCounter.last + 1).returning(RegistrationCounter.last)
    )


def flush_or_refuse() -> None:
    """Write what makes an application live, or say what is taken."""
    # Two browsers of one person, or two people with one certificate: the constraints decide.
    try:
        db.session.flush()
    except IntegrityError as error:
        if "live_exam_certificate_id" in str(error.orig):
            raise CertificateNotUsable from None
        raise HasLiveApplication from None
