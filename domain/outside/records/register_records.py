"""A person's records from the outside registers, in two halves: `ask_…` speaks with a register and touches
no database, `keep_…` writes what came into the caller's transaction.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import delete, select

from connectors import registers as asking
from domain import outside
from domain.outside import exchanges
from domain.outside.records.record_mismatches import RecordMismatch, check_match, describe_difference
from models import db
from models.base.database import writing
from models.base.errors import DomainError, NotFound
from models.cases.applications import Certificate, select_held_exams
from models.cases.credentials import (
    Degree,
    Diploma,
    Enrolment,
    ExamCertificate,
    PutonghuaCertificate,
)
from models.cases.register_syncs import ToldCertificate, select_told_certificates
from models.cases.states import RecordSource
from models.persons.people import Person
from translations import gettext, lazy_gettext
from workflows.clock import LOCAL, now

Holder = asking.DocumentHolder
R = TypeVar("R")
Ended = asking.RegisterReply[Any] | asking.OutsideError


class RegisterDown(DomainError):
    """A register that gives no answer."""

    code = "unavailable"
    status = 503
    sentence = lazy_gettext("核验库暂时无法连接，已填内容没有丢失，请稍后重试。")


class RegisterResting(RegisterDown):
    """A register that is not asked for a while, as it gave no answer several times in a row."""

    sentence = lazy_gettext(
        "核验库刚才连续多次没有应答，系统暂停半分钟后再连接，已填内容没有丢失，请过一会儿重试。"
    )


class AlreadySynced(DomainError):
    """The enrolment was synchronised before; it succeeds once."""

    code = "already_synced"
    sentence = lazy_gettext("学籍已经同步过，不能再次同步；信息有误的，请用“补充数据”填写。")


class HolderChanged(DomainError):
    """A person whose name or number was changed while a register was asked about them."""

    code = "holder_changed"
    sentence = lazy_gettext("核验期间，您的姓名或者证件号码有变化，核验结果没有保存，请重新核验。")


@dataclass(frozen=True, kw_only=True)
class CertificateRecords:
    """The teacher certificates of a person as rows; `down`: the register did not answer."""

    rows: tuple[dict[str, Any], ...]
    down: bool


def read_holder(person_id: int) -> Holder:
    """Whom to ask about, read in a transaction that is over when this returns."""
    before = writing.get()
    writing.set(False)
    try:
        return _build_holder(db.session.get(Person, person_id))
    finally:
        db.session.rollback()
        writing.set(before)


def lock_holder(person_id: int, asked: Holder) -> Person:
    """The person, locked until the transaction ends; refused unless they are still whom one asked about.

    An account may be handed over, or its number freed, while a slow register answers about the former holder.
    """
    person = db.session.get_one(Person, person_id, populate_existing=True, with_for_update=True)
    if person.disabled_at is not None or person.document_number is None or _build_holder(person) != asked:
        raise HolderChanged
    return person


def _build_holder(person: Person | None) -> Holder:
    if person is None or person.document_number is None:
        raise NotFound
    kind = person.document_kind or "resident_id"
    return Holder(document_kind=kind, document_number=person.document_number, name=person.name)


def keep_exams(person_id: int, route: str, records: Iterable[Any]) -> None:
    """Add and renew what came; a number that is another account's already is left alone."""
    at = now()  # read before a row is half written: the clock asks the database
    held = set(db.session.scalars(select_held_exams(person_id)))
    for one in records:
        known = select(ExamCertificate).where(
            ExamCertificate.route == route, ExamCertificate.number == one.number
        )
        row = db.session.scalar(known)
        if row is None:
            row = ExamCertificate(person_id=person_id, route=route, number=one.number)
            db.session.add(row)
        if row.person_id == person_id:
            row.kind, row.subject, row.school = one.kind, one.subject, getattr(one, "school", "")
            row.issued_on, row.valid_until = one.issued_on, one.valid_until
            # The register may have answered before it was told of an application of ours.
            row.used = one.used or (row.id in held and row.used)
            row.synced_at = at
    db.session.flush()


def ask_putonghua(holder: Holder, number: str) -> asking.PutonghuaRecord:
    """The certificate when name, document and number all agree; else it is said what differs."""
    found: asking.PutonghuaRecord = check_match(holder, _ask_register("putonghua", holder, number))
    return found


def keep_putonghua(person_id: int, one: asking.PutonghuaRecord) -> None:
    """Keep a verified certificate; one that was typed by hand before becomes verified."""
    row = _find_or_make_row(PutonghuaCertificate, person_id, one.number)
    row.source, row.level, row.score = "verified", one.level, one.score
    row.tested_on, row.issuer = one.tested_on, one.issuer
    db.session.add(row)


def ask_enrolments(holder: Holder) -> tuple[asking.EnrolmentRecord, ...]:
    """Where the person studies; more than one means that they choose."""
    answer = _ask_register("enrolments", holder)
    if told := describe_difference(holder, answer.differs):
        raise RecordMismatch(
            gettext("没有同步到学籍：%(difference)s。请先在学信网或者学校更正，再来同步。", difference=told)
        )
    return answer.records


def enrolment_digest(one: asking.EnrolmentRecord) -> str:
    """A short name for an enrolment, by which a choice is found again when the register is asked anew."""
    return hashlib.sha256(f"{one.school}|{one.major}|{one.level}|{one.entered_on}".encode()).hexdigest()[:16]


def keep_enrolment(person_id: int, one: asking.EnrolmentRecord) -> None:
    """Keep the synchronised enrolment: once, and never again."""
    if find_synced_enrolment(person_id) is not None:
        raise AlreadySynced
    row = Enrolment(person_id=person_id, source=RecordSource.SYNCED, created_at=now())
    row.school, row.major, row.level = one.school, one.major, one.level
    row.study_form, row.status = one.study_form, one.status
    row.entered_on, row.expected_graduation = one.entered_on, one.expected_graduation
    db.session.add(row)


def find_synced_enrolment(person_id: int) -> int | None:
    """The id of the enrolment that was synchronised, if one was."""
    own = select(Enrolment.id).where(
        Enrolment.person_id == person_id, Enrolment.source == RecordSource.SYNCED
    )
    return db.session.scalar(own)


def ask_diploma(holder: Holder, number: str) -> asking.DiplomaRecord:
    """The diploma when it is the person's; else it is said what differs."""
    found: asking.DiplomaRecord = check_match(holder, _ask_register("diplomas", holder, number))
    return found


def keep_diploma(person_id: int, one: asking.DiplomaRecord) -> None:
    """Keep a verified diploma."""
    row = _find_or_make_row(Diploma, person_id, one.number)
    row.source, row.school, row.major, row.level = "verified", one.school, one.major, one.level
    row.study_form, row.graduated_on = one.study_form, one.graduated_on
    db.session.add(row)


def ask_degree(holder: Holder, number: str) -> asking.DegreeRecord:
    """The degree when it is the person's; else it is said what differs."""
    found: asking.DegreeRecord = check_match(holder, _ask_register("degrees", holder, number))
    return found


def keep_degree(person_id: int, one: asking.DegreeRecord) -> None:
    """Keep a verified degree."""
    row = _find_or_make_row(Degree, person_id, one.number)
    row.source, row.name, row.school, row.awarded_on = "verified", one.name, one.school, one.awarded_on
    db.session.add(row)


def list_certificates(person_id: int) -> CertificateRecords:
    """The teacher certificates that were granted here and those that the register knows, the newest first."""
    holder = read_holder(person_id)
    try:
        told = _ask_register("certificate_history", holder).records
    except RegisterDown:
        told, down = (), True
    else:
        down = False
    granted = db.session.scalars(select(Certificate).where(Certificate.person_id == person_id)).all()
    return CertificateRecords(rows=_merge_certificates(told, granted), down=down)


def list_kept_certificates(person_id: int) -> tuple[dict[str, Any], ...]:
    """The teacher certificates granted here and those that the register told of, the newest first."""
    told = db.session.scalars(select_told_certificates(person_id)).all()
    granted = db.session.scalars(select(Certificate).where(Certificate.person_id == person_id)).all()
    return _merge_certificates(told, granted)


def _merge_certificates(told: Iterable[Any], granted: Iterable[Certificate]) -> tuple[dict[str, Any], ...]:
    rows = {one.number: _register_row(one) for one in told} | {
        one.number: _granted_row(one) for one in granted
    }
    return tuple(sorted(rows.values(), key=lambda row: row["granted_on"], reverse=True))


def keep_told_certificates(person_id: int, records: Iterable[asking.TeacherCertificateRecord]) -> None:
    """Keep what the register of certificates tells now, in place of what it told before."""
    db.session.execute(delete(ToldCertificate).where(ToldCertificate.person_id == person_id))
    for one in {record.number: record for record in records}.values():
        row = ToldCertificate(person_id=person_id, number=one.number, kind=one.kind, subject=one.subject)
        row.authority, row.granted_on, row.state = one.authority, one.granted_on, one.state
        db.session.add(row)
    db.session.flush()


def _ask_register(register: str, holder: Holder, *more: str) -> asking.RegisterReply[Any]:
    return _settle(register, _try_register(outside.get_registers(), register, holder, *more))


def _try_register(clients: outside.Registers, register: str, holder: Holder, *more: str) -> Ended:
    ask = getattr(clients, register).ask
    return exchanges.try_to_ask(partial(ask, holder, *more, request_id=secrets.token_hex(16)))


def _settle(register: str, ended: Ended) -> asking.RegisterReply[Any]:
    try:
        return exchanges.settle(register, ended)
    except asking.Resting as error:
        raise RegisterResting from error
    except asking.OutsideError as error:
        raise RegisterDown from error


def _find_or_make_row(model: Any, person_id: int, number: str) -> Any:
    known = db.session.scalar(select(model).where(model.person_id == person_id, model.number == number))
    return known or model(person_id=person_id, number=number, created_at=now())


def _register_row(one: asking.TeacherCertificateRecord | ToldCertificate) -> dict[str, Any]:
    row = {"number": one.number, "kind": one.kind, "subject": one.subject, "authority": one.authority}
    return row | {"granted_on": one.granted_on, "state": one.state}


def _granted_row(one: Certificate) -> dict[str, Any]:
    granted: date = one.issued_at.astimezone(LOCAL).date()
    row = {"number": one.number, "kind": one.kind, "subject": one.subject, "authority": one.authority.name}
    return row | {"granted_on": granted, "state": "valid"}


ValidCertificates = tuple[asking.TeacherCertificateRecord, ...]


def ask_valid_certificates(person_id: int) -> ValidCertificates:
    """The valid certificates of a person; no answer counts as none here, as the review asks again.

    No transaction may be open.
    """
    holder = read_holder(person_id)
    try:
        answer = _ask_register("certificate_history", holder)
    except RegisterDown:
        return ()
    return tuple(record for record in answer.records if record.state == "valid")
